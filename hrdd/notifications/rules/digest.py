"""What a mail may say: how many things wait, and nothing of what they are (domain.md 0.4, SECRET_SAFETY)."""

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


def digest(counts: Counts, *, desk: str) -> tuple[str, str]:
    """Return subject and text of a mail: numbers, and where to read on.

    Whoever reads the mail, in whatever mailbox, learns of no risk, partner, case or person.

    Args:
        counts: what waits.
        desk: the address of the inbox.
    """
    many = f"{counts.waiting} thing{'' if counts.waiting == 1 else 's'}"
    subject = f"{many} wait{'s' if counts.waiting == 1 else ''} for you"
    parts = []
    if counts.late:
        parts.append(f"{counts.late} past its day" if counts.late == 1 else f"{counts.late} past their day")
    if counts.new:
        parts.append(f"{counts.new} that you have not seen yet")
    text = f"{subject}{': ' if parts else ''}{', '.join(parts)}.\n\nSign in to read what they are: {desk}\n\n"
    text += (
        "This mail names nothing, on purpose. How often you are written to is set on the same page; "
        "no mail asks for your password."
    )
    return subject, text
