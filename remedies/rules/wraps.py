"""Key pairs of people, and keys wrapped to them: HPKE with ML-KEM-768 and X25519 together (ADR 20)."""

import hashlib
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from remedies.rules.envelope import (
    CannotOpen,
    Place,
    new_key,
    open_bytes,
    open_envelope,
    open_file,
    seal,
    seal_bytes,
    seal_file,
)

SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
MLKEM_PUBLIC = 1184
MLKEM_SEED = 64
X25519_RAW = 32
PUBLIC = MLKEM_PUBLIC + X25519_RAW
PRIVATE = MLKEM_SEED + X25519_RAW
WRAPPED_KEY = 1120 + 32 + 16  # what encapsulates, the key, the tag
LEAST_CUSTODIANS = 3
LEAST_PASSPHRASE = 20
SALT = 16
NOBODY = UUID(int=0)


class TooFewCustodians(ValueError):
    """Two of three open what nobody opens alone; fewer than three cannot be."""


@dataclass(frozen=True)
class KeyPair:
    """A public half to give away, and the private half, which nothing may store in the clear."""

    public: bytes
    private: bytes


@dataclass(frozen=True)
class Cost:
    """What one guess of a passphrase costs: memory and passes of Argon2id."""

    memory_kib: int = 64 * 1024
    passes: int = 3


@dataclass(frozen=True)
class Share:
    """The recovery key under two custodians: the outer opens first, then the inner."""

    outer: UUID
    inner: UUID
    wrapped: bytes


def new_pair() -> KeyPair:
    """Return a new hybrid key pair."""
    lattice, curve = MLKEM768PrivateKey.generate(), X25519PrivateKey.generate()
    return KeyPair(
        lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw(),
        lattice.private_bytes_raw() + curve.private_bytes_raw(),
    )


def fingerprint(public: bytes) -> str:
    """Return what two people compare to know that they mean the same key."""
    found = hashlib.sha256(b"hrdd-public-v1" + public).hexdigest()[:32].upper()
    return " ".join(found[start : start + 4] for start in range(0, len(found), 4))


def wrap(key: bytes, *, to: bytes, place: Place) -> bytes:
    """Return a key that only the private half of a public key opens, at this place only.

    Raises:
        CannotOpen: the public half is none.
    """
    return SUITE.encrypt(key, _public(to), info=_info(to, place))


def unwrap(wrapped: bytes, *, pair: KeyPair, place: Place) -> bytes:
    """Return the key of a wrap.

    Raises:
        CannotOpen: another key pair or place, or changed bytes.
    """
    try:
        return SUITE.decrypt(bytes(wrapped), _private(pair.private), info=_info(pair.public, place))
    except (InvalidTag, ValueError):
        raise CannotOpen from None


def seal_to(text: bytes, *, to: bytes, place: Place) -> bytes:
    """Return a padded text under a new key, and the key wrapped to a public half before it."""
    key = new_key()
    return wrap(key, to=to, place=place) + seal(text, key=key, place=place)


def open_sealed_to(sealed: bytes, *, pair: KeyPair, place: Place) -> bytes:
    """Return the text that was sealed to a key pair.

    Raises:
        CannotOpen: another key pair or place, or changed bytes.
    """
    key = unwrap(sealed[:WRAPPED_KEY], pair=pair, place=place)
    return open_envelope(sealed[WRAPPED_KEY:], key=key, place=place)


def seal_file_to(what: bytes, *, to: bytes, place: Place) -> bytes:
    """Return a file in segments under a new key, and the key wrapped to a public half before it."""
    key = new_key()
    return b"".join((wrap(key, to=to, place=place), *seal_file(what, key=key, place=place)))


def open_file_sealed_to(sealed: bytes, *, pair: KeyPair, place: Place) -> bytes:
    """Return the file that was sealed to a key pair, once its last segment proved whole.

    Raises:
        CannotOpen: another key pair or place, or segments changed, cut off, doubled or swapped.
    """
    key = unwrap(sealed[:WRAPPED_KEY], pair=pair, place=place)
    return b"".join(open_file(sealed[WRAPPED_KEY:], key=key, place=place))


