"""A person puts off what waits for them, or takes it back. Reminders and escalations to others go on regardless."""

from datetime import date, datetime

from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from hrdd.notifications.models import PutOff
from hrdd.notifications.queries.waiting import Item
from hrdd.notifications.rules.putting_off import demand_until


def put_off(user: User, item: Item, *, until: date, at: datetime) -> PutOff:
    """Put something off until a day, on which it comes back by itself; a second time counts from today again.

    Args:
        user: for whom; nobody else's inbox changes.
        item: what waits for them.
        until: the day on which it comes back.
        at: now.

    Raises:
        NotAllowed: they do not read the desk, it is never put off, or the day is too late (see the rules).
    """
    user.demand(Permission.READ_DESK)
    today = at.date()
    demand_until(until, last=item.demand_last_day(), today=today)
    made, _new = PutOff.objects.update_or_create(
        user=user,
        key=item.key,
        defaults={"kind": item.kind, "due": item.entry.due, "put_off_on": today, "until": until},
    )
    return made


def take_back(user: User, key: str) -> bool:
    """Take something back into the inbox now; return whether it was put off."""
    return bool(PutOff.objects.filter(user=user, key=key).delete()[0])
