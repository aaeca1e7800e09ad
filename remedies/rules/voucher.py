"""A MAC that vouches for a public key, so that writing to the database is not enough to read what comes (ADR 20)."""

import hashlib
import hmac
from collections.abc import Iterable

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def voucher(pepper: bytes, *parts: bytes) -> bytes:
    """Return what only a holder of the pepper makes for these parts."""
    key = HKDF(SHA256(), 32, salt=b"hrdd-voucher-v1", info=b"").derive(pepper)
    said = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return hmac.digest(key, said, hashlib.sha256)


def is_vouched(found: bytes | memoryview | None, peppers: Iterable[bytes], *parts: bytes) -> bool:
    """Whether one of the peppers vouches for these parts."""
    return found is not None and any(
        hmac.compare_digest(bytes(found), voucher(pepper, *parts)) for pepper in peppers
    )
