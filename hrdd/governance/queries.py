"""What waits for a signature, and what was done."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from hrdd.governance.models import AuditEvent, SignOff, User, Verification
from hrdd.governance.rules import READS, Difference, Permission, differences

FIRST_PREVIOUS = "0" * 64
EXPORTED = ("no", "at", "actor", "action", "subject", "detail", "prev_hash", "hash")
COMPUTED = ("=", "+", "-", "@", "\t", "\r")


def names_of_people() -> dict[str, str]:
    """Return what everybody who ever had an account is called, by username."""
    return dict(User.objects.values_list("username", "display_name"))


def name_of(column: str) -> Coalesce:
    """Return the expression of the name of whom a column tells by username; of a job, the word that stands there."""
    names = User.objects.filter(username=OuterRef(column)).values("display_name")
    return Coalesce(Subquery(names[:1]), F(column))


def waiting_sign_offs(user: User) -> QuerySet[SignOff]:
    """Return the sign-offs that this person's roles may decide and that others asked for, the oldest first."""
    mine = [str(permission) for permission in Permission if user.may(permission)]
    waiting = SignOff.objects.filter(decided_at__isnull=True, permission__in=mine)
    return waiting.exclude(asked_by=user).select_related("asked_by")


def asked_sign_offs(user: User) -> QuerySet[SignOff]:
    """Return what this person asked for and nobody decided yet, the oldest first."""
    return SignOff.objects.filter(decided_at__isnull=True, asked_by=user)


@dataclass(frozen=True)
class Earlier:
    """The request before this one about the same thing, and what changed since; None where it kept no parts."""

    sign_off: SignOff
    changes: list[Difference] | None

    @property
    def same(self) -> bool:
        """Whether the very same content is asked for again."""
        return self.changes == []


def earlier_requests(sign_offs: Iterable[SignOff]) -> dict[int, Earlier]:
    """Return by sign-off the request before it about the same thing, in one query whatever their number.

    Args:
        sign_offs: what waits; those asked for the first time are not among the keys.
    """
    asked = list(sign_offs)
    before = SignOff.objects.filter(series__in={one.series for one in asked} - {""}).order_by("-pk")
    found: dict[int, Earlier] = {}
    for earlier in before.select_related("decided_by") if asked else ():
        for one in asked:
            later = one.pk not in found and (one.series, one.step) == (earlier.series, earlier.step)
            if later and earlier.pk < one.pk:
                found[one.pk] = Earlier(earlier, _changes(earlier, one))
    return found


def _changes(earlier: SignOff, now: SignOff) -> list[Difference] | None:
    if earlier.content_hash == now.content_hash:
        return []
    changed = differences(earlier.parts, now.parts) if earlier.parts and now.parts else []
    return changed or None


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
    *, actor: str = "", action: str = "", subject: str = "", kind: str = "", day: date | None = None
) -> QuerySet[AuditEvent]:
    """Return the audit events that contain these words, of a kind ("reads"), on that day (UTC), the latest first."""
    wanted = {"actor__icontains": actor, "action__icontains": action, "subject__icontains": subject}
    found = AuditEvent.objects.filter(**{key: said for key, said in wanted.items() if said})
    if kind == "reads":
        found = found.filter(action__in=READS)
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


def told_events(events: QuerySet[AuditEvent]) -> Iterator[str]:
    """Return a line of JSON an event, the earliest first, streamed: all that its hash is made of, as it is."""
    for event in events.order_by("pk").iterator(chunk_size=2000):
        told = {
            "no": event.pk,
            "at": event.at.isoformat(),
            "actor": event.actor,
            "action": event.action,
            "subject": event.subject,
            "detail": event.detail,
            "prev_hash": event.prev_hash,
            "hash": event.hash,
        }
        yield json.dumps(told, ensure_ascii=False) + "\n"


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
