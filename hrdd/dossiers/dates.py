"""Dates as history gives them: a day, a month, a year, or a range; precision is kept, never invented."""

import calendar
import re
from dataclasses import dataclass
from datetime import date

PART = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
REMARK = re.compile(r"\s*\(.*\)$")
EARLIEST, LATEST = 1900, 2100


class DateError(ValueError):
    """The text is no date; the message says why."""


@dataclass(frozen=True)
class HistoricDate:
    """What was said, with the first and last day it can mean."""

    said: str
    first: date
    last: date


def read_historic_date(text: str) -> HistoricDate:
    """Read 2021, 2021-05, 2021-05-10 or a range of those with a slash; a remark in brackets may follow.

    Raises:
        DateError: the text is not of that form, or names a day that does not exist.
    """
    first, slash, last = REMARK.sub("", text).partition("/")
    begin = _span(first.strip())
    end = _span(last.strip()) if slash else begin
    if end[1] < begin[0]:
        raise DateError(f"the range {text} runs backwards")
    return HistoricDate(text, begin[0], end[1])


def _span(text: str) -> tuple[date, date]:
    found = PART.fullmatch(text)
    if found is None:
        raise DateError(f"{text!r} is not a date; write 2021, 2021-05, 2021-05-10 or a range with a slash")
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None  # noqa: S101  # the pattern demands it
    if not EARLIEST <= year <= LATEST:
        raise DateError(f"the year {year} is not between {EARLIEST} and {LATEST}")
    try:
        if month is None:
            return date(year, 1, 1), date(year, 12, 31)
        if day is None:
            return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
        return date(year, month, day), date(year, month, day)
    except (ValueError, calendar.IllegalMonthError):
        raise DateError(f"{text} is not a day or month that exists") from None
