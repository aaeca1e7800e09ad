"""What is late about partners' clocks, whom a machine reminds of it, and what of that is still open (domain.md 3.8)."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from risks.models import ClockReminder, LeverageAction
from risks.queries.leverage_plans import late_next_steps, overdue_milestones
from risks.queries.time_to_change import Reading, going_on

Why, Level = ClockReminder.Why, ClockReminder.Level
Key = tuple[int, str, int, date, str]


def owed_reminders(readings: Iterable[Reading], *, on: date) -> list[Key]:
    """Return the reminders that are owed on a day: harm, why, about which record, for which deadline, to whom.

    Args:
        readings: the clocks that run, as they were read on that day.
        on: the day.
    """
    owed = [
        (reading.tied.pk, why, 0, due, level)
        for reading in readings
        for why, due, level in _of_clock(reading)
    ]
    return owed + [(tied, why, about, due, Level.PARTNER_MGR) for tied, why, about, due in _of_work(on)]


def _of_clock(one: Reading) -> Iterator[tuple[str, date, str]]:
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
    """Return the reminders of an exit nobody considered: analysts and seniors at once, later the board."""
    passed = decide_by - timedelta(days=one.limits.consider_exit)
    yield Why.LIMIT_PASSED, passed, Level.PARTNER_MGR
    yield Why.LIMIT_PASSED, passed, Level.SENIOR
    if one.on > decide_by:
        yield Why.EXIT_OVERDUE, decide_by, Level.SENIOR
    if one.on > decide_by + timedelta(days=one.limits.consider_exit):
        yield Why.EXIT_OVERDUE, decide_by, Level.BOARD


def _of_work(on: date) -> list[tuple[int, str, int, date]]:
    """Return what is late of actions, next steps and milestones: harm, why, which record, its day."""
    late = LeverageAction.objects.filter(measured_on__isnull=True, deadline__lt=on, tied__in=going_on())
    work = {
        Why.ACTION_DEADLINE: late.values_list("tied", "pk", "deadline"),
        Why.NEXT_STEP: late_next_steps(on=on).values_list("tied", "pk", "next_step_due"),
        Why.MILESTONE: overdue_milestones(on=on).values_list("plan__tied", "pk", "due"),
    }
    return [(tied, why, pk, due) for why, rows in work.items() for tied, pk, due in rows]


def open_reminders(
    roles: Iterable[str], readings: Iterable[Reading], *, on: date, shown: int
) -> list[ClockReminder]:
    """Return what machines reminded these roles of and what is still owed, the latest first.

    Args:
        roles: the reader's; analysts work on leverage with the partner managers.
        readings: the clocks that press, as they were read on that day.
        on: the day; what was done since it was sent is left out.
        shown: how many at most.
    """
    held = set(roles)
    levels = held | ({Level.PARTNER_MGR} if "ANALYST" in held else set())
    owed = {one for one in owed_reminders(readings, on=on) if one[4] in levels}
    sent = ClockReminder.objects.filter(level__in=levels, tied__in={one[0] for one in owed})
    keys = sent.values_list("pk", "tied", "why", "about", "due", "level")
    chosen = [pk for pk, *key in keys if tuple(key) in owed][:shown]
    found = ClockReminder.objects.select_related("tied__relationship__partner", "tied__risk").in_bulk(chosen)
    return [found[pk] for pk in chosen]
