"""What waits for a signature, and what was done."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import DatabaseError, InterfaceError, connection
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from hrdd.governance.models import AuditEvent, SignOff, User, Verification
from hrdd.governance.rules import Permission

FIRST_PREVIOUS = "0" * 64
EXPORTED = ("no", "at", "actor", "action", "subject", "detail", "prev_hash", "hash")
COMPUTED = ("=", "+", "-", "@", "\t", "\r")


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


def search_events(
    *, actor: str = "", action: str = "", subject: str = "", day: date | None = None
) -> QuerySet[AuditEvent]:
    """Return the audit events that contain these words, on that day (UTC), the latest first."""
    wanted = {"actor__icontains": actor, "action__icontains": action, "subject__icontains": subject}
    found = AuditEvent.objects.filter(**{key: said for key, said in wanted.items() if said})
    if day is not None:
        begins = datetime.combine(day, time.min, tzinfo=UTC)
        found = found.filter(at__gte=begins, at__lt=begins + timedelta(days=1))
    return found


def checked_links(events: QuerySet[AuditEvent]) -> list[Link]:
    """Check each of some events against its own hash and the event before it, whichever of them are asked for.

    Before the very first stand 64 zeros.
    """
    earlier = AuditEvent.objects.filter(pk__lt=OuterRef("pk")).order_by("-pk").values("hash")[:1]
    before = Coalesce(Subquery(earlier), Value(FIRST_PREVIOUS))
    return [
        Link(event, event.chained_hash() == event.hash and event.prev_hash == event.before)
        for event in events.annotate(before=before)
    ]


def exported_events(events: QuerySet[AuditEvent]) -> Iterator[list[str]]:
    """Return the columns and then a row an event, the earliest first, streamed; no cell is computed by a sheet."""
    yield list(EXPORTED)
    for event in events.order_by("pk").iterator(chunk_size=2000):
        told = (
            event.pk,
            event.at.isoformat(),
            event.actor,
            event.action,
            event.subject,
            json.dumps(event.detail),
        )
        yield [_inert(str(cell)) for cell in (*told, event.prev_hash, event.hash)]


def _inert(said: str) -> str:
    return f"'{said}" if said.startswith(COMPUTED) else said


def last_verification() -> Verification | None:
    """Return the last run of `manage.py verify`."""
    return Verification.objects.first()


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
