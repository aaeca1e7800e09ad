"""What the worker does about what is kept for programs."""

from django.utils import timezone

from hrdd.celery import app
from hrdd.governance.actions import forget_answers


@app.task
def clear_kept_answers() -> int:
    """Delete the answers whose day is over; return how many."""
    return forget_answers(at=timezone.now())
