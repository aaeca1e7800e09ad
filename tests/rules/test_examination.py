"""T18 of reliability.md: whatever is done to the audit log is found, at its exact place, and nothing else is."""

import base64
import dataclasses
import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from transparency.rules.audit_trail import FIRST_PREVIOUS, AuditRow, Batch, commit, row_hash
from transparency.rules.examination import Anchored, Entry, Line, examine
from transparency.rules.merkle import leaf_hash, root_of
from transparency.rules.notes import Checkpoint, Key, key_statement, sign_note

PRIVATE = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
KEY = Key("example.org/log", PRIVATE.public_key().public_bytes_raw())
SENTENCES = ("frozen", "asked for sign-off", "published „Bericht“", "read a case", 'noted "x\\y"\n')


def event(rng: random.Random, number: int) -> AuditRow:
    """Return an event that is not chained yet."""
    detail = json.dumps({"n": rng.randrange(1000), "z": [1, None, True], "part": rng.choice([0.5, 2, "é"])})
    return AuditRow(
        number,
        f"2026-11-24T09:{rng.randrange(60):02d}:{rng.randrange(60):02d}.{rng.randrange(1, 10**6):06d}+00:00",
        rng.choice(("ana", "pia", "JOB (scheduled job)")),
        rng.choice(SENTENCES),
        f"Report {rng.randrange(10**6)}",
        rng.choice(("{}", detail)),
        "",
        "",
    )


def chained(events: Iterable[AuditRow]) -> list[AuditRow]:
    """Return the events with their hashes computed anew, as a database that holds the code would."""
    out: list[AuditRow] = []
    for number, one in enumerate(events, 1):
        previous = out[-1].hash if out else FIRST_PREVIOUS
        linked = one._replace(id=number, prev_hash=previous)
        out.append(linked._replace(hash=row_hash(linked)))
    return out


def key_entry() -> Entry:
    told = {"public": KEY.public, "signature": PRIVATE.sign(key_statement(KEY, follows=""))}
    encoded = {name: base64.b64encode(raw).decode() for name, raw in told.items()}
    return Entry(0, json.dumps({"kind": "key", "name": KEY.name, **encoded}))


@dataclasses.dataclass
class Store:
    """A database in memory, and what a place outside was brought at each checkpoint."""

    log: list[Entry] = dataclasses.field(default_factory=lambda: [key_entry()])
    trail: list[AuditRow] = dataclasses.field(default_factory=list)
    signed: list[tuple[int, str]] = dataclasses.field(default_factory=list)

    def extend(self, events: Sequence[AuditRow], covered: int, rng: random.Random) -> None:
        """Take in the whole trail as it is now, commit to what is newer than `covered`, and sign."""
        self.trail = list(events)
        index = len(self.log)
        batch = commit(
            index=index,
            start=covered + 1,
            hashes=[one.hash for one in events[covered:]],
            blind=rng.randbytes(32),
            padding=rng.randbytes,
        )
        sealed = json.dumps({"start": batch.start, "count": batch.count, "blind": batch.blind.hex()})
        text = json.dumps({"kind": "audit", "rows": batch.root.hex()})
        self.log.append(Entry(index, text, batch.rows, sealed.encode()))
        root = root_of(leaf_hash(entry.text.encode()) for entry in self.log)
        note = sign_note(Checkpoint(KEY.name, len(self.log), root).text, key=KEY, private=PRIVATE)
        self.signed.append((len(self.log), note))

    def events(self) -> Iterable[AuditRow]:
        return iter(self.trail)

    def entries(self) -> Iterable[tuple[Entry, bytes]]:
        return ((entry, leaf_hash(entry.text.encode())) for entry in self.log)

    def checkpoints(self) -> Iterable[tuple[int, str]]:
        return iter(self.signed)

    def opened(self, entry: Entry) -> Batch:
        told = json.loads(entry.sealed)
        return Batch(entry.index, told["start"], told["count"], bytes.fromhex(told["blind"]), entry.rows)

    def kept_outside(self) -> list[Anchored]:
        begin, held = 0, []
        for size, note in self.signed:
            held.append(Anchored(begin, note, self.log[begin:size]))
            begin = size
        return held


def written(rng: random.Random, cuts: Sequence[int]) -> Store:
    """Return a store whose checkpoints were taken after so many events each."""
    store, events = Store(), chained(event(rng, number) for number in range(1, cuts[-1] + 1))
    for before, cut in zip((0, *cuts), cuts, strict=False):
        store.extend(events[:cut], before, rng)
    return store


