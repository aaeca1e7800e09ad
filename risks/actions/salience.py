"""What people judge about risks."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission, Role
from risks.actions.standing import refresh
from risks.models import Risk, SeverityAssessment
from risks.rules.salience import State, check_likelihood
from risks.rules.severity import Severity, judge

SEVERE = 4
NOW_ASSESSED = {Risk.Status.DRAFT, Risk.Status.REASSESS}


@transaction.atomic
def assess_severity(
    risk: Risk,
    *,
    by: User,
    at: datetime,
    scale: int | None,
    scope: int | None,
    irremediability: int | None,
    scale_rationale: str,
    scope_rationale: str,
    irremediability_rationale: str,
    state_of_harm: str,
    likelihood: int | None,
    likelihood_unknown: bool,
    consulted: str,
    delay_makes_irremediable: bool = False,
    heightened_vulnerability: bool = False,
    harm_type: str = "",
    floor_reason: str = "",
) -> SeverityAssessment:
    """Append a judgement of severity; the ones before it stay as they were (domain.md 1.1 R4, 2.2, 2.4, SD5).

    Args:
        risk: what is judged.
        by: who judges; needs the permission to assess.
        at: now; the judgement holds from today.
        scale, scope, irremediability: 1 to 5, or None where not known.
        scale_rationale, scope_rationale, irremediability_rationale: why, for each head.
        state_of_harm: potential, actual_unremedied or actual_remedied.
        likelihood, likelihood_unknown: of a potential harm only.
        consulted: who was consulted, or why nobody could be.
        delay_makes_irremediable: whether waiting would make the harm irremediable.
        heightened_vulnerability: whether people of heightened vulnerability are affected.
        harm_type: one of GRAVEST_HARMS, or empty.
        floor_reason: a reviewer's reason why that outcome is not credible.

    Raises:
        NotAllowed: a rule refuses, with the sentence to show.
        SeverityError: the heads cannot be judged.
        SalienceError: state and likelihood contradict each other.
    """
    held = Risk.objects.select_for_update().get(pk=risk.pk)
    rationales = {
        "Why this scale": scale_rationale,
        "Why this scope": scope_rationale,
        "Why this irremediability": irremediability_rationale,
        "Who was consulted": consulted,
    }
    _check(held, by=by, told=rationales, floor_reason=floor_reason)
    check_likelihood(State(state_of_harm), likelihood, unknown=likelihood_unknown)
    verdict = judge(scale, scope, irremediability, harm_type=harm_type, floor_reason=floor_reason)
    _refuse_to_lower(held, verdict, state_of_harm=state_of_harm, at=at)
    assessment = SeverityAssessment.objects.create(
        risk=held,
        scale=scale,
        scope=scope,
        irremediability=irremediability,
        scale_rationale=scale_rationale.strip(),
        scope_rationale=scope_rationale.strip(),
        irremediability_rationale=irremediability_rationale.strip(),
        state_of_harm=state_of_harm,
        likelihood=likelihood,
        likelihood_said="unknown" if likelihood_unknown else "",
        delay_makes_irremediable=delay_makes_irremediable,
        heightened_vulnerability=heightened_vulnerability,
        level=verdict.level,
        incomplete=verdict.incomplete,
        reason=_reason(verdict, harm_type=harm_type, floor_reason=floor_reason),
        consulted=consulted.strip(),
        holds_from=at.date(),
        recorded_at=at,
        recorded_by=by.username,
    )
    if held.status in NOW_ASSESSED:
        Risk.objects.filter(pk=held.pk).update(status=Risk.Status.ASSESSED)
    refresh(held, at=at)
    record_event(
        by=by.username,
        at=at,
        action="assessed severity",
        subject=held.title,
        detail={"level": verdict.level, "incomplete": verdict.incomplete, "risk": held.pk},
    )
    return assessment


def _check(risk: Risk, *, by: User, told: dict[str, str], floor_reason: str) -> None:
    if not by.may(Permission.ASSESS_RISK):
        raise NotAllowed("Your role does not assess risks (domain role ANALYST).")
    if risk.status == Risk.Status.CLOSED:
        raise NotAllowed("This risk is closed. Re-open it before its severity is judged again.")
    missing = [name for name, said in told.items() if not said.strip()]
    if missing:
        raise NotAllowed(f"{missing[0]}: say it in a sentence, so that others can follow the judgement.")
    if floor_reason.strip() and Role.REVIEWER not in by.roles:
        raise NotAllowed(
            "Why the gravest outcome is not credible is for a reviewer to record. Ask one, or choose scale 5."
        )


def _refuse_to_lower(risk: Risk, verdict: Severity, *, state_of_harm: str, at: datetime) -> None:
    """Refuse to lower what was scored as severe, or to mark it as put right, on one person's word (SD5).

    Leaving a head open in between opens no way around: the level is never under a scale that is known.
    """
    scored = (
        SeverityAssessment.objects.filter(risk=risk, holds_from__lte=at.date())
        .filter(Q(incomplete=False) | Q(scale__isnull=False))
        .first()
    )
    held = (scored.scale if scored.incomplete else scored.level) if scored else None
    if not held or held < SEVERE:
        return
    if verdict.level < held:
        raise NotAllowed(
            f"SD5: severity is not lowered from level {held} to {verdict.level} by one person. It needs new "
            "evidence and a second person. There is no page for that yet; until then the level stands."
        )
    if state_of_harm == State.ACTUAL_REMEDIED:
        raise NotAllowed(
            f"SD5: a harm of level {held} leaves the salient list when it is put right. That needs evidence and a "
            "second person. There is no page for that yet; until then it stays."
        )


def _reason(verdict: Severity, *, harm_type: str, floor_reason: str) -> str:
    parts = [verdict.reason]
    if harm_type:
        parts.append(f"Kind of harm: {harm_type.replace('_', ' ')}.")
    if floor_reason.strip():
        parts.append(f"Why that outcome is not credible: {floor_reason.strip()}")
    return " ".join(parts)
