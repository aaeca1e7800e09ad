"""Sealed texts and files: `v1 | algorithm | key id | nonce | ciphertext`, bound to their place (ADR 20)."""

import secrets
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = 1
AES_256_GCM = 1
KEY = 32
KEY_ID = 16
NONCE = 12
TAG = 16
HEADER = 2 + KEY_ID + NONCE
KIB = 1024
BUCKETS = tuple(KIB << power for power in range(6))  # 1, 2, 4 … 32 KiB
LENGTH = struct.Struct(">I")
LONGEST = BUCKETS[-1] - LENGTH.size
SEGMENT = 64 * KIB
FILE_PREFIX = 7


class CannotOpen(Exception):
    """What was sealed does not open: another key, another place, or changed bytes. It never says which."""


class TooLong(ValueError):
    """The text is longer than the largest bucket."""


@dataclass(frozen=True)
class Place:
    """Where a ciphertext stands; it opens nowhere else. Only what never changes is named."""

    table: str
    column: str
    object_id: UUID
    case_id: UUID
    version: int = 1

    def bound(self) -> bytes:
        """Return the bytes that the key and the ciphertext are bound to; no two places give the same."""
        names = b"".join(
            LENGTH.pack(len(name)) + name for name in (self.table.encode(), self.column.encode())
        )
        return names + self.object_id.bytes + self.case_id.bytes + LENGTH.pack(self.version)


def new_key() -> bytes:
    """Return a new key of 32 random bytes."""
    return secrets.token_bytes(KEY)


def pad(text: bytes) -> bytes:
    """Return a text with its length before it and zeros behind it, as long as one of the buckets.

    Raises:
        TooLong: it does not fit the largest one.
    """
    if len(text) > LONGEST:
        raise TooLong(f"A text has at most {LONGEST} bytes.")
    full = LENGTH.pack(len(text)) + text
    return full.ljust(next(bucket for bucket in BUCKETS if bucket >= len(full)), b"\0")


def unpad(padded: bytes) -> bytes:
    """Return the text within its padding.

    Raises:
        CannotOpen: the length does not fit, or the padding is not zeros.
    """
    if len(padded) not in BUCKETS:
        raise CannotOpen
    (length,) = LENGTH.unpack_from(padded)
    text, rest = padded[LENGTH.size : LENGTH.size + length], padded[LENGTH.size + length :]
    if len(text) != length or rest.strip(b"\0"):
        raise CannotOpen
    return text


def seal(text: bytes, *, key: bytes, place: Place) -> bytes:
    """Return a padded text sealed under the object key of its place.

    Raises:
        TooLong: it does not fit the largest bucket.
    """
    return seal_bytes(pad(text), key=key, place=place)


def open_envelope(sealed: bytes, *, key: bytes, place: Place) -> bytes:
    """Return the text of an envelope.

    Raises:
        CannotOpen: another key or place, or changed bytes.
    """
    return unpad(open_bytes(sealed, key=key, place=place))


def seal_bytes(what: bytes, *, key: bytes, place: Place) -> bytes:
    """Return bytes of a length that everybody may know (a key) sealed under the object key of their place."""
    own = _object_key(key, place)
    header = bytes([VERSION, AES_256_GCM]) + _key_id(own) + secrets.token_bytes(NONCE)
    return header + AESGCM(own).encrypt(header[-NONCE:], what, header + place.bound())


def open_bytes(sealed: bytes, *, key: bytes, place: Place) -> bytes:
    """Return what `seal_bytes` sealed.

    Raises:
        CannotOpen: another key or place, or changed bytes.
    """
    own = _object_key(key, place)
    header, ciphertext = bytes(sealed[:HEADER]), bytes(sealed[HEADER:])
    if header[: 2 + KEY_ID] != bytes([VERSION, AES_256_GCM]) + _key_id(own) or len(ciphertext) < TAG:
        raise CannotOpen
    try:
        return AESGCM(own).decrypt(header[-NONCE:], ciphertext, header + place.bound())
    except InvalidTag:
        raise CannotOpen from None


def seal_file(what: bytes, *, key: bytes, place: Place) -> Iterator[bytes]:
    """Yield a file as a header and segments of 64 KiB, each with its count, the last one marked."""
    own = _object_key(key, place)
    header = bytes([VERSION, AES_256_GCM]) + _key_id(own) + secrets.token_bytes(FILE_PREFIX)
    yield header
    starts = range(0, max(len(what), 1), SEGMENT)
    for count, start in enumerate(starts):
        nonce = _segment_nonce(header, count, last=count == len(starts) - 1)
        yield AESGCM(own).encrypt(nonce, what[start : start + SEGMENT], header + place.bound())


def open_file(sealed: bytes, *, key: bytes, place: Place) -> Iterator[bytes]:
    """Yield the segments of a sealed file; use none of them before the last one came without a refusal.

    Raises:
        CannotOpen: another key or place, or segments changed, cut off, doubled or swapped.
    """
    own = _object_key(key, place)
    size = 2 + KEY_ID + FILE_PREFIX
    header, rest = bytes(sealed[:size]), bytes(sealed[size:])
    if header[: 2 + KEY_ID] != bytes([VERSION, AES_256_GCM]) + _key_id(own) or len(header) < size:
        raise CannotOpen
    starts = range(0, max(len(rest), 1), SEGMENT + TAG)
    for count, start in enumerate(starts):
        nonce = _segment_nonce(header, count, last=count == len(starts) - 1)
        try:
            yield AESGCM(own).decrypt(nonce, rest[start : start + SEGMENT + TAG], header + place.bound())
        except InvalidTag:
            raise CannotOpen from None


def _segment_nonce(header: bytes, count: int, *, last: bool) -> bytes:
    return header[-FILE_PREFIX:] + LENGTH.pack(count) + bytes([last])


def _object_key(key: bytes, place: Place) -> bytes:
    if len(key) != KEY:
        raise CannotOpen
    return HKDF(SHA256(), KEY, salt=b"hrdd-object-v1", info=place.bound()).derive(key)


def _key_id(own: bytes) -> bytes:
    return HKDF(SHA256(), KEY_ID, salt=b"hrdd-key-id-v1", info=b"").derive(own)
