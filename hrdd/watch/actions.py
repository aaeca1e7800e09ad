"""The one thing that is written here."""

from datetime import datetime

from hrdd.watch.models import Heartbeat


def tick(*, at: datetime) -> None:
    """Note that timetable, queue, worker and database reached each other. It is no act of a person: no audit event."""
    Heartbeat.objects.update_or_create(name=Heartbeat.WORKER, defaults={"at": at})
