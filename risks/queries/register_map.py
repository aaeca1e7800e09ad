"""The register as a map: severity by likelihood, each cell a count that leads to its rows (UNGP 24; domain.md 2.1)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count

from risks.queries.register_filter import LIKELIHOODS, RegisterFilter
from risks.rules.severity import BANDS

COLUMNS: Mapping[str, str] = {
    **{str(number): f"{number} {said}" for number, said in LIKELIHOODS.items()},
    "unknown": "Not known",
    "actual_unremedied": "Happened, not put right",
    "actual_remedied": "Happened, put right",
}


@dataclass(frozen=True)
class Cell:
    """How many risks, and the filters that list exactly these."""

    count: int
    querystring: str
    column: str = ""


@dataclass(frozen=True)
class Row:
    """A level with its cells and their sum."""

    level: int
    band: str
    cells: list[Cell]
    total: Cell


@dataclass(frozen=True)
class Map:
    """Every level, the gravest first, by every likelihood, with sums."""

    columns: list[str]
    rows: list[Row]
    totals: list[Cell]
    total: Cell


def map_of(filters: RegisterFilter) -> Map:
    """Return the filtered risks by severity and likelihood, in one query."""
    counted = _counted(filters)

    def cell(count: int, column: str = "", **narrowed: str) -> Cell:
        return Cell(count, filters.address(**narrowed), column)

    rows = [
        Row(
            level,
            BANDS[level],
            [cell(counted[level, harm], said, level=str(level), harm=harm) for harm, said in COLUMNS.items()],
            cell(sum(counted[level, harm] for harm in COLUMNS), level=str(level)),
        )
        for level in sorted(BANDS, reverse=True)
    ]
    totals = [
        cell(sum(counted[level, harm] for level in BANDS), said, harm=harm) for harm, said in COLUMNS.items()
    ]
    return Map(list(COLUMNS.values()), rows, totals, cell(counted.total()))


def _counted(filters: RegisterFilter) -> Counter[tuple[int, str]]:
    rows = filters.qs.order_by().values_list("level", "state_of_harm", "likelihood")
    counted: Counter[tuple[int, str]] = Counter()
    for level, state, likelihood, many in rows.annotate(many=Count("*")):
        counted[level, column_of(state, likelihood)] += many
    return counted


def column_of(state: str, likelihood: int | None) -> str:
    """Return the column of a risk; what is not said to have happened could happen."""
    if state.startswith("actual"):
        return state
    return str(likelihood) if likelihood else "unknown"
