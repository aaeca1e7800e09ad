"""Whom backups are sealed to, and the copy of the keys without which a backup is none (reliability.md 2.1)."""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pyrage
from django.conf import settings

NOTE = "keys-{}.json"
FINGERPRINT = 16


class WrongKey(Exception):
    """A key cannot be read, or opens nothing here; the message is one sentence for a person."""


def recipients(given: Sequence[str]) -> list[pyrage.x25519.Recipient]:
    """Return the public keys that a backup is sealed to.

    Raises:
        WrongKey: there is none, or one is not an age public key.
    """
    if not given:
        raise WrongKey(
            "HRDD_BACKUP_RECIPIENTS is not set: an unsealed backup would give everything to whoever finds it. Make a "
            "key with age-keygen on a machine that is not a server, and set its public half (age1…)."
        )
    found = []
    for one in given:
        try:
            found.append(pyrage.x25519.Recipient.from_str(one))
        except pyrage.RecipientError:
            raise WrongKey(
                f"HRDD_BACKUP_RECIPIENTS holds {one[:12]}…, which is not a public key of age (age1…)."
            ) from None
    return found


def identities(file: Path) -> list[pyrage.x25519.Identity]:
    """Return the private keys in a file as age-keygen writes it.

    Raises:
        WrongKey: the file cannot be read or holds no key of age.
    """
    try:
        lines = file.read_text().split("\n")
        found = [
            pyrage.x25519.Identity.from_str(line.strip()) for line in lines if line.strip() and line[0] != "#"
        ]
    except (OSError, UnicodeDecodeError, pyrage.IdentityError):
        found = []
    if not found:
        raise WrongKey(f"{file} cannot be read as a private key of age (AGE-SECRET-KEY-1…).")
    return found


def fingerprint() -> str:
    """Return what today's keys of this installation have in common with their copy, and tells nothing of them."""
    digest = hashlib.sha256(b"hrdd-backup-keys-v1\0")
    for one in (*settings.SEALING_KEYS, *(pepper.hex() for pepper in settings.RECEIPT_PEPPERS)):
        digest.update(one.encode() + b"\0")
    return digest.hexdigest()[:FINGERPRINT]


def copy_keys(medium: Path, folder: Path, *, given: Sequence[str], at: datetime) -> Path:
    """Seal the keys of this installation to a medium; note in the backups' folder that it was done.

    The log's key is taken along where this process may read it. Passphrases and custodians' files are not here to take.

    Args:
        medium: a folder away from the backups, for whoever holds both opens everything that was sealed with these keys.
        folder: of the backups; only a note goes there.
        given: public keys of age.

    Raises:
        WrongKey: no key to seal to, or the medium is the backups' folder.
    """
    if medium.resolve() == folder.resolve():
        raise WrongKey(
            "Keys beside the backups open the backups: name another folder, best one on another medium."
        )
    log_key = Path(settings.LOG_KEY_FILE)
    beside = {
        file.name: file.read_text()
        for file in (log_key, log_key.with_name(f"{log_key.name}.state"))
        if _may_read(file)
    }
    held = {
        "made_at": at.isoformat(),
        "HRDD_SECRET_KEY": settings.SECRET_KEY,
        "HRDD_SEALING_KEYS": ",".join(settings.SEALING_KEYS),
        "HRDD_RECEIPT_PEPPER": ",".join(map(_as_base64, settings.RECEIPT_PEPPERS)),
        "files": beside,
    }
    sealed = pyrage.encrypt(json.dumps(held).encode(), recipients(given))
    out = medium / f"hrdd-keys-{fingerprint()}.age"
    out.write_bytes(sealed)
    note = {"made_at": at.isoformat(), "fingerprint": fingerprint(), "log_key": bool(beside)}
    (folder / NOTE.format(fingerprint())).write_text(json.dumps(note) + "\n")
    return out


def keys_are_copied(folder: Path) -> bool:
    """Whether a note says that today's keys were copied."""
    return (folder / NOTE.format(fingerprint())).is_file()


def _may_read(file: Path) -> bool:
    try:
        return bool(file.read_text())
    except OSError:
        return False


def _as_base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode()
