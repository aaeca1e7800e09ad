"""No small number of people can be read or computed from what is shown."""

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.rules.suppression import suppressed

K, MOST = 5, 16
FEW, KEPT = "<k", "hidden"


def shown(counts: list[int], k: int = 10) -> tuple[list[int | str], int | None]:
    row = suppressed(counts, sum(counts), k)
    return [FEW if one.few else KEPT if one.shown is None else one.shown for one in row.cells], row.total


@pytest.mark.parametrize(
    ("counts", "cells", "total"),
    [
        ([3, 20, 40], [FEW, KEPT, 40], 63),
        ([0, 12], [FEW, KEPT], None),
        ([5, 6], [FEW, FEW], 11),
        ([9, 9], [FEW, FEW], None),
        ([9], [FEW], None),
        ([10], [10], 10),
        ([12, 13], [10, 15], 25),
        ([4, 4], [FEW, FEW], None),
    ],
)
def test_the_vectors_of_8_5(counts: list[int], cells: list[int | str], total: int | None) -> None:
    assert shown(counts) == (cells, total)


def test_without_a_breakdown_the_total_stands_alone() -> None:
    assert suppressed([], 9, 10).total is None
    assert suppressed([], 10, 10).total == 10


def test_counts_that_are_not_the_total_are_refused() -> None:
    with pytest.raises(ValueError, match="together are its total"):
        suppressed([3, 20], 40, 10)


@pytest.mark.parametrize("many", [1, 2, 3])
def test_no_hidden_count_follows_from_what_is_shown_even_for_who_knows_the_rules(many: int) -> None:
    """Every row that shows the same leaves each hidden cell at least two values; all rows are tried."""
    alike = defaultdict(list)
    for counts in product(range(MOST + 1), repeat=many):
        alike[repr(suppressed(counts, sum(counts), K))].append(counts)

    told = [
        (counts, place)
        for rows in alike.values()
        for counts in rows
        if sum(counts) <= MOST
        for place, cell in enumerate(suppressed(counts, sum(counts), K).cells)
        if cell.shown is None and len({row[place] for row in rows}) < 2
    ]

    assert told == []


@given(st.lists(st.integers(0, 200), min_size=1, max_size=8), st.integers(5, 20))
def test_nothing_under_k_is_shown_and_no_total_leaves_one_cell_over(counts: list[int], k: int) -> None:
    row = suppressed(counts, sum(counts), k)

    visible = [count for count, cell in zip(counts, row.cells, strict=True) if cell.shown is not None]
    hidden = len(counts) - len(visible)
    assert all(count >= k for count in visible)
    assert row.total is None or row.total >= k
    assert row.total is None or hidden != 1
