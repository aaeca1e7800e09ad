"""What changed between two versions of a policy, clause by clause and word by word (RF A1; L1)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache

from risks.rules.policy import Clause
from risks.rules.policy_text import as_words

Span = tuple[int, int, int, int]
FEWEST_KEPT = 2
WORDS = re.compile(r"\s+|\w+|[^\w\s]")


class Became(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    SAME = "the same"


@dataclass(frozen=True)
class Piece:
    """A run of words: kept, inserted or deleted."""

    kind: str
    words: str


@dataclass(frozen=True)
class ClauseChange:
    """What became of a clause; the number is the new one where it has one."""

    number: str
    became: Became
    heading: tuple[Piece, ...]
    text: tuple[Piece, ...]


@lru_cache(maxsize=32)
def clause_changes(before: tuple[Clause, ...], after: tuple[Clause, ...]) -> tuple[ClauseChange, ...]:
    """Return what became of each clause, in the order of the new text, with what was removed where it stood.

    A clause is the same one where its number is. Compared are the words that people read, and where links lead:
    what is emphasised changes no rule.
    """
    old = {one.number: _as_read(one) for one in before}
    new = {one.number: _as_read(one) for one in after}
    return tuple(_compared(old.get(number), new.get(number)) for number in _in_order(before, after, new))


def _as_read(clause: Clause) -> Clause:
    return Clause(clause.number, clause.heading, as_words(clause.text))


def what_became_of(changes: Sequence[ClauseChange], number: str) -> Became:
    """Return what became of one clause."""
    return next((one.became for one in changes if one.number == number), Became.REMOVED)


def _in_order(before: Sequence[Clause], after: Sequence[Clause], new: dict[str, Clause]) -> list[str]:
    order = [one.number for one in after]
    previous = ""
    for one in before:
        if one.number not in new:
            order.insert(order.index(previous) + 1 if previous else 0, one.number)
        previous = one.number
    return order


def _compared(old: Clause | None, new: Clause | None) -> ClauseChange:
    if old is None or new is None:
        [present] = [one for one in (old, new) if one is not None]
        became, kind = (Became.REMOVED, "del") if new is None else (Became.ADDED, "ins")
        return ClauseChange(
            present.number, became, (Piece(kind, present.heading),), (Piece(kind, present.text),)
        )
    became = Became.SAME if (old.heading, old.text) == (new.heading, new.text) else Became.CHANGED
    return ClauseChange(
        new.number, became, tuple(_pieces(old.heading, new.heading)), tuple(_pieces(old.text, new.text))
    )


def _pieces(before: str, after: str) -> Iterator[Piece]:
    """Yield runs of words; a change that reaches over a few kept words is told as one, so that it can be read."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    changes = [one for one in SequenceMatcher(None, old, new).get_opcodes() if one[0] != "equal"]
    at_old = at_new = 0
    for start, end, begin, stop in _merged(old, [one[1:] for one in changes]):
        yield from _run("same", new[at_new:begin])
        yield from _run("del", old[start:end])
        yield from _run("ins", new[begin:stop])
        at_old, at_new = end, stop
    yield from _run("same", old[at_old:])


def _run(kind: str, words: Sequence[str]) -> Iterator[Piece]:
    if words:
        yield Piece(kind, "".join(words))


def _merged(old: Sequence[str], changes: Sequence[Span]) -> list[Span]:
    found: list[Span] = []
    for start, end, begin, stop in changes:
        kept = old[found[-1][1] : start] if found else []
        if found and sum(word.isalnum() for word in kept) < FEWEST_KEPT:
            first = found.pop()
            found.append((first[0], end, first[2], stop))
        else:
            found.append((start, end, begin, stop))
    return found
