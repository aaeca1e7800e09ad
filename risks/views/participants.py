"""Those who took part, for the engagement team alone; everybody else finds nothing here."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import participants as actions
from risks.forms.consultations import ParticipantForm
from risks.models import Participant
from risks.queries.consultations import team_only
from risks.views.consultations import of_my_team, show
from risks.views.form_page import form_page

DONE = {
    "tell": "They are on record as told.",
    "check": "The check is on record.",
    "erase": "They are erased, with all that was sealed.",
}


def _of_my_team(request: HttpRequest, pk: int) -> Participant:
    mine = Participant.objects.filter(consultation__in=team_only(person(request)).values("pk"))
    return get_object_or_404(mine.select_related("consultation"), pk=pk)


@require_safe_or_post
@requires(Permission.RUN_CONSULTATION)
def record_participant(request: HttpRequest, pk: int) -> HttpResponse:
    """Record somebody who takes part."""
    one = of_my_team(request, pk)
    return form_page(
        request,
        ParticipantForm(request.POST or None),
        act=partial(actions.record_participant, one, by=person(request), at=timezone.now()),
        title="Record a participant",
        lead="Only if you must reach them again. The less is kept, the less can be taken.",
        button="Seal and record",
        back=reverse("consultation-detail", args=[pk]),
        done="They are on record under their pseudonym.",
    )


@never_cache
@require_POST
@requires(Permission.READ_DESK)
def open_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Open one person's contact; the read is in the audit log before it is shown."""
    participant = _of_my_team(request, pk)
    try:
        opened = actions.open_contact(participant, by=person(request), at=timezone.now())
    except NotAllowed as refusal:
        return show(request, participant.consultation_id, refusal=str(refusal))
    return render(request, "risks/participant_contact.html", {"participant": participant, "opened": opened})


@require_POST
@requires(Permission.RUN_CONSULTATION)
def take_participant_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Record that they were told or asked how they are, or erase them."""
    if step not in actions.PARTICIPANT_STEPS:
        raise Http404("No such step.")
    participant = _of_my_team(request, pk)
    consultation = participant.consultation_id
    try:
        actions.PARTICIPANT_STEPS[step](participant, by=person(request), at=timezone.now())
    except NotAllowed as refusal:
        return show(request, consultation, refusal=str(refusal))
    messages.info(request, DONE[step])
    return redirect("consultation-detail", consultation)
