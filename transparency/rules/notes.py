"""Signed notes, checkpoints, keys, proofs and tiles as C2SP writes them, so that tools of others read our log.

Sources: c2sp.org/signed-note, c2sp.org/tlog-checkpoint, c2sp.org/tlog-proof, c2sp.org/tlog-tiles.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from transparency.rules.merkle import HASH_SIZE

ED25519 = b"\x01"
DASH = "\N{EM DASH}"
TILE_WIDTH = 256


class BadNote(ValueError):
    """What should be a signed checkpoint is not one; the message says what is wrong."""


@dataclass(frozen=True)
class Key:
    """A public key and the name under which it signs."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """Return the four bytes by which a signature names its key."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    @property
    def line(self) -> str:
        """Return the key as verifiers are told it: name, id and bytes."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"

    def signed(self, said: bytes, signature: bytes) -> bool:
        """Whether the signature is this key's on these bytes."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, said)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class Checkpoint:
    """How large a log is and the root of its tree."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """Return what is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def sign_note(text: str, *, key: Key, private: Ed25519PrivateKey) -> str:
    """Return the text with its signature line; the same text and key give the same note."""
    signature = base64.b64encode(key.id + private.sign(text.encode())).decode()
    return f"{text}\n{DASH} {key.name} {signature}\n"


def open_checkpoint(note: str, keys: Iterable[Key]) -> tuple[Checkpoint, Key]:
    """Return what a signed checkpoint says, and which of the trusted keys signed it.

    Raises:
        BadNote: it is malformed, or no trusted key signed it.
    """
    text, gap, lines = note.rpartition("\n\n")
    if not gap:
        raise BadNote("it has no signature")
    said = (text + "\n").encode()
    known = {(key.name, key.id): key for key in keys}
    signer = None
    for line in lines.splitlines():
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.rpartition(" ")
        raw = _decoded(encoded)
        key = known.get((name, raw[:4]))
        if dash != DASH or key is None:
            continue
        if not key.signed(said, raw[4:]):
            raise BadNote(f"the signature of {name} does not hold")
        signer = key
    if signer is None:
        raise BadNote("no trusted key signed it")
    checkpoint = parse_checkpoint(text + "\n")
    if checkpoint.origin != signer.name:
        raise BadNote("it is of another log")
    return checkpoint, signer


def parse_checkpoint(text: str) -> Checkpoint:
    """Return what the text of a checkpoint says.

    Raises:
        BadNote: it is not one.
    """
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0] or not (lines[1].isascii() and lines[1].isdigit()):
        raise BadNote("it is no checkpoint")
    root = _decoded(lines[2])
    if str(int(lines[1])) != lines[1] or len(root) != HASH_SIZE:
        raise BadNote("its size or root is malformed")
    return Checkpoint(lines[0], int(lines[1]), root)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadNote("it holds what is not base64") from None


def proof_text(*, index: int, proof: Sequence[bytes], checkpoint: str) -> str:
    """Return a proof that an entry is in the log, to be checked offline (c2sp.org/tlog-proof)."""
    hashes = "".join(f"{base64.b64encode(one).decode()}\n" for one in proof)
    return f"c2sp.org/tlog-proof@v1\nindex {index}\n{hashes}\n{checkpoint}"


# Keys that follow one another -----------------------------------------------------------------------------------------


def key_statement(key: Key, *, follows: str) -> bytes:
    """Return what the key before signs, when a new key takes over (empty `follows`: the first key of a log)."""
    return f"hrdd-log-key-v1\n{key.line}\n{follows}\n".encode()


def keys_told(entries: Iterable[Mapping[str, object]]) -> list[Key]:
    """Return the keys that a log tells of, the first one first; each later one was signed by the one before.

    Raises:
        BadNote: a key that the one before did not sign.
    """
    keys: list[Key] = []
    for entry in entries:
        if entry.get("kind") != "key":
            continue
        key = Key(str(entry["name"]), _decoded(str(entry["public"])))
        before = keys[-1] if keys else key
        if not before.signed(
            key_statement(key, follows=keys[-1].line if keys else ""), _decoded(str(entry["signature"]))
        ):
            raise BadNote("a key in the log was not signed by the key before it")
        keys.append(key)
    return keys


# Tiles ----------------------------------------------------------------------------------------------------------------


def tile_path(level: str, number: int, width: int) -> str:
    """Return where a tile is served below the log's address; `level` is a number or "entries"."""
    digits = f"{number:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])
    return f"tile/{level}/{path}" + (f".p/{width}" if width < TILE_WIDTH else "")


def tile_number(path: str) -> int:
    """Return the number that a path such as x001/234 writes."""
    return int(path.replace("x", "").replace("/", ""))


def bundle(entries: Iterable[bytes]) -> bytes:
    """Return entries one after the other, each after its length in two bytes."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)
