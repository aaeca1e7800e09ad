"""Rendering, by the worker: ids only, run any number of times."""

from django.utils import timezone

from hrdd.celery import app
from transparency.actions import reports as actions
from transparency.models import Report
from transparency.queries.reports import without_documents


@app.task
def render_report(report_id: int) -> None:
    """Make the documents of a frozen report."""
    actions.render_documents(Report.objects.get(pk=report_id), at=timezone.now())


@app.task
def ring_unrendered() -> None:
    """Ring again for frozen reports that a lost message left without documents (beat, each minute)."""
    for report_id in without_documents().values_list("pk", flat=True):
        render_report.delay(report_id)
