"""The tree and its proofs, against the recursive definition of RFC 6962; notes against the vectors of their authors."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from transparency.rules import merkle
from transparency.rules.notes import (
    BadNote,
    Checkpoint,
    Key,
    key_statement,
    keys_told,
    open_checkpoint,
    sign_note,
    tile_number,
    tile_path,
)

LEAVES = st.lists(st.binary(max_size=8), min_size=1, max_size=70)


def by_definition(entries: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word for word."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = 1
    while k * 2 < len(entries):
        k *= 2
    return hashlib.sha256(b"\x01" + by_definition(entries[:k]) + by_definition(entries[k:])).digest()


def hashed(entries: list[bytes]) -> list[bytes]:
    return [merkle.leaf_hash(entry) for entry in entries]


def other(hash_: bytes) -> bytes:
    return bytes([hash_[0] ^ 1]) + hash_[1:]


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_the_root_is_the_one_that_is_defined(entries: list[bytes]) -> None:
    assert merkle.root_of(hashed(entries)) == by_definition(entries)


@given(LEAVES, st.data())
def test_an_inclusion_proof_proves_its_leaf_at_its_place_and_nothing_else(
    entries: list[bytes], data: st.DataObject
) -> None:
    leaves = hashed(entries)
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = merkle.inclusion_proof(index, leaves)

    def holds(**changed: object) -> bool:
        told = {"leaf": leaves[index], "index": index, "size": len(leaves), "proof": proof}
        return merkle.inclusion_holds(**{**told, "root": by_definition(entries), **changed})  # type: ignore[arg-type]

    assert holds()
    assert not holds(leaf=other(leaves[index]))
    assert not holds(root=other(by_definition(entries)))
    assert not holds(proof=[*proof, b"x" * 32])
    assert not holds(index=len(leaves))
    if proof:
        assert not holds(proof=proof[:-1])
        place = data.draw(st.integers(0, len(proof) - 1))
        assert not holds(proof=[*proof[:place], other(proof[place]), *proof[place + 1 :]])


@given(LEAVES, st.data())
def test_a_consistency_proof_proves_growth_and_nothing_else(
    entries: list[bytes], data: st.DataObject
) -> None:
    leaves = hashed(entries)
    earlier = data.draw(st.integers(1, len(leaves)))
    proof = merkle.consistency_proof(earlier, leaves)
    old, new = by_definition(entries[:earlier]), by_definition(entries)

    def holds(**changed: object) -> bool:
        told = {"earlier": earlier, "earlier_root": old, "size": len(leaves), "root": new, "proof": proof}
        return merkle.consistency_holds(**{**told, **changed})  # type: ignore[arg-type]

    assert holds()
    assert not holds(earlier_root=other(old))
    assert not holds(root=other(new))
    assert not holds(proof=[*proof, b"x" * 32])
    assert not holds(size=earlier - 1)
    if proof:
        assert not holds(proof=proof[:-1])
        place = data.draw(st.integers(0, len(proof) - 1))
        assert not holds(proof=[*proof[:place], other(proof[place]), *proof[place + 1 :]])


def test_every_proof_of_small_trees_holds_and_only_for_its_own_size() -> None:
    leaves = hashed([bytes([n]) for n in range(34)])
    roots = [merkle.root_of(leaves[:size]) for size in range(35)]
    for size in range(1, 35):
        for index in range(size):
            proof = merkle.inclusion_proof(index, leaves[:size])
            assert merkle.inclusion_holds(
                leaf=leaves[index], index=index, size=size, proof=proof, root=roots[size]
            )
        for earlier in range(1, size + 1):
            proof = merkle.consistency_proof(earlier, leaves[:size])
            held = [
                then
                for then in range(35)
                if merkle.consistency_holds(
                    earlier=then, earlier_root=roots[then], size=size, root=roots[size], proof=proof
                )
            ]
            assert held == [earlier] if proof else set(held) == {0, size}


def test_the_empty_tree_grows_into_any_and_nothing_is_proved_of_it() -> None:
    assert merkle.consistency_holds(earlier=0, earlier_root=merkle.EMPTY, size=3, root=b"r" * 32, proof=[])
    assert not merkle.consistency_holds(earlier=0, earlier_root=b"x" * 32, size=3, root=b"r" * 32, proof=[])
    with pytest.raises(ValueError, match="grow"):
        merkle.consistency_proof(0, hashed([b"a"]))
    with pytest.raises(ValueError, match="no leaf"):
        merkle.inclusion_proof(1, hashed([b"a"]))


def a_key(name: str = "example.org/log") -> tuple[Key, Ed25519PrivateKey]:
    private = Ed25519PrivateKey.generate()
    return Key(name, private.public_key().public_bytes_raw()), private


def test_a_note_of_the_format_s_authors_is_read() -> None:
    """The key and note of golang.org/x/mod/sumdb/note, which C2SP's format describes."""
    line = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    key = Key(
        "PeterNeumann", bytes.fromhex("1a5cd907143c384c41e830c5bce12aa8817ec5649aaabf2c31388b35b2d744d6")
    )
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    signature = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    note = f"{text}\n\N{EM DASH} PeterNeumann {signature}\n"

    assert key.line == line
    with pytest.raises(BadNote, match="no checkpoint"):  # signed well, but no checkpoint
        open_checkpoint(note, [key])
    with pytest.raises(BadNote, match="does not hold"):
        open_checkpoint(note.replace("answer", "answers"), [key])


