"""What nobody answered in time, and whom a machine reminded of it (domain.md 3.6, 3.8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from hrdd.governance.models import User
from risks.models import Reminder, ReviewTask

LEVELS = tuple(ReviewTask.Level.values)


@dataclass(frozen=True)
class Digest:
    """What reached a level and is still open."""

    reminders: Sequence[Reminder]
    count: int
    oldest: datetime | None


def escalated_to(user: User, *, shown: int) -> Digest:
    """Return the open re-assessments that the person's roles were reminded of, the oldest deadline first.

    Args:
        user: who reads.
        shown: how many are returned; the count is of all.
    """
    return _digest([level for level in LEVELS if level in user.roles_today], shown=shown)


def board_digest(*, shown: int) -> Digest:
    """Return the open re-assessments that climbed to the board.

    Args:
        shown: how many are returned; the count is of all.
    """
    return _digest([ReviewTask.Level.BOARD], shown=shown)


def _digest(levels: Sequence[str], *, shown: int) -> Digest:
    sent = Reminder.objects.filter(level__in=levels, task__closed_at__isnull=True)
    latest = sent.order_by("task_id", "-sent_at", "-pk").distinct("task_id")
    open_ones: QuerySet[Reminder] = Reminder.objects.filter(pk__in=latest.values("pk")).select_related(
        "task__measure__risk"
    )
    ordered = list(open_ones.order_by("task__due_at", "pk")[:shown])
    count = open_ones.count() if len(ordered) == shown else len(ordered)
    return Digest(ordered, count, ordered[0].task.due_at if ordered else None)