def rewritten(store: Store, events: Sequence[AuditRow], cuts: Sequence[int], rng: random.Random) -> Store:
    """Return the store of somebody who holds the database, the code and the stolen key, and rewrites it all.

    What is the same up to a checkpoint stays as it was, so that the fewest traces are left.
    """
    same = 0
    while same < len(cuts) and events[: cuts[same]] == store.trail[: cuts[same]]:
        same += 1
    out = Store(log=store.log[: same + 1], signed=store.signed[:same])
    covered = cuts[same - 1] if same else 0
    while covered < len(events):
        upto = min((*(cut for cut in cuts if cut > covered), len(events)))
        out.extend(events[:upto], covered, rng)
        covered = upto
    out.trail = list(events)
    return out


# What is done to it: each returns the store afterwards and the place of the first event that is not what was written.

Mutation = Callable[[Store, Sequence[int], int, random.Random], tuple[Store, int]]


def careless(change: Callable[[list[AuditRow], int, random.Random], int]) -> Mutation:
    def mutate(store: Store, _cuts: Sequence[int], at: int, rng: random.Random) -> tuple[Store, int]:
        trail = list(store.trail)
        place = change(trail, at, rng)
        return dataclasses.replace(store, trail=trail), place

    return mutate


def careful(change: Callable[[list[AuditRow], int, random.Random], int]) -> Mutation:
    def mutate(store: Store, cuts: Sequence[int], at: int, rng: random.Random) -> tuple[Store, int]:
        trail = list(store.trail)
        place = change(trail, at, rng)
        return rewritten(store, chained(trail), cuts, rng), place

    return mutate


def flip(trail: list[AuditRow], at: int, rng: random.Random) -> int:
    name = rng.choice(("at", "actor", "action", "subject", "prev_hash", "hash"))
    said = getattr(trail[at], name)
    place = rng.randrange(len(said))
    flipped = said[:place] + chr(ord(said[place]) ^ 1) + said[place + 1 :]
    trail[at] = trail[at]._replace(**{name: flipped})
    return at + 1


def edit(trail: list[AuditRow], at: int, rng: random.Random) -> int:
    changed = rng.choice(({"actor": "mallory"}, {"detail": '{"k": 1}'}, {"subject": "Another"}))
    trail[at] = trail[at]._replace(**changed)
    return at + 1


def delete(trail: list[AuditRow], at: int, _rng: random.Random) -> int:
    del trail[at]
    return at + 1


def swap(trail: list[AuditRow], at: int, rng: random.Random) -> int:
    other = rng.choice([place for place in range(len(trail)) if place != at])
    trail[at], trail[other] = trail[other], trail[at]
    return min(at, other) + 1


def insert(trail: list[AuditRow], at: int, rng: random.Random) -> int:
    trail.insert(at, event(rng, 0)._replace(prev_hash=trail[at].prev_hash))
    trail[at] = trail[at]._replace(hash=row_hash(trail[at]))
    return at + 1


def truncate(trail: list[AuditRow], at: int, _rng: random.Random) -> int:
    del trail[at:]
    return at + 1


def replay(trail: list[AuditRow], at: int, rng: random.Random) -> int:
    # Never the last one: the same once more at the very end is a new event, of which nobody has promised anything.
    trail.insert(at, trail[rng.randrange(len(trail) - 1)])
    # The same event twice in a row: what was at the place is there, the next one is not.
    return at + 1 if trail[at][1:6] != trail[at + 1][1:6] else at + 2


def fork(trail: list[AuditRow], at: int, rng: random.Random) -> int:
    trail[at:] = [event(rng, 0) for _ in trail[at:]]
    return at + 1


CARELESS = {one.__name__: careless(one) for one in (flip, edit, delete, swap, insert, truncate)}
CAREFUL = {
    f"{one.__name__}, all computed anew": careful(one)
    for one in (edit, delete, insert, truncate, replay, fork)
}
MUTATIONS = CARELESS | CAREFUL


def cases(count: int, seed: int) -> Iterator[tuple[str, Store, Store, int]]:
    """Give (kind, as written, as tampered with, the place)."""
    rng = random.Random(seed)  # noqa: S311  # to be repeated, not to be secret
    kinds = list(MUTATIONS)
    for number in range(count):
        if number % 20 == 0:
            cuts = sorted(rng.sample(range(1, 40), 4))
            store = written(rng, cuts)
        kind = kinds[number % len(kinds)]
        at = rng.randrange(len(store.trail))
        tampered, place = MUTATIONS[kind](store, cuts, at, rng)
        yield kind, store, tampered, place


def audit_line(tampered: Store, outside: list[Anchored] | None) -> tuple[Line, bool]:
    """Return what is said of the audit log, and whether anything at all was found."""
    places = {} if outside is None else {"partner": lambda: outside}
    lines = examine(tampered, places).lines
    return lines[0], not all(line.intact for line in lines)


