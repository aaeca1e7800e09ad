"""Counts of ours beside counts of theirs, value by value; for the desk, where nothing is suppressed (domain.md 8.5)."""

from collections.abc import Mapping
from dataclasses import dataclass

FEWEST_FOR_A_SHARE = 30


@dataclass(frozen=True)
class Pair:
    """One value: how many of ours and of theirs, and what share of all of ours and of theirs in per cent."""

    label: str
    ours: int
    theirs: int
    our_share: int
    their_share: int


@dataclass(frozen=True)
class Compared:
    """One question to every statement: the answers that occur, the most frequent of ours first."""

    name: str
    pairs: tuple[Pair, ...]


def compared(
    name: str, labels: Mapping[str, str], ours: Mapping[str, int], theirs: Mapping[str, int]
) -> Compared:
    """Return the answers that occur, ours beside theirs.

    Args:
        name: the question.
        labels: every answer in words, by its code.
        ours, theirs: how many, by the code.
    """
    all_ours, all_theirs = sum(ours.values()), sum(theirs.values())
    pairs = [
        Pair(
            labels.get(code) or "Not told",
            ours.get(code, 0),
            theirs.get(code, 0),
            _share(ours.get(code, 0), all_ours),
            _share(theirs.get(code, 0), all_theirs),
        )
        for code in dict.fromkeys([*labels, *ours, *theirs])
        if ours.get(code) or theirs.get(code)
    ]
    return Compared(name, tuple(sorted(pairs, key=lambda one: (-one.ours, -one.theirs, one.label))))


def is_few(many: int) -> bool:
    """Whether shares of so few say little."""
    return many < FEWEST_FOR_A_SHARE


def _share(part: int, whole: int) -> int:
    return round(part * 100 / whole) if whole else 0
