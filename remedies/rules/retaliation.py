"""Whether anybody was punished for speaking: when it is asked, what was answered, what was found (6.5, 6.7)."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from hrdd.governance.rules import NotAllowed

ROUNDS = (30, 90, 180)
ON_REPORT = 0
TRIAGE_DAYS = 2


class Word(StrEnum):
    """What the person answered, or what we learned of them."""

    NONE = ""
    NO = "no"
    UNSURE = "unsure"
    YES = "yes"
    NOT_REACHED = "not_reached"


class Outcome(StrEnum):
    """What was found on a report of retaliation."""

    OPEN = ""
    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not_confirmed"


def due_days(closed_on: date) -> dict[int, date]:
    """Return when it is asked, by how many days after closing (domain.md 6.5; WB Dir 19, 21(5))."""
    return {days: closed_on + timedelta(days=days) for days in ROUNDS}


def triage_by(reported_week: date) -> date:
    """Return the last day to look at a report: 48 hours, counted from the Monday that stands for its week (K17)."""
    return reported_week + timedelta(days=TRIAGE_DAYS)


def outcome_of(*, detriment: bool, other_grounds: bool) -> Outcome:
    """Return what follows from what was shown (WB Dir 21(5), domain.md 6.7).

    Args:
        detriment: whether something to their disadvantage happened after they spoke.
        other_grounds: whether the acting side showed that it had other grounds; in doubt it did not.
    """
    return Outcome.CONFIRMED if detriment and not other_grounds else Outcome.NOT_CONFIRMED


def demand_word(word: Word) -> None:
    """Refuse to record nothing.

    Raises:
        NotAllowed: no answer is given.
    """
    if word == Word.NONE:
        raise NotAllowed("Answer: choose what you learned, or that nobody could be reached.")


def asked_now(due: Iterable[date], *, today: date) -> date | None:
    """Return the latest day on which it was to be asked and was not answered, None when nothing is asked now."""
    come = [day for day in due if day <= today]
    return max(come, default=None)
