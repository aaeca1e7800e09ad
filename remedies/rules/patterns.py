"""When cases that were upheld ask what lies behind them all (GP20, GP29, GP31(g); domain.md 6.8)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from remedies.rules.remedy import RootCause

DAYS, SAME_CAUSE, SEVERE = 365, 3, 4
ANSWER_DAYS = 60


class Why(StrEnum):
    """What asks for a review of a root cause."""

    SAME_CAUSE = "same_cause"
    SEVERE = "severe"


WHY = {
    Why.SAME_CAUSE: "Three or more cases were upheld with this root cause within a year.",
    Why.SEVERE: "A case of severity 4 or 5 was upheld with this root cause.",
}


@dataclass(frozen=True)
class Upheld:
    """An upheld case as far as a pattern needs it: its root cause, its severity, and when it was decided."""

    cause: RootCause
    severity: int | None
    decided_on: date


def causes_to_review(
    cases: Iterable[Upheld], *, answered: Mapping[RootCause, date], on: date
) -> dict[RootCause, Why]:
    """Return the root causes that ask for a review, each with why; a severe case asks by itself.

    Args:
        cases: upheld in whole or in part, whatever their age.
        answered: the day up to which the cases of a root cause were looked at already; they count no more.
        on: the day; what was decided more than 365 days before counts no more.
    """
    since = on - timedelta(days=DAYS)
    counted: dict[RootCause, list[Upheld]] = {}
    for one in cases:
        if since <= one.decided_on <= on and one.decided_on > answered.get(one.cause, date.min):
            counted.setdefault(one.cause, []).append(one)
    found = {}
    for cause, those in counted.items():
        if any((one.severity or 0) >= SEVERE for one in those):
            found[cause] = Why.SEVERE
        elif len(those) >= SAME_CAUSE:
            found[cause] = Why.SAME_CAUSE
    return found
