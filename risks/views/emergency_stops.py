"""Stopping a partner at once where life is in danger: a measure, with the assessment begun in the same moment (X6)."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import Permission
from risks.actions import emergency_stops as actions
from risks.forms.exits import EmergencyStopForm
from risks.models import EmergencyStop, Relationship
from risks.views.form_page import form_page


@require_safe_or_post
@requires(Permission.PROPOSE_MEASURE)
def stop_partner(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask to suspend a partner at once."""
    relationship = get_object_or_404(Relationship.objects.select_related("partner"), pk=pk)
    return form_page(
        request,
        EmergencyStopForm(request.POST or None, relationship=pk),
        act=partial(actions.stop, by=person(request), at=timezone.now()),
        title="Emergency stop",
        lead=(
            f"{relationship}. Only where life is in danger. It is a measure for 14 days at most, not a decision to "
            "leave: a decider puts it in force, and the exit impact assessment begins at once."
        ),
        button="Ask for the stop",
        back=reverse("partner-detail", args=[pk]),
        done="A decider must put the stop in force now, on the page of the measure. The impact assessment is open.",
    )


@require_safe_or_post
@requires(Permission.PROPOSE_MEASURE)
def renew_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a senior to renew a stop, once."""
    stop = get_object_or_404(EmergencyStop.objects.select_related("measure", "decision"), pk=pk)
    return form_page(
        request,
        EmergencyStopForm(request.POST or None),
        act=partial(actions.renew, stop, by=person(request), at=timezone.now()),
        title="Renew the emergency stop",
        lead="Once, and by a senior (X6). After that, only a decision on the relationship stops the partner.",
        button="Ask a senior to renew it",
        back=reverse("partner-detail", args=[stop.relationship_id]),
        done="A senior must put the renewed stop in force, on the page of the measure.",
    )
