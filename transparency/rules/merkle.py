"""The Merkle tree of RFC 6962, section 2.1: hashes, roots, proofs, and how a stranger checks them.

A proof is worthless where its verification is wrong, so each stands here next to the definition it follows
(verification: RFC 9162, sections 2.1.3.2 and 2.1.4.2); the tests hold them against the recursive definition.
"""

import hashlib
from collections.abc import Iterable, Sequence

EMPTY = hashlib.sha256(b"").digest()
HASH_SIZE = 32


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf; its prefix keeps it apart from every node."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash over two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows leaf by leaf, in the memory of its height."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[tuple[int, bytes]] = []

    def append(self, leaf: bytes) -> None:
        """Add the hash of the next leaf."""
        height, top = 0, leaf
        while self._peaks and self._peaks[-1][0] == height:
            top = node_hash(self._peaks.pop()[1], top)
            height += 1
        self._peaks.append((height, top))
        self.size += 1

    @property
    def root(self) -> bytes:
        """Return the head over all leaves so far."""
        if not self._peaks:
            return EMPTY
        tops = [top for _height, top in self._peaks]
        head = tops.pop()
        while tops:
            head = node_hash(tops.pop(), head)
        return head


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the tree's head over leaf hashes, read once and in constant memory.

    Args:
        leaves: the hashes of the leaves in order, not the entries themselves.
    """
    tree = Tree()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root


def split(size: int) -> int:
    """Return the largest power of two smaller than a size of two or more."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Return PATH(index, leaves), the leaf's sibling first.

    Raises:
        ValueError: no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise ValueError(f"There is no leaf {index} in a tree of {len(leaves)}.")
    if len(leaves) == 1:
        return []
    half = split(len(leaves))
    if index < half:
        return [*inclusion_proof(index, leaves[:half]), root_of(leaves[half:])]
    return [*inclusion_proof(index - half, leaves[half:]), root_of(leaves[:half])]


def inclusion_holds(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether a leaf stands at an index of the tree of this size and root."""
    if not 0 <= index < size:
        return False
    first, last, found = index, size - 1, leaf
    for one in proof:
        if last == 0:
            return False
        if first & 1 or first == last:
            found = node_hash(one, found)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            found = node_hash(found, one)
        first, last = first >> 1, last >> 1
    return last == 0 and found == root


def consistency_proof(earlier: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Return PROOF(earlier, leaves): that the tree of the first `earlier` leaves only grew.

    Raises:
        ValueError: the earlier tree is empty, or larger than this one.
    """
    if not 0 < earlier <= len(leaves):
        raise ValueError(f"A tree of {len(leaves)} does not grow out of one of {earlier}.")
    return _subproof(earlier, leaves, whole=True)


def _subproof(earlier: int, leaves: Sequence[bytes], *, whole: bool) -> list[bytes]:
    if earlier == len(leaves):
        return [] if whole else [root_of(leaves)]
    half = split(len(leaves))
    if earlier <= half:
        return [*_subproof(earlier, leaves[:half], whole=whole), root_of(leaves[half:])]
    return [*_subproof(earlier - half, leaves[half:], whole=False), root_of(leaves[:half])]


def consistency_holds(
    *, earlier: int, earlier_root: bytes, size: int, root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the later tree only adds to the earlier one; any tree grows out of the empty one."""
    if earlier in (0, size):
        return not proof and earlier_root == (root if earlier else EMPTY)
    if earlier > size or not proof:
        return False
    path = [earlier_root, *proof] if earlier & (earlier - 1) == 0 else list(proof)
    first, last = earlier - 1, size - 1
    both = (first ^ (first + 1)).bit_length() - 1  # how many of the lowest bits are set
    first, last = first >> both, last >> both
    old = new = path[0]
    for one in path[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            old, new = node_hash(one, old), node_hash(one, new)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            new = node_hash(new, one)
        first, last = first >> 1, last >> 1
    return last == 0 and old == earlier_root and new == root
