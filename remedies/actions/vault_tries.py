"""Open a vault from a page: few tries, and one sentence for whatever was wrong (ADR 20)."""

from datetime import datetime, timedelta

from django.db import transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed
from remedies.actions.vault import open_vault
from remedies.models import VaultTries

MOST, WITHIN = 5, timedelta(minutes=15)
DID_NOT_OPEN = (
    "Your vault did not open. Check the passphrase and that a custodian confirmed your key. "
    f"After {MOST} tries wait {WITHIN.seconds // 60} minutes."
)


def try_vault(user: User, *, passphrase: str, at: datetime) -> str:
    """Open the vault of a handler and return the value for their cookie; count what was in vain.

    Raises:
        NotAllowed: it did not open, or was not tried after too many tries; the sentence is the same.
    """
    with transaction.atomic():
        cookie = _tried(user, passphrase, at=at)
    if not cookie:
        raise NotAllowed(DID_NOT_OPEN)
    return cookie


def _tried(user: User, passphrase: str, *, at: datetime) -> str:
    VaultTries.objects.get_or_create(user=user, defaults={"since": at})
    tries = VaultTries.objects.select_for_update().get(user=user)
    if at - tries.since >= WITHIN:
        tries.wrong, tries.since = 0, at
    if tries.wrong >= MOST:
        return ""
    try:
        cookie = open_vault(user, passphrase=passphrase, at=at)
    except NotAllowed:
        tries.wrong += 1
        tries.save(update_fields=["wrong", "since"])
        record_event(by=user.username, at=at, action="did not open their vault", subject=user.username)
        return ""
    tries.wrong = 0
    tries.save(update_fields=["wrong", "since"])
    return cookie
