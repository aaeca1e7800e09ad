"""What makes the audit log provable: its chain, and the commitments to it that the publication log carries.

The chain alone shows an edit, not an edit whose tail was computed anew (reliability.md 3.3). Each checkpoint therefore
commits to the events since the one before. A commitment is blinded and padded, because the log is public: it must
not let anybody guess who did what, nor count how much was done in a quarter of an hour (reliability.md 1, no. 11).
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Any, NamedTuple

import rfc8785

from transparency.rules.merkle import HASH_SIZE, leaf_hash, root_of

FIRST_PREVIOUS = "0" * 64
CHAIN = b"hrdd-audit-v1\0"
FEWEST_ROWS = 16


class AuditRow(NamedTuple):
    """One event as the database has it: `at` in ISO form with the offset, `detail` as JSON text."""

    id: int
    at: str
    actor: str
    action: str
    subject: str
    detail: str
    prev_hash: str
    hash: str


class NeedsCare(Exception):
    """A number that JSON writes in more than one way; the careful encoder has to write it."""


def _refuse(_text: str) -> Any:
    raise NeedsCare


_read = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse).decode
_write = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def canonical_detail(detail: str) -> str:
    """Return JSON text as RFC 8785 writes it.

    The C encoder writes the same for ASCII text without fractions, ten times as fast; all else goes the careful way.
    """
    if detail == "{}":
        return detail
    if detail.isascii():
        try:
            return _write(_read(detail))
        except NeedsCare:
            pass
    return rfc8785.dumps(json.loads(detail)).decode()


def row_hash(row: AuditRow) -> str:
    """Return the hash that the row should carry: AuditEvent.chained_hash, on text."""
    said = (
        f'{{"action":{encode_basestring(row.action)},"actor":{encode_basestring(row.actor)},"at":"{row.at}",'
        f'"detail":{canonical_detail(row.detail)},"subject":{encode_basestring(row.subject)}}}'
    )
    return hashlib.sha256(CHAIN + row.prev_hash.encode() + said.encode()).hexdigest()


@dataclass(frozen=True)
class Batch:
    """What one entry of the log commits to: `count` events from the `start`-th on, blinded."""

    index: int
    start: int
    count: int
    blind: bytes
    rows: bytes

    @property
    def root(self) -> bytes:
        """Return what the public entry says of it."""
        return root_of(leaf_hash(self.commitment(place)) for place in range(len(self.rows) // HASH_SIZE))

    def commitment(self, place: int) -> bytes:
        """Return one commitment: the first is to how many there are, the rest to the events."""
        return self.rows[place * HASH_SIZE : (place + 1) * HASH_SIZE]

    @property
    def counted(self) -> bool:
        """Whether the start and the count are those that were committed to."""
        return self.commitment(0) == _range_commitment(self.blind, self.start, self.count)


def commit(
    *, index: int, start: int, hashes: Sequence[str], blind: bytes, padding: Callable[[int], bytes]
) -> Batch:
    """Commit to events by their hashes.

    Args:
        index: the entry of the log that will carry it.
        start: the place of the first event in the whole audit log, from 1.
        hashes: the hashes of the events.
        blind: 32 random bytes, known to whoever may verify.
        padding: a source of random bytes.
    """
    real = [_range_commitment(blind, start, len(hashes)), *(_commitment(blind, one) for one in hashes)]
    places = max(FEWEST_ROWS, 1 << (len(real) - 1).bit_length())
    rows = b"".join(real) + padding((places - len(real)) * HASH_SIZE)
    return Batch(index, start, len(hashes), blind, rows)


def _commitment(blind: bytes, row: str) -> bytes:
    return hashlib.sha256(blind + bytes.fromhex(row)).digest()


def _range_commitment(blind: bytes, start: int, count: int) -> bytes:
    return hashlib.sha256(blind + f"hrdd-audit-range\0{start}\0{count}".encode()).digest()


@dataclass(frozen=True)
class Bad:
    """The first event that is not what was written: its place from 1, its id where it is there, and why."""

    place: int
    id: int | None
    why: str

    def __str__(self) -> str:
        return f"event no. {self.place}{f' (id {self.id})' if self.id is not None else ''} {self.why}"


@dataclass
class Checked:
    """What a walk along the audit log found."""

    events: int = 0
    covered: int = 0
    bad: Bad | None = None

    @property
    def uncovered(self) -> int:
        """Return how many events are newer than the last commitment."""
        return max(0, self.events - self.covered)


def check_trail(rows: Iterable[AuditRow], batches: Iterable[Batch]) -> Checked:
    """Walk along the audit log once, in constant memory, and stop at the first event that is not what was written.

    Args:
        rows: the events, in the order of their ids.
        batches: the commitments, in the order of the log.
    """
    found = Checked()
    wanted = _commitments(batches, found)
    previous = FIRST_PREVIOUS
    for row in rows:
        found.events += 1
        why = _broken(row, previous) or next(wanted)(row)
        if why:
            found.bad = Bad(found.events, row.id, why)
            return found
        previous = row.hash
    missing = next(wanted)(None)
    if missing:
        found.bad = Bad(found.events + 1, None, missing)
    return found


def _broken(row: AuditRow, previous: str) -> str:
    if row.prev_hash != previous:
        return "does not follow the event before it"
    if row_hash(row) != row.hash:
        return "is not what its hash says"
    return ""


Expectation = Callable[["AuditRow | None"], str]


def _commitments(batches: Iterable[Batch], found: Checked) -> Iterator[Expectation]:
    """For each event in turn, yield what is expected at its place."""
    for batch in batches:
        if batch.start != found.covered + 1 or not batch.counted:
            why = f"is in a batch (entry {batch.index} of the log) whose extent was changed"
            yield lambda _row, why=why: why  # type: ignore[misc]  # mypy does not infer a lambda's default
        for place in range(1, batch.count + 1):
            yield _expect(batch, place)
        found.covered += batch.count
    while True:
        yield lambda _row: ""


def _expect(batch: Batch, place: int) -> Expectation:
    def look(row: AuditRow | None) -> str:
        if row is None:
            return f"is missing: entry {batch.index} of the log commits to it"
        if _commitment(batch.blind, row.hash) != batch.commitment(place):
            return f"is not the one that entry {batch.index} of the log commits to"
        return ""

    return look
