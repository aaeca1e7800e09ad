"""The inbox of signatures: one page over everything that asks for a second person."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from hrdd.governance.access import person, requires
from hrdd.governance.models import SignOff
from hrdd.governance.queries import asked_sign_offs, decided_sign_offs, earlier_requests, waiting_sign_offs
from hrdd.governance.rules import ONLY_TO_REFUSE, NotAllowed, Permission, SignOffReasons
from hrdd.oversight.queries.sign_offs import clocks_of, nearest_first, raised_with
from risks.actions import (
    changes,
    exit_narratives,
    exit_record,
    exits,
    involvement,
    lowering,
    measure_proposals,
    model_reviews,
    policies,
    public_reasons,
    salient_list,
)
from risks.models import ExitNarrative
from risks.queries import exits as queries_of_exits
from risks.queries.public_dilemmas import SIGN_OFF_KIND as PUBLIC_REASONS
from risks.rules.launch_gate import SIGN_OFF_KIND as CHANGE
from risks.rules.measure_workflow import SIGN_OFF_KIND as MEASURE
from risks.rules.model_review import SIGN_OFF_KIND as MODEL_REVIEW
from risks.rules.policy import SIGN_OFF_KIND as POLICY
from transparency.actions import reports, withdrawals
from transparency.rules.withdrawal import SIGN_OFF_KIND as WITHDRAWAL

DECIDE: Mapping[str, Callable[..., object]] = {
    CHANGE: changes.decide_exception,
    exit_record.SIGN_OFF_KIND: exits.decide,
    exit_narratives.SIGN_OFF_KIND: exit_narratives.decide,
    involvement.SIGN_OFF_KIND: involvement.decide_proposal,
    lowering.SIGN_OFF_KIND: lowering.decide,
    MEASURE: measure_proposals.decide,
    MODEL_REVIEW: model_reviews.decide,
    POLICY: policies.decide,
    PUBLIC_REASONS: public_reasons.decide,
    salient_list.SIGN_OFF_KIND: salient_list.decide,
    reports.SIGN_OFF_KIND: reports.decide,
    WITHDRAWAL: withdrawals.decide,
}
ADDRESS = {
    CHANGE: "change-detail",
    exit_record.SIGN_OFF_KIND: "exit-detail",
    involvement.SIGN_OFF_KIND: "involvement-detail",
    lowering.SIGN_OFF_KIND: "lowering-detail",
    MEASURE: "measure-detail",
    MODEL_REVIEW: "model-review-detail",
    POLICY: "policy-version-detail",
    PUBLIC_REASONS: "public-reasons",
    salient_list.SIGN_OFF_KIND: "salient-list-detail",
    reports.SIGN_OFF_KIND: "report-detail",
    WITHDRAWAL: "report-detail",
}
# How much of reasons each asks for; the others, only to be refused.
REASONS: Mapping[str, SignOffReasons] = {
    CHANGE: changes.SIGN_OFF_REASONS,
    exit_record.SIGN_OFF_KIND: exits.SIGN_OFF_REASONS,
    exit_narratives.SIGN_OFF_KIND: exit_narratives.SIGN_OFF_REASONS,
    involvement.SIGN_OFF_KIND: involvement.SIGN_OFF_REASONS,
    lowering.SIGN_OFF_KIND: lowering.SIGN_OFF_REASONS,
    MEASURE: measure_proposals.SIGN_OFF_REASONS,
    MODEL_REVIEW: model_reviews.SIGN_OFF_REASONS,
}
DECIDED_SHOWN = 20
PAGE_SIZE = 100  # as many as an inbox leads to


@require_safe
@requires(Permission.READ_DESK)
def sign_off_list(request: HttpRequest) -> HttpResponse:
    """What waits for this person's signature, and what was decided."""
    return _show(request)


def _show(request: HttpRequest, refused: SignOff | None = None, refusal: str = "") -> HttpResponse:
    now, user = timezone.now(), person(request)
    page = Paginator(nearest_first(waiting_sign_offs(user)), PAGE_SIZE).get_page(request.GET.get("page"))
    clocks = clocks_of(page.object_list)
    earlier = earlier_requests(one.sign_off for one in clocks)
    waiting = [
        {
            "one": clock.sign_off,
            "clock": clock,
            "address": address_of(clock.sign_off),
            "least": asked_of(clock.sign_off).told,
            "wrong": refusal if refused and clock.sign_off.pk == refused.pk else "",
            "shown": brief_of(clock.sign_off, on=now.date()),
            "earlier": earlier.get(clock.sign_off.pk),
        }
        for clock in clocks
    ]
    decided = [(one, address_of(one)) for one in decided_sign_offs(user)[:DECIDED_SHOWN]]
    mine = [(one, address_of(one.sign_off)) for one in clocks_of(asked_sign_offs(user)[:DECIDED_SHOWN])]
    shown = refused is not None and any(one.sign_off.pk == refused.pk for one in clocks)
    context = {
        "now": now,
        "page_obj": page,
        "waiting": waiting,
        "raised": raised_with(user.roles_today, shown=DECIDED_SHOWN),
        "mine": mine,
        "decided": decided,
        "refusal": "" if shown else refusal,
        "typed": request.POST.get("reasons", ""),
    }
    return render(request, "governance/sign_off_list.html", context, status=400 if refusal else 200)


@require_POST
@requires(Permission.READ_DESK)
def decide_sign_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or refuse one of them."""
    sign_off = get_object_or_404(SignOff, pk=pk)
    given = request.POST
    if given.get("decision") not in {"approve", "refuse"}:
        return _show(request, refused=sign_off, refusal="Choose Approve or Refuse.")
    approve = given["decision"] == "approve"
    try:
        DECIDE[sign_off.subject_kind](
            sign_off,
            by=person(request),
            at=timezone.now(),
            approve=approve,
            reasons=given.get("reasons", "").replace("\0", "")[:5000],
            seen_hash=given.get("seen_hash", ""),
        )
    except NotAllowed as refusal:
        return _show(request, refused=sign_off, refusal=str(refusal))
    messages.info(request, f"{'Approved' if approve else 'Refused'}: {sign_off}.")
    return redirect("sign-off-list")


def asked_of(sign_off: SignOff) -> SignOffReasons:
    """Return how much of reasons a sign-off asks for."""
    return REASONS.get(sign_off.subject_kind, ONLY_TO_REFUSE)


def brief_of(sign_off: SignOff, *, on: date) -> dict[str, Any]:
    """Return what is shown of the subject beside the form; of an exit all that it rests on, of others nothing."""
    return (
        queries_of_exits.brief_of(sign_off, on=on)
        if sign_off.subject_kind == exit_record.SIGN_OFF_KIND
        else {}
    )


def address_of(sign_off: SignOff) -> str:
    """Return where the subject of a sign-off is read."""
    if sign_off.subject_kind == exit_narratives.SIGN_OFF_KIND:
        return reverse("exit-detail", args=[ExitNarrative.objects.get(pk=sign_off.subject_id).decision_id])
    return reverse(ADDRESS[sign_off.subject_kind], args=[sign_off.subject_id])
