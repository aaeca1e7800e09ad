"""Keys of people: enrol, open, close, and the ceremony that makes recovery possible (ADR 20)."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission, Role, RoleMayNot
from remedies.models import RecoveryKey, RecoveryShare, VaultKey, VaultUnlock
from remedies.queries.keys import (
    custodian_keys,
    enrolled_custodian_keys,
    handler_key,
    parts_of_key,
    recovery_key,
)
from remedies.rules import places, wraps
from remedies.rules.case_workflow import PERMISSION_OF
from remedies.rules.envelope import CannotOpen, new_key, open_bytes, seal_bytes
from remedies.rules.voucher import voucher

IDLE = timedelta(minutes=30)
WRONG = "This passphrase does not open your vault."
NO_VAULT = "You have no vault yet. Enrol, then ask a custodian to confirm your key."
NO_CUSTODIAN = "Only a custodian of the ceremony in force does this, with their own file."
CLOSED = "Your vault is closed. Open it with your passphrase."


@transaction.atomic
def enrol_handler(user: User, *, passphrase: str, at: datetime) -> VaultKey:
    """Give a handler a key pair, to which nothing is wrapped before a custodian confirmed it.

    A former one is retired, and what was wrapped to it must be wrapped anew.

    Raises:
        RoleMayNot: no role of theirs handles cases.
        NotAllowed: the passphrase is too short, or is the password of the account.
    """
    if not any(user.may(permission) for permission in PERMISSION_OF.values()):
        raise RoleMayNot("Your role handles no cases, so it has no vault.")
    demand_passphrase(passphrase, user)
    pair, salt = wraps.new_pair(), secrets.token_bytes(wraps.SALT)
    cost = wraps.Cost(settings.VAULT_ARGON2_KIB, settings.VAULT_ARGON2_PASSES)
    key = VaultKey(
        user=user,
        kind=VaultKey.Kind.HANDLER,
        public=pair.public,
        salt=salt,
        memory_kib=cost.memory_kib,
        passes=cost.passes,
        roles=[str(role) for role, permission in PERMISSION_OF.items() if user.may(permission)],
        enrolled_at=at,
    )
    key.locked = wraps.lock(pair, passphrase=passphrase, salt=salt, cost=cost, owner=key.pk)
    return _enrolled(key, at=at)


@transaction.atomic
def enrol_custodian(user: User, *, passphrase: str, at: datetime) -> tuple[VaultKey, bytes]:
    """Give a custodian a key pair and return the file with its private half, which is kept nowhere else.

    Raises:
        RoleMayNot: they are no custodian.
        NotAllowed: the passphrase is too short, or is the password of the account.
    """
    user.demand(Permission.KEEP_IDENTITIES)
    demand_passphrase(passphrase, user)
    pair, salt = wraps.new_pair(), secrets.token_bytes(wraps.SALT)
    cost = wraps.Cost(settings.VAULT_ARGON2_KIB, settings.VAULT_ARGON2_PASSES)
    key = VaultKey(user=user, kind=VaultKey.Kind.CUSTODIAN, public=pair.public, enrolled_at=at)
    locked = wraps.lock(pair, passphrase=passphrase, salt=salt, cost=cost, owner=key.pk)
    file = {
        "hrdd_custodian": 1,
        "key": str(key.pk),
        "salt": urlsafe_b64encode(salt).decode(),
        "memory_kib": cost.memory_kib,
        "passes": cost.passes,
        "locked": urlsafe_b64encode(locked).decode(),
    }
    return _enrolled(key, at=at), json.dumps(file).encode()


def open_custodian_file(file: bytes, *, key: VaultKey, passphrase: str) -> wraps.KeyPair:
    """Return a custodian's key pair from their file.

    Raises:
        NotAllowed: another file, or another passphrase.
    """
    try:
        said = json.loads(file)
        cost = wraps.Cost(int(said["memory_kib"]), int(said["passes"]))
        return wraps.unlock(
            urlsafe_b64decode(said["locked"]),
            public=bytes(key.public),
            passphrase=passphrase,
            salt=urlsafe_b64decode(said["salt"]),
            cost=cost,
            owner=key.pk,
        )
    except (CannotOpen, ValueError, KeyError, TypeError):
        raise NotAllowed("This file and passphrase do not open the key of this custodian.") from None


@transaction.atomic
def confirm_key(key: VaultKey, *, custodian: VaultKey, pair: wraps.KeyPair, at: datetime) -> None:
    """Confirm that a handler's key is theirs and for which roles; only now can anything be wrapped to it.

    Whoever can reset a password can sign in as a handler and enrol a key, but has no custodian's file.

    Args:
        key: the new key, whose fingerprint the custodian compared with the handler.
        custodian, pair: a custodian of the ceremony in force, and the key pair from their own file.
        at: now.

    Raises:
        NotAllowed: no such custodian, their own key, or one that is confirmed or retired.
    """
    demand_custodian(custodian, pair)
    if custodian.user_id == key.user_id:
        raise NotAllowed("SD1: somebody else confirms your key.")
    confirmed = VaultKey.objects.filter(
        pk=key.pk, kind=VaultKey.Kind.HANDLER, voucher__isnull=True, retired_at__isnull=True
    ).update(voucher=voucher(settings.RECEIPT_PEPPERS[0], *parts_of_key(key)), confirmed_by=custodian.user)
    if not confirmed:
        raise NotAllowed("This key is confirmed already, or retired.")
    key.refresh_from_db()
    record_event(
        by=custodian.user.username,
        at=at,
        action="confirmed a handler key",
        subject=key.user.username,
        detail={"fingerprint": wraps.fingerprint(bytes(key.public)), "roles": key.roles},
    )


def demand_custodian(custodian: VaultKey, pair: wraps.KeyPair) -> None:
    """Refuse whoever is no custodian of the ceremony in force, or acts without their own file.

    Raises:
        NotAllowed: with the sentence to show.
    """
    custodian.user.demand(Permission.KEEP_IDENTITIES)
    recovery = recovery_key()
    try:
        wraps.checked_pair(pair.private, public=bytes(custodian.public))
    except CannotOpen:
        raise NotAllowed(NO_CUSTODIAN) from None
    if recovery is None or custodian not in custodian_keys(recovery):
        raise NotAllowed(NO_CUSTODIAN)


@transaction.atomic
def hold_ceremony(*, by: str, at: datetime) -> RecoveryKey:
    """Make a recovery key that any two of the enrolled custodians open together; the former one is retired.

    Raises:
        NotAllowed: fewer than three custodians have a key.
    """
    custodians = {key.pk: key for key in enrolled_custodian_keys()}
    pair, recovery = wraps.new_pair(), RecoveryKey(made_at=at)
    try:
        shares = wraps.share_recovery(
            pair, {one: bytes(key.public) for one, key in custodians.items()}, recovery=recovery.pk
        )
    except wraps.TooFewCustodians as refused:
        raise NotAllowed(str(refused)) from None
    RecoveryKey.objects.filter(retired_at__isnull=True).update(retired_at=at)
    recovery.public = pair.public
    recovery.voucher = voucher(settings.RECEIPT_PEPPERS[0], b"recovery", recovery.pk.bytes, pair.public)
    recovery.save(force_insert=True)
    RecoveryShare.objects.bulk_create(
        RecoveryShare(
            recovery=recovery,
            outer=custodians[share.outer],
            inner=custodians[share.inner],
            wrapped=share.wrapped,
        )
        for share in shares
    )
    record_event(
        by=by,
        at=at,
        action="held the recovery ceremony",
        subject=wraps.fingerprint(pair.public),
        detail={"custodians": sorted(key.user.username for key in custodians.values())},
    )
    return recovery


@transaction.atomic
def open_vault(user: User, *, passphrase: str, at: datetime) -> str:
    """Open the vault of a handler and return the value for their cookie, the only thing that opens it again.

    Raises:
        NotAllowed: no key is enrolled, or the passphrase does not open it.
    """
    key = handler_key(user.pk)
    if key is None:
        raise NotAllowed(NO_VAULT)
    pair = _unlocked(key, passphrase)
    token = new_key()
    unlock = VaultUnlock(key=key, token_hash=_hash(token), used_at=at)
    unlock.sealed = seal_bytes(pair.private, key=token, place=places.open_vault(unlock.pk, key.pk))
    unlock.save(force_insert=True)
    record_event(by=user.username, at=at, action="opened their vault", subject=user.username)
    return urlsafe_b64encode(token).decode()


def pair_of(user: User, *, cookie: str, at: datetime) -> wraps.KeyPair:
    """Return the key pair of an open vault, and keep it open for another half hour.

    Raises:
        NotAllowed: the vault is closed: another cookie, another person, or 30 minutes without a use.
    """
    token = _token(cookie)
    VaultUnlock.objects.filter(used_at__lt=at - IDLE).delete()
    unlock = (
        VaultUnlock.objects.select_related("key")
        .filter(token_hash=_hash(token), key__user=user, key__retired_at__isnull=True)
        .first()
    )
    if unlock is None or not user.is_active:
        raise NotAllowed(CLOSED)
    try:
        private = open_bytes(
            bytes(unlock.sealed), key=token, place=places.open_vault(unlock.pk, unlock.key_id)
        )
        pair = wraps.checked_pair(private, public=bytes(unlock.key.public))
    except CannotOpen:
        raise NotAllowed(CLOSED) from None
    VaultUnlock.objects.filter(pk=unlock.pk).update(used_at=at)
    return pair


def is_open(user: User, *, cookie: str, at: datetime) -> bool:
    """Whether this cookie would open the vault now; asking does not keep it open."""
    return VaultUnlock.objects.filter(
        token_hash=_hash(_token(cookie)),
        key__user=user,
        key__retired_at__isnull=True,
        used_at__gte=at - IDLE,
    ).exists()


def close_vault(user: User) -> None:
    """Close every open vault of a person: at sign-out, and when their password was reset."""
    VaultUnlock.objects.filter(key__user=user).delete()


@transaction.atomic
def change_passphrase(user: User, *, old: str, new: str, at: datetime) -> None:
    """Seal the same private half under another passphrase; nothing else is wrapped anew.

    Raises:
        NotAllowed: the old one does not open it, or the new one is too short or the password of the account.
    """
    key = handler_key(user.pk)
    if key is None:
        raise NotAllowed(NO_VAULT)
    pair = _unlocked(key, old)
    demand_passphrase(new, user)
    cost = wraps.Cost(settings.VAULT_ARGON2_KIB, settings.VAULT_ARGON2_PASSES)
    key.salt = secrets.token_bytes(wraps.SALT)
    key.memory_kib, key.passes = cost.memory_kib, cost.passes
    key.locked = wraps.lock(pair, passphrase=new, salt=key.salt, cost=cost, owner=key.pk)
    key.save(update_fields=["salt", "memory_kib", "passes", "locked"])
    close_vault(user)
    record_event(by=user.username, at=at, action="changed their vault passphrase", subject=user.username)


def demand_passphrase(passphrase: str, user: User) -> None:
    """Refuse a passphrase that can be guessed, or that the sign-in page hears too.

    Raises:
        NotAllowed: with the sentence to show.
    """
    if len(passphrase) < wraps.LEAST_PASSPHRASE or len(set(passphrase)) < wraps.LEAST_PASSPHRASE // 3:
        raise NotAllowed(
            f"A vault passphrase has at least {wraps.LEAST_PASSPHRASE} characters, "
            "for example six words picked by dice."
        )
    if user.check_password(passphrase):
        raise NotAllowed(
            "The vault passphrase must differ from your password: the sign-in page hears that one."
        )


def _unlocked(key: VaultKey, passphrase: str) -> wraps.KeyPair:
    if key.locked is None or key.salt is None or key.memory_kib is None or key.passes is None:
        raise NotAllowed(WRONG)
    try:
        return wraps.unlock(
            bytes(key.locked),
            public=bytes(key.public),
            passphrase=passphrase,
            salt=bytes(key.salt),
            cost=wraps.Cost(key.memory_kib, key.passes),
            owner=key.pk,
        )
    except CannotOpen:
        raise NotAllowed(WRONG) from None


def _enrolled(key: VaultKey, *, at: datetime) -> VaultKey:
    if str(Role.SYSADMIN) in key.user.roles:
        raise NotAllowed("SD10: whoever administers the system has no vault.")
    former = VaultKey.objects.filter(user=key.user, kind=key.kind, retired_at__isnull=True)
    VaultUnlock.objects.filter(key__in=former).delete()
    former.update(retired_at=at)
    if key.kind == VaultKey.Kind.CUSTODIAN:  # counts once a ceremony included it
        key.voucher = voucher(settings.RECEIPT_PEPPERS[0], *parts_of_key(key))
    key.save(force_insert=True)
    record_event(
        by=key.user.username,
        at=at,
        action=f"enrolled a {key.kind} key",
        subject=key.user.username,
        detail={"fingerprint": wraps.fingerprint(bytes(key.public))},
    )
    return key


def _token(cookie: str) -> bytes:
    try:
        return urlsafe_b64decode(cookie.encode("ascii"))
    except ValueError:
        return b""


def _hash(token: bytes) -> bytes:
    return hashlib.sha256(b"hrdd-vault-cookie-v1" + token).digest()
