"""How many statements there are, of which only some may be read one by one (DSA 15(1)(c); domain.md 8.3, 8.5).

Whoever reads the list can count it, so that a count of all gives away the rest: the rest is what is suppressed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from risks.rules.publication import FEWEST_COUNTED
from risks.rules.suppression import Cell, suppressed

NOT_SHOWN, OTHERS = "not shown", "Other answers"


@dataclass(frozen=True)
class Numbers:
    """The answers to one question: in words, how many can be read here, and how many more there are."""

    name: str
    rows: tuple[tuple[str, int, str], ...]
    rest_is_told: bool


def numbers(
    name: str, labels: Mapping[str, str], read: Mapping[str, int], every: Mapping[str, int]
) -> Numbers:
    """Return the answers that occur among what can be read, and what of the rest may be told beside each.

    An answer that occurs in the rest alone is told under "Other answers", so that no row is there because of it.

    Args:
        name: the question.
        labels: the answers in words, by their codes.
        read: how many can be read, by code.
        every: how many there are, by code.
    """
    codes = sorted((code for code in read if read[code]), key=lambda code: (-read[code], code))
    rest = [every.get(code, 0) - read[code] for code in codes]
    others = sum(every.values()) - sum(every.get(code, 0) for code in codes)
    counts = [*rest, *([others] if others else [])]
    told = suppressed(counts, sum(counts), FEWEST_COUNTED)
    said = [_said(cell) for cell in told.cells]
    rows = [(labels.get(code) or code, read[code], more) for code, more in zip(codes, said, strict=False)]
    if others and told.total is not None:
        rows.append((OTHERS, 0, said[-1]))
    return Numbers(name, tuple(rows), told.total is not None)


def rest_told(parts: Sequence[Numbers], rest: int) -> str:
    """Return how many cannot be read, where no table gives a hidden number away by it."""
    if rest == 0:
        return "0"
    if rest < FEWEST_COUNTED:
        return f"fewer than {FEWEST_COUNTED}"
    return str(rest) if all(one.rest_is_told for one in parts) else NOT_SHOWN


def _said(cell: Cell) -> str:
    if cell.shown is not None:
        return str(cell.shown)
    return f"fewer than {FEWEST_COUNTED}" if cell.few else NOT_SHOWN
