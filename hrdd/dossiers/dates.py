"""Dates as history gives them: a day, a month, a year, or a range; precision is kept, never invented."""

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

Precision = Literal["day", "month", "year", "range"]
PRECISIONS: tuple[Precision, ...] = ("year", "month", "day")
PART = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")
# What can only be meant as a date: figures and separators, or a year with a month.
NUMERIC = re.compile(r"[\d\s./:-]+")
BEGINS = re.compile(r"\d{4}-\d")
# A date to the month or day, or a range that begins with one, before words that say more.
LEADING = re.compile(r"([0-9]{4}-[0-9]{2}(?:-[0-9]{2})?(?:/[0-9]{4}(?:-[0-9]{2}){0,2})?)[\s,;:(]")
EARLIEST, LATEST = 1900, 2100


class DateError(ValueError):
    """The text is no date; the message says why."""


@dataclass(frozen=True)
class HistoricDate:
    """What was said, with the first and last day it can mean, and how precisely it was said."""

    said: str
    first: date
    last: date
    precision: Precision


def read_historic_date(text: str) -> HistoricDate:
    """Read 2021, 2021-05, 2021-05-10 or a range of those with a slash; a remark in brackets may follow.

    Raises:
        DateError: the text is not of that form, or names a day that does not exist.
    """
    first, slash, last = _without_remark(text).partition("/")
    begin = _span(first.strip())
    end = _span(last.strip()) if slash else begin
    if end[1] < begin[0]:
        raise DateError(f"the range {text} runs backwards")
    dashes = PRECISIONS[first.count("-")]
    return HistoricDate(text, begin[0], end[1], "range" if slash else dashes)


def read_leading_date(text: str) -> HistoricDate | None:
    """Read the date that a text is or begins with; return None for a text that holds none there ("30 days").

    A bare year counts only when it is all there is: "2000 people" begins with no date.

    Raises:
        DateError: what stands there can only be meant as a date, and does not exist or is not written as one.
    """
    plain = _without_remark(text)
    leading = LEADING.match(plain)
    if leading is not None:
        return replace(read_historic_date(leading.group(1)), said=text)
    if NUMERIC.fullmatch(plain) or BEGINS.match(plain):
        return read_historic_date(text)
    return None


def _without_remark(text: str) -> str:
    said = text.strip()
    return said.partition("(")[0].strip() if said.endswith(")") else said


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
