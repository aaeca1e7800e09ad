"""What somebody put off, and what of it is still away."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from hrdd.governance.models import User
from hrdd.notifications.models import PutOff
from hrdd.notifications.queries.waiting import KIND_OF, Item, waiting_for
from hrdd.oversight.queries.today import READ_AS, Entry


def put_off_by(user: User) -> dict[str, PutOff]:
    """Return what somebody put off, by its key; some of it is back by now."""
    return {one.key: one for one in PutOff.objects.filter(user=user)}


def waiting_item(user: User, key: str, *, at: datetime) -> Item | None:
    """Return what waits for somebody by its key, or None where it waits no more."""
    return next((one for one in waiting_for(user, at=at) if one.key == key), None)


def is_away(entry: Entry, held: Mapping[str, PutOff], *, at: datetime) -> bool:
    """Whether something is put off now: what became late or grave meanwhile is back, whatever was said.

    Args:
        entry: what waits.
        held: what its reader put off, by key.
        at: now.
    """
    found = held.get(entry.key)
    return found is not None and found.until > at.date() and not entry.late(at) and not entry.about_life


def may_be_put_off(user: User, lists: Mapping[str, Iterable[Any]], *, at: datetime) -> set[str]:
    """Return the keys of what the desk lists and its reader may put off: what stands in their inbox as well.

    Args:
        user: who reads; clocks of partners are in the inbox of who owns the relationship.
        lists: records by their kind, as READ_AS knows them.
        at: now.
    """
    items = [
        Item(KIND_OF[name], READ_AS[name](one), at)
        for name, records in lists.items()
        if name in KIND_OF
        for one in records
        if name not in {"clocks", "partner_tasks"} or one.due is not None
        if name != "clocks" or one.tied.relationship.owner_id == user.pk
    ]
    return {one.key for one in items if one.may_be_put_off}
