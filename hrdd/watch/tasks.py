"""The tick of the worker."""

from django.utils import timezone

from hrdd.celery import app
from hrdd.watch import actions


@app.task
def tick() -> None:
    """Show that timetable, queue, worker and database reach each other (beat, each 20 seconds)."""
    actions.tick(at=timezone.now())
