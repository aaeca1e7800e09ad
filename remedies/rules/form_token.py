"""The token of a form: sealed, for one purpose, for 24 hours; it carries the receipt and replaces a cookie (ADR 20)."""

import binascii
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

LIFE = timedelta(hours=24)
AHEAD = timedelta(minutes=5)
NONCE = 12
DAY = 4
LONGEST = 2000


class TokenRefused(Exception):
    """The token is not ours, not for this form, or older than a day."""


@dataclass(frozen=True)
class FormToken:
    """What a form remembers between its steps."""

    receipt: str
    nonce: str
    issued: datetime
    shown: tuple[str, ...] = ()


def new_token(receipt: str, *, at: datetime, shown: tuple[str, ...] = ()) -> FormToken:
    """Return a token for a form that is being opened now."""
    return FormToken(receipt, secrets.token_hex(8), at, shown)


def key_of_day(secret: bytes, *, pepper: bytes) -> bytes:
    """Return the key of one day, for which both the database and the environment are needed."""
    return HKDF(SHA256(), 32, salt=pepper, info=b"hrdd-form-token-v1").derive(secret)


def seal_token(token: FormToken, *, key: bytes, day: int, purpose: str) -> str:
    """Return a token as text for a hidden field.

    Args:
        token: what it carries.
        key, day: the key of the day, and the day as a proleptic ordinal.
        purpose: the form it is for.
    """
    said = json.dumps([token.receipt, token.nonce, int(token.issued.timestamp()), list(token.shown)]).encode()
    nonce, head = secrets.token_bytes(NONCE), day.to_bytes(DAY, "big")
    return urlsafe_b64encode(
        head + nonce + AESGCM(key).encrypt(nonce, said, head + purpose.encode())
    ).decode()


def open_token(text: str, *, keys: Mapping[int, bytes], purpose: str, at: datetime) -> FormToken:
    """Return what a token carries.

    Args:
        text: the hidden field.
        keys: the keys that are still kept, by day.
        purpose: the form it must be for.
        at: now.

    Raises:
        TokenRefused: made by somebody else, for another form, changed, or older than 24 hours.
    """
    try:
        raw = urlsafe_b64decode(text[:LONGEST].encode("ascii"))
        head, nonce, sealed = raw[:DAY], raw[DAY : DAY + NONCE], raw[DAY + NONCE :]
        said = AESGCM(keys[int.from_bytes(head, "big")]).decrypt(nonce, sealed, head + purpose.encode())
    except (InvalidTag, KeyError, ValueError, binascii.Error):
        raise TokenRefused from None
    receipt, once, issued, shown = json.loads(said)
    token = FormToken(receipt, once, datetime.fromtimestamp(issued, UTC), tuple(shown))
    if not token.issued - AHEAD <= at <= token.issued + LIFE:
        raise TokenRefused
    return token
