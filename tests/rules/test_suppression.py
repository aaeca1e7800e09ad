"""No small number of people can be read or computed from what is shown."""

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.rules.suppression import (
    Cell,
    Earlier,
    NotPublishable,
    Printable,
    Split,
    Table,
    coarser,
    mean,
    median,
    merged_up,
    ninetieth,
    percentage,
    printable,
    said,
    suppressed,
)

K, MOST = 5, 16
FEW, KEPT, MERGED = "<k", "hidden", "merged up"


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


def row(counts: list[int], *, sensitive: bool) -> Table:
    return Table((Split("split", tuple(map(str, counts)), sensitive=sensitive),), (tuple(counts),))


def as_said(found: Printable) -> tuple[list[int | str], int | str | None]:
    def one(cell: Cell) -> int | str:
        if cell.shown is not None:
            return cell.shown
        return FEW if cell.few else MERGED if cell.merged else KEPT

    return [one(cell) for cell in found.cells[0]], one(found.total)


@pytest.mark.parametrize(
    ("counts", "sensitive", "cells", "total"),
    [
        ([3, 20, 40], False, [FEW, KEPT, 40], 63),
        ([0, 12], False, [0, 10], 12),
        ([0, 12], True, [FEW, KEPT], KEPT),
        ([5, 6], False, [FEW, FEW], 11),
        ([5, 6], True, [FEW, FEW], 11),
        ([0, 3], False, [FEW, FEW], FEW),
        ([0, 0], False, [0, 0], 0),
        ([0, 0], True, [FEW, FEW], FEW),
        ([12, 13], False, [10, 15], 25),
    ],
)
def test_the_vectors_of_8_5_as_tables(
    counts: list[int], sensitive: bool, cells: list[int | str], total: int | str
) -> None:
    assert as_said(printable(row(counts, sensitive=sensitive), 10)) == (cells, total)


@pytest.mark.parametrize(
    ("before", "now", "sensitive", "cells", "total"),
    [
        ([14], [17], True, [MERGED], MERGED),
        ([14], [17], False, [15], 17),
        ([14], [24], True, [25], 24),
        ([14], [14], True, [15], 14),
        ([14, 30], [17, 50], True, [MERGED, KEPT], 67),
    ],
)
def test_what_changed_by_few_since_an_earlier_release_is_merged_up(
    before: list[int], now: list[int], sensitive: bool, cells: list[int | str], total: int | str
) -> None:
    first = printable(row(before, sensitive=sensitive), 10)

    found = printable(row(now, sensitive=sensitive), 10, [Earlier((tuple(before),), first.hidden)])

    assert as_said(found) == (cells, total)


def test_what_an_earlier_release_hid_stays_hidden() -> None:
    first = printable(row([3, 20, 40], sensitive=False), 10)

    found = printable(row([30, 60, 90], sensitive=False), 10, [Earlier(((3, 20, 40),), first.hidden)])

    assert as_said(found) == ([KEPT, KEPT, 90], 180)


def test_totals_of_rows_and_columns_hide_with_their_cells() -> None:
    splits = (Split("type", ("a", "b")), Split("language", ("en", "fr"), sensitive=True))

    found = printable(Table(splits, ((40, 3), (50, 4))), 10)

    assert [cells[1].few for cells in found.cells] == [True, True]
    assert [cell.shown for cell in found.columns] == [None, None]
    assert found.total.shown == 97


@pytest.mark.parametrize(
    ("splits", "within", "why"),
    [
        (("type", "group"), ("country",), "two questions at most"),
        (("type", "group", "language"), (), "two questions at most"),
        (("type",), ("country", "group"), "two questions at most"),
        ((), (), "two questions at most"),
    ],
)
def test_country_by_group_by_type_is_never_published(
    splits: tuple[str, ...], within: tuple[str, ...], why: str
) -> None:
    table = Table(tuple(Split(name, ("a",)) for name in splits), ((50,),), within)

    with pytest.raises(NotPublishable, match=why):
        printable(table, 10)


@pytest.mark.parametrize("counts", [((1, 2),), ((1,), (2,)), ((-1,),)])
def test_counts_that_are_no_table_are_refused(counts: tuple[tuple[int, ...], ...]) -> None:
    with pytest.raises(NotPublishable):
        printable(Table((Split("type", ("a",)),), counts), 10)


@pytest.mark.parametrize(
    ("part", "whole", "sensitive", "told"),
    [
        (10, 29, False, "not shown"),
        (10, 30, False, "33 %"),
        (3, 40, False, "under 25 %"),
        (38, 40, False, "over 75 %"),
        (40, 40, False, "100 %"),
        (0, 40, False, "0 %"),
        (40, 40, True, "over 75 %"),
        (0, 40, True, "under 25 %"),
    ],
)
def test_a_percentage_needs_thirty_and_tells_few_only_as_a_bound(
    part: int, whole: int, sensitive: bool, told: str
) -> None:
    assert percentage(part, whole, 10, sensitive=sensitive) == told


def test_medians_need_ten_and_ninetieths_fifty() -> None:
    assert (median(range(9)), median(range(10)), median(range(11))) == (None, 4.5, 5)
    assert (ninetieth(range(49)), ninetieth(range(1, 51))) == (None, 45)
    assert (mean([4] * 9, 10), mean([4, 5] * 5, 10), mean([4] * 10, 12)) == (None, 4.5, None)


def test_small_numbers_are_merged_into_the_next_coarser_level() -> None:
    assert [coarser(one) for one in ("month", "quarter", "city", "country", "subtype")] == [
        "quarter",
        "half-year",
        "country",
        "region",
        "type",
    ]
    assert [coarser(one) for one in ("year", "region", "type")] == [None, None, None]
    with pytest.raises(NotPublishable, match="no level"):
        coarser("street")
    levels = {
        "month": row([4, 30, 6], sensitive=False),
        "quarter": row([34, 8], sensitive=False),
        "half-year": row([42], sensitive=False),
    }

    level, found = merged_up(levels, "month", 10)

    assert (level, as_said(found)) == ("half-year", ([40], 42))
    assert merged_up({"month": row([4, 30], sensitive=False)}, "month", 10)[0] == "month"


@pytest.mark.parametrize(
    ("cell", "exact", "told"),
    [
        (Cell(0), False, "0"),
        (Cell(15), False, "about 15"),
        (Cell(17), True, "17"),
        (Cell(None, few=True), True, "fewer than 10"),
        (Cell(None, merged=True), False, "counted in the total only"),
        (Cell(None), False, "not shown"),
    ],
)
def test_a_cell_in_words(cell: Cell, exact: bool, told: str) -> None:
    assert said(cell, 10, exact=exact) == told
