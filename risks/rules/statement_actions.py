"""The actions of a rule: each burdens somebody who is owed a statement of reasons (DSA 17(1); domain.md 3.2)."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from risks.rules.screening import identifying_details

COLUMNS = ("reference", "decided_on", "content_date")
MOST_AT_ONCE = 2000
LONGEST_REFERENCE = 120
SHOWN = 20


class ActionsError(Exception):
    """Lines that cannot be read; it says which, and how to write them."""


@dataclass(frozen=True)
class RuleAction:
    """One action of a rule: its pseudonymous key, the day of the decision and the day of the content."""

    reference: str
    decided_on: date
    content_date: date


def actions_in(text: str, *, begun: date, until: date) -> list[RuleAction]:
    """Return the actions that somebody lists as CSV, under the columns `reference,decided_on,content_date`.

    Args:
        text: the lines; the line with the names of the columns may be left out.
        begun, until: the days between which the rule acted, both included.

    Raises:
        ActionsError: what is wrong, line by line.
    """
    found: dict[str, RuleAction] = {}
    wrong: list[str] = []
    for number, cells in enumerate(_rows(text), start=1):
        told = [cell.strip() for cell in cells]
        if not any(told) or (number == 1 and tuple(told) == COLUMNS):
            continue
        action, said = _action(told, begun=begun, until=until)
        if action is None:
            wrong.append(f"Line {number}: {said}")
        elif action.reference in found:
            wrong.append(f"Line {number}: this reference stands above already. Each action is told once.")
        else:
            found[action.reference] = action
    if not found and not wrong:
        wrong = ["Actions: list one or more, each on a line."]
    if len(found) > MOST_AT_ONCE:
        wrong.append(f"Actions: at most {MOST_AT_ONCE} at once; there are {len(found)}. Take a part of them.")
    if wrong:
        raise ActionsError(" ".join(_first(wrong)))
    return list(found.values())


def _rows(text: str) -> list[list[str]]:
    try:
        return list(csv.reader(text.splitlines()))
    except csv.Error as error:
        raise ActionsError(f"Actions: this cannot be read as CSV ({error}). A quote may be open.") from None


def _action(told: list[str], *, begun: date, until: date) -> tuple[RuleAction | None, str]:
    if len(told) != len(COLUMNS):
        return None, f"write {', '.join(COLUMNS)}, with commas between."
    reference, *said = told
    if not 0 < len(reference) <= LONGEST_REFERENCE:
        return None, f"reference: the key of the action, in at most {LONGEST_REFERENCE} characters."
    if found := identifying_details(reference):
        return None, f"reference: it holds {found[0]}. Use a pseudonymous key."
    try:
        decided_on, content_date = (date.fromisoformat(one) for one in said)
    except ValueError:
        return None, "write both days as year-month-day, such as 2026-03-01."
    if not begun <= decided_on <= until:
        return None, f"decided_on: the rule acted between {begun.isoformat()} and {until.isoformat()}."
    if content_date > decided_on:
        return None, "content_date: it is after the day of the decision."
    return RuleAction(reference, decided_on, content_date), ""


def _first(wrong: list[str]) -> Iterable[str]:
    yield from wrong[:SHOWN]
    if len(wrong) > SHOWN:
        yield f"And {len(wrong) - SHOWN} more."
