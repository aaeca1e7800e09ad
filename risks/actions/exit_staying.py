"""Staying: each term is a dated decision of a senior by name, on evidence; it runs out by itself (UNGP 19; X7)."""

from datetime import datetime
from typing import Any

from django.db import transaction

from hrdd.governance.actions import decide_sign_off, void_sign_offs
from hrdd.governance.models import SignOff, User
from hrdd.governance.rules import (
    LEAST_REASONS,
    NotAllowed,
    Permission,
    SignOffReasons,
    canonical_hash,
    demand_reasons,
)
from risks.actions.exit_record import SIGN_OFF_KIND, ask, level_of, locked, log
from risks.models import ExitDecision, StayingTerm
from risks.rules.exit import ExitKind, ExitState
from risks.rules.exit_staying import money_words, revenue_refusal, stay_again_refusals, staying_until

STEP = "stay"
SIGN_OFF_REASONS = SignOffReasons(approve=LEAST_REASONS)
STAYS = frozenset({ExitState.APPROVED, ExitState.EXECUTING})


def begin(decision: ExitDecision, *, why: str, level: int, by: User, at: datetime) -> StayingTerm:
    """Begin the first term of staying with the decision itself, whose consequences the senior signs."""
    asked_by = decision.proposed_by
    assert asked_by is not None  # noqa: S101  # a decision is approved only once it was proposed
    return StayingTerm.objects.create(
        decision=decision,
        why=why,
        consequences=decision.consequences_accepted,
        asked_by=asked_by,
        asked_on=at.date(),
        level=level,
        accepted_by=by,
        accepted_on=at.date(),
        runs_until=staying_until(level, at.date()),
    )


@transaction.atomic
def ask_again(
    decision: ExitDecision,
    *,
    why: str,
    consequences: str,
    rests_on_revenue: bool | None,
    by: User,
    at: datetime,
) -> SignOff:
    """Put a further term of staying to a senior: evidence first, then why, then the consequences in words.

    Args:
        decision: a relationship that is kept with conditions.
        why: why staying is still right, 50 characters or more.
        consequences: those that the senior accepts by name.
        rests_on_revenue: whether a reason rests on what the partner earns us (X8).
        by, at: who, and now.

    Raises:
        NotAllowed: the role, no staying, no evidence since the last term, or money as a reason.
    """
    by.demand(Permission.PREPARE_EXIT)
    held = locked(decision)
    _demand_staying(held)
    said = demand_reasons(why, about="Why staying is still right")
    found = money_words(said)
    explained = "answered" if rests_on_revenue is False else ""
    if wrong := revenue_refusal(rests_on_revenue=rests_on_revenue, words=found, explained=explained):
        raise NotAllowed(wrong)
    last = held.terms.filter(accepted_on__isnull=False).first()
    since = held.reviews.filter(kind="staying", reviewed_on__gte=last.accepted_on) if last else None
    evidence = since is not None and since.exists()
    if lacking := stay_again_refusals(evidence_since=evidence, consequences=consequences, why=said):
        raise NotAllowed(" ".join(lacking))
    if held.terms.filter(accepted_on__isnull=True, refused_on__isnull=True).exists():
        raise NotAllowed("A further term of staying waits for a senior already.")
    term = StayingTerm.objects.create(
        decision=held,
        why=said,
        consequences=consequences.strip(),
        asked_by=by,
        asked_on=at.date(),
        level=level_of(held.relationship, on=at.date()),
    )
    label = "Accept the consequences of staying"
    return ask(held, STEP, label, Permission.DECIDE_EXIT, _content_of(term), by=by, at=at)


def decide(
    sign_off: SignOff,
    decision: ExitDecision,
    *,
    by: User,
    at: datetime,
    approve: bool,
    reasons: str,
    seen_hash: str,
) -> ExitDecision:
    """Accept the consequences of staying for one more term, or refuse; then leaving must be proposed (X7).

    Raises:
        NotAllowed: whoever asked; what was asked changed, or severity did; or somebody decided meanwhile.
    """
    term = decision.terms.filter(accepted_on__isnull=True, refused_on__isnull=True).first()
    if term is None or term_hash(term) != sign_off.content_hash:
        raise NotAllowed("What was asked changed since it was sent for signature. It must be asked again.")
    level = level_of(decision.relationship, on=at.date())
    if approve and level != term.level:
        raise NotAllowed(
            f"UNGP 19: severity was {term.level} when this was asked, and is {level} now. It must be asked again."
        )
    decide_sign_off(
        sign_off,
        by=by,
        at=at,
        approve=approve,
        reasons=reasons,
        seen_hash=seen_hash,
        authors=frozenset({term.asked_by.username}),
        least=SIGN_OFF_REASONS,
    )
    if approve:
        term.accepted_by, term.accepted_on = by, at.date()
        term.runs_until = staying_until(level, at.date())
        ExitDecision.objects.filter(pk=decision.pk).update(review_due=term.runs_until)
    else:
        term.refused_on = at.date()
    term.save(update_fields=["accepted_by", "accepted_on", "runs_until", "refused_on"])
    log(decision, "accepted staying" if approve else "refused staying", by=by, at=at)
    decision.refresh_from_db()
    return decision


@transaction.atomic
def withdraw_question(decision: ExitDecision, *, by: User, at: datetime) -> None:
    """Take back a further term that waits for a senior, so that it can be asked otherwise.

    Raises:
        NotAllowed: the role, or nothing waits.
    """
    by.demand(Permission.PREPARE_EXIT)
    held = locked(decision)
    waiting = held.terms.filter(accepted_on__isnull=True, refused_on__isnull=True)
    if not waiting.update(refused_on=at.date()):
        raise NotAllowed("No further term of staying waits for a senior.")
    void_sign_offs(subject_kind=SIGN_OFF_KIND, subject_id=held.pk, at=at)
    log(held, "took back staying", by=by, at=at)


def term_hash(term: StayingTerm) -> str:
    """Return the SHA-256 of a term that is asked for."""
    return canonical_hash(_content_of(term))


def _content_of(term: StayingTerm) -> dict[str, Any]:
    return {
        "exit": term.decision_id,
        "term": term.pk,
        "why": term.why,
        "consequences": term.consequences,
        "level": term.level,
    }


def _demand_staying(decision: ExitDecision) -> None:
    if decision.kind != ExitKind.REMAIN_WITH_CONDITIONS or ExitState(decision.state) not in STAYS:
        raise NotAllowed("UNGP 19: only a relationship that is kept with conditions is decided on again.")
