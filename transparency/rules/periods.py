"""The name of a reporting period, for people and for addresses."""

import calendar
from datetime import date


def period_name(begin: date, end: date) -> str:
    """Return a period's name in an address: 2021, 2021-H1, 2021-Q3, 2021-02, or both days.

    Args:
        begin: the first day.
        end: the last day, included.
    """
    if begin.day == 1 and begin.year == end.year and end.day == _last_day(end):
        months = (begin.month, end.month)
        if months == (1, 12):
            return f"{begin.year}"
        if months in {(1, 6), (7, 12)}:
            return f"{begin.year}-H{end.month // 6}"
        if end.month % 3 == 0 and months[0] == end.month - 2:
            return f"{begin.year}-Q{end.month // 3}"
        if begin.month == end.month:
            return f"{begin:%Y-%m}"
    return f"{begin:%Y-%m-%d}_{end:%Y-%m-%d}"


def period_label(begin: date, end: date) -> str:
    """Return a period as people say it: "2021", or "7 January 2021 to 6 June 2021"."""
    name = period_name(begin, end)
    return name if len(name) == 4 else f"{begin:%-d %B %Y} to {end:%-d %B %Y}"


def months_of(begin: date, end: date) -> int:
    """Return how many whole months a period is, or 0 where it is not made of whole months."""
    if begin.day != 1 or end.day != _last_day(end):
        return 0
    return (end.year - begin.year) * 12 + end.month - begin.month + 1


def same_length(one: tuple[date, date], other: tuple[date, date]) -> bool:
    """Whether two periods can be compared: as many whole months, or else as many days."""
    months = months_of(*one)
    if months or months_of(*other):
        return months == months_of(*other)
    return one[1] - one[0] == other[1] - other[0]


def _last_day(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]
