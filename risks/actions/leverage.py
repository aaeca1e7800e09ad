"""What people do to change a partner's practice, and what it changed (domain.md 5.1 to 5.3)."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Max

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission, demand_reasons
from risks.actions.change_clock import log_of_tied, refuse_revenue_owner
from risks.models import EffectMeasurement, Evidence, LeverageAction, Measure, RelationshipRisk
from risks.models.measures import NEVER_STOOD
from risks.queries.time_to_change import NO_DAY
from risks.rules.leverage import PARTIAL_CHANGE
from risks.rules.leverage_plan import Measured, collaboration_refusals, effect_refusals, rung_refusals


@transaction.atomic
def log_leverage(
    tied: RelationshipRisk,
    *,
    kind: str,
    rung: int,
    requested_change: str,
    started_on: date,
    deadline: date,
    by: User,
    at: datetime,
    skip_reasons: str = "",
    collaborators: str = "",
    body: str = "",
    competition_note: str = "",
    measure: Measure | None = None,
    indicator: str = "",
    unit: str = "",
    baseline: str = "",
    target: str = "",
    source: str = "",
    cost_eur: Decimal | None = None,
) -> LeverageAction:
    """Record an attempt to change what the partner does (domain.md 5.1 to 5.3).

    Args:
        tied: the harm.
        kind, rung, requested_change, started_on, deadline: what is asked, how strongly, from when to when.
        by, at: who, and now.
        skip_reasons: why rungs of the ladder are skipped; at level 5 or after a zero-tolerance breach only.
        collaborators, body, competition_note: with whom, in which body, and how competition law is kept.
        measure: what suspends, for rung 5.
        indicator, unit, baseline, target, source: by what the change will be seen.
        cost_eur: what it cost the company.

    Raises:
        NotAllowed: with the sentences to show.
    """
    by.demand(Permission.LOG_LEVERAGE)
    held = RelationshipRisk.objects.select_for_update(of=("self",)).select_related("risk").get(pk=tied.pk)
    if held.known_since is None:
        raise NotAllowed(NO_DAY)
    if started_on > at.date():
        raise NotAllowed("Started on: record an action once it has begun; a plan changes nothing yet.")
    if deadline < started_on:
        raise NotAllowed("Deadline: it lies before the action began.")
    if cost_eur is not None and cost_eur < 0:
        raise NotAllowed("Cost: a number of 0 or more.")
    if measure is not None and (measure.risk_id != held.risk_id or measure.state in NEVER_STOOD):
        raise NotAllowed("Measure: choose one that is, or was, in force, and answers this risk.")
    refused = rung_refusals(
        rung,
        highest_used=held.actions.aggregate(most=Max("rung"))["most"],
        level=held.risk.level,
        zero_tolerance=bool(held.zero_tolerance_breach),
        skip_reasons=skip_reasons,
        has_measure=measure is not None,
    ) + collaboration_refusals(kind=kind, rung=rung, body=body, competition_note=competition_note)
    if refused:
        raise NotAllowed(" ".join(refused))
    action = LeverageAction.objects.create(
        tied=held,
        kind=kind,
        rung=rung,
        skip_reasons=skip_reasons.strip(),
        requested_change=requested_change.strip(),
        started_on=started_on,
        deadline=deadline,
        collaborators=collaborators.strip(),
        body=body.strip(),
        competition_note=competition_note.strip(),
        measure=measure,
        indicator=indicator.strip(),
        unit=unit.strip(),
        baseline=baseline.strip(),
        target=target.strip(),
        source=source.strip(),
        cost_eur=cost_eur,
        recorded_by=by.username,
        recorded_at=at,
    )
    log_of_tied(held, "used leverage", by=by, at=at, leverage=action.pk, rung=rung)
    return action


@transaction.atomic
def measure_effect(
    action: LeverageAction,
    *,
    effect: int,
    by: User,
    at: datetime,
    measured_on: date | None = None,
    indicator: str = "",
    unit: str = "",
    baseline: str = "",
    measured: str = "",
    source: str = "",
    evidence: str = "",
    pieces: Collection[Evidence] = (),
    self_report_only: bool = False,
    next_step: str = "",
    corrects: EffectMeasurement | None = None,
    correction_reasons: str = "",
) -> EffectMeasurement:
    """Record what an action changed, as often as it is measured; a wrong measurement is corrected by a later one (5.3).

    The effect of an action is its latest measurement that stands, so that a relapse shows at once.

    Args:
        action: what is measured.
        effect: 0 to 4.
        by, at: who, and now.
        measured_on: the day on which it was measured; today if not said.
        indicator, unit, baseline, measured, source: what moved, from what to what; taken from the action if not said.
        evidence, pieces: what shows it, in words and as evidence on record for the risk.
        self_report_only: it rests on the partner's own word alone.
        next_step: what follows.
        corrects, correction_reasons: the measurement that was wrong, and why.

    Raises:
        NotAllowed: an effect of 2 or more without an indicator that moved, or evidence other than the partner's word.
    """
    by.demand(Permission.LOG_LEVERAGE)
    if effect >= PARTIAL_CHANGE:
        refuse_revenue_owner(action.tied, by, "does not find that it changed; ask another person to measure")
    day = measured_on or at.date()
    if not action.started_on <= day <= at.date():
        raise NotAllowed(
            f"Measured on: a day from {action.started_on:%-d %B %Y}, when the action began, to today."
        )
    given = Measured(
        effect=effect,
        indicator=indicator.strip() or action.indicator,
        baseline=baseline.strip() or action.baseline,
        value=measured.strip(),
        evidence=evidence.strip(),
        self_report_only=self_report_only,
    )
    if refused := effect_refusals(given):
        raise NotAllowed(" ".join(refused))
    if any(one.risk_id != action.tied.risk_id for one in pieces):
        raise NotAllowed("Evidence on record: choose what is on record for this risk.")
    row = _written(
        action,
        given,
        unit=unit.strip() or action.unit,
        source=source.strip() or action.source,
        next_step=next_step.strip(),
        measured_on=day,
        corrects=corrects,
        correction_reasons=_of_correction(action, corrects, correction_reasons),
        by=by,
        at=at,
    )
    row.pieces.set(pieces)
    action.refresh_from_db()
    named = {"corrects": corrects.pk} if corrects else {}
    log_of_tied(action.tied, "measured leverage", by=by, at=at, leverage=action.pk, effect=effect, **named)
    return row


def _of_correction(action: LeverageAction, corrects: EffectMeasurement | None, reasons: str) -> str:
    if corrects is None:
        return ""
    if corrects.action_id != action.pk:
        raise NotAllowed("Correction: choose a measurement of this action.")
    return demand_reasons(reasons, about="Why the earlier measurement was wrong")


def _written(
    action: LeverageAction,
    given: Measured,
    *,
    unit: str,
    source: str,
    next_step: str,
    measured_on: date,
    corrects: EffectMeasurement | None,
    correction_reasons: str,
    by: User,
    at: datetime,
) -> EffectMeasurement:
    try:
        with transaction.atomic():
            return EffectMeasurement.objects.create(
                action=action,
                effect=given.effect,
                indicator=given.indicator,
                unit=unit,
                baseline=given.baseline,
                measured=given.value,
                source=source,
                evidence=given.evidence,
                self_report_only=given.self_report_only,
                next_step=next_step,
                measured_on=measured_on,
                corrects=corrects,
                correction_reasons=correction_reasons,
                recorded_by=by.username,
                recorded_at=at,
            )
    except IntegrityError:
        raise NotAllowed("This measurement was corrected already. Correct the later one.") from None
