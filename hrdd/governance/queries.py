"""What waits for a signature, and what was done."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, connection
from django.db.models import QuerySet

from hrdd.governance.models import AuditEvent, SignOff, User
from hrdd.governance.rules import Permission

FIRST_PREVIOUS = "0" * 64


def waiting_sign_offs(user: User) -> QuerySet[SignOff]:
    """Return the sign-offs that this person's roles may decide and that others asked for, the oldest first."""
    mine = [str(permission) for permission in Permission if user.may(permission)]
    waiting = SignOff.objects.filter(decided_at__isnull=True, permission__in=mine)
    return waiting.exclude(asked_by=user).select_related("asked_by")


def decided_sign_offs(user: User) -> QuerySet[SignOff]:
    """Return the sign-offs decided by those who hold this person's permissions, the latest first."""
    mine = [str(permission) for permission in Permission if user.may(permission)]
    decided = SignOff.objects.filter(decided_by__isnull=False, permission__in=mine)
    return decided.select_related("decided_by").order_by("-decided_at", "-id")


@dataclass(frozen=True)
class Link:
    """Whether an audit event is what was written, and follows the one before it."""

    event: AuditEvent
    intact: bool


def checked_links(events: Sequence[AuditEvent]) -> list[Link]:
    """Check a run of events, the latest first, each against its own hash and the one before it.

    The one before the run is read too; before the very first stand 64 zeros.
    """
    if not events:
        return []
    earlier = AuditEvent.objects.filter(pk__lt=events[-1].pk).values_list("hash", flat=True).first()
    before = [*(event.hash for event in events[1:]), earlier or FIRST_PREVIOUS]
    return [
        Link(event, event.chained_hash() == event.hash and event.prev_hash == previous)
        for event, previous in zip(events, before, strict=True)
    ]


def people_of_the_desk() -> list[User]:
    """Return the active people who may read the desk, by name: only they can own a risk or carry out a plan."""
    people = User.objects.filter(is_active=True).order_by("display_name", "pk")
    return [one for one in people if one.may(Permission.READ_DESK)]


def database_answers() -> bool:
    """Whether the database can be asked."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return False
    return True
