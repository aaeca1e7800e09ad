"""Who meets, who is escalated to, and what a record of oversight must say (UNGP 19(a); domain.md 1.10, G2, G3)."""

from collections.abc import Mapping, Sequence
from datetime import date

from hrdd.governance.rules import NotAllowed, Role

BODIES: Mapping[str, str] = {
    "board": "The board",
    "committee": "Committee of the board",
    "executive": "Executive committee",
}
OF_THE_BOARD = frozenset({"board", "committee"})
LADDER_ROLES: Mapping[Role, str] = {
    Role.SENIOR: "The accountable executive",
    Role.BOARD: "The board",
}
LONGEST_LINE = 300
MOST_LINES = 60


def lines_of(said: str) -> list[str]:
    """Return what was typed one a line, without empty lines and marks of lists.

    Raises:
        NotAllowed: too many lines, or one that is too long.
    """
    found = [line.strip().lstrip("-*• ").strip() for line in said.splitlines()]
    found = [line for line in found if line]
    if len(found) > MOST_LINES:
        raise NotAllowed(f"Keep to {MOST_LINES} lines; {len(found)} were typed.")
    if any(len(line) > LONGEST_LINE for line in found):
        raise NotAllowed(f"Keep each line to {LONGEST_LINE} characters.")
    return found


def check_meeting(
    *, held_on: date, today: date, attendees: Sequence[str], rights: Sequence[str], other: Sequence[str]
) -> None:
    """Refuse a record of a meeting that tells nothing, or of one that was not held yet.

    Raises:
        NotAllowed: in a sentence that names what is missing.
    """
    if held_on > today:
        raise NotAllowed("Held on: record a meeting once it was held, not before.")
    if not attendees:
        raise NotAllowed("Attendees: name at least one person who was there, by office.")
    if not rights and not other:
        raise NotAllowed("Agenda: write at least one item, also where none was about rights.")


def quarter_begin(day: date) -> date:
    """Return the first day of the quarter of a day."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def quarter_before(day: date) -> date:
    """Return the first day of the quarter before the one of a day."""
    begin = quarter_begin(day)
    return date(begin.year - 1, 10, 1) if begin.month == 1 else date(begin.year, begin.month - 3, 1)


def quarters_without(held: Sequence[date], *, first: date, on: date) -> list[date]:
    """Return the quarters that ended without a meeting with an item on rights, the latest first (G3).

    The quarter that runs is not counted: it can still be held.

    Args:
        held: days of meetings of the board with an item on rights.
        first: the first day looked at; the quarter it falls in counts.
        on: the day.
    """
    told = {quarter_begin(day) for day in held}
    missing, begin = [], quarter_before(on)
    while begin >= quarter_begin(first):
        if begin not in told:
            missing.append(begin)
        begin = quarter_before(begin)
    return missing
