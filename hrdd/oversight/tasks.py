"""What the worker does for oversight: ids only, run any number of times."""

from django.utils import timezone

from hrdd.celery import app
from hrdd.oversight.actions import meetings


@app.task
def remind_of_plans() -> None:
    """Bring P1 risks without a plan before leadership (beat, each hour; G2)."""
    meetings.raise_plan_escalations(at=timezone.now())
