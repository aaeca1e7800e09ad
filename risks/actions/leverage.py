"""What people do to change a partner's practice, and what it changed (domain.md 5)."""

from datetime import date, datetime

from django.db import transaction

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions.partners import log_of_tied
from risks.models import LeverageAction, RelationshipRisk, SeverityAssessment
from risks.rules.leverage import PARTIAL_CHANGE, TIME_LIMITS
from risks.rules.severity import UNKNOWN_HEAD_INTERIM

LEAST_REASONS = 50


@transaction.atomic
def log_leverage(
    tied: RelationshipRisk,
    *,
    kind: str,
    rung: int,
    requested_change: str,
    started_on: date,
    deadline: date,
    collaborators: str,
    by: User,
    at: datetime,
) -> LeverageAction:
    """Record an attempt to change what the partner does (domain.md 5.2, 5.3).

    Raises:
        NotAllowed: with the sentence to show.
    """
    by.demand(Permission.LOG_LEVERAGE)
    if started_on > at.date():
        raise NotAllowed("Started on: record an action once it has begun; a plan changes nothing yet.")
    if deadline < started_on:
        raise NotAllowed("Deadline: it lies before the action began.")
    action = LeverageAction.objects.create(
        tied=tied,
        kind=kind,
        rung=rung,
        requested_change=requested_change,
        started_on=started_on,
        deadline=deadline,
        collaborators=collaborators,
        recorded_by=by.username,
    )
    log_of_tied(tied, "used leverage", by=by, at=at, leverage=action.pk, rung=rung)
    return action


@transaction.atomic
def measure_effect(
    action: LeverageAction,
    *,
    effect: int,
    indicator: str,
    baseline: str,
    measured: str,
    evidence: str,
    self_report_only: bool,
    next_step: str,
    by: User,
    at: datetime,
) -> None:
    """Record what an action changed, once (domain.md 5.3).

    Raises:
        NotAllowed: an effect of 2 or more without an indicator and evidence other than the partner's own word.
    """
    by.demand(Permission.LOG_LEVERAGE)
    if effect >= PARTIAL_CHANGE and self_report_only:
        raise NotAllowed("Effect: the partner's own word alone counts as a promise, 1 at most (UNGP 20).")
    if effect >= PARTIAL_CHANGE and not (indicator.strip() and measured.strip() and evidence.strip()):
        raise NotAllowed(
            "Effect: 2 or more needs an indicator that moved, its value, and evidence (UNGP 20)."
        )
    changed = LeverageAction.objects.filter(pk=action.pk, measured_on__isnull=True).update(
        effect=effect,
        indicator=indicator.strip(),
        baseline=baseline,
        measured=measured.strip(),
        evidence=evidence.strip(),
        self_report_only=self_report_only,
        next_step=next_step,
        measured_on=at.date(),
        measured_by=by.username,
    )
    if not changed:
        raise NotAllowed("The effect of this action is on record already. Record a new action.")
    log_of_tied(action.tied, "measured leverage", by=by, at=at, leverage=action.pk, effect=effect)


@transaction.atomic
def extend_time(tied: RelationshipRisk, *, reasons: str, by: User, at: datetime) -> None:
    """Grant the one extension of the time to see change (domain.md 5.4).

    Raises:
        NotAllowed: not SENIOR, a level without extension, no measured trend, reasons too short, or granted before.
    """
    by.demand(Permission.DECIDE_EXIT)
    if tied.relationship.revenue_owners.filter(pk=by.pk).exists():
        raise NotAllowed("SD4: whoever has a revenue target on this partner gives it no more time.")
    level = SeverityAssessment.objects.levels_on(at.date(), risk=tied.risk_id).first() or UNKNOWN_HEAD_INTERIM
    if not TIME_LIMITS[level].extension:
        raise NotAllowed(f"UNGP 19: at severity {level} there is no extension; the more severe, the sooner.")
    if not tied.actions.filter(effect=PARTIAL_CHANGE).exists():
        raise NotAllowed("UNGP 19: an extension needs a partial change that was measured (effect 2).")
    if len(reasons.strip()) < LEAST_REASONS:
        raise NotAllowed(f"Reasons: at least {LEAST_REASONS} characters.")
    changed = RelationshipRisk.objects.filter(pk=tied.pk, extended_on__isnull=True).update(
        extended_by=by, extended_on=at.date(), extension_reasons=reasons.strip()
    )
    if not changed:
        raise NotAllowed("UNGP 19: the one extension was granted before; there is no second.")
    log_of_tied(tied, "extended time to change", by=by, at=at)
