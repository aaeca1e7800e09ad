"""The only thing a worker does for the vault: change the keys of forms. It can open nothing."""

from django.utils import timezone

from hrdd.celery import app
from remedies.actions.intake import renew_form_keys as renew


@app.task
def renew_form_keys() -> None:
    """Make the form key of today, delete those older than yesterday."""
    renew(at=timezone.now())
