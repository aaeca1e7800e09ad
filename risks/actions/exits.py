"""The way of an exit decision: considered, assessed, proposed, decided by somebody else, carried out, reviewed."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import rfc8785
from django.db import IntegrityError, transaction

from hrdd.governance.actions import ask_sign_off, decide_sign_off, record_event, void_sign_offs
from hrdd.governance.models import SignOff, User
from hrdd.governance.rules import NotAllowed, Permission
from risks.models import (
    ExitDecision,
    ExitImpactAssessment,
    ExitReview,
    LeverageAction,
    Relationship,
    SeverityAssessment,
)
from risks.rules.exit import (
    EXIT_STEPS,
    STEPS_BY_BUTTON,
    Comparison,
    ExitFacts,
    ExitKind,
    ExitState,
    ImpactAssessment,
    Trigger,
    missing_from_assessment,
    next_review,
    refusals,
)
from risks.rules.severity import UNKNOWN_HEAD_INTERIM

SIGN_OFF_KIND = "exit"
BOARD_STEP = "board"
LEAST_REASONS = 50
ENDS = {
    ExitKind.SUSPEND_WHOLE: Relationship.Status.SUSPENDED,
    ExitKind.NO_RENEWAL: Relationship.Status.ENDED,
    ExitKind.TERMINATE_WHOLE: Relationship.Status.ENDED,
    ExitKind.MARKET_WITHDRAWAL: Relationship.Status.ENDED,
}


@transaction.atomic
def consider_exit(
    relationship: Relationship, *, trigger: str, trigger_reasons: str, by: User, at: datetime
) -> ExitDecision:
    """Open the question whether to leave; its answer may be to stay.

    Raises:
        NotAllowed: the role, or the question is open already.
    """
    by.demand(Permission.PREPARE_EXIT)
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
    _log(decision, "considered exit", by=by, at=at)
    return decision


@transaction.atomic
def write_impact_assessment(
    decision: ExitDecision,
    *,
    groups: Sequence[Mapping[str, Any]],
    sources: Sequence[Mapping[str, Any]],
    consulted: str,
    why_not_consulted: str,
    alternatives: Sequence[str],
    mitigation: str,
    comparison: str,
    comparison_reasons: str,
    by: User,
    at: datetime,
) -> ExitImpactAssessment:
    """Write the exit impact assessment and complete it (domain.md 1.4); a later one replaces it for the decision.

    Args:
        decision: an exit that is considered.
        groups: each with `group`, `scale`, `scope`, `irremediability`, `likelihood`.
        sources: each with `source` and `outside`, whether it stands outside the company.
        consulted, why_not_consulted: who was heard, or why nobody could be.
        alternatives: what else was weighed.
        mitigation: how the harm of leaving would be softened.
        comparison, comparison_reasons: leaving against staying.
        by, at: who, and now.

    Raises:
        NotAllowed: what is missing, all of it, in sentences.
    """
    lacking = missing_from_assessment(
        ImpactAssessment(
            groups=len(groups),
            sources=tuple(bool(one["outside"]) for one in sources),
            consulted=bool(consulted.strip()),
            why_not_consulted=why_not_consulted,
            alternatives=len({one.strip().lower() for one in alternatives if one.strip()}),
            mitigation=bool(mitigation.strip()),
            comparison=comparison,
        )
    )
    if lacking:
        raise NotAllowed(" ".join(lacking))
    if decision.state != ExitState.ASSESSING:
        _move(decision, "assess", by=by, at=at)
    assessment = ExitImpactAssessment.objects.create(
        relationship=decision.relationship,
        groups=list(groups),
        sources=list(sources),
        consulted=consulted,
        why_not_consulted=why_not_consulted if not consulted.strip() else "",
        alternatives=list(alternatives),
        mitigation=mitigation,
        comparison=comparison,
        comparison_reasons=comparison_reasons,
        assessor=by,
        completed_on=at.date(),
        severity_then=_level(decision.relationship, on=at.date()),
    )
    _move(decision, "consult", by=by, at=at, impact_assessment=assessment)
    return assessment


@transaction.atomic
def propose_exit(
    decision: ExitDecision,
    *,
    kind: str,
    reasons: str,
    conditions: str,
    consequences_accepted: str,
    notice_days: int | None,
    data_and_access_plan: str,
    by: User,
    at: datetime,
) -> SignOff:
    """Propose what to do, and ask a senior to decide; the board too where leaving does manifestly more harm (X4).

    Raises:
        NotAllowed: the role, the state, or a ground that is missing (X1, X3, X7).
    """
    if len(reasons.strip()) < LEAST_REASONS:
        raise NotAllowed(f"Reasons: at least {LEAST_REASONS} characters.")
    decision.kind, decision.reasons = kind, reasons.strip()
    decision.conditions, decision.consequences_accepted = conditions, consequences_accepted
    ends = ExitKind(kind) in ENDS
    if ends and (notice_days is None or not data_and_access_plan.strip()):
        raise NotAllowed(
            "UNGP 19: say how much notice users get, and what becomes of their data, access and evidence."
        )
    facts = _facts(decision, board_agrees=True, on=at.date())
    lacking = refusals(facts, on=at.date())
    if lacking:
        raise NotAllowed(" ".join(lacking))
    _move(
        decision,
        "propose",
        by=by,
        at=at,
        kind=kind,
        reasons=reasons.strip(),
        conditions=conditions,
        consequences_accepted=consequences_accepted,
        notice_days=notice_days,
        data_and_access_plan=data_and_access_plan,
        proposed_by=by,
    )
    if refusals(replace(facts, board_agrees=False), on=at.date()):
        _ask(decision, BOARD_STEP, "Agree to more harm", Permission.AGREE_TO_MORE_HARM, by=by, at=at)
    return _ask(decision, "approve", EXIT_STEPS["approve"].label, Permission.DECIDE_EXIT, by=by, at=at)


@transaction.atomic
def decide(
    sign_off: SignOff, *, by: User, at: datetime, approve: bool, reasons: str, seen_hash: str
) -> ExitDecision:
    """Decide on a proposal: a senior who neither proposed nor assessed it, nor earns by the partner (X2, SD1, SD4).

    Raises:
        NotAllowed: a rule refuses, or somebody decided meanwhile.
    """
    decision = ExitDecision.objects.select_for_update().get(pk=sign_off.subject_id)
    _refuse_revenue_owner(decision, by)
    if content_hash(decision) != sign_off.content_hash:
        raise NotAllowed("The proposal changed since it was sent for signature. It must be proposed again.")
    if approve and len(reasons.strip()) < LEAST_REASONS:
        raise NotAllowed(f"Reasons: at least {LEAST_REASONS} characters; others must be able to follow them.")
    assessment = decision.impact_assessment
    authors = frozenset(
        one.username
        for one in (decision.opened_by, decision.proposed_by, assessment.assessor if assessment else None)
        if one
    ) | frozenset(
        SignOff.objects.filter(
            subject_kind=SIGN_OFF_KIND, subject_id=decision.pk, decision=SignOff.Decision.APPROVED
        ).values_list("decided_by__username", flat=True)
    )
    decide_sign_off(
        sign_off, by=by, at=at, approve=approve, reasons=reasons, seen_hash=seen_hash, authors=authors
    )
    if not approve:
        void_sign_offs(subject_kind=SIGN_OFF_KIND, subject_id=decision.pk, at=at)
        _take(decision, "refuse", by=by, at=at)
    elif sign_off.step == "approve":
        _approve(decision, by=by, at=at)
    return decision


def _approve(decision: ExitDecision, *, by: User, at: datetime) -> None:
    today = at.date()
    agreed = SignOff.objects.filter(
        subject_kind=SIGN_OFF_KIND,
        subject_id=decision.pk,
        step=BOARD_STEP,
        content_hash=content_hash(decision),
        decision=SignOff.Decision.APPROVED,
    ).exists()
    facts = _facts(decision, board_agrees=agreed, on=today)
    lacking = refusals(facts, on=today)
    if lacking:
        raise NotAllowed(" ".join(lacking))
    _move(
        decision,
        "approve",
        by=by,
        at=at,
        approved_by=by,
        approved_on=today,
        severity_at_decision=facts.level,
        review_due=next_review(facts.kind, level=facts.level, comparison=facts.comparison, decided=today),
    )


@transaction.atomic
def take_step(decision: ExitDecision, name: str, *, by: User, at: datetime) -> None:
    """Carry out, pause, resume, complete, review, close or withdraw.

    Raises:
        NotAllowed: the role, the state, or a review that is missing before closing.
    """
    if name not in STEPS_BY_BUTTON:
        raise NotAllowed("This step is taken on its own page.")
    decision = ExitDecision.objects.select_for_update().get(pk=decision.pk)
    if name == "withdraw" or EXIT_STEPS[name].permission is Permission.DECIDE_EXIT:
        _refuse_revenue_owner(decision, by)
    if name == "close" and not decision.reviews.exists():
        raise NotAllowed("UNGP 20: record what became of the people affected before you close this.")
    changes: dict[str, Any] = {"executed_on": at.date()} if name == "complete" else {}
    if name == "withdraw":
        void_sign_offs(subject_kind=SIGN_OFF_KIND, subject_id=decision.pk, at=at)
    _move(decision, name, by=by, at=at, **changes)
    if name == "complete" and ExitKind(decision.kind) in ENDS:
        Relationship.objects.filter(pk=decision.relationship_id).update(status=ENDS[ExitKind(decision.kind)])


@transaction.atomic
def record_review(
    decision: ExitDecision, *, found: str, evidence: str, next_due: date | None, by: User, at: datetime
) -> ExitReview:
    """Record what was found after leaving, or while staying, and when to look again (X7).

    Raises:
        NotAllowed: the role, or too little said.
    """
    by.demand(Permission.PREPARE_EXIT)
    if decision.approved_on is None:
        raise NotAllowed("Nothing was decided yet that could be reviewed.")
    if not found.strip() or not evidence.strip():
        raise NotAllowed("UNGP 20: say what was found for the people affected, and on what evidence.")
    latest = next_review(
        ExitKind(decision.kind),
        level=decision.severity_at_decision or UNKNOWN_HEAD_INTERIM,
        comparison=None,
        decided=at.date(),
    )
    staying = decision.kind == ExitKind.REMAIN_WITH_CONDITIONS
    if staying and (next_due is None or next_due > latest):
        raise NotAllowed(f"UNGP 19: while staying, look again by {latest:%-d %B %Y} at the latest.")
    review = ExitReview.objects.create(
        decision=decision,
        found=found.strip(),
        evidence=evidence.strip(),
        reviewed_on=at.date(),
        reviewed_by=by.username,
    )
    ExitDecision.objects.filter(pk=decision.pk).update(review_due=next_due)
    _log(decision, "reviewed exit", by=by, at=at)
    return review


def content_hash(decision: ExitDecision) -> str:
    """Return the SHA-256 of what is proposed and of the assessment that it rests on; a signature is bound to it."""
    content: dict[str, Any] = {
        "relationship": decision.relationship_id,
        "kind": decision.kind,
        "trigger": decision.trigger,
        "trigger_reasons": decision.trigger_reasons,
        "reasons": decision.reasons,
        "conditions": decision.conditions,
        "consequences_accepted": decision.consequences_accepted,
        "notice_days": decision.notice_days,
        "data_and_access_plan": decision.data_and_access_plan,
        "impact_assessment": decision.impact_assessment_id,  # kept as it is by the database
    }
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def _facts(decision: ExitDecision, *, board_agrees: bool, on: date) -> ExitFacts:
    assessment = decision.impact_assessment
    return ExitFacts(
        kind=ExitKind(decision.kind),
        trigger=Trigger(decision.trigger),
        trigger_reasons=decision.trigger_reasons,
        level=_level(decision.relationship, on=on),
        assessed_on=assessment.completed_on if assessment else None,
        level_when_assessed=assessment.severity_then if assessment else None,
        leverage_with_outcome=LeverageAction.objects.filter(
            tied__relationship=decision.relationship, measured_on__isnull=False
        ).count(),
        comparison=Comparison(assessment.comparison) if assessment else None,
        conditions=decision.conditions,
        consequences_accepted=decision.consequences_accepted,
        board_agrees=board_agrees,
    )


def _level(relationship: Relationship, *, on: date) -> int:
    """Return the gravest level of the harms tied to a relationship; one that nobody scored counts as 4."""
    risks = relationship.risks.values_list("risk", flat=True)
    levels = [SeverityAssessment.objects.levels_on(on, risk=risk).first() for risk in risks]
    return max((level or UNKNOWN_HEAD_INTERIM for level in levels), default=UNKNOWN_HEAD_INTERIM)


def _ask(
    decision: ExitDecision, step: str, label: str, permission: Permission, *, by: User, at: datetime
) -> SignOff:
    return ask_sign_off(
        subject_kind=SIGN_OFF_KIND,
        subject_id=decision.pk,
        subject=f"Exit decision {decision.pk}",
        step=step,
        step_label=label,
        permission=permission,
        content_hash=content_hash(decision),
        by=by,
        at=at,
    )


def _refuse_revenue_owner(decision: ExitDecision, by: User) -> None:
    if decision.relationship.revenue_owners.filter(pk=by.pk).exists():
        raise NotAllowed("SD4: whoever has a revenue target on this partner does not decide on the exit.")


def _move(decision: ExitDecision, name: str, *, by: User, at: datetime, **changes: Any) -> None:
    """Take one step of the workflow, if the role may."""
    by.demand(EXIT_STEPS[name].permission)
    _take(decision, name, by=by, at=at, **changes)


def _take(decision: ExitDecision, name: str, *, by: User, at: datetime, **changes: Any) -> None:
    """Take one step by a conditional UPDATE, and log it; refuse when it is not the next one."""
    step = EXIT_STEPS[name]
    moved = ExitDecision.objects.filter(pk=decision.pk, state__in=step.before).update(
        state=step.after, **changes
    )
    if not moved:
        raise NotAllowed(
            f"“{step.label}” is not the next step here. Open the decision again to see where it stands."
        )
    decision.refresh_from_db()
    _log(decision, f"exit: {step.label.lower()}", by=by, at=at)


def _log(decision: ExitDecision, action: str, *, by: User, at: datetime) -> None:
    """Log without the partner's name, which may endanger people (N8)."""
    record_event(
        by=by.username,
        at=at,
        action=action,
        subject=f"exit decision {decision.pk}",
        detail={"relationship": decision.relationship_id, "state": decision.state},
    )
