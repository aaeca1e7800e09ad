"""The days of what waits for a person."""

from collections.abc import Iterable
from datetime import date, datetime

from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from hrdd.notifications.models import CalendarAddress
from hrdd.notifications.queries.waiting import Item, waiting_for
from hrdd.notifications.rules.calendar import AHEAD, BEHIND, hash_of


def by_day(items: Iterable[Item]) -> dict[date, list[Item]]:
    """Return what has a deadline by its day, the earliest first."""
    days: dict[date, list[Item]] = {}
    for one in items:
        if not one.entry.waits_since:
            days.setdefault(one.entry.at.date(), []).append(one)
    return dict(sorted(days.items()))


def counted_days(user: User, *, at: datetime) -> dict[date, int]:
    """Return on which days how many things are due to somebody, as far as a calendar is told.

    Nothing of cases is counted: a number that grows would tell whoever watches it when a concern came.
    """
    first, last = at.date() - BEHIND, at.date() + AHEAD
    days = by_day(one for one in waiting_for(user, at=at) if one.kind != "case")
    return {day: len(items) for day, items in days.items() if first <= day <= last}


def owner_of(secret: str) -> CalendarAddress | None:
    """Return the address that a secret opens, as long as its owner reads the desk."""
    found = CalendarAddress.objects.filter(address_hash=hash_of(secret)).select_related("user").first()
    return found if found and found.user.may(Permission.READ_DESK) else None
