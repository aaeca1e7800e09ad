"""Pages of oversight: who answers, who met, what was escalated, who was trained."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from hrdd.governance import actions as mandates
from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.models import Mandate
from hrdd.governance.rules import NotAllowed, Permission
from hrdd.oversight.actions import meetings, resources
from hrdd.oversight.forms import records as shapes
from hrdd.oversight.models import OversightMeeting
from hrdd.oversight.queries import records as queries
from hrdd.oversight.queries.escalations import open_escalations, with_raisers
from hrdd.oversight.queries.figures import release_on
from hrdd.oversight.queries.put_before import put_before
from hrdd.oversight.rules.meetings import lines_of, quarters_without
from risks.queries.salient_list import salient_list_unsigned, signed_on

PAGE_SIZE, SHOWN = 50, 10


def record_page(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[..., object],
    *,
    title: str,
    lead: str,
    button: str,
    done: str,
    back: str = "oversight",
) -> HttpResponse:
    """Show a form, or act on it; a refusal stands above what was typed.

    Args:
        form: bound on POST.
        act: called with the cleaned data, by and at.
        title, lead, button: what the page says.
        done: the sentence after the act.
        back: the name of the page to go to.
    """
    if request.method == "POST" and form.is_valid():
        try:
            act(**form.cleaned_data, by=person(request), at=timezone.now())
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.info(request, done)
            return redirect(back)
    shown = {"form": form, "heading": title, "lead": lead, "button": button, "back": reverse(back)}
    return render(request, "risks/form_page.html", shown, status=400 if form.errors else 200)


@require_safe
@requires(Permission.READ_DESK)
def oversight(request: HttpRequest) -> HttpResponse:
    """How rights are governed here: commitment, who answers, meetings, what leadership owes an answer, resources."""
    today, may = timezone.now().date(), person(request).may
    commitment, show = queries.commitment(), request.GET.get("show", "")
    held = list(queries.meetings()[:SHOWN])
    with_rights = list(queries.meetings_of_board().exclude(rights_items=[]).values_list("held_on", flat=True))
    first = queries.meetings_of_board().order_by("held_on").values_list("held_on", flat=True).first()
    unanswered = Paginator(open_escalations(), SHOWN).page(1)
    context = {
        "today": today,
        "now": timezone.now(),
        "commitment": commitment,
        "languages": queries.languages_of(commitment) if commitment else [],
        "list_unsigned": salient_list_unsigned(today),
        "list_signed_on": signed_on(),
        "mandates": queries.mandates(on=today, show=show),
        "show": show,
        "unmandated": queries.unmandated_owners(on=today)[:SHOWN],
        "meetings": held,
        "missed": quarters_without(with_rights, first=first, on=today)[:4] if first else [],
        "escalations": unanswered.object_list,
        "more_escalations": unanswered.paginator.count - len(unanswered),
        "trainings": queries.latest_trainings(),
        "incentives": queries.latest_incentives(),
        "resources": queries.resources(),
        "may": {
            "mandate": may(Permission.GIVE_MANDATE),
            "meet": may(Permission.RECORD_MEETING),
            "escalate": may(Permission.RAISE_ESCALATION),
            "record": may(Permission.RECORD_OVERSIGHT),
        },
    }
    return render(request, "oversight/oversight.html", context)


@require_safe_or_post
@requires(Permission.GIVE_MANDATE)
def mandate_new(request: HttpRequest) -> HttpResponse:
    """Give a mandate."""
    begin = shapes.today_as("starts_on", today=timezone.now().date())
    form = shapes.MandateForm(request.POST or None, initial=begin)
    return record_page(
        request,
        form,
        _give,
        title="Give a mandate",
        lead="Who answers for human rights in a function needs authority, money and time for it (UNGP 19(a)). "
        "A mandate is never edited: it is ended or superseded.",
        button="Give the mandate",
        done="The mandate is given.",
    )


def _give(*, authority: str, **given: Any) -> Mandate:
    return mandates.give_mandate(authority=lines_of(authority), **given)


@require_safe_or_post
@requires(Permission.GIVE_MANDATE)
def mandate_supersede(request: HttpRequest, pk: int) -> HttpResponse:
    """Give another mandate in the place of one."""
    mandate = get_object_or_404(Mandate.objects.select_related("person"), pk=pk)
    begin = shapes.MandateForm.of(mandate) | shapes.today_as("starts_on", today=timezone.now().date())
    form = shapes.MandateForm(request.POST or None, initial=begin)
    return record_page(
        request,
        form,
        partial(_give, supersedes=mandate),
        title=f"Supersede the mandate for {mandate.function}",
        lead="The mandate that stands ends on the day on which this one begins, and stays on record.",
        button="Supersede the mandate",
        done="The mandate is superseded.",
    )


@require_safe_or_post
@requires(Permission.GIVE_MANDATE)
def mandate_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a mandate."""
    mandate = get_object_or_404(Mandate.objects.select_related("person"), pk=pk)
    begin = shapes.today_as("ended_on", today=timezone.now().date())
    form = shapes.EndMandateForm(request.POST or None, initial=begin)
    return record_page(
        request,
        form,
        partial(mandates.end_mandate, mandate),
        title=f"End the mandate of {mandate.person}",
        lead="From that day the salient risks that this person owns show a gap, until somebody with a mandate owns "
        "them (G1).",
        button="End the mandate",
        done="The mandate is ended.",
    )


