"""What a calendar elsewhere is told: on which day how many things are due, and nothing else (RFC 5545).

A calendar is read by phones, by whoever looks at them, and by whoever runs its server.
"""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta

SECRET_BYTES = 32
AHEAD, BEHIND = timedelta(days=365), timedelta(days=31)
TYPE = "text/calendar; charset=utf-8"


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
