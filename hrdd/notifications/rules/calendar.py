"""The days of a month, and what a calendar elsewhere is told: on which day how many are due, no more (RFC 5545).

A calendar elsewhere is read by phones, by whoever looks at them, and by whoever runs its server.
"""

import calendar
import hashlib
import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta

SECRET_BYTES = 32
AHEAD, BEHIND = timedelta(days=365), timedelta(days=31)
TYPE = "text/calendar; charset=utf-8"
YEARS = range(1970, 2300)  # that an address may ask for
MONDAY_FIRST = calendar.Calendar(calendar.MONDAY)


def month_of(said: str, *, today: date) -> date:
    """Return the first day of a month as an address says it, such as 2026-11; of today's where it says none."""
    try:
        found = date.fromisoformat(f"{said}-01")
    except ValueError:
        found = today
    return (found if found.year in YEARS else today).replace(day=1)


def weeks_of(month: date) -> list[list[date | None]]:
    """Return the weeks of a month, Monday first; days of other months are None."""
    weeks = MONDAY_FIRST.monthdatescalendar(month.year, month.month)
    return [[day if day.month == month.month else None for day in week] for week in weeks]


def months_beside(month: date) -> tuple[date, date]:
    """Return the first days of the month before and of the month after."""
    before = (month - timedelta(days=1)).replace(day=1)
    return before, (month + timedelta(days=31)).replace(day=1)


def new_secret() -> str:
    """Return 256 random bits as they stand in an address."""
    return secrets.token_urlsafe(SECRET_BYTES)


def hash_of(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(b"hrdd-calendar\0" + secret.encode()).hexdigest()


def as_calendar(days: Mapping[date, int], *, owner: str, site: str, at: datetime) -> str:
    """Return the days as a calendar, one event of a whole day for each.

    Args:
        days: how many things are due, by day.
        owner: what tells this calendar from others, and says nothing to people.
        site: where to sign in.
        at: now, in UTC.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//HRDD//Desk//EN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:Desk",
    ]
    for day, many in sorted(days.items()):
        lines += [
            "BEGIN:VEVENT",
            f"UID:{day:%Y%m%d}-{owner[:16]}@desk",
            f"DTSTAMP:{at:%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{many} due at the desk",
            f"URL:{site}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])
