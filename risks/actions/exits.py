"""The way of an exit decision: considered, proposed, decided by somebody else, carried out, closed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from hrdd.governance.actions import decide_sign_off, void_sign_offs
from hrdd.governance.models import SignOff, User
from hrdd.governance.rules import LEAST_REASONS, NotAllowed, Permission, SignOffReasons, demand_reasons
from risks.actions import exit_staying
from risks.actions.exit_record import (
    SIGN_OFF_KIND,
    ask,
    content_hash,
    judged_since,
    level_of,
    locked,
    log,
    move,
    refuse_who_may_not_decide,
    signed_content,
    take,
)
from risks.models import ExitDecision, LeverageAction, Relationship
from risks.rules.exit import (
    EXIT_STEPS,
    STEPS_BY_BUTTON,
    Comparison,
    ExitFacts,
    ExitKind,
    Trigger,
    next_review,
    refusals,
)
from risks.rules.exit_execution import closing_refusal, completion_refusals, execution_refusal
from risks.rules.exit_staying import money_words, revenue_refusal

BOARD_STEP = "board"
SIGN_OFF_REASONS = SignOffReasons(approve=LEAST_REASONS)
ENDS = {
    ExitKind.SUSPEND_WHOLE: Relationship.Status.SUSPENDED,
    ExitKind.NO_RENEWAL: Relationship.Status.ENDED,
    ExitKind.TERMINATE_WHOLE: Relationship.Status.ENDED,
    ExitKind.MARKET_WITHDRAWAL: Relationship.Status.ENDED,
}
LEAVES_PEOPLE = frozenset({*ENDS, ExitKind.TERMINATE_PART})


@transaction.atomic
def consider_exit(
    relationship: Relationship, *, trigger: str, trigger_reasons: str, by: User, at: datetime
) -> ExitDecision:
    """Open the question whether to leave; its answer may be to stay.

    Raises:
        NotAllowed: the role, or the question is open already.
    """
    by.demand(Permission.PREPARE_EXIT)
    return open_question(relationship, trigger=trigger, trigger_reasons=trigger_reasons, by=by, at=at)


def open_question(
    relationship: Relationship, *, trigger: str, trigger_reasons: str, by: User, at: datetime
) -> ExitDecision:
    """Open the question for whoever was let do so.

    Raises:
        NotAllowed: it is open already.
    """
    try:
        with transaction.atomic():
            decision = ExitDecision.objects.create(
                relationship=relationship,
                trigger=trigger,
                trigger_reasons=trigger_reasons.strip(),
                opened_by=by,
                opened_on=at.date(),
            )
    except IntegrityError:
        raise NotAllowed(
            "An exit is considered for this relationship already. Go on with that one."
        ) from None
    log(decision, "considered exit", by=by, at=at)
    return decision


@transaction.atomic
def propose_exit(
    decision: ExitDecision,
    *,
    kind: str,
    reasons: str,
    rests_on_revenue: bool | None,
    money_words_explained: str,
    conditions: str,
    consequences_accepted: str,
    notice_days: int | None,
    data_and_access_plan: str,
    by: User,
    at: datetime,
) -> SignOff:
    """Propose what to do, and ask a senior to decide; the board too where leaving does manifestly more harm (X4).

    Args:
        decision: one whose impact was assessed.
        kind, reasons, conditions, consequences_accepted, notice_days, data_and_access_plan: what is proposed.
        rests_on_revenue: whether a reason rests on what the partner earns us; None where nobody answered (X8).
        money_words_explained: why the reasons speak of money, where they do.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, the state, or a ground that is missing (X1, X3, X7, X8).
    """
    held = locked(decision)
    said = demand_reasons(reasons)
    found = money_words(said, conditions, held.trigger_reasons)
    wrong = revenue_refusal(rests_on_revenue=rests_on_revenue, words=found, explained=money_words_explained)
    if wrong:
        raise NotAllowed(wrong)
    if ExitKind(kind) in LEAVES_PEOPLE and (notice_days is None or not data_and_access_plan.strip()):
        raise NotAllowed(
            "UNGP 19: say how much notice users get, and what becomes of their data, access and evidence."
        )
    given: dict[str, Any] = {
        "kind": kind,
        "reasons": said,
        "rests_on_revenue": rests_on_revenue,
        "money_words": found,
        "money_words_explained": money_words_explained.strip() if found else "",
        "conditions": conditions.strip(),
        "consequences_accepted": consequences_accepted.strip(),
        "notice_days": notice_days,
        "data_and_access_plan": data_and_access_plan.strip(),
        "board_agreed_by": None,
        "board_agreed_on": None,
    }
    for name, value in given.items():
        setattr(held, name, value)
    facts = _facts(held, board_agrees=True, at=at)
    if lacking := refusals(facts, on=at.date()):
        raise NotAllowed(" ".join(lacking))
    move(held, "propose", by=by, at=at, proposed_by=by, **given)
    content = signed_content(held)
    if refusals(replace(facts, board_agrees=False), on=at.date()):
        ask(held, BOARD_STEP, "Agree to more harm", Permission.AGREE_TO_MORE_HARM, content, by=by, at=at)
    return ask(held, "approve", EXIT_STEPS["approve"].label, Permission.DECIDE_EXIT, content, by=by, at=at)


@transaction.atomic
def decide(
    sign_off: SignOff, *, by: User, at: datetime, approve: bool, reasons: str, seen_hash: str
) -> ExitDecision:
    """Decide on a proposal, or on a further term of staying (X2, X7, SD1, SD4).

    Args:
        sign_off: what is asked.
        by: a senior, or for more harm a board member, who neither prepared it nor earns by the partner.
        at: now.
        approve, reasons, seen_hash: the decision, and the content that was read.

    Raises:
        NotAllowed: a rule refuses, or somebody decided meanwhile.
    """
    decision = locked(ExitDecision(pk=sign_off.subject_id))
    refuse_who_may_not_decide(decision, by)
    if sign_off.step == exit_staying.STEP:
        return exit_staying.decide(
            sign_off, decision, by=by, at=at, approve=approve, reasons=reasons, seen_hash=seen_hash
        )
    if content_hash(decision) != sign_off.content_hash:
        raise NotAllowed("The proposal changed since it was sent for signature. It must be proposed again.")
    decide_sign_off(
        sign_off,
        by=by,
        at=at,
        approve=approve,
        reasons=reasons,
        seen_hash=seen_hash,
        authors=_authors(decision),
        least=SIGN_OFF_REASONS,
    )
    if not approve:
        void_sign_offs(subject_kind=SIGN_OFF_KIND, subject_id=decision.pk, at=at)
        take(decision, "refuse", by=by, at=at, board_agreed_by=None, board_agreed_on=None)
    elif sign_off.step == BOARD_STEP:
        ExitDecision.objects.filter(pk=decision.pk).update(board_agreed_by=by, board_agreed_on=at.date())
    else:
        _approve(decision, reasons=reasons.strip(), by=by, at=at)
    return decision


def _authors(decision: ExitDecision) -> frozenset[str]:
    """Return who prepared a decision, assessed its impact or signed it already: none of them signs it now (SD1)."""
    people = {decision.opened_by.username}
    if decision.proposed_by:
        people.add(decision.proposed_by.username)
    if assessment := decision.impact_assessment:
        people |= {assessment.assessor.username, *assessment.written_by.values_list("username", flat=True)}
    if decision.board_agreed_by:
        people.add(decision.board_agreed_by.username)
    return frozenset(people)


def _approve(decision: ExitDecision, *, reasons: str, by: User, at: datetime) -> None:
    today = at.date()
    facts = _facts(decision, board_agrees=decision.board_agreed_by_id is not None, at=at)
    if lacking := refusals(facts, on=today):
        raise NotAllowed(" ".join(lacking))
    move(
        decision,
        "approve",
        by=by,
        at=at,
        approved_by=by,
        approved_on=today,
        severity_at_decision=facts.level,
        review_due=next_review(facts.kind, level=facts.level, comparison=facts.comparison, decided=today),
    )
    if facts.kind is ExitKind.REMAIN_WITH_CONDITIONS:
        exit_staying.begin(decision, why=decision.reasons, level=facts.level, by=by, at=at)


@transaction.atomic
def take_step(decision: ExitDecision, name: str, *, by: User, at: datetime) -> None:
    """Carry out, pause, resume, complete, review, close or withdraw.

    Raises:
        NotAllowed: the role, the state, a duty that is open, or a review that is missing before closing.
    """
    if name not in STEPS_BY_BUTTON:
        raise NotAllowed("This step is taken on its own page.")
    by.demand(EXIT_STEPS[name].permission)
    held = locked(decision)
    if name in {"withdraw", "abandon"} or EXIT_STEPS[name].permission is Permission.DECIDE_EXIT:
        refuse_who_may_not_decide(held, by)
    lacking = _step_refusals(held, name, at=at) if held.state in EXIT_STEPS[name].before else []
    if lacking:
        raise NotAllowed(" ".join(lacking))
    changes: Mapping[str, Any] = {"executed_on": at.date()} if name == "complete" else {}
    move(held, name, by=by, at=at, **changes)
    if name in {"withdraw", "complete"}:
        void_sign_offs(subject_kind=SIGN_OFF_KIND, subject_id=held.pk, at=at)
    if name == "complete" and ExitKind(held.kind) in ENDS:
        Relationship.objects.filter(pk=held.relationship_id).update(status=ENDS[ExitKind(held.kind)])


def _step_refusals(decision: ExitDecision, name: str, *, at: datetime) -> list[str]:
    duties = list(decision.duties.all())
    if name in {"execute", "resume"}:
        refusal = execution_refusal(ExitKind(decision.kind), [one.kind for one in duties])
        return [refusal] if refusal else []
    if name == "complete":
        return completion_refusals(
            still_open=[str(one) for one in duties if one.done_on is None],
            notice_days=decision.notice_days,
            noticed=[one.done_on for one in duties if one.done_on and one.kind.startswith("notice_")],
            on=at.date(),
        )
    if name == "close":
        kinds = decision.reviews.values_list("kind", flat=True)
        reviewed = [int(kind.removeprefix("after_")) for kind in kinds if kind.startswith("after_")]
        refusal = closing_refusal(reviewed)
        return [refusal] if refusal else []
    return []


def _facts(decision: ExitDecision, *, board_agrees: bool, at: datetime) -> ExitFacts:
    assessment = decision.impact_assessment
    return ExitFacts(
        kind=ExitKind(decision.kind),
        trigger=Trigger(decision.trigger),
        trigger_reasons=decision.trigger_reasons,
        level=level_of(decision.relationship, on=at.date()),
        assessed_on=assessment.completed_on if assessment else None,
        level_when_assessed=assessment.severity_then if assessment else None,
        leverage_with_outcome=LeverageAction.objects.filter(
            tied__relationship=decision.relationship, measured_on__isnull=False
        ).count(),
        comparison=Comparison(assessment.comparison) if assessment else None,
        conditions=decision.conditions,
        consequences_accepted=decision.consequences_accepted,
        board_agrees=board_agrees,
        judged_since=judged_since(
            decision.relationship, since=assessment.completed_at if assessment else None
        ),
    )
