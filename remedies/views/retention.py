"""What is erased when, and what two people hold: by case number, week and kind only."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import NotAllowed, Permission
from remedies.actions import retention as actions
from remedies.forms.retention import HoldForm
from remedies.models import LegalHold, Tombstone
from remedies.queries.retention import ended_cases, holds_shown, plan, schedules
from remedies.views.desk_page import desk_form, never_kept

PAGE_SIZE, SHOWN = 25, 20
ANSWERS = {"place": actions.place_hold, "refuse": actions.refuse_hold, "lift": actions.lift_hold}


@require_safe
@requires(Permission.HOLD_CASES)
@never_kept
def retention(request: HttpRequest) -> HttpResponse:
    """Every closed case with its last day, what goes tonight, and the holds."""
    today = timezone.now().date()
    ended = list(ended_cases(today=today))
    page = Paginator(ended, PAGE_SIZE).get_page(request.GET.get("page"))
    due = plan(today=today, ended=ended)
    context = {
        "page_obj": page,
        "querystring": "",
        "due": due[:SHOWN],
        "due_count": len(due),
        "more_due": max(0, len(due) - SHOWN),
        "holds": holds_shown(),
        "schedules": schedules(),
        "erased": Tombstone.objects.count(),
        "me": person(request),
    }
    return render(request, "remedies/retention.html", context)


@require_safe_or_post
@requires(Permission.HOLD_CASES)
@never_kept
def ask_hold(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask that a case is kept beyond its last day."""
    if not any(ended_cases(today=timezone.now().date(), only=[pk])):
        raise Http404

    def act(*, reasons: str) -> None:
        actions.ask_hold(pk, reasons=reasons, by=person(request), at=timezone.now())

    return _form(
        request, act, title="Hold the case", done="It is kept until somebody else answers, two weeks at most."
    )


@require_safe_or_post
@requires(Permission.HOLD_CASES)
@never_kept
def answer_hold(request: HttpRequest, pk: UUID, step: str) -> HttpResponse:
    """Place, refuse or lift what another person asked for; or ask for a hold to be lifted."""
    hold = get_object_or_404(LegalHold, pk=pk)
    if step == "ask-lift":

        def act(*, reasons: str) -> None:
            actions.ask_lift(hold, reasons=reasons, by=person(request), at=timezone.now())

        return _form(
            request, act, title="Ask to lift the hold", done="It keeps the case until somebody else lifts it."
        )
    if step not in ANSWERS:
        raise Http404
    if request.method == "POST":
        try:
            ANSWERS[step](hold, by=person(request), at=timezone.now())
        except NotAllowed as refusal:
            messages.error(request, str(refusal))
        else:
            messages.info(request, "Recorded.")
    return redirect("case-retention")


def _form(request: HttpRequest, act: Callable[..., None], *, title: str, done: str) -> HttpResponse:
    return desk_form(
        request,
        HoldForm(request.POST or None),
        act=act,
        title=title,
        lead="A legal hold is placed and lifted by two people, each with a date and reasons. The audit log keeps both.",
        back=reverse("case-retention"),
        done=done,
    )
