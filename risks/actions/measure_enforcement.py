"""A person puts a measure in force, after approval or as an emergency; no job ever does (3.2, 3.6, 3.8)."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from hrdd.governance.actions import move
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission, Step, demand_reasons
from risks.actions.measure_proposals import (
    approver_of,
    authors_of,
    called,
    corridor_now,
    demand_person,
    end_superseded,
    end_without_decision,
    locked,
    log,
    open_risk,
)
from risks.actions.policy_force import signal_if_over
from risks.models import CompanionDuty, EmergencyStop, Measure, Risk
from risks.models.measures import IN_FORCE
from risks.queries.method import method
from risks.rules.measure_workflow import (
    DUTY_LABELS,
    EMERGENCY_HOURS,
    MEASURE_STEPS,
    NOT_PRESERVED,
    PROPOSED,
    Duty,
    appeal_until,
    emergency_refusal,
    next_review,
    notice_refusal,
    preserves_evidence_first,
)


@transaction.atomic
def enforce(measure: Measure, *, necessity: str, notified_on: date | None, by: User, at: datetime) -> Measure:
    """Put an approved measure in force; whoever does is its imposer from then on (SD2).

    The measure that it takes the place of ends at that moment (3.7, escalate).

    Args:
        measure: an approved measure.
        necessity: why it is necessary at this moment, 50 characters or more: late action is judged when it is taken.
        notified_on: when the person was told, with reasons; needed for an item, account, feature or partner (DSA 17).
        by, at: a person, and now.

    Raises:
        NotAllowed: the role, a machine, the state; the ceiling, end date, evidence or notice as things stand now.
    """
    demand_person(by)
    by.demand(Permission.PROPOSE_MEASURE)
    held = locked(measure)
    said = demand_reasons(necessity, about="Necessity now")
    if held.state != Measure.State.APPROVED:
        raise NotAllowed(
            "Method 9: only an approved measure is put in force. Open it again to see where it stands."
        )
    risk = open_risk(held.risk_id)
    _demand_fit_now(held, risk, today=at.date())
    since = held.decided_at.date() if held.decided_at else at.date()
    _demand_notice(held, notified_on, today=at.date(), since=since)
    move(
        held,
        MEASURE_STEPS["enforce"],
        by=by,
        at=at,
        called=called(held),
        detail={"risk": risk.pk},
        necessity_at_enforcement=said,
        **_begun(held, risk, notified_on=notified_on, by=by, at=at),
    )
    end_superseded(held, by=by, at=at)
    if held.policy_version is not None:
        signal_if_over(held.policy_version, by=by, at=at)
    return held


@transaction.atomic
def enforce_as_emergency(
    measure: Measure, *, reasons: str, notified_on: date | None, by: User, at: datetime
) -> Measure:
    """Put a proposal in force for 72 hours because life is in danger; a person confirms or lifts it after (3.2).

    Nothing lifts it when the hours are over; the lapsed emergency asks for an urgent review.

    Args:
        measure: a proposal.
        reasons: why it cannot wait for the full test, 50 characters or more.
        notified_on: when the person was told; it may follow.
        by: a decider, for I5 or over the ceiling a senior; not its author (SD1).
        at: now.

    Raises:
        NotAllowed: the role, a machine, the author, the state; no danger to life; a failing test; evidence at risk.
    """
    demand_person(by)
    held = locked(measure)
    by.demand(_emergency_permission(held))
    if by.as_one() & authors_of(held):
        raise NotAllowed("SD1: whoever proposed a measure does not decide on it. Ask another decider.")
    said = demand_reasons(reasons)
    risk = open_risk(held.risk_id)
    test = held.test
    outcome, why = (test.outcome, test.reason) if test else ("incomplete", "")
    if refusal := emergency_refusal(threat_to_life=risk.threat_to_life, outcome=outcome, reason=why):
        raise NotAllowed(refusal)
    _demand_fit_now(held, risk, today=at.date())
    if notified_on is not None:
        _demand_notice(held, notified_on, today=at.date(), since=held.starts_on)
    until = at + timedelta(hours=EMERGENCY_HOURS)
    step = Step("Put in force as an emergency", PROPOSED, "active_emergency", _emergency_permission(held))
    move(
        held,
        step,
        by=by,
        at=at,
        called=called(held),
        detail={"risk": risk.pk, "reasons": said},
        decided_by=by,
        decided_at=at,
        decision_reasons=said,
        necessity_at_enforcement=said,
        emergency_until=until,
        **_begun(held, risk, notified_on=notified_on, by=by, at=at) | {"next_review": until.date()},
    )
    if EmergencyStop.objects.filter(measure=held.pk, renewal=True).exists():
        end_superseded(held, by=by, at=at)
    return held


@transaction.atomic
def end_emergency(measure: Measure, *, reasons: str, by: User, at: datetime) -> None:
    """Lift an emergency measure, in its hours or after; what it did is undone and people are told.

    Raises:
        NotAllowed: the role, a machine, short reasons, or no emergency.
    """
    demand_person(by)
    end_without_decision(locked(measure), "end_emergency", demand_reasons(reasons), by=by, at=at)


@transaction.atomic
def record_notice(measure: Measure, *, notified_on: date, by: User, at: datetime) -> None:
    """Record when the person was told of a measure in force; the time to appeal runs from then (DSA 17, 20).

    Raises:
        NotAllowed: the role, a machine, a day that cannot be, or a notice on record already.
    """
    demand_person(by)
    by.demand(Permission.PROPOSE_MEASURE)
    held = locked(measure)
    _demand_notice(held, notified_on, today=at.date(), since=held.starts_on)
    waiting = Measure.objects.filter(pk=held.pk, state__in=IN_FORCE, notified_on__isnull=True)
    if not waiting.update(notified_on=notified_on, appeal_until=appeal_until(notified_on)):
        raise NotAllowed("DSA 20: the notice of this measure is on record, or it is not in force.")
    log(held, "recorded notice of measure", by=by, at=at, notified_on=notified_on.isoformat())


@transaction.atomic
def do_duty(measure: Measure, *, kind: str, how: str, by: User, at: datetime) -> CompanionDuty:
    """Record that a companion duty of a measure was done; it stays as recorded (3.1).

    Args:
        measure: a measure that was not refused, withdrawn or ended.
        kind: a companion duty, asked for or not.
        how: what was done and where it can be checked, 50 characters or more.
        by, at: a person, and now.

    Raises:
        NotAllowed: the role, a machine, an unknown duty, one that was done, or a measure that is over.
    """
    demand_person(by)
    by.demand(Permission.PROPOSE_MEASURE)
    if kind not in set(Duty):
        raise NotAllowed(f"Duty: choose one of {', '.join(Duty)}.")
    said = demand_reasons(how, about="How it was done")
    held = locked(measure)
    if held.ended_on is not None:
        raise NotAllowed("Method 4: this measure is over, so nothing accompanies it any more.")
    duty, _ = CompanionDuty.objects.get_or_create(
        measure=held, kind=kind, defaults={"asked_by": by, "asked_at": at}
    )
    if not CompanionDuty.objects.filter(pk=duty.pk, done_at__isnull=True).update(
        done_by=by, done_at=at, done_how=said
    ):
        raise NotAllowed(f"“{DUTY_LABELS[Duty(kind)]}” is on record as done already.")
    log(held, f"did duty: {DUTY_LABELS[Duty(kind)].lower()}", by=by, at=at)
    duty.refresh_from_db()
    return duty


def _emergency_permission(measure: Measure) -> Permission:
    """Return who may put a measure in force as an emergency: never a pair of analysts (3.2)."""
    needed = approver_of(measure)
    return Permission.APPROVE_MEASURE if needed == Permission.PROPOSE_MEASURE else needed


def _demand_fit_now(measure: Measure, risk: Risk, *, today: date) -> None:
    """Judge a measure at the moment of acting, not when it was proposed (3.6)."""
    now = corridor_now(measure)
    if now.over and now.refusal:
        raise NotAllowed(f"Method 5.3: necessity is judged when a measure is taken. {now.refusal}")
    if measure.ends_on is not None and measure.ends_on <= today:
        raise NotAllowed(
            f"Method 5.3: the end date, {measure.ends_on:%-d %B %Y}, has come before the measure. Withdraw it, and "
            "propose anew what is still necessary."
        )
    preserved = measure.duties.filter(kind=Duty.PRESERVE_EVIDENCE, done_at__isnull=False)
    if preserves_evidence_first(measure.kind, level=risk.level) and not preserved.exists():
        raise NotAllowed(NOT_PRESERVED)


def _demand_notice(measure: Measure, notified_on: date | None, *, today: date, since: date) -> None:
    refusal = notice_refusal(
        intrusion=measure.intrusion,
        target_type=measure.target_type,
        notified_on=notified_on,
        today=today,
        starts_on=since,
    )
    if refusal:
        raise NotAllowed(refusal)


def _begun(
    measure: Measure, risk: Risk, *, notified_on: date | None, by: User, at: datetime
) -> dict[str, Any]:
    today = at.date()
    return {
        "imposed_by": by.username,
        "starts_on": today,
        "starts_said": today.isoformat(),
        "level_then": risk.level,
        "reviewed_on": today,
        "justified_on": today,
        "notified_on": notified_on,
        "appeal_until": appeal_until(notified_on) if notified_on else None,
        "next_review": next_review(
            measure.intrusion,
            level=risk.level,
            today=today,
            ends_on=measure.ends_on,
            intervals=method().review_intervals,
        ),
    }