def lock(pair: KeyPair, *, passphrase: str, salt: bytes, cost: Cost, owner: UUID) -> bytes:
    """Return a private half sealed under a passphrase."""
    return seal_bytes(pair.private, key=_stretched(passphrase, salt, cost), place=_private_half(owner))


def unlock(locked: bytes, *, public: bytes, passphrase: str, salt: bytes, cost: Cost, owner: UUID) -> KeyPair:
    """Return the key pair whose private half a passphrase opens.

    Raises:
        CannotOpen: another passphrase, or changed bytes.
    """
    private = open_bytes(locked, key=_stretched(passphrase, salt, cost), place=_private_half(owner))
    return checked_pair(private, public=public)


def checked_pair(private: bytes, *, public: bytes) -> KeyPair:
    """Return a key pair whose halves belong together.

    Raises:
        CannotOpen: they do not.
    """
    if _public_half(private) != public:
        raise CannotOpen
    return KeyPair(public, private)


def share_recovery(pair: KeyPair, custodians: dict[UUID, bytes], *, recovery: UUID) -> list[Share]:
    """Return the private half of the recovery key under every two custodians.

    Args:
        pair: the recovery key.
        custodians: the public halves, by the id of each custodian's key.
        recovery: the id of the recovery key.

    Raises:
        TooFewCustodians: fewer than three, or two of them hold one key.
    """
    if len(set(custodians.values())) < max(LEAST_CUSTODIANS, len(custodians)):
        raise TooFewCustodians(
            "A recovery key needs at least three custodians, each with a key of their own."
        )
    shares = []
    for outer, inner in combinations(sorted(custodians), 2):
        within = seal_to(pair.private, to=custodians[inner], place=_share_place("inner", recovery, inner))
        shares.append(
            Share(
                outer,
                inner,
                seal_to(within, to=custodians[outer], place=_share_place("outer", recovery, outer)),
            )
        )
    return shares


def join_shares(share: Share, *, outer: KeyPair, inner: KeyPair, recovery: UUID, public: bytes) -> KeyPair:
    """Return the recovery key from two custodians' key pairs.

    Raises:
        CannotOpen: one of them is not of this share.
    """
    within = open_sealed_to(share.wrapped, pair=outer, place=_share_place("outer", recovery, share.outer))
    private = open_sealed_to(within, pair=inner, place=_share_place("inner", recovery, share.inner))
    return checked_pair(private, public=public)


def _share_place(layer: str, recovery: UUID, custodian: UUID) -> Place:
    return Place("recovery_share", layer, custodian, recovery)


def _private_half(owner: UUID) -> Place:
    return Place("vault_key", "private", owner, NOBODY)


def _stretched(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    return Argon2id(
        salt=bytes(salt), length=32, iterations=cost.passes, lanes=1, memory_cost=cost.memory_kib
    ).derive(passphrase.encode())


def _info(public: bytes, place: Place) -> bytes:
    return b"hrdd-wrap-v1" + hashlib.sha256(public).digest() + place.bound()


def _public(public: bytes) -> hpke.MLKEM768X25519PublicKey:
    if len(public) != PUBLIC:
        raise CannotOpen
    return hpke.MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(bytes(public[:MLKEM_PUBLIC])),
        X25519PublicKey.from_public_bytes(bytes(public[MLKEM_PUBLIC:])),
    )


def _halves(private: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    if len(private) != PRIVATE:
        raise CannotOpen
    return (
        MLKEM768PrivateKey.from_seed_bytes(bytes(private[:MLKEM_SEED])),
        X25519PrivateKey.from_private_bytes(bytes(private[MLKEM_SEED:])),
    )


def _private(private: bytes) -> hpke.MLKEM768X25519PrivateKey:
    return hpke.MLKEM768X25519PrivateKey(*_halves(private))


def _public_half(private: bytes) -> bytes:
    lattice, curve = _halves(private)
    return lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()
