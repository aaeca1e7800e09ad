"""What people say about their inbox: what they have seen, and how they want to hear of it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed
from hrdd.notifications.models import NotificationSettings, PutOff, Seen
from hrdd.notifications.queries.waiting import Item
from hrdd.notifications.rules.digest import Every
from hrdd.notifications.rules.kinds import MAY_BE_MUTED


def note_waiting(user: User, items: Sequence[Item], *, at: datetime) -> dict[tuple[str, str], Seen]:
    """Note what waits for somebody, and forget what does no longer; return each with since when they could know.

    What was put off and waits no more is forgotten as well.

    Args:
        user: for whom.
        items: all that waits.
        at: now.
    """
    wanted = {(one.kind, one.key) for one in items}
    held = {(one.kind, one.key): one for one in Seen.objects.filter(user=user)}
    gone = [row.pk for key, row in held.items() if key not in wanted]
    if gone:
        Seen.objects.filter(pk__in=gone).delete()
    PutOff.objects.filter(user=user).exclude(key__in=[one.key for one in items]).delete()
    fresh = [Seen(user=user, kind=kind, key=key, came_at=at) for kind, key in sorted(wanted - held.keys())]
    if fresh:
        Seen.objects.bulk_create(fresh, ignore_conflicts=True)
        held |= {(one.kind, one.key): one for one in fresh}
    return {key: held[key] for key in wanted}


def mark_seen(user: User, *, at: datetime) -> int:
    """Mark all that waits as seen; return how many were new. Seeing is no answer: each still waits until it is done."""
    return Seen.objects.filter(user=user, seen_at__isnull=True).update(seen_at=at)


@transaction.atomic
def set_notifications(
    user: User, *, email: str, every: str, muted: Collection[str], at: datetime
) -> NotificationSettings:
    """Set how somebody hears of what waits; concerns and what leadership owes are never muted.

    Args:
        user: for whom.
        email: where mails go; they hold numbers only.
        every: how often, of Every.
        muted: kinds that no mail counts; the inbox shows them all the same.
        at: now.

    Raises:
        NotAllowed: mails without an address, or a kind that is not known or cannot be muted.
    """
    if every != Every.NEVER and not email:
        raise NotAllowed("E-mail: say where mails go, or choose never.")
    if wrong := set(muted) - MAY_BE_MUTED.keys():
        raise NotAllowed(f"Not counted in mails: {', '.join(sorted(wrong))} cannot be left out.")
    made, _new = NotificationSettings.objects.update_or_create(
        user=user,
        defaults={"email": email, "every": every, "muted": sorted(muted), "changed_at": at},
    )
    return made