@require_safe
@requires(Permission.READ_DESK)
def meeting_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One meeting: agenda, decisions, and what was put before those who met."""
    found = OversightMeeting.objects.select_related("recorded_by", "supersedes", "superseded_by", "figures")
    meeting = get_object_or_404(found, pk=pk)
    correct = person(request).may(Permission.RECORD_MEETING) and not hasattr(meeting, "superseded_by")
    return render(request, "oversight/meeting.html", {"meeting": meeting, "may_correct": correct})


@require_safe_or_post
@requires(Permission.RECORD_MEETING)
def meeting_new(request: HttpRequest) -> HttpResponse:
    """Record a meeting, with what the record puts before it now."""
    now = timezone.now()
    form = shapes.MeetingForm(request.POST or None, initial=shapes.today_as("held_on", today=now.date()))
    return record_page(
        request,
        form,
        lambda **given: meetings.record_meeting(
            **given, put_before=put_before(at=now), figures=release_on(given["held_on"])
        ),
        title="Record a meeting",
        lead="With it is kept what the record put before those who met: the latest frozen figures, exceptions from the "
        "launch gate, what was escalated and what waits for a signature.",
        button="Record the meeting",
        done="The meeting is recorded.",
    )


@require_safe_or_post
@requires(Permission.RECORD_MEETING)
def meeting_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a record of a meeting; what was put before it stays as it was."""
    meeting = get_object_or_404(OversightMeeting.objects.select_related("figures"), pk=pk)
    lines = ("attendees", "rights_items", "other_items", "decisions")
    begin: dict[str, Any] = {name: "\n".join(getattr(meeting, name)) for name in lines}
    begin |= {"held_on": meeting.held_on, "body": meeting.body}
    form = shapes.CorrectMeetingForm(request.POST or None, initial=begin)
    return record_page(
        request,
        form,
        partial(
            meetings.record_meeting,
            put_before=meeting.put_before,
            figures=meeting.figures,
            supersedes=meeting,
        ),
        title="Correct the record of a meeting",
        lead="The earlier record stays and says that it was corrected.",
        button="Record the correction",
        done="The correction is recorded.",
    )


@require_safe
@requires(Permission.READ_DESK)
def escalation_list(request: HttpRequest) -> HttpResponse:
    """What was brought before leadership: what is open first, the nearest day first."""
    show = request.GET.get("show", "open")
    found = with_raisers().select_related("answered_by")
    found = found.order_by("-answered_at", "-pk") if show == "answered" else found.order_by("due_at", "pk")
    page = Paginator(found.filter(answered_at__isnull=show != "answered"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    context = {
        "page_obj": page,
        "show": show,
        "now": timezone.now(),
        "querystring": f"show={show}" if show == "answered" else "",
        "may_escalate": person(request).may(Permission.RAISE_ESCALATION),
    }
    return render(request, "oversight/escalation_list.html", context)


@require_safe_or_post
@requires(Permission.RAISE_ESCALATION)
def escalation_new(request: HttpRequest) -> HttpResponse:
    """Bring something before leadership."""
    return record_page(
        request,
        shapes.EscalationForm(request.POST or None, initial={"risk": request.GET.get("risk", "")[:20]}),
        meetings.raise_escalation,
        title="Raise with leadership",
        lead="It stands on their desk and on the board until a person answers. Silence is no answer.",
        button="Raise it",
        done="It is raised.",
        back="escalation-list",
    )


@require_safe_or_post
@requires(Permission.READ_DESK)
def escalation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One escalation, and the form of its answer for whoever may answer."""
    found = get_object_or_404(with_raisers().select_related("answered_by"), pk=pk)
    form = shapes.AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            meetings.answer_escalation(found, **form.cleaned_data, by=person(request), at=timezone.now())
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.info(request, "The answer is recorded.")
            return redirect("escalation-list")
    mine = found.answered_at is None and found.to_role in person(request).roles_today
    context = {"one": found, "form": form, "now": timezone.now(), "mine": mine}
    return render(request, "oversight/escalation_detail.html", context, status=400 if form.errors else 200)


@require_safe_or_post
@requires(Permission.RECORD_OVERSIGHT)
def training_new(request: HttpRequest) -> HttpResponse:
    """Record how a training stands."""
    begin = shapes.today_as("as_of", today=timezone.now().date())
    return record_page(
        request,
        shapes.TrainingForm(request.POST or None, initial=begin),
        resources.record_training,
        title="Record training",
        lead="Counts of people, no names. The latest row of an audience holds; the rows before it stay.",
        button="Record the training",
        done="The training is recorded.",
    )


@require_safe_or_post
@requires(Permission.RECORD_OVERSIGHT)
def incentive_new(request: HttpRequest) -> HttpResponse:
    """Record whether pay depends on a goal about rights."""
    begin = shapes.today_as("holds_from", today=timezone.now().date())
    return record_page(
        request,
        shapes.IncentiveForm(request.POST or None, initial=begin),
        resources.record_incentive,
        title="Record an incentive",
        lead="By office: no name and no amount. The latest row of an office holds.",
        button="Record the incentive",
        done="The incentive is recorded.",
    )


@require_safe_or_post
@requires(Permission.RECORD_OVERSIGHT)
def staffing_new(request: HttpRequest) -> HttpResponse:
    """Record people per user."""
    begin = shapes.today_as("as_of", today=timezone.now().date())
    return record_page(
        request,
        shapes.StaffingForm(request.POST or None, initial=begin),
        resources.record_staffing,
        title="Count moderators and rights staff",
        lead="By language and country, against users a month. Where severe harm may be, a fall shows red (K22).",
        button="Record the count",
        done="The count is recorded.",
    )
