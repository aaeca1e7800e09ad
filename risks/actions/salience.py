"""What people judge about risks: severity appended, lowered by two, and moved along the workflow."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from hrdd.governance.actions import move, record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission, Role, demand_reasons
from risks.actions.standing import refresh
from risks.models import (
    Consultation,
    ConsultationFinding,
    Evidence,
    Involvement,
    MitigationPlan,
    Risk,
    SeverityAssessment,
)
from risks.queries.method import method
from risks.rules.consultation import left_unconsidered
from risks.rules.risk_workflow import RISK_STEPS, RiskFacts, refusals
from risks.rules.salience import State, check_likelihood
from risks.rules.scope import check_scope
from risks.rules.severity import Severity, judge

SEVERE = 4
NOW_ASSESSED = {Risk.Status.DRAFT, Risk.Status.REASSESS}


@dataclass(frozen=True)
class Judging:
    """One judgement of severity as somebody gives it (domain.md 2.2, 2.4).

    Heads are 1 to 5, or None where not known; likelihood is of a potential harm only. `scope_group_share` is a
    percentage of a defined group of `scope_group_size` people. `findings_considered` belong to `consultations` (E4).
    """

    scale: int | None
    scope: int | None
    irremediability: int | None
    scale_rationale: str
    scope_rationale: str
    irremediability_rationale: str
    state_of_harm: str
    likelihood: int | None
    likelihood_unknown: bool
    consulted: str
    evidence: Collection[Evidence] = ()
    consultations: Collection[Consultation] = ()
    findings_considered: Collection[ConsultationFinding] = ()
    scope_people: int | None = None
    scope_group_share: Decimal | None = None
    scope_group_size: int | None = None
    delay_makes_irremediable: bool = False
    heightened_vulnerability: bool = False
    harm_type: str = ""
    floor_reason: str = ""
    what_changed: str = ""


@transaction.atomic
def assess_severity(
    risk: Risk, judging: Judging, *, by: User, at: datetime, ignored: Iterable[str] = ()
) -> SeverityAssessment:
    """Append a judgement of severity; the ones before it stay as they were (domain.md 1.1 R4, 2.2, 2.4, SD5).

    Args:
        risk: what is judged.
        judging: the judgement; it holds from today.
        by: who judges; needs the permission to assess.
        at: now.
        ignored: names of money or reputation fields that were sent along; they count for nothing, and are logged (R1).

    Raises:
        NotAllowed: a rule refuses, with the sentence to show.
        SeverityError: the heads cannot be judged.
        SalienceError: state and likelihood contradict each other.
        ScopeError: the figures of scope contradict its level.
    """
    held = Risk.objects.select_for_update().get(pk=risk.pk)
    verdict = judged(held, judging, by=by, at=at)
    if (level := severe_level_lowered(held, verdict, state_of_harm=judging.state_of_harm)) is not None:
        raise NotAllowed(
            f"SD5: severity is not lowered from level {level} by one person, nor is the harm marked as put right. It "
            "needs new evidence, and a senior who signs."
        )
    return append_assessment(held, judging, verdict, by=by.username, confirmed_by="", at=at, ignored=ignored)


def judged(risk: Risk, judging: Judging, *, by: User, at: datetime) -> Severity:
    """Return the verdict on a judgement, or refuse it; nothing is written, so that a page can show it beforehand.

    Raises:
        NotAllowed, SeverityError, SalienceError, ScopeError: with the sentence to show.
    """
    _check(risk, judging, by=by)
    check_likelihood(State(judging.state_of_harm), judging.likelihood, unknown=judging.likelihood_unknown)
    check_scope(
        judging.scope,
        people=judging.scope_people,
        share=judging.scope_group_share,
        group_size=judging.scope_group_size,
    )
    return verdict_on(judging)


def verdict_on(judging: Judging) -> Severity:
    """Return level, band and reason of the heads, with the configured lifts.

    Raises:
        SeverityError: the heads cannot be judged.
    """
    return judge(
        judging.scale,
        judging.scope,
        judging.irremediability,
        harm_type=judging.harm_type,
        floor_reason=judging.floor_reason,
        lift_one=method().lift_one,
        lift_both=method().lift_both,
    )


def severe_level_lowered(risk: Risk, verdict: Severity, *, state_of_harm: str) -> int | None:
    """Return the severe level that a verdict would lower, or mark as put right; None when it lowers none (SD5).

    Leaving a head open in between opens no way around: the level is never under a scale that is known.
    """
    scored = SeverityAssessment.objects.filter(risk=risk).exclude(incomplete=True, scale__isnull=True).first()
    if scored is None:
        return None
    level = (scored.scale or 0) if scored.incomplete else scored.level
    if level < SEVERE or (scored.state_of_harm == State.ACTUAL_REMEDIED and verdict.level >= level):
        return None
    return level if verdict.level < level or state_of_harm == State.ACTUAL_REMEDIED else None


def append_assessment(
    risk: Risk,
    judging: Judging,
    verdict: Severity,
    *,
    by: str,
    confirmed_by: str,
    at: datetime,
    ignored: Iterable[str] = (),
) -> SeverityAssessment:
    """Write a judgement that was checked, and bring the risk up to it; for this module and actions.lowering only."""
    earlier = risk.assessments.first()
    assessment = SeverityAssessment.objects.create(
        risk=risk,
        **_columns(judging),
        level=verdict.level,
        incomplete=verdict.incomplete,
        reason=_reason(verdict, judging),
        holds_from=at.date(),
        recorded_at=at,
        recorded_by=by,
        confirmed_by=confirmed_by,
        supersedes=earlier,
    )
    assessment.evidence.set(judging.evidence)
    assessment.consultations.set(judging.consultations)
    assessment.findings_considered.set(judging.findings_considered)
    if risk.status in NOW_ASSESSED:
        Risk.objects.filter(pk=risk.pk).update(status=Risk.Status.ASSESSED)
    refresh(risk, at=at)
    detail: dict[str, Any] = {"level": verdict.level, "incomplete": verdict.incomplete, "risk": risk.pk}
    if names := sorted(ignored):
        detail["ignored"] = names
    record_event(by=by, at=at, action="assessed severity", subject=risk.title, detail=detail)
    return assessment


def _columns(judging: Judging) -> dict[str, Any]:
    plain = ("scale", "scope", "irremediability", "state_of_harm", "likelihood", "harm_type")
    figures = ("scope_people", "scope_group_share", "scope_group_size")
    flags = ("delay_makes_irremediable", "heightened_vulnerability")
    said = ("scale_rationale", "scope_rationale", "irremediability_rationale")
    texts = (*said, "floor_reason", "what_changed", "consulted")
    return {
        **{name: getattr(judging, name) for name in (*plain, *figures, *flags)},
        **{name: getattr(judging, name).strip() for name in texts},
        "likelihood_said": "unknown" if judging.likelihood_unknown else "",
    }


def _check(risk: Risk, judging: Judging, *, by: User) -> None:
    by.demand(Permission.ASSESS_RISK)
    if risk.status == Risk.Status.CLOSED:
        raise NotAllowed(
            "This risk is closed. Put it up for re-assessment before its severity is judged again."
        )
    told = {
        "Why this scale": judging.scale_rationale,
        "Why this scope": judging.scope_rationale,
        "Why this irremediability": judging.irremediability_rationale,
        "Who was consulted": judging.consulted,
    }
    missing = [name for name, said in told.items() if not said.strip()]
    if missing:
        raise NotAllowed(f"{missing[0]}: say it in a sentence, so that others can follow the judgement.")
    if judging.floor_reason.strip() and Role.REVIEWER not in by.roles_today:
        raise NotAllowed(
            "Why the gravest outcome is not credible is for a reviewer to record. Ask one, or choose scale 5."
        )
    if risk.assessments.exists():
        demand_reasons(judging.what_changed, about="What changed since the last judgement, and why")
    _check_basis(risk, judging)


def _check_basis(risk: Risk, judging: Judging) -> None:
    """Refuse a judgement that rests on nothing, or leaves out what the people consulted said (GP18; R4, E4)."""
    if not judging.evidence:
        raise NotAllowed("UNGP 18: attach at least one piece of evidence that the judgement rests on.")
    if any(one.risk_id != risk.pk for one in judging.evidence):
        raise NotAllowed("Evidence: attach what is on record for this risk.")
    if any(not one.risks.filter(pk=risk.pk).exists() for one in judging.consultations):
        raise NotAllowed("Consultations: choose those that are linked to this risk.")
    said = ConsultationFinding.objects.filter(
        consultation__in=[one.pk for one in judging.consultations],
        consultation__screened_at__isnull=False,
        risks=risk,
    )
    considered = [one.pk for one in judging.findings_considered]
    if left_out := left_unconsidered(said.values_list("pk", flat=True), considered):
        raise NotAllowed(left_out)


@transaction.atomic
def take_step(risk: Risk, name: str, *, reasons: str, by: User, at: datetime) -> None:
    """Confirm, manage, put up for re-assessment or close a risk (domain.md 1.1, SD1, G1, I1).

    Args:
        risk: what moves.
        name: a key of RISK_STEPS but `assess`, which is taken by assessing.
        reasons: why, at least 50 characters.
        by: a person; a job never gets here (3.8).
        at: now.

    Raises:
        NotAllowed: the role, the state, or what is missing first, all of it in sentences.
    """
    held = Risk.objects.select_for_update().get(pk=risk.pk)
    step = RISK_STEPS[name]
    by.demand(step.permission)
    why = demand_reasons(reasons)
    if held.status in step.before and (
        lacking := refusals(name, facts_of(held), by=by.username, stands_with=by.stands_with())
    ):
        raise NotAllowed(" ".join(lacking))
    dates = {"closed_on": at.date() if name == "close" else None}
    move(
        held,
        step,
        by=by,
        at=at,
        called=f"risk {held.pk}",
        field="status",
        detail={"risk": held.pk, "reasons": why},
        **dates,
    )
    refresh(held, at=at)


def facts_of(risk: Risk) -> RiskFacts:
    """Return what the steps of a risk ask about it."""
    approved = risk.plans.filter(state=MitigationPlan.State.APPROVED)
    tests = approved.filter(tested_on__isnull=False).order_by("tested_on")
    kinds = set(approved.values_list("kind", flat=True))
    return RiskFacts(
        incomplete=risk.incomplete,
        state_of_harm=risk.state_of_harm,
        likelihood=risk.likelihood,
        controls_tested=tests.exists() and not tests.filter(works=False).exists(),
        has_owner=risk.owner_id is not None,
        has_plan=bool(kinds & {MitigationPlan.Kind.MITIGATION, MitigationPlan.Kind.REMEDIATION}),
        has_remediation_plan=MitigationPlan.Kind.REMEDIATION in kinds,
        tie=risk.tie,
        involvement_proposed=risk.involvements.filter(state=Involvement.State.PROPOSED).exists(),
        assessed_by=risk.held.recorded_by if risk.held else "",
        drafted_by=risk.recorded_by,
    )


def _reason(verdict: Severity, judging: Judging) -> str:
    parts = [verdict.reason]
    if judging.harm_type:
        parts.append(f"Kind of harm: {judging.harm_type.replace('_', ' ')}.")
    if judging.floor_reason.strip():
        parts.append(f"Why that outcome is not credible: {judging.floor_reason.strip()}")
    return " ".join(parts)


@transaction.atomic
def assign_owner(risk: Risk, *, owner: User | None, by: User, at: datetime, seen: str | None = None) -> None:
    """Name who answers for a risk, or nobody; who answers already stays, and nothing is logged (UNGP 19(a); G1).

    Args:
        risk: the risk; read again under a lock.
        owner: who it is from now on.
        by, at: who, and now.
        seen: the username of the owner whom they saw, empty for nobody; None where they could not say.

    Raises:
        NotAllowed: the role, somebody who does not work on the desk, or another owner than they saw.
    """
    by.demand(Permission.ASSIGN_RISK)
    if owner is not None and not owner.may(Permission.READ_DESK):
        raise NotAllowed("Owner: choose somebody who works on the desk.")
    before = Risk.objects.select_for_update(of=("self",)).select_related("owner").get(pk=risk.pk).owner
    if seen is not None and seen != (before.username if before else ""):
        raise NotAllowed(
            f"Owner: this changed while you looked. It is {before or 'nobody'} now. If your choice still holds, save "
            "it again."
        )
    if owner == before:
        return
    Risk.objects.filter(pk=risk.pk).update(owner=owner)
    record_event(
        by=by.username,
        at=at,
        action="assigned risk",
        subject=f"risk {risk.pk}",
        detail={"from": before.username if before else "", "to": owner.username if owner else ""},
    )
