"""Sealing of what could identify a person: the database and its dumps hold ciphertext only (reliability.md 2.1).

Fernet of `cryptography` (AES-128-CBC, HMAC-SHA256). The keys stand in the environment, the newest first, so that
they can be rotated; they are never derived from the secret key of the site.
"""

import json
from collections.abc import Mapping
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class CannotOpen(Exception):
    """What was sealed cannot be opened: its key is missing, or the bytes were changed."""


def seal(what: Mapping[str, str]) -> bytes:
    """Return the ciphertext of a few short texts."""
    return _keys().encrypt(json.dumps(dict(what), ensure_ascii=False).encode())


def open_sealed(sealed: bytes) -> dict[str, str]:
    """Return what was sealed; the caller logs the read before it is shown.

    Raises:
        CannotOpen: no key at hand opens it.
    """
    try:
        opened: Any = json.loads(_keys().decrypt(bytes(sealed)))
    except InvalidToken:
        raise CannotOpen("No key at hand opens this.") from None
    return {str(name): str(said) for name, said in opened.items()}


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.SEALING_KEYS])
