"""Check what somebody proves who they are with; each proof is good once (reliability.md 2.9)."""

from collections.abc import Callable
from datetime import datetime

from django.contrib.auth import authenticate

from hrdd.accounts.actions.tries import try_factor
from hrdd.accounts.models import RecoveryCode, Totp
from hrdd.accounts.rules import Factor, hash_of_code, matching_step
from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.sealing import open_sealed


def account_of(typed: str) -> User | None:
    """Return the active account of a typed name."""
    return User.objects.filter(username=typed.strip(), is_active=True).first()


def prove_password(
    typed: str, password: str, *, at: datetime, allowed: Callable[[User], bool] = lambda _user: True
) -> User:
    """Return whose name and password these are.

    Args:
        typed: the name.
        password: what was typed.
        at: now.
        allowed: whether this password may be used at all.

    Raises:
        NotAllowed: they do not match, or too many did not.
    """

    def check() -> User | None:
        found = authenticate(username=typed.strip(), password=password)
        return found if isinstance(found, User) and allowed(found) else None

    return try_factor(typed, Factor.PASSWORD, user=account_of(typed), at=at, check=check)


def prove_code(user: User, said: str, *, at: datetime) -> Factor:
    """Return whether a code of the app or a recovery code was given; both are spent by it.

    Raises:
        NotAllowed: neither, spent before, or too many tries.
    """
    if len(said.replace(" ", "")) <= 8:  # six digits, with room for a slip
        return try_factor(
            user.username, Factor.TOTP, user=user, at=at, check=lambda: _spend_step(user, said, at)
        )
    return try_factor(
        user.username, Factor.RECOVERY, user=user, at=at, check=lambda: _spend_code(user, said, at)
    )


def _spend_step(user: User, said: str, at: datetime) -> Factor | None:
    totp = Totp.objects.filter(user=user).first()
    if totp is None:
        return None
    secret = open_sealed(bytes(totp.sealed))["secret"]
    step = matching_step(secret, said, at=at, after=totp.last_step)
    if step is None:
        return None
    spent = Totp.objects.filter(pk=totp.pk, last_step__lt=step).update(last_step=step)
    return Factor.TOTP if spent else None


def _spend_code(user: User, said: str, at: datetime) -> Factor | None:
    codes = RecoveryCode.objects.filter(user=user, code_hash=hash_of_code(said), used_at__isnull=True)
    if not codes.update(used_at=at):
        return None
    record_event(by=user.username, at=at, action="used a recovery code", subject=user.username)
    return Factor.RECOVERY
