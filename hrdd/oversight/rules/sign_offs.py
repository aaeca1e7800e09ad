"""When a signature is owed, and whom a machine reminds of one that nobody gives (domain.md 0.3; 3.8) [D].

A reminder decides nothing: however long a sign-off waits, it stays open until a person decides or the content changes.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from hrdd.governance.rules import ROLE_PERMISSIONS, Permission, Role


class Level(StrEnum):
    """Whom a reminder is for: those who may sign, then the accountable executive, then the board."""

    ASKED = "ASKED"
    SENIOR = "SENIOR"
    BOARD = "BOARD"


LEVEL_LABELS: Mapping[Level, str] = {
    Level.ASKED: "Those who may sign",
    Level.SENIOR: "The accountable executive",
    Level.BOARD: "The board",
}


def due_at(*, asked_at: datetime, answer_by: datetime | None, days: int) -> datetime:
    """Return when a signature is owed: by the deadline of the record, else so many days after it was asked.

    Args:
        asked_at: when it was asked for.
        answer_by: the deadline that the record itself has, if any.
        days: of the method.
    """
    return answer_by or asked_at + timedelta(days=days)


def levels_above(permission: str) -> tuple[Level, ...]:
    """Return who is told beyond those who may sign: whoever stands above the highest of them.

    Args:
        permission: what the signature needs.
    """
    holders = {role for role, held in ROLE_PERMISSIONS.items() if Permission(permission) in held}
    if Role.BOARD in holders:
        return ()
    return (Level.BOARD,) if Role.SENIOR in holders else (Level.SENIOR, Level.BOARD)


def owed(*, asked_at: datetime, due: datetime, at: datetime, permission: str) -> list[tuple[Level, int]]:
    """Return the reminders that are owed by now, each as level and number.

    Those who may sign are reminded when the time is over, and each time as much again has passed: only the latest of
    these is owed, however long no job ran. Each level above is told once, one such time later than the one below.

    Args:
        asked_at, due: when it was asked, and when it was owed.
        at: now.
        permission: what the signature needs.
    """
    if at <= due:
        return []
    time = max(due - asked_at, timedelta(hours=1))
    passed = (at - due) // time
    found = [(Level.ASKED, passed + 1)]
    return found + [(level, 1) for nth, level in enumerate(levels_above(permission), 1) if passed >= nth]
