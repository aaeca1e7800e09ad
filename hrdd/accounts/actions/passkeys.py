"""Passkeys (WebAuthn level 2), by Yubico's library: bound to our address, each challenge good once."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac
from fido2.server import Fido2Server
from fido2.utils import websafe_decode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from hrdd.accounts.actions.tries import open_again, try_factor
from hrdd.accounts.models import Passkey
from hrdd.accounts.rules.proofs import NOT_YOU, Factor
from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed

log = logging.getLogger(__name__)
MOST_BYTES = 20_000
MOST_PASSKEYS = 10
NOT_REGISTERED = "The passkey was not added. Try again, and confirm it on your device when it asks."


@dataclass(frozen=True)
class Site:
    """Where a passkey belongs: the host, and the origin that the browser vouches for."""

    host: str
    origin: str
    name: str

    def server(self) -> Fido2Server:
        """Return the verifier of the library for this site and no other."""
        entity = PublicKeyCredentialRpEntity(id=self.host, name=self.name)
        return Fido2Server(entity, verify_origin=lambda origin: origin == self.origin)


def handle_of(user: User) -> bytes:
    """Return what a device keeps as the account: 32 bytes that tell nobody who it is."""
    return salted_hmac("hrdd.accounts.passkey", str(user.pk), algorithm="sha256").digest()


def begin_to_add(user: User, site: Site) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the browser is asked, and the challenge to remember in the session.

    Raises:
        NotAllowed: this person has as many as anybody may.
    """
    known = [AttestedCredentialData(bytes(one.credential)) for one in Passkey.objects.filter(user=user)]
    if len(known) >= MOST_PASSKEYS:
        raise NotAllowed(f"{MOST_PASSKEYS} passkeys are enough. Remove one that you no longer use.")
    entity = PublicKeyCredentialUserEntity(
        id=handle_of(user), name=user.username, display_name=user.display_name
    )
    options, state = site.server().register_begin(
        entity,
        known,
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(options), state


@transaction.atomic
def add_passkey(
    user: User, site: Site, *, state: Mapping[str, Any] | None, said: str, name: str, at: datetime
) -> Passkey:
    """Keep the public half of a new passkey.

    Args:
        user: whose.
        site: where.
        state: the challenge of the session, taken out of it.
        said: what the browser answered, as JSON.
        name: what the person calls it.
        at: now.

    Raises:
        NotAllowed: the answer is for another site, another challenge, or not confirmed by the person.
    """
    answer = _read(said)
    if state is None or answer is None:
        log.warning("no passkey added: %s", "no challenge is open" if state is None else "no answer came")
        raise NotAllowed(NOT_REGISTERED)
    try:
        credential = site.server().register_complete(state, answer).credential_data
    except (ValueError, KeyError, TypeError):
        log.warning("no passkey added: the answer does not prove it", exc_info=True)
        raise NotAllowed(NOT_REGISTERED) from None
    if credential is None or Passkey.objects.filter(credential_id=credential.credential_id).exists():
        raise NotAllowed(NOT_REGISTERED)
    added = Passkey.objects.create(
        user=user,
        name=name.strip()[:60] or "Passkey",
        credential_id=credential.credential_id,
        credential=bytes(credential),
        added_at=at,
    )
    open_again(user, factor=Factor.PASSKEY)
    record_event(by=user.username, at=at, action="added a passkey", subject=user.username)
    return added


def begin_to_prove(site: Site) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the browser is asked, and the challenge to remember; it names no account."""
    options, state = site.server().authenticate_begin(user_verification=UserVerificationRequirement.REQUIRED)
    return dict(options), state


def prove_passkey(
    site: Site, *, state: Mapping[str, Any] | None, said: str, at: datetime, of: User | None = None
) -> User:
    """Return whose passkey answered the challenge.

    Args:
        site: where.
        state: the challenge of the session, taken out of it.
        said: what the browser answered, as JSON.
        at: now.
        of: whose it must be; nobody's in particular at sign-in.

    Raises:
        NotAllowed: unknown, not signed for this site and challenge, or a copy of a device that counts.
    """
    answer = _read(said)
    passkey = _passkey_of(answer) if answer and state else None
    if passkey is None or answer is None or state is None or (of is not None and passkey.user_id != of.pk):
        raise NotAllowed(NOT_YOU)
    user = passkey.user
    return try_factor(
        user.username,
        Factor.PASSKEY,
        user=user,
        at=at,
        check=lambda: user if _verified(passkey, site, state, answer, at) else None,
    )


def _read(said: str) -> dict[str, Any] | None:
    try:
        answer = json.loads(said) if len(said) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _passkey_of(answer: Mapping[str, Any]) -> Passkey | None:
    try:
        credential_id = websafe_decode(answer["rawId"])
    except (KeyError, TypeError, ValueError):
        return None
    found = Passkey.objects.filter(credential_id=credential_id, user__is_active=True)
    return found.select_related("user").first()


def _verified(
    passkey: Passkey, site: Site, state: Mapping[str, Any], answer: Mapping[str, Any], at: datetime
) -> bool:
    try:
        said = AuthenticationResponse.from_dict(answer)
        site.server().authenticate_complete(state, [AttestedCredentialData(bytes(passkey.credential))], said)
    except (ValueError, KeyError, TypeError):
        return False
    if said.response.user_handle not in (None, b"", handle_of(passkey.user)):
        return False
    uses = said.response.authenticator_data.counter
    if uses or passkey.uses:
        moved = Passkey.objects.filter(pk=passkey.pk, uses__lt=uses).update(uses=uses, used_at=at)
        return bool(moved)
    Passkey.objects.filter(pk=passkey.pk).update(used_at=at)
    return True
