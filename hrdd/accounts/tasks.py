"""What the worker does about accounts."""

from django.utils import timezone

from hrdd.accounts.actions.sessions import clear_what_is_over
from hrdd.celery import app


@app.task
def clear_sessions() -> int:
    """Delete what is over; return how many sessions."""
    return clear_what_is_over(at=timezone.now())
