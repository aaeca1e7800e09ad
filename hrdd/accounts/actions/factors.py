"""Set and remove what a person proves who they are with."""

from datetime import datetime

from django.db import transaction

from hrdd.accounts.actions.tries import open_again
from hrdd.accounts.models import Passkey, RecoveryCode, Totp
from hrdd.accounts.rules import RECOVERY_CODES, Factor, hash_of_code, matching_step, new_recovery_code
from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed
from hrdd.sealing import seal


@transaction.atomic
def set_totp(user: User, *, secret: str, code: str, at: datetime) -> list[str]:
    """Set the authenticator app once it shows the right code, in place of an earlier one.

    Returns:
        New recovery codes, shown once.

    Raises:
        NotAllowed: the code is not what the secret gives now.
    """
    step = matching_step(secret, code, at=at, after=0)
    if step is None:
        raise NotAllowed(
            "The app shows another code. Check that its clock is right, and type the newest code."
        )
    Totp.objects.update_or_create(
        user=user, defaults={"sealed": seal({"secret": secret}), "last_step": step, "added_at": at}
    )
    open_again(user, factor=Factor.TOTP)
    record_event(by=user.username, at=at, action="set an authenticator app", subject=user.username)
    return new_recovery_codes(user, at=at)


@transaction.atomic
def new_recovery_codes(user: User, *, at: datetime) -> list[str]:
    """Make new recovery codes; the earlier ones are void. They are shown once and kept as hashes."""
    RecoveryCode.objects.filter(user=user).delete()
    codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, code_hash=hash_of_code(code), made_at=at) for code in codes
    )
    open_again(user, factor=Factor.RECOVERY)
    record_event(by=user.username, at=at, action="made new recovery codes", subject=user.username)
    return codes


@transaction.atomic
def remove_totp(user: User, *, at: datetime) -> None:
    """Remove the authenticator app.

    Raises:
        NotAllowed: it is the only second factor.
    """
    if not Passkey.objects.filter(user=user).exists():
        raise NotAllowed("This is your only second factor. Add a passkey first, then remove the app.")
    if Totp.objects.filter(user=user).delete()[0]:
        record_event(by=user.username, at=at, action="removed the authenticator app", subject=user.username)


@transaction.atomic
def remove_passkey(passkey: Passkey, *, by: User, at: datetime) -> None:
    """Remove a passkey.

    Raises:
        NotAllowed: it is somebody else's, or the only second factor.
    """
    if passkey.user_id != by.pk:
        raise NotAllowed("This is somebody else's passkey.")
    others = Passkey.objects.filter(user=by).exclude(pk=passkey.pk).exists()
    if not (others or Totp.objects.filter(user=by).exists()):
        raise NotAllowed("This is your only second factor. Add another, then remove this one.")
    passkey.delete()
    record_event(by=by.username, at=at, action="removed a passkey", subject=by.username)


@transaction.atomic
def set_password(user: User, password: str, *, at: datetime) -> None:
    """Set a new password; every session that began with the old one ends."""
    user.set_password(password)
    user.save(update_fields=["password"])
    open_again(user, factor=Factor.PASSWORD)
    record_event(by=user.username, at=at, action="set a new password", subject=user.username)