def test_a_checkpoint_is_opened_by_a_trusted_key_of_its_own_log_only() -> None:
    key, private = a_key()
    checkpoint = Checkpoint(key.name, 5, b"r" * 32)
    note = sign_note(checkpoint.text, key=key, private=private)

    assert open_checkpoint(note, [a_key()[0], key]) == (checkpoint, key)
    stranger, _ = a_key()
    elsewhere = Checkpoint("example.net/log", 5, b"r" * 32)
    bad = {
        "no trusted key": (note, [stranger]),
        "another log": (sign_note(elsewhere.text, key=key, private=private), [key]),
        "no signature": (checkpoint.text, [key]),
        "does not hold": (note.replace("\n5\n", "\n6\n"), [key]),
        "malformed": (sign_note(f"{key.name}\n05\nAAAA\n", key=key, private=private), [key]),
        "base64": (note[:-3] + "!\n", [key]),
    }
    for why, (said, keys) in bad.items():
        with pytest.raises(BadNote, match=why):
            open_checkpoint(said, keys)


def test_a_key_that_the_one_before_did_not_sign_is_refused() -> None:
    (first, private), (second, usurper) = a_key(), a_key()

    def entry(key: Key, signature: bytes) -> dict[str, object]:
        told = {
            "public": base64.b64encode(key.public).decode(),
            "signature": base64.b64encode(signature).decode(),
        }
        return {"kind": "key", "name": key.name, **told}

    begins = entry(first, private.sign(key_statement(first, follows="")))
    handed_over = entry(second, private.sign(key_statement(second, follows=first.line)))
    taken = entry(second, usurper.sign(key_statement(second, follows=first.line)))

    assert keys_told([begins, {"kind": "audit"}, handed_over]) == [first, second]
    with pytest.raises(BadNote):
        keys_told([begins, taken])


@given(st.integers(0, 10**10))
def test_a_tile_s_path_says_its_number(number: int) -> None:
    path = tile_path("0", number, 256)
    assert tile_number(path.removeprefix("tile/0/")) == number
    assert [len(part) for part in path.split("/")[2:]][-1] == 3


def test_tiles_stand_where_the_format_puts_them() -> None:
    assert tile_path("0", 1234067, 256) == "tile/0/x001/x234/067"
    assert tile_path("entries", 5, 112) == "tile/entries/005.p/112"
