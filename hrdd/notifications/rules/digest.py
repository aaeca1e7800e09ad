"""Whom a mail is owed to, and what it counts: how many things wait, never what they are (domain.md 0.4)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

MONDAY = 0


class Every(StrEnum):
    """How often somebody wants to be written to."""

    NEVER = "never"
    DAY = "day"
    WEEK = "week"


EVERY_LABELS = {
    Every.NEVER: "Never",
    Every.DAY: "On every day on which something new or late waits",
    Every.WEEK: "On Mondays, where something waits",
}


@dataclass(frozen=True)
class Counts:
    """How many things wait for somebody, how many of them are late, and how many they have not seen yet."""

    waiting: int
    late: int
    new: int


def is_owed(every: str, counts: Counts, *, on: date) -> bool:
    """Whether somebody is to be written to on a day; nobody is written to about nothing.

    Args:
        every: how often they want it.
        counts: what waits for them.
        on: the day.
    """
    if every == Every.DAY:
        return counts.new > 0 or counts.late > 0
    return every == Every.WEEK and counts.waiting > 0 and on.weekday() == MONDAY
