"""Remind of signatures that nobody gave; a machine reminds and raises, a person decides (3.8)."""

from datetime import datetime

from django.db import transaction

from hrdd.governance.actions import JOB, record_event
from hrdd.job import as_job
from hrdd.oversight.models import SignOffReminder
from hrdd.oversight.queries.sign_offs import owed_reminders


def remind_of_sign_offs(*, at: datetime) -> int:
    """Write the reminders of open sign-offs that are owed by now, each once; return how many.

    Nothing is approved, refused or closed by it, however long nobody answers.

    Args:
        at: now.
    """
    with as_job(), transaction.atomic():
        before = SignOffReminder.objects.count()
        SignOffReminder.objects.bulk_create(owed_reminders(at=at), ignore_conflicts=True)
        sent = SignOffReminder.objects.count() - before
        if sent:
            record_event(
                by=JOB, at=at, action="reminded of sign-offs", subject="Sign-offs", detail={"sent": sent}
            )
    return sent
