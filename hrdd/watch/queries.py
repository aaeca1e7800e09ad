"""The facts by which an installation is judged, read in the role of whoever asks."""

from dataclasses import asdict
from datetime import datetime
from functools import cache

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import Count, Q

from hrdd.celery import queue_answers
from hrdd.database_grants import missing_and_surplus
from hrdd.governance.models import Verification
from hrdd.notifications.models import OutgoingMail, WebhookDelivery
from hrdd.surfaces import Surface
from hrdd.watch.models import Heartbeat
from hrdd.watch.rules import standing
from hrdd.watch.rules.standing import Check, State, Work
from risks.models.proportionality import Chunk
from transparency.models import AnchorPush, LogCheckpoint, LogEntry

# What PostgreSQL says where a role is not there, or may not be taken on.
NO_ROLE = {"22023", "42501", "42704"}


def readiness(surface: str, *, at: datetime) -> list[Check]:
    """Return what this process needs to serve, and for the desk how the work in the background stands.

    Args:
        surface: HRDD_SURFACE; public and intake need the database and nothing else (reliability.md 4.2).
        at: now, by our clock.
    """
    found = [database(at=at)]
    if found[0].state is State.WELL:
        found.append(standing.grants(len(missing_and_surplus())))
    if surface not in {Surface.STAFF, Surface.ALL}:
        return found
    if found[0].state is State.WELL:
        found.append(standing.migrations(migrations_waiting()))
    found.append(standing.queue(answers=queue_answers()))
    if not any(check.state is State.DOWN for check in found if check.name != "queue"):
        found += standing.work(work_at_hand(), at=at)
    return found


def database(*, at: datetime) -> Check:
    """Judge whether the database can be asked, in this process's role, and what time it has."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            return standing.database(answers=True, skew=cursor.fetchone()[0] - at)
    except (DatabaseError, InterfaceError) as error:
        code = getattr(error.__cause__, "pgcode", None)
        return standing.database(answers=False, role_is_there=code not in NO_ROLE)


def migrations_waiting() -> int:
    """Return how many migrations of this code the database has not got."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        return len(_of_this_code() - set(cursor.fetchall()))


@cache
def _of_this_code() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations or ())


def work_at_hand() -> Work:
    """Return what the database tells of the work in the background; a constant number of queries."""
    verification = Verification.objects.order_by("-pk").first()
    messages = WebhookDelivery.objects.filter(taken_at=None, endpoint__ended_at=None).aggregate(
        waiting=Count("pk", filter=Q(next_try_at__isnull=False)),
        given_up=Count("pk", filter=Q(next_try_at=None, tries__gt=0)),
    )
    places = settings.ANCHORS
    seen = dict(Heartbeat.objects.values_list("pk", "at"))
    return Work(
        tick=seen.get(Heartbeat.WORKER),
        backup=seen.get(Heartbeat.BACKUP),
        checkpoint=LogCheckpoint.objects.order_by("-size").values_list("made_at", flat=True).first(),
        log_entries=LogEntry.objects.count(),
        anchors_waiting=AnchorPush.objects.filter(done_at=None, place__in=places).count(),
        verified=verification.at if verification else None,
        intact=verification.intact if verification else None,
        set_aside=Chunk.objects.filter(quarantined=True, done_at=None).count(),
        mails_waiting=OutgoingMail.objects.filter(sent_at=None, next_try_at__isnull=False).count(),
        messages_waiting=messages["waiting"],
        messages_given_up=messages["given_up"],
    )


def figures(*, at: datetime) -> dict[str, float]:
    """Return what `/metrics` tells, by name; ages in seconds, and nothing of cases or people."""
    work = work_at_hand()
    found: dict[str, float] = {
        name: float(value)
        for name, value in asdict(work).items()
        if isinstance(value, int) and name != "intact"
    }
    for name in ("tick", "backup", "checkpoint", "verified"):
        if (when := getattr(work, name)) is not None:
            found[f"{name}_age_seconds"] = (at - when).total_seconds()
    if work.intact is not None:
        found["intact"] = float(work.intact)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_database_size(current_database()), (SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database()), extract(epoch FROM clock_timestamp())"
        )
        size, connections, clock = cursor.fetchone()
    found |= {"database_bytes": float(size), "database_connections": float(connections)}
    found["clock_skew_seconds"] = float(clock) - at.timestamp()
    found["migrations_waiting"] = float(migrations_waiting())
    found["grants_wrong"] = float(len(missing_and_surplus()))
    found["queue_answers"] = float(queue_answers())
    return found
