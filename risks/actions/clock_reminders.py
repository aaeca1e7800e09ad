"""Notice what is late about partners' clocks, and remind people, ever higher up; a machine decides nothing (3.8)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction

from hrdd.governance.actions import JOB, record_event
from hrdd.job import as_job
from risks.models import ClockReminder, LeverageAction
from risks.queries.leverage_plans import late_next_steps, overdue_milestones
from risks.queries.time_to_change import Reading, going_on, read_clocks, running

Why, Level = ClockReminder.Why, ClockReminder.Level


def remind_of_clocks(*, at: datetime) -> int:
    """Write the reminders that are owed by now, each once for a deadline and a level; return how many.

    Nothing is extended, restarted, measured or decided: a clock stays red until a person records what was done.

    Args:
        at: now.
    """
    today = at.date()
    owed = [*_of_clocks(today, at), *_of_work(today, at)]
    with as_job(), transaction.atomic():
        before = ClockReminder.objects.count()
        ClockReminder.objects.bulk_create(owed, ignore_conflicts=True)
        sent = ClockReminder.objects.count() - before
        if sent:
            record_event(
                by=JOB,
                at=at,
                action="reminded of partners' clocks",
                subject="Time to change",
                detail={"sent": sent},
            )
    return sent


def _of_clocks(today: date, at: datetime) -> Iterator[ClockReminder]:
    for reading in read_clocks(running(), on=today):
        for why, due, level in _owed(reading):
            yield ClockReminder(tied=reading.tied, why=why, due=due, level=level, sent_at=at)


def _owed(one: Reading) -> Iterator[tuple[str, date, str]]:
    """Return what a clock owes a reminder of, for which deadline, to whom."""
    if one.exit_due and one.decide_by is not None:
        yield from _climbing(one, one.decide_by)
    elif one.clock.status == "LEVERAGE_OVERDUE" and one.due:
        yield Why.FIRST_ACTION, one.due, Level.PARTNER_MGR
    elif one.clock.status == "INCREASE_LEVERAGE" and one.half_time:
        yield Why.HALF_TIME, one.half_time, Level.PARTNER_MGR
    elif one.clock.status == "STOP_OWN_CONTRIBUTION" and one.due and one.on > one.due:
        yield Why.OWN_PART, one.due, Level.DECIDER
        yield Why.OWN_PART, one.due, Level.SENIOR
    if one.drift is not None and one.change_due is not None:
        yield Why.DRIFT, one.change_due, Level.DECIDER
    if one.recheck_due is not None and one.recheck_due < one.on:
        yield Why.RECHECK, one.recheck_due, Level.SENIOR


def _climbing(one: Reading, decide_by: date) -> Iterator[tuple[str, date, str]]:
    """Return the reminders of an exit nobody considered: analysts at once, seniors when late, then the board."""
    passed = decide_by - timedelta(days=one.limits.consider_exit)
    yield Why.LIMIT_PASSED, passed, Level.PARTNER_MGR
    yield Why.LIMIT_PASSED, passed, Level.SENIOR
    if one.on > decide_by:
        yield Why.EXIT_OVERDUE, decide_by, Level.SENIOR
    if one.on > decide_by + timedelta(days=one.limits.consider_exit):
        yield Why.EXIT_OVERDUE, decide_by, Level.BOARD


def _of_work(today: date, at: datetime) -> Iterator[ClockReminder]:
    late = LeverageAction.objects.filter(measured_on__isnull=True, deadline__lt=today, tied__in=going_on())
    told = [
        *((one.tied_id, Why.ACTION_DEADLINE, one.pk, one.deadline) for one in late),
        *((one.tied_id, Why.NEXT_STEP, one.pk, one.next_step_due) for one in late_next_steps(on=today)),
        *((one.plan.tied_id, Why.MILESTONE, one.pk, one.due) for one in overdue_milestones(on=today)),
    ]
    for tied, why, about, due in told:
        yield ClockReminder(tied_id=tied, why=why, about=about, due=due, level=Level.PARTNER_MGR, sent_at=at)
