"""How long what is kept about cases is kept, and what keeps it longer (domain.md 6.3; reliability.md 2.8)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from dateutil.relativedelta import relativedelta

from hrdd.governance.rules import NotAllowed
from remedies.rules.case import CaseState
from remedies.rules.case_workflow import ENDED, Refusal

SEVERE = 4


class Schedule(StrEnum):
    """What is erased, one word a schedule."""

    CASE = "case"
    SEVERE_CASE = "severe_case"
    SPAM = "spam"
    IDENTITY = "identity"
    FORM_KEY = "form_key"
    RATING_MARK = "rating_mark"
    CONTACT = "contact"
    IMPORT = "import"


class RetentionError(ValueError):
    """A configured number of retention is refused; the text names it and says why."""


@dataclass(frozen=True)
class Retention:
    """How long each thing is kept; the defaults are those of the domain. Shorter is always allowed, longer never."""

    case_months: int = 24  # 6.3: closed + 2 years
    severe_case_months: int = 60  # 6.3: closed + 5 years at level 4 or 5
    spam_days: int = 30  # reliability.md 2.8: refused because no concern was found in it
    identity_days: int = 90  # reliability.md 2.8: after it was opened last
    form_key_hours: int = 24  # reliability.md 2.8
    contact_months: int = 12  # reliability.md 2.8: contacts of people who were consulted
    import_days: int = 30  # a file of a register that nobody applied
    unanswered_hold_days: int = 14  # a hold that was asked for and that nobody answered


DEFAULT = Retention()


@dataclass(frozen=True)
class Hold:
    """A hold on a case as the clock sees it."""

    asked_on: date
    placed_on: date | None = None
    refused_on: date | None = None
    lifted_on: date | None = None

    def keeps(self, today: date, *, unanswered_days: int = DEFAULT.unanswered_hold_days) -> bool:
        """Whether it keeps a case from being erased on a day; one that waits for a second person for a while."""
        if self.refused_on is not None or self.lifted_on is not None:
            return False
        return self.placed_on is not None or today <= self.asked_on + timedelta(days=unanswered_days)


def configured(given: Mapping[str, Any]) -> Retention:
    """Return the schedules with some numbers replaced.

    Raises:
        RetentionError: an unknown name, no whole number of 1 or more, or one that keeps longer than the domain.
    """
    known = {one.name: getattr(DEFAULT, one.name) for one in fields(Retention)}
    for name, value in given.items():
        if name not in known:
            raise RetentionError(f"{name}: no schedule. Known: {', '.join(known)}.")
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise RetentionError(f"{name}: a whole number of 1 or more is needed, not {value!r}.")
        if value > known[name]:
            raise RetentionError(f"{name}: may be shortened, never lengthened beyond {known[name]}.")
    return replace(DEFAULT, **given)


def schedule_of(refusal: Refusal, severity: int | None) -> Schedule:
    """Return which schedule a case follows: how grave it was, or that no concern was found in it."""
    if severity is not None and severity >= SEVERE:
        return Schedule.SEVERE_CASE
    return Schedule.SPAM if refusal == Refusal.NO_CONCERN else Schedule.CASE


def last_day(
    state: CaseState,
    closed_on: date | None,
    *,
    refusal: Refusal,
    severity: int | None,
    by: Retention = DEFAULT,
) -> date | None:
    """Return the last day on which a case is kept; None while it is open, or while no person dated its end.

    Args:
        state: where it stands; a reopened case is open.
        closed_on: the day that a person closed it.
        refusal, severity: what decides the schedule.
        by: the schedules in force.
    """
    if state not in ENDED or closed_on is None:
        return None
    schedule = schedule_of(refusal, severity)
    if schedule == Schedule.SPAM:
        return closed_on + timedelta(days=by.spam_days)
    months = by.severe_case_months if schedule == Schedule.SEVERE_CASE else by.case_months
    later: date = closed_on + relativedelta(months=months)
    return later


def identity_last_day(
    state: CaseState, closed_on: date | None, used_on: date | None, *, by: Retention = DEFAULT
) -> date | None:
    """Return the last day on which who wrote can be opened: 90 days from the last time, and from closing.

    Args:
        state, closed_on: of the case; while it is open it may still be needed.
        used_on: when it was opened last, or let be opened.
        by: the schedules in force.
    """
    if state not in ENDED or closed_on is None:
        return None
    return max(closed_on, used_on or closed_on) + timedelta(days=by.identity_days)


def is_due(last: date | None, *, today: date, holds: Iterable[Hold] = (), by: Retention = DEFAULT) -> bool:
    """Whether something is erased on a day: its last day is over and nothing holds it."""
    held = any(hold.keeps(today, unanswered_days=by.unanswered_hold_days) for hold in holds)
    return last is not None and today > last and not held


def demand_second_person(first: int, second: int) -> None:
    """Refuse a hold that one person places or lifts alone.

    Raises:
        NotAllowed: it is the same person.
    """
    if first == second:
        raise NotAllowed("A legal hold is placed and lifted by two people. Ask somebody else.")
