"""How often a measure is looked at again, and how fast people answer (domain.md 3.4, 3.6); all configurable.

An installation may shorten these numbers, never lengthen them.
"""

from collections.abc import Mapping
from typing import Any

Row = tuple[int, int, int, int, int]

# Days between reviews by intrusiveness I0..I5 and level L1..L5; then days to a full re-justification.
REVIEW_INTERVALS: Mapping[int, Row] = {
    0: (365, 180, 90, 30, 7),
    1: (365, 180, 120, 60, 30),
    2: (180, 120, 90, 45, 30),
    3: (90, 90, 60, 30, 14),
    4: (45, 45, 30, 21, 14),
    5: (30, 30, 30, 14, 7),
}
REJUSTIFICATION_DAYS: Mapping[int, int | None] = {0: None, 1: 730, 2: 365, 3: 365, 4: 180, 5: 365}


class IntervalError(ValueError):
    """A configured interval is refused; the text names it and says why."""


def review_intervals(given: Any) -> Mapping[int, Row]:
    """Return the review intervals with some classes replaced: {"I4": [45, 45, 30, 21, 14], …}.

    Raises:
        IntervalError: an unknown class, a row that is not five whole days, or one that breaks `check_intervals`.
    """
    table = dict(REVIEW_INTERVALS)
    for intrusion, value in _by_class("review_intervals", given):
        if not isinstance(value, list) or len(value) != len(REVIEW_INTERVALS[intrusion]):
            raise IntervalError(f"review_intervals.I{intrusion}: five numbers are needed, for L1 to L5.")
        one, two, three, four, five = (_days(f"review_intervals.I{intrusion}", day) for day in value)
        table[intrusion] = (one, two, three, four, five)
    check_intervals(table)
    return table


def rejustification_days(given: Any) -> Mapping[int, int | None]:
    """Return after how many days each class needs a full re-justification, with some replaced: {"I2": 200}.

    Raises:
        IntervalError: an unknown class, a number that is none, or one longer than the default.
    """
    table = dict(REJUSTIFICATION_DAYS)
    for intrusion, value in _by_class("rejustification_days", given):
        days, most = _days(f"rejustification_days.I{intrusion}", value), REJUSTIFICATION_DAYS[intrusion]
        if most is not None and days > most:
            raise IntervalError(
                f"rejustification_days.I{intrusion}: {days} is longer than the default of {most} days; "
                "it may be shortened, never lengthened."
            )
        table[intrusion] = days
    return table


def check_intervals(table: Mapping[int, Row]) -> None:
    """Check that more severe and more intrusive is never later, and nothing later than the default (3.4).

    Raises:
        IntervalError: an interval grows with severity or, from I1, with intrusiveness, or beyond the default.
    """
    for intrusion, row in table.items():
        if list(row) != sorted(row, reverse=True):
            raise IntervalError(f"review_intervals.I{intrusion}: must never increase with severity.")
        above = table.get(intrusion - 1)
        if intrusion >= 2 and above and any(mine > theirs for mine, theirs in zip(row, above, strict=True)):
            raise IntervalError(
                f"review_intervals.I{intrusion}: must not be longer than class I{intrusion - 1}, "
                "which is less intrusive."
            )
        for level, (mine, most) in enumerate(zip(row, REVIEW_INTERVALS[intrusion], strict=True), start=1):
            if mine > most:
                raise IntervalError(
                    f"review_intervals.I{intrusion}: {mine} days at L{level} is longer than the default of "
                    f"{most}; it may be shortened, never lengthened."
                )


def _by_class(name: str, given: Any) -> list[tuple[int, Any]]:
    known = {f"I{intrusion}": intrusion for intrusion in REVIEW_INTERVALS}
    if not isinstance(given, Mapping) or not set(given) <= set(known):
        raise IntervalError(f"{name}: a table with the classes {', '.join(known)} is needed.")
    return [(known[key], value) for key, value in given.items()]


def _days(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise IntervalError(f"{name}: whole numbers of 1 or more are needed, not {value!r}.")
    return value


check_intervals(REVIEW_INTERVALS)
