"""The only holder of the signing key: it signs trees that grow out of the one it signed last, and nothing else.

What it signed last is kept beside the key, outside the database, so that whoever rewrites the database cannot have a
rewritten history signed by us.
"""

import fcntl
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings

from transparency.rules.merkle import EMPTY, consistency_holds
from transparency.rules.notes import Checkpoint, Key, sign_note

Proof = Callable[[int], Sequence[bytes]]


class CannotSign(Exception):
    """The key is missing, or what should be signed is not an extension of what was signed before."""


class Signer:
    """A key at hand, under the name of a log."""

    def __init__(self, name: str, file: Path) -> None:
        self.file = file
        self._private = _private_key(file)
        self.key = Key(name, self._private.public_key().public_bytes_raw())

    def sign(self, said: bytes) -> bytes:
        """Return the detached signature of a manifest, or of a statement about keys."""
        return self._private.sign(said)

    def sign_checkpoint(self, checkpoint: Checkpoint, *, grown_from: Proof) -> str:
        """Return a signed checkpoint, after the proof that the tree only grew.

        Args:
            checkpoint: what to sign.
            grown_from: gives the consistency proof from an earlier size.

        Raises:
            CannotSign: it is smaller than, or not an extension of, what was signed last.
        """
        with self._state() as state:
            size, root = int(state.get("size", 0)), bytes.fromhex(str(state.get("root", EMPTY.hex())))
            if size > checkpoint.size:
                raise CannotSign(f"The log has {checkpoint.size} entries; {size} were signed already.")
            proof = grown_from(size) if 0 < size < checkpoint.size else []
            if not consistency_holds(
                earlier=size, earlier_root=root, size=checkpoint.size, root=checkpoint.root, proof=proof
            ):
                raise CannotSign(
                    f"The log of {checkpoint.size} entries does not grow out of the {size} that were signed."
                )
            state.update(size=checkpoint.size, root=checkpoint.root.hex())
        return sign_note(checkpoint.text, key=self.key, private=self._private)

    def hand_over(self, file: Path) -> "Signer":
        """Return the signer that goes on from here with another key file, with what was signed last beside it."""
        after = Signer(self.key.name, file)
        with self._state() as mine, after._state() as theirs:
            if theirs not in ({}, mine):
                raise CannotSign(f"{file} has signed before; make a new key.")
            theirs.update(mine)
        return after

    @contextmanager
    def _state(self) -> Iterator[dict[str, str | int]]:
        """Lend what was signed last, one process at a time; it is on the disk before a signature leaves."""
        kept = self.file.with_name(f"{self.file.name}.state")
        with kept.with_name(f"{kept.name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            state = json.loads(kept.read_text()) if kept.exists() else {}
            before = dict(state)
            yield state
            if state != before:
                write_durably(kept, json.dumps(state).encode())


def signer(name: str) -> Signer:
    """Return the signer of this installation.

    Raises:
        CannotSign: no key is configured, or its file is not an Ed25519 key.
    """
    if not settings.LOG_KEY_FILE:
        raise CannotSign("HRDD_LOG_KEY_FILE is not set: nothing can be signed (.env.example).")
    return Signer(name, Path(settings.LOG_KEY_FILE))


def write_durably(file: Path, body: bytes) -> None:
    """Put bytes in a file so that a crash leaves the old ones or the new ones."""
    handle, draft = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    with os.fdopen(handle, "wb") as out:
        out.write(body)
        out.flush()
        os.fsync(out.fileno())
    Path(draft).replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _private_key(file: Path) -> Ed25519PrivateKey:
    try:
        found = load_pem_private_key(file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise CannotSign(f"{file} cannot be read as a key: {error}") from None
    if not isinstance(found, Ed25519PrivateKey):
        raise CannotSign(f"{file} is not an Ed25519 key.")
    return found
