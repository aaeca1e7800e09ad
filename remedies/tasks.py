"""What a worker does for the vault: it changes and deletes keys, and can open nothing."""

from django.utils import timezone

from hrdd.celery import app
from remedies.actions import alarms, identities
from remedies.actions.intake import renew_form_keys as renew
from remedies.actions.patterns import open_owed_reviews
from remedies.actions.retention import erase_due


@app.task
def renew_form_keys() -> None:
    """Make the form key of today, delete those older than yesterday."""
    renew(at=timezone.now())


@app.task
def end_identity_grants() -> None:
    """Delete the wraps of identities whose hour has come."""
    identities.end_grants(at=timezone.now())


@app.task
def remind_of_danger() -> None:
    """Count a round for danger to life that nobody has read; after two it stands on the desks above."""
    alarms.count_round()


@app.task
def erase_what_is_due() -> None:
    """Erase what its schedule no longer keeps (beat, each night); what fails is found again the night after."""
    erase_due(at=timezone.now())


@app.task
def ask_for_pattern_reviews() -> int:
    """Ask what lies behind root causes that come again (6.8); return how many reviews were opened."""
    return open_owed_reviews(at=timezone.now())
