"""Rendering, by the worker: ids only, run any number of times."""

import logging

from django.utils import timezone

from hrdd.celery import app
from transparency.actions import anchors, publication_log
from transparency.actions import reports as actions
from transparency.actions.signer import CannotSign
from transparency.models import Report
from transparency.queries.reports import without_documents

logger = logging.getLogger(__name__)


@app.task
def render_report(report_id: int) -> None:
    """Make the documents of a frozen report."""
    actions.render_documents(Report.objects.get(pk=report_id), at=timezone.now())


@app.task
def ring_unrendered() -> None:
    """Ring again for frozen reports that a lost message left without documents (beat, each minute)."""
    for report_id in without_documents().values_list("pk", flat=True):
        render_report.delay(report_id)


@app.task
def seal_publications() -> None:
    """Give what was published its manifest and have it in a signed checkpoint (rung by publishing; each minute)."""
    try:
        if publication_log.seal_publications(at=timezone.now()):
            publication_log.checkpoint_log(at=timezone.now())
            push_anchors.delay()
    except CannotSign as refusal:
        logger.error("What was published is not signed: %s", refusal)  # noqa: TRY400  # the sentence says it all


@app.task
def checkpoint_the_log() -> None:
    """Commit to the audit log and sign (beat, each quarter of an hour)."""
    try:
        publication_log.checkpoint_log(at=timezone.now())
    except CannotSign as refusal:
        logger.error("No checkpoint: %s", refusal)  # noqa: TRY400  # the sentence says it all
        return
    push_anchors.delay()


@app.task
def push_anchors() -> None:
    """Bring the places outside what they have not got yet (after each checkpoint, and each minute)."""
    for place, said in anchors.push_anchors(at=timezone.now()).items():
        logger.error("The anchor %s cannot be reached: %s", place, said)
