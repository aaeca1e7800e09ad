"""What the worker sends: mails that say how many things wait, and messages to programs elsewhere."""

from django.utils import timezone

from hrdd.celery import app
from hrdd.notifications.actions import digests, webhooks


@app.task
def write_mails() -> int:
    """Write the mails of today; return how many."""
    return digests.write_mails(at=timezone.now())


@app.task
def send_what_is_due() -> int:
    """Send the mails and messages that are due; return how many were taken."""
    now = timezone.now()
    webhooks.write_messages(at=now)
    return digests.send_mails(at=now) + webhooks.send_messages(at=now)
