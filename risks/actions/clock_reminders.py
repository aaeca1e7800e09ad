"""Remind people of what is late about partners' clocks, ever higher up; a machine decides nothing (domain.md 3.8)."""

from datetime import datetime

from django.db import transaction

from hrdd.governance.actions import JOB, record_event
from hrdd.job import as_job
from risks.models import ClockReminder
from risks.queries.clock_reminders import owed_reminders
from risks.queries.time_to_change import read_clocks, running


def remind_of_clocks(*, at: datetime) -> int:
    """Write the reminders that are owed by now, each once for a deadline and a level; return how many.

    Nothing is extended, restarted, measured or decided: a clock stays red until a person records what was done.
    Every clock is read, by the rule alone: pages spare themselves the quiet ones, but nobody is to miss a reminder
    through what spares them.

    Args:
        at: now.
    """
    today = at.date()
    owed = [
        ClockReminder(tied_id=tied, why=why, about=about, due=due, level=level, sent_at=at)
        for tied, why, about, due, level in owed_reminders(read_clocks(running(today), on=today), on=today)
    ]
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
