"""Every try to prove who one is goes through here: counted before it is checked, closed after a hundred in vain."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from hrdd.accounts.models import FactorStanding, TryInVain
from hrdd.accounts.rules import (
    ALL_WITHIN,
    MOST_FAILURES,
    NOT_YOU,
    TOO_MANY,
    TRIES_WITHIN,
    Factor,
    demand_try,
)
from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed

Found = TypeVar("Found")
ALL_LOCK = 4102


def hash_of_account(typed: str) -> str:
    """Return what is kept of a typed name: people type passwords into that field too."""
    return salted_hmac("hrdd.accounts", typed.strip().lower(), algorithm="sha256").hexdigest()


def try_factor(
    typed: str, factor: Factor, *, user: User | None, at: datetime, check: Callable[[], Found | None]
) -> Found:
    """Check a proof, once, within the limits of the account and of all (reliability.md 2.9).

    Args:
        typed: the name that was typed, of an account or of none.
        factor: what is tried.
        user: whose account it is, if there is one.
        at: now.
        check: answers what was proved, or None.

    Raises:
        NotAllowed: in vain, too often, or closed; the sentence tells nothing about the account.
    """
    account = hash_of_account(typed)
    with transaction.atomic():
        mine = _count(account, factor, user, at=at)
    found = check()
    with transaction.atomic():
        if found is None:
            _in_vain(factor, user, at=at)
        else:
            TryInVain.objects.filter(account=account, factor=factor).delete()
            TryInVain.objects.filter(pk=mine.pk).delete()
            FactorStanding.objects.filter(user=user, factor=factor, in_vain__gt=0).update(in_vain=0)
    if found is None:
        raise NotAllowed(NOT_YOU)
    return found


def _count(account: str, factor: Factor, user: User | None, *, at: datetime) -> TryInVain:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ALL_LOCK])
    if user and FactorStanding.objects.filter(user=user, factor=factor, closed_at__isnull=False).exists():
        raise NotAllowed(TOO_MANY)
    of_account = TryInVain.objects.filter(account=account, factor=factor, at__gt=at - TRIES_WITHIN)
    demand_try(of_account=of_account.count(), of_all=TryInVain.objects.filter(at__gt=at - ALL_WITHIN).count())
    return TryInVain.objects.create(account=account, factor=factor, at=at)


def _in_vain(factor: Factor, user: User | None, *, at: datetime) -> None:
    if user is None:
        return
    FactorStanding.objects.get_or_create(user=user, factor=factor)
    standing = FactorStanding.objects.filter(user=user, factor=factor)
    closes = standing.filter(in_vain__gte=MOST_FAILURES - 1, closed_at__isnull=True)
    if closes.update(in_vain=F("in_vain") + 1, closed_at=at):
        record_event(
            by=user.username,
            at=at,
            action=f"{factor} closed after {MOST_FAILURES} tries in vain",
            subject=user.username,
        )
        return
    standing.update(in_vain=F("in_vain") + 1)
    record_event(
        by=user.username, at=at, action=f"did not prove who they are: {factor}", subject=user.username
    )


def open_again(user: User, *, factor: Factor | None = None) -> None:
    """Count from nought again, for a factor that was set anew or for all of them."""
    standings = FactorStanding.objects.filter(user=user)
    if factor is not None:
        standings = standings.filter(factor=factor)
    standings.delete()
    TryInVain.objects.filter(account=hash_of_account(user.username)).delete()
