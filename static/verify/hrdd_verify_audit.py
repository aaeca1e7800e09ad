#!/usr/bin/env python3
"""Check an exported audit log without this software: python3 hrdd_verify_audit.py audit.jsonl (or audit.csv).

Each event carries the SHA-256 of itself and of the hash before it. This says which events are not what was written,
and where an event follows another than the one that stands before it: in the whole log none may, in a log that was
searched through each gap is one. Python 3.10 or later, nothing else.
"""

import csv
import hashlib
import itertools
import json
import sys
from collections.abc import Iterator

FIRST_PREVIOUS = "0" * 64
TEXTS = ("actor", "action", "subject")


def expected(event: dict) -> str:
    """Return the hash that an event should carry (RFC 8785: keys in order, no blanks, characters as they are)."""
    told = {name: event[name] for name in ("action", "actor", "at", "detail", "subject")}
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(b"hrdd-audit-v1\0" + event["prev_hash"].encode() + text.encode()).hexdigest()


def as_written(event: dict) -> bool:
    """Whether an event is what was written; a sheet was given an apostrophe before what it would compute."""
    bare = [{event[name], event[name].removeprefix("'")} for name in TEXTS]
    return any(
        expected(event | dict(zip(TEXTS, texts, strict=True))) == event["hash"]
        for texts in itertools.product(*bare)
    )


def events_of(path: str) -> Iterator[dict]:
    """Yield the events of a file, the earliest first."""
    with open(path, encoding="utf-8", newline="") as file:  # one file, no other module
        if path.endswith(".csv"):
            for row in csv.DictReader(file):
                yield row | {"no": int(row["no"]), "detail": json.loads(row["detail"])}
        else:
            yield from (json.loads(line) for line in file if line.strip())


def main(path: str) -> int:
    """Check a file; 0 where every event is what was written."""
    count, bad, gaps, before = 0, 0, 0, None
    for event in events_of(path):
        count += 1
        if not as_written(event):
            bad += 1
            print(f"BAD event {event['no']}: it is not what was written.")
        if before is not None and event["prev_hash"] != before["hash"]:
            gaps += 1
            print(f"GAP before event {event['no']}: it does not follow event {before['no']}.")
        if before is None and event["prev_hash"] != FIRST_PREVIOUS:
            print(f"The file begins in the middle of the log, with event {event['no']}.")
        before = event
    print(f"{count} events, {bad} not as written, {gaps} gaps.")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]) if len(sys.argv) == 2 else __doc__)