def check_mutations(count: int, seed: int) -> None:
    found: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    for kind, store, tampered, place in cases(count, seed):
        tried[kind] += 1
        line, _any = audit_line(tampered, store.kept_outside())
        found[kind] += not line.intact and line.place == place
    assert found == tried
    assert set(tried) == set(MUTATIONS)


def check_clean_runs(count: int, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311  # to be repeated, not to be secret
    for _ in range(count):
        store = written(rng, sorted(rng.sample(range(1, 40), 4)))
        assert [
            str(line) for line in examine(store, {"partner": store.kept_outside}).lines if not line.intact
        ] == []


def test_each_of_1000_mutations_is_found_at_its_exact_place() -> None:
    check_mutations(1000, seed=18)


def test_100_clean_runs_raise_no_alarm() -> None:
    check_clean_runs(100, seed=18)


@pytest.mark.nightly
def test_each_of_10000_mutations_is_found_at_its_exact_place() -> None:
    check_mutations(10_000, seed=1)
    check_clean_runs(1000, seed=1)


def test_without_a_place_outside_the_careful_mutations_are_not_found() -> None:
    """The switch that shows what anchors are for: the same cases, the anchors left out."""
    missed = Counter(
        kind for kind, _store, tampered, _place in cases(480, seed=3) if not audit_line(tampered, None)[1]
    )
    found = Counter(kind for kind, *_ in cases(480, seed=3)) - missed

    assert set(CAREFUL) <= set(missed)
    assert not set(CAREFUL) & set(found)
    assert set(CARELESS) <= set(found)
    assert not set(CARELESS) & set(missed)


def test_what_is_newer_than_the_last_checkpoint_is_said_to_be_so() -> None:
    rng = random.Random(5)  # noqa: S311  # to be repeated, not to be secret
    store = written(rng, [3, 8])
    store.trail = chained([*store.trail, *(event(rng, 0) for _ in range(4))])

    line, found = audit_line(store, store.kept_outside())
    behind, _ = audit_line(store, store.kept_outside()[:1])
    store.trail = chained(store.trail[:8])
    whole, _ = audit_line(store, store.kept_outside())

    assert (line.intact, found) == (True, False)
    assert "12 events hold; the last 4 are newer" in line.said
    assert "the last 9 are newer" in behind.said
    assert "all of them are anchored" in whole.said


@pytest.mark.parametrize(
    "what", ["text", "rows", "sealed", "sealed count", "lost", "note", "last note", "foreign"]
)
def test_tampering_with_the_log_itself_is_found_without_a_place_outside(what: str) -> None:
    rng = random.Random(7)  # noqa: S311  # to be repeated, not to be secret
    store = written(rng, [3, 8, 9])
    entry = store.log[2]
    told = json.loads(entry.sealed)
    changed = {
        "text": dataclasses.replace(entry, text=entry.text.replace("audit", "Audit")),
        "rows": dataclasses.replace(entry, rows=bytes([entry.rows[0] ^ 1]) + entry.rows[1:]),
        "sealed": dataclasses.replace(entry, sealed=json.dumps(told | {"blind": "00" * 32}).encode()),
        "sealed count": dataclasses.replace(entry, sealed=json.dumps(told | {"count": 4}).encode()),
    }
    if what in changed:
        store.log[2] = changed[what]
    elif what == "lost":
        del store.log[2]
    elif what == "note":
        store.signed[1] = (3, store.signed[1][1].replace("\n3\n", "\n2\n"))
    elif what == "last note":
        store.signed.append((5, store.signed[-1][1]))
    else:
        other = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
        key = Key(KEY.name, other.public_key().public_bytes_raw())
        root = root_of(leaf_hash(one.text.encode()) for one in store.log)
        store.signed[-1] = (4, sign_note(Checkpoint(KEY.name, 4, root).text, key=key, private=other))

    lines = examine(store, {}).lines

    assert [line.about for line in lines if not line.intact]


@pytest.mark.parametrize("what", ["gap", "entry", "note", "nothing"])
def test_a_damaged_place_is_told_from_a_damaged_database(what: str) -> None:
    rng = random.Random(9)  # noqa: S311  # to be repeated, not to be secret
    store = written(rng, [3, 8, 9])
    outside = store.kept_outside()
    if what == "gap":
        del outside[1]
    elif what == "entry":
        entry = outside[1].entries[0]
        outside[1] = dataclasses.replace(outside[1], entries=[dataclasses.replace(entry, text="{}")])
    elif what == "note":
        outside[1] = dataclasses.replace(outside[1], note=outside[2].note)
    else:
        outside = []

    lines = {line.about: line for line in examine(store, {"partner": lambda: outside}).lines}

    assert not lines["anchor partner"].intact
    assert lines["audit log"].intact
    assert "not yet anchored" in lines["audit log"].said
    assert lines["publication log"].intact
