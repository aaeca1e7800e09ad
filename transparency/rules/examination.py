"""Does everything still stand as it was written? The audit log, the publication log and what places outside hold of it.

The chain finds what was changed carelessly. The log finds what was changed with the chain computed anew. A place
outside finds what was changed by somebody who holds the database and the signing key as well (reliability.md 3.3).
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from transparency.rules.audit_trail import AuditRow, Batch, check_trail
from transparency.rules.merkle import Tree, leaf_hash
from transparency.rules.notes import BadNote, Key, keys_told, open_checkpoint


@dataclass(frozen=True)
class Entry:
    """One leaf of the log, with the commitment beside it."""

    index: int
    text: str
    rows: bytes = b""
    sealed: bytes = b""

    @property
    def told(self) -> dict[str, Any]:
        """Return what it says; nothing where it is no entry of ours."""
        try:
            found = json.loads(self.text)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True)
class Anchored:
    """What a place outside holds of one checkpoint: its note, and the entries since the checkpoint before."""

    begin: int
    note: str
    entries: Sequence[Entry]


class Records(Protocol):
    """What the database holds, read from the start each time it is asked."""

    def events(self) -> Iterable[AuditRow]:
        """Return the audit log in order."""

    def entries(self) -> Iterable[tuple[Entry, bytes]]:
        """Return the log in order, each entry with its stored leaf hash."""

    def checkpoints(self) -> Iterable[tuple[int, str]]:
        """Return the sizes that were signed, ascending, with their notes."""

    def opened(self, entry: Entry) -> Batch:
        """Return the commitment beside an entry; raise ValueError where it cannot be opened."""


@dataclass(frozen=True)
class Line:
    """One result: what was looked at, whether it stands, what to say, and the place of the first that does not."""

    about: str
    intact: bool
    said: str
    place: int | None = None

    def __str__(self) -> str:
        return f"{'ok ' if self.intact else 'BAD'} {self.about}: {self.said}"


Source = Callable[[], Iterable[Anchored]]


@dataclass(frozen=True)
class Examined:
    """All results, and how many audit events were walked along."""

    lines: list[Line]
    events: int


@dataclass(frozen=True)
class _Compared:
    """What one place says: its line, the index from which it differs, and the size that it holds."""

    line: Line
    differs: int | None
    size: int


def examine(records: Records, places: Mapping[str, Source]) -> Examined:
    """Look at the audit log, the log and every place, each against the others.

    Args:
        records: what the database holds.
        places: what each place outside holds, by its name.
    """
    compared = {name: compare(name, source, records) for name, source in places.items()}
    log, signed = check_log(records)
    differing = [(found.differs, name) for name, found in compared.items() if found.differs is not None]
    begin, instead = min(differing) if differing else (None, "")
    anchored = min((found.size for found in compared.values()), default=signed)
    batches = _Batches(records, begin, places.get(instead), until=anchored)
    try:
        checked = check_trail(records.events(), batches)
    except ValueError as error:
        unread = Line("audit log", intact=False, said=f"cannot be walked along: {error}")
        return Examined([unread, log, *(found.line for found in compared.values())], 0)
    if checked.bad:
        audit = Line("audit log", intact=False, said=str(checked.bad), place=checked.bad.place)
    else:
        newer = max(0, checked.events - batches.safe)
        audit = Line("audit log", intact=True, said=f"{checked.events} events hold; {_newer(newer)}")
    return Examined([audit, log, *(found.line for found in compared.values())], checked.events)


def _newer(count: int) -> str:
    if count == 0:
        return "all of them are anchored"
    return f"the last {count} are newer than the last checkpoint that is anchored: not yet anchored"


class _Batches:
    """The commitments to the audit log: the database's, and from where a place outside differs, that place's."""

    def __init__(self, records: Records, begin: int | None, instead: Source | None, *, until: int) -> None:
        self._records, self._begin, self._instead, self._until = records, begin, instead, until
        self.at, self.safe = 0, 0

    def __iter__(self) -> Iterator[Batch]:
        for entry in self._entries():
            self.at = entry.index
            if entry.told.get("kind") != "audit":
                continue
            batch = self._records.opened(entry)
            if entry.index < self._until:
                self.safe = batch.start + batch.count - 1
            yield batch

    def _entries(self) -> Iterator[Entry]:
        for entry, _leaf in self._records.entries():
            if self._begin is not None and entry.index >= self._begin:
                break
            yield entry
        if self._begin is not None and self._instead is not None:
            for one in self._instead():
                yield from (entry for entry in one.entries if entry.index >= self._begin)


def check_log(records: Records) -> tuple[Line, int]:
    """Check every entry with its leaf and commitments, and every checkpoint; return also the size signed last."""
    tree, keys, wrong = Tree(), _Keys(), ""
    checkpoints = iter(records.checkpoints())
    due = next(checkpoints, None)
    signed, count = 0, 0
    for entry, leaf in records.entries():
        wrong = _wrong_entry(entry, leaf, tree.size, records) or keys.learn(entry)
        if wrong:
            return Line("publication log", intact=False, said=wrong, place=tree.size), signed
        tree.append(leaf)
        if due is not None and due[0] == tree.size:
            wrong = _wrong_note(due[1], tree, keys.known)
            if wrong:
                said = f"the checkpoint of {tree.size} entries does not hold: {wrong}"
                return Line("publication log", intact=False, said=said, place=tree.size), signed
            signed, count, due = tree.size, count + 1, next(checkpoints, None)
    if due is not None:
        said = f"entry {tree.size} is missing: {due[0]} entries were signed"
        return Line("publication log", intact=False, said=said, place=tree.size), signed
    return Line("publication log", intact=True, said=f"{tree.size} entries, {count} checkpoints hold"), signed


class _Keys:
    """The keys that the entries tell of so far."""

    def __init__(self) -> None:
        self._told: list[Mapping[str, object]] = []
        self.known: list[Key] = []

    def learn(self, entry: Entry) -> str:
        """Take in an entry; return what is wrong with the key that it tells of, if it tells of one."""
        told = entry.told
        if told.get("kind") != "key":
            return ""
        self._told.append(told)
        try:
            self.known = keys_told(self._told)
        except (BadNote, KeyError) as error:
            return f"entry {entry.index}: {error}"
        return ""


def _wrong_entry(entry: Entry, leaf: bytes, index: int, records: Records) -> str:
    if entry.index != index:
        return f"entry {index} is missing"
    if leaf_hash(entry.text.encode()) != leaf:
        return f"entry {index} is not what its leaf hash says"
    if entry.told.get("kind") == "audit":
        try:
            batch = records.opened(entry)
        except ValueError as error:
            return str(error)
        if batch.root.hex() != entry.told.get("rows"):
            return f"entry {index}: the commitments beside it are not those that it tells of"
    return ""


def _wrong_note(note: str, tree: Tree, keys: Sequence[Key]) -> str:
    try:
        checkpoint, _key = open_checkpoint(note, keys)
    except BadNote as error:
        return str(error)
    if (checkpoint.size, checkpoint.root) != (tree.size, tree.root):
        return "it signs another tree"
    return ""


def compare(name: str, source: Source, records: Records) -> _Compared:
    """Check what a place holds by itself, and then against the database."""
    held = _Held(name, records)
    try:
        for one in source():
            if found := held.take(one):
                return found
    except (OSError, ValueError, KeyError, TypeError) as error:
        return held.bad(f"cannot be read: {error}", held.tree.size)
    if held.tree.size == 0:
        return held.bad("holds no checkpoint", 0)
    said = f"{held.tree.size} entries, as in the database"
    return _Compared(Line(held.about, intact=True, said=said), None, held.tree.size)


class _Held:
    """What a place holds, checkpoint by checkpoint."""

    def __init__(self, name: str, records: Records) -> None:
        self.about, self.tree, self._keys = f"anchor {name}", Tree(), _Keys()
        self._ours = iter(records.entries())

    def bad(self, said: str, place: int, *, differs: int | None = None) -> _Compared:
        """Return what does not stand, and from which entry on the database differs."""
        return _Compared(Line(self.about, intact=False, said=said, place=place), differs, place)

    def take(self, one: Anchored) -> _Compared | None:
        """Take in the next checkpoint; return what does not stand, if anything."""
        begin = self.tree.size
        if one.begin != begin:
            return self.bad(f"holds nothing between {begin} and {one.begin} entries", begin)
        for entry in one.entries:
            self.tree.append(leaf_hash(entry.text.encode()))
            self._keys.learn(entry)
        if wrong := _wrong_note(one.note, self.tree, self._keys.known):
            return self.bad(f"its own checkpoint of {self.tree.size} entries does not hold: {wrong}", begin)
        return next(filter(None, map(self._beside_ours, one.entries)), None)

    def _beside_ours(self, entry: Entry) -> _Compared | None:
        mine = next(self._ours, None)
        if mine is not None and mine[0] == entry:
            return None
        what = "is missing from the database" if mine is None else "is another in the database"
        return self.bad(f"entry {entry.index}, which it holds, {what}", entry.index, differs=entry.index)
