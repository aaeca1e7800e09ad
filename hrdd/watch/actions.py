"""The two things that are written here. They are no acts of a person: no audit event."""

from datetime import datetime

from hrdd.watch.models import Heartbeat


def tick(*, at: datetime) -> None:
    """Note that timetable, queue, worker and database reached each other."""
    Heartbeat.objects.update_or_create(name=Heartbeat.WORKER, defaults={"at": at})


def note_backup(*, at: datetime) -> None:
    """Note that a backup of this moment is whole."""
    Heartbeat.objects.update_or_create(name=Heartbeat.BACKUP, defaults={"at": at})
