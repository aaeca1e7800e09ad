"""What of counted figures is printed, once for every output (domain.md 8.5).

A number in a report is either suppressed here, or counts what stands in that very report item by item: whoever reads
can count that themselves, so that hiding it would hide nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from remedies.rules.effectiveness import CRITERIA, Indicator, Light, criterion_light
from risks.rules.suppression import Earlier, Printable, Table, printable, said

QUERY_VERSION = "hrdd-figures-1"
NOT_SPLIT = "not split, so that no small number can be computed"


@dataclass(frozen=True)
class Figures:
    """A table that may leave: its code, what it says, and which others share its total.

    What is `cumulative` counts everything until a day; what is not, a period.
    """

    code: str
    title: str
    table: Table
    cumulative: bool = False
    shares_total: str = ""


@dataclass(frozen=True)
class Released:
    """A table as it leaves, and what it hides, for the next release."""

    figures: Figures
    found: Printable
    printed: Mapping[str, Any]
    row_count: int | None


def released(figures: Sequence[Figures], k: int, earlier: Mapping[str, Sequence[Earlier]]) -> list[Released]:
    """Return tables as they leave; of those that share a total all but the first are not split where one hides it.

    Args:
        figures: in the order in which they are told.
        k: the smallest number that is shown.
        earlier: what left before, by code, the oldest first.
    """
    found = [(one, printable(one.table, k, earlier.get(one.code, ()))) for one in figures]
    hiding = {one.shares_total or one.code for one, told in found if told.total.shown is None}
    seen: set[str] = set()
    out = []
    for one, told in found:
        group = one.shares_total or one.code
        split = group not in seen or group not in hiding
        seen.add(group)
        out.append(
            Released(one, told, _printed(one, told, k, split=split), told.total.shown if split else None)
        )
    return out


def _printed(figures: Figures, found: Printable, k: int, *, split: bool) -> dict[str, Any]:
    total = said(found.total, k, exact=True)
    empty = found.total.shown == 0
    split = split and not found.total.few
    rows = [
        {"label": label, "said": said(cell, k)}
        for label, cell in zip(figures.table.splits[0].values, found.cells[0], strict=True)
    ]
    return {
        "code": figures.code,
        "title": figures.title,
        "question": figures.table.splits[0].name,
        "rows": rows if split and not empty else [],
        "total": total if split or found.total.few else NOT_SPLIT,
    }


def printed_indicators(
    found: Iterable[Indicator], k: int, earlier: Mapping[str, tuple[int, int, str, str]]
) -> list[dict[str, Any]]:
    """Return the indicators by criterion as they leave.

    Args:
        found: computed for the period.
        k: the smallest number that is shown.
        earlier: what the last release of this period rested on and said: part, whole, words, light, by code. One that
            changed by few says again what it said.
    """
    by_criterion: dict[str, list[dict[str, str]]] = {letter: [] for letter in CRITERIA}
    for one in found:
        words, light = one.printed(k), str(one.printed_light(k))
        before = earlier.get(one.code)
        if before is not None and _changed_by_few(one, before, k):
            words, light = before[2], before[3]
        by_criterion[one.criterion].append(
            {
                "code": one.code,
                "label": one.label,
                "definition": one.definition or one.missing,
                "goal": one.target,
                "said": words,
                "light": light,
            }
        )
    return [
        {
            "letter": letter,
            "name": CRITERIA[letter],
            "light": str(criterion_light([Light(one["light"]) for one in told])),
            "indicators": told,
        }
        for letter, told in by_criterion.items()
    ]


def _changed_by_few(one: Indicator, before: tuple[int, int, str, str], k: int) -> bool:
    part, whole = one.part or 0, one.whole if one.whole is not None else one.of or 0
    return any(1 <= abs(now - then) < k for now, then in ((part, before[0]), (whole, before[1])))


def overlapping(begin: date, end: date, others: Iterable[tuple[date, date]]) -> tuple[date, date] | None:
    """Return a period that shares a day with another one and is not the same; subtracting the two would tell few."""
    for first, last in others:
        if first <= end and last >= begin and (first, last) != (begin, end):
            return first, last
    return None
