"""A person makes a secret address for their calendar, or takes it back."""

from datetime import datetime

from django.db import transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from hrdd.notifications.models import CalendarAddress
from hrdd.notifications.rules.calendar import hash_of, new_secret


@transaction.atomic
def make_address(user: User, *, at: datetime) -> str:
    """Make a new address and return its secret, which nobody sees again; the one before it opens nothing any more.

    Raises:
        RoleMayNot: they do not read the desk.
    """
    user.demand(Permission.READ_DESK)
    secret = new_secret()
    CalendarAddress.objects.update_or_create(
        user=user, defaults={"address_hash": hash_of(secret), "made_at": at}
    )
    record_event(by=user.username, at=at, action="made a calendar address", subject=user.username)
    return secret


@transaction.atomic
def revoke_address(user: User, *, at: datetime) -> None:
    """Take the address back: whoever has it reads nothing any more."""
    if CalendarAddress.objects.filter(user=user).delete()[0]:
        record_event(by=user.username, at=at, action="revoked a calendar address", subject=user.username)
