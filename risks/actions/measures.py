"""What people decide about measures."""

from datetime import date, datetime

from django.db import transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions.three_part_test import examine, keep_test
from risks.models import Measure, Reassessment, ReviewTask, SeverityAssessment, Signal
from risks.models.measures import IN_FORCE
from risks.rules.ladder import LADDER
from risks.rules.three_part_test import GivenTest, OutcomeOfTest

LEAST_REASONS = 50


@transaction.atomic
def record_reassessment(
    task: ReviewTask,
    *,
    by: User,
    at: datetime,
    outcome: str,
    reasons: str,
    test: GivenTest | None = None,
    lower_kind: str = "",
    referred_to: str = "",
) -> Reassessment:
    """Record what a person decided on a finding; it closes the task and moves the clock (domain.md 3.7).

    Args:
        task: the open task.
        by: who decides; needs the permission to re-assess.
        at: now.
        outcome: maintain, de_escalate, lift or refer.
        reasons: at least 50 characters.
        test: the answers to the three-part test, needed to maintain (ICCPR 19(3)).
        lower_kind: the less intrusive rung, needed to de-escalate.
        referred_to: who is asked, needed to refer.

    Raises:
        NotAllowed: a rule refuses, with the sentence to show.
    """
    measure = Measure.objects.select_for_update().get(pk=task.measure_id)
    _check(measure, by=by, reasons=reasons)
    maintained = outcome == Reassessment.Outcome.MAINTAIN
    if maintained:
        _demand_passed(measure, test or GivenTest(answers={}))
    _check_outcome(measure, outcome=outcome, lower_kind=lower_kind, referred_to=referred_to)
    decision = Reassessment.objects.create(
        measure=measure,
        finding=task.finding,
        outcome=outcome,
        reasons=reasons.strip(),
        test=keep_test(test, kind=measure.kind, measure=measure, by=by, at=at)
        if maintained and test
        else None,
        lower_kind=lower_kind if outcome == Reassessment.Outcome.DE_ESCALATE else "",
        referred_to=referred_to if outcome == Reassessment.Outcome.REFER else "",
        decided_by=by.username,
        decided_at=at,
    )
    closed = ReviewTask.objects.filter(pk=task.pk, closed_at__isnull=True).update(
        closed_at=at, reassessment=decision
    )
    if not closed:
        raise NotAllowed("This task was closed in the meantime. Open the measure to see what was decided.")
    _move_clock(measure, decision, at=at)
    record_event(
        by=by.username,
        at=at,
        action=f"re-assessed: {outcome}",
        subject=str(measure),
        detail={"task": task.pk},
    )
    return decision


@transaction.atomic
def note_signal(measure: Measure, *, by: User, at: datetime, kind: str, noted_on: date, note: str) -> Signal:
    """Record something new about a measure; it asks for a re-assessment in the next cycle (domain.md 3.6).

    Args:
        measure: what it is about.
        by: who records it; needs the permission to re-assess.
        at: now.
        kind: one of Signal.Kind.
        noted_on: when it was noted, today at the latest.
        note: what it is, in words.

    Raises:
        NotAllowed: a rule refuses, with the sentence to show.
    """
    if not by.may(Permission.REASSESS_MEASURE):
        raise NotAllowed("Your role does not record signals (domain roles ANALYST, REVIEWER, DECIDER).")
    if kind == Signal.Kind.APPEAL_UPHELD and measure.imposed_by == by.username:
        raise NotAllowed(
            "SD2: whoever imposed a measure does not record how its appeal was decided. Ask the appeal body."
        )
    if noted_on > at.date():
        raise NotAllowed(f"Noted on: choose {at:%-d %B %Y} or earlier; a signal is noted when it is known.")
    if noted_on < measure.starts_on:
        raise NotAllowed(
            f"Noted on: choose {measure.starts_on:%-d %B %Y} or later; the measure began on that day."
        )
    if not note.strip():
        raise NotAllowed("Note: say what is new, so that whoever re-assesses the measure can follow it up.")
    signal = Signal.objects.create(
        measure=measure, kind=kind, noted_on=noted_on, note=note.strip(), noted_by=by.username
    )
    record_event(
        by=by.username,
        at=at,
        action=f"noted signal: {kind}",
        subject=str(measure),
        detail={"measure": measure.pk, "noted_on": noted_on.isoformat()},
    )
    return signal


def _check(measure: Measure, *, by: User, reasons: str) -> None:
    if not by.may(Permission.REASSESS_MEASURE):
        raise NotAllowed("Your role does not re-assess measures (domain roles ANALYST, REVIEWER, DECIDER).")
    if measure.imposed_by == by.username:
        raise NotAllowed("SD2: whoever imposed a measure does not re-assess it. Ask another reviewer.")
    if len(reasons.strip()) < LEAST_REASONS:
        raise NotAllowed(
            f"Give the reasons in at least {LEAST_REASONS} characters, so that others can follow them."
        )


def _demand_passed(measure: Measure, test: GivenTest) -> None:
    found = examine(test, kind=measure.kind)
    if found.outcome != OutcomeOfTest.PASSES:
        raise NotAllowed(f"ICCPR 19(3): the measure cannot be maintained. {found.reason}")


def _check_outcome(measure: Measure, *, outcome: str, lower_kind: str, referred_to: str) -> None:
    if outcome == Reassessment.Outcome.DE_ESCALATE:
        rung = LADDER.get(lower_kind)
        if rung is None or rung.intrusion >= measure.intrusion:
            raise NotAllowed(
                "ICCPR 19(3): choose a less intrusive measure than the present one to de-escalate to."
            )
    if outcome == Reassessment.Outcome.REFER and not referred_to.strip():
        raise NotAllowed("Say who is asked when you refer a finding.")


def _move_clock(measure: Measure, decision: Reassessment, *, at: datetime) -> None:
    """Restart the review clock on a recorded human outcome; referring leaves it running."""
    today = at.date()
    if decision.outcome == Reassessment.Outcome.REFER:
        return
    level = SeverityAssessment.objects.levels_on(today, risk=measure.risk_id).first()
    measure.reviewed_on = today
    measure.level_then = level or measure.level_then
    if decision.outcome == Reassessment.Outcome.MAINTAIN:
        measure.justified_on = today
        measure.test = decision.test
    elif measure.state in IN_FORCE:
        lifted = decision.outcome == Reassessment.Outcome.LIFT
        measure.state = Measure.State.LIFTED if lifted else Measure.State.MODIFIED
        measure.ended_on = today
        if not lifted:
            _replace(measure, kind=decision.lower_kind, imposed_by=decision.decided_by, at=at)
    measure.save()


def _replace(measure: Measure, *, kind: str, imposed_by: str, at: datetime) -> None:
    """Put the less intrusive measure in the place of the one that ends today (3.2, modified)."""
    today = at.date()
    Measure.objects.create(
        risk=measure.risk,
        kind=kind,
        intrusion=LADDER[kind].intrusion,
        target=measure.target,
        rule_relied_on=measure.rule_relied_on,
        legal_ground=measure.legal_ground,
        note=f"Replaces: {measure}",
        imposed_by=imposed_by,
        starts_on=today,
        starts_said=today.isoformat(),
        ends_on=measure.ends_on if measure.ends_on and measure.ends_on >= today else None,
        level_then=measure.level_then,
        reviewed_on=today,
        justified_on=today,
    )
