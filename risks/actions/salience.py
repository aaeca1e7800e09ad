"""Judging how severe a risk is: a new judgement each time, never an edit."""

from datetime import datetime

from django.db import transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.models import Risk, SeverityAssessment
from risks.rules import salience, severity

SEVERE = 4


@transaction.atomic
def assess_severity(
    risk: Risk,
    *,
    scale: int | None,
    scope: int | None,
    irremediability: int | None,
    scale_rationale: str,
    scope_rationale: str,
    irremediability_rationale: str,
    state_of_harm: str,
    likelihood: int | None,
    likelihood_unknown: bool,
    likelihood_said: str,
    delay_makes_irremediable: bool,
    heightened_vulnerability: bool,
    harm_type: str,
    floor_reason: str,
    consulted: str,
    by: User,
    at: datetime,
) -> SeverityAssessment:
    """Append a judgement of severity; the ones before stay as they were (domain.md 2.2 to 2.4, R4).

    Args:
        risk: the risk.
        scale, scope, irremediability: 1 to 5, or None where not known.
        scale_rationale, scope_rationale, irremediability_rationale: why.
        state_of_harm: potential, actual_unremedied or actual_remedied.
        likelihood, likelihood_unknown, likelihood_said: of a potential harm only.
        delay_makes_irremediable, heightened_vulnerability: what settles the order of equals.
        harm_type, floor_reason: one of the gravest harms, and a reviewer's reason against scale 5.
        consulted: who was consulted, or why nobody (UNGP 18(b)).
        by, at: who, and now.

    Raises:
        NotAllowed: a rule refuses, with the sentence to show.
    """
    if not by.may(Permission.ASSESS_RISK):
        raise NotAllowed("Your role does not judge severity (domain role ANALYST).")
    if floor_reason.strip() and not by.may(Permission.CONFIRM_SEVERITY):
        raise NotAllowed("UNGP 14: only a reviewer records why the gravest outcome is not credible. Ask one.")
    try:
        verdict = severity.judge(
            scale, scope, irremediability, harm_type=harm_type, floor_reason=floor_reason
        )
        salience.check_likelihood(salience.State(state_of_harm), likelihood, unknown=likelihood_unknown)
    except (severity.SeverityError, salience.SalienceError) as error:
        raise NotAllowed(str(error)) from None
    locked = Risk.objects.select_for_update().get(pk=risk.pk)
    _refuse_lowering(locked, verdict)
    reason = f"{verdict.reason} {floor_reason.strip()}".strip()
    assessment = SeverityAssessment.objects.create(
        risk=locked,
        scale=scale,
        scope=scope,
        irremediability=irremediability,
        scale_rationale=scale_rationale,
        scope_rationale=scope_rationale,
        irremediability_rationale=irremediability_rationale,
        state_of_harm=state_of_harm,
        likelihood=likelihood,
        likelihood_said=likelihood_said,
        delay_makes_irremediable=delay_makes_irremediable,
        heightened_vulnerability=heightened_vulnerability,
        level=verdict.level,
        incomplete=verdict.incomplete,
        reason=reason,
        consulted=consulted,
        holds_from=at.date(),
        recorded_at=at,
        recorded_by=by.username,
    )
    Risk.objects.filter(pk=locked.pk, status=Risk.Status.DRAFT).update(status=Risk.Status.ASSESSED)
    record_event(
        by=by.username,
        at=at,
        action="assessed severity",
        subject=locked.title,
        detail={"level": verdict.level},
    )
    return assessment


def _refuse_lowering(risk: Risk, verdict: severity.Severity) -> None:
    """A whole judgement of 4 or 5 is not lowered by one person (SD5); an interim one is no judgement yet."""
    held = risk.assessments.first()
    if held is None or held.incomplete or held.level < SEVERE or verdict.level >= held.level:
        return
    raise NotAllowed(
        f"SD5: severity {held.level} is lowered only with new evidence and by a second person. There is no page "
        "for that yet, so the level stands."
    )
