"""What makes the audit log provable: its chain, and the commitments to it that the publication log carries.

The chain alone shows an edit, not an edit whose tail was computed anew (reliability.md 3.3). Each checkpoint therefore
commits to the events since the one before. A commitment is blinded and padded, because the log is public: it must
not let anybody guess who did what, nor count how much was done in a quarter of an hour (reliability.md 1, no. 11).
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
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


_read = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse).scan_once  # type: ignore[attr-defined]  # undocumented
# What json.JSONEncoder makes anew for every call, made once: sorted keys, no blanks, characters as they are.
_write = json.encoder.c_make_encoder(  # type: ignore[attr-defined]  # undocumented
    None, None, encode_basestring, None, ":", ",", True, False, False
)


def canonical_detail(detail: str) -> str:
    """Return JSON text as RFC 8785 writes it.

    The C encoder writes the same for ASCII text without fractions, ten times as fast; all else goes the careful way.
    """
    if detail == "{}":
        return detail
    if detail.isascii():
        try:
            return "".join(_write(_read(detail, 0)[0], 0))
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
    bad: Bad | None = None


def check_trail(rows: Iterable[AuditRow], batches: Iterable[Batch]) -> Checked:
    """Walk along the audit log once, in constant memory, and stop at the first event that is not what was written.

    Args:
        rows: the events, in the order of their ids.
        batches: the commitments, in the order of the log.
    """
    found = Checked()
    expected = _Expected(batches)
    previous = FIRST_PREVIOUS
    for row in rows:
        found.events += 1
        why = _broken(row, previous) or expected.wrong(row.hash)
        if why:
            found.bad = Bad(found.events, row.id, why)
            return found
        previous = row.hash
    missing = expected.missing()
    if missing:
        found.bad = Bad(found.events + 1, None, missing)
    return found


def _broken(row: AuditRow, previous: str) -> str:
    if row.prev_hash != previous:
        return "does not follow the event before it"
    if row_hash(row) != row.hash:
        return "is not what its hash says"
    return ""


class _Expected:
    """The commitments, asked for one event after the other."""

    def __init__(self, batches: Iterable[Batch]) -> None:
        self._batches = iter(batches)
        self._batch: Batch | None = None
        self._place = self._covered = 0

    def wrong(self, row: str) -> str:
        """Return why the event with this hash is not the one expected next; nothing once no more is committed to."""
        why = self._go_on()
        batch = self._batch
        if why or batch is None:
            return why
        self._place += 1
        at = self._place * HASH_SIZE
        if hashlib.sha256(batch.blind + bytes.fromhex(row)).digest() != batch.rows[at : at + HASH_SIZE]:
            return f"is not the one that entry {batch.index} of the log commits to"
        return ""

    def missing(self) -> str:
        """Return why there has to be one more event; nothing where there has not."""
        why = self._go_on()
        if why or self._batch is None:
            return why
        return f"is missing: entry {self._batch.index} of the log commits to it"

    def _go_on(self) -> str:
        """Go to the batch of the next event; return why it cannot be believed."""
        while self._batch is None or self._place == self._batch.count:
            self._covered += self._batch.count if self._batch else 0
            self._batch, self._place = next(self._batches, None), 0
            if self._batch is None:
                return ""
            if self._batch.start != self._covered + 1 or not self._batch.counted:
                return f"is in a batch (entry {self._batch.index} of the log) whose extent was changed"
        return ""
