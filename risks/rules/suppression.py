"""Small numbers of people are never shown, nor what lets them be computed (domain.md 8.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

ROUNDED_TO = 5


@dataclass(frozen=True)
class Cell:
    """A count as outsiders may see it: `shown` is rounded, or None; `few` says that it is small."""

    shown: int | None
    few: bool = False


@dataclass(frozen=True)
class Suppressed:
    """A row of counts as outsiders may see it, and its total, exact or None."""

    cells: tuple[Cell, ...]
    total: int | None


def suppressed(counts: Sequence[int], total: int, k: int) -> Suppressed:
    """Return a row of counts without the small ones, and without what would give those away (domain.md 8.5).

    Every breakdown of people who were consulted is sensitive, so that zero is small, too. A count under k is hidden;
    then the next smallest, and at last the total, until at least half of what a hidden count could be stays possible.

    Args:
        counts: how many people, by group; together they are the total (a remainder is one more group).
        total: how many people in all.
        k: the smallest number that is shown.

    Raises:
        ValueError: the counts are not the total.
    """
    if counts and sum(counts) != total:
        raise ValueError("The counts of a breakdown together are its total.")
    if total < k:
        return Suppressed(tuple(Cell(None, few=True) for _ in counts), None)
    few = {number for number, count in enumerate(counts) if count < k}
    by_size = sorted(set(range(len(counts))) - few, key=lambda number: (counts[number], number))
    hidden = 0
    while few and hidden < len(by_size) and not _is_kept(counts, few, by_size, hidden, k):
        hidden += 1
    total_kept = not few or _is_kept(counts, few, by_size, hidden, k)
    visible = set(by_size[hidden:])
    cells = tuple(
        Cell(_rounded(count)) if number in visible else Cell(None, few=number in few)
        for number, count in enumerate(counts)
    )
    return Suppressed(cells, total if total_kept else None)


def _is_kept(counts: Sequence[int], few: set[int], by_size: Sequence[int], hidden: int, k: int) -> bool:
    """Whether a reader who knows the total and these rules cannot tell what is hidden.

    They know of each small count that it is under k, and of each other hidden one that it is k or more and no larger
    than the smallest that is shown.
    """
    rest = sum(counts[number] for number in (*few, *by_size[:hidden]))
    largest = counts[by_size[hidden]] if hidden < len(by_size) else inf
    for least, most in (*((0, k - 1) for _ in few), *((k, largest) for _ in range(hidden))):
        others_least = hidden * k - (k if least else 0)
        others_most = len(few) * (k - 1) + (hidden * largest if hidden else 0) - most
        if hidden and largest == inf:
            others_most = inf if hidden > 1 or not least else len(few) * (k - 1)
        low, high = max(least, rest - others_most), min(most, rest - others_least)
        if (high - low + 1) * 2 < k:
            return False
    return True


def _rounded(count: int) -> int:
    return (count + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO
