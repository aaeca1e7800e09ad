"""Numbers and shares read as a level of table 2.2, and contradict no other (domain.md 2.2)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.rules.scope import ScopeError, check_scope, scope_reading

EDGES = [
    *((1, 1), (9, 1), (10, 2), (999, 2), (1_000, 3), (99_999, 3)),
    *((100_000, 4), (9_999_999, 4), (10_000_000, 5), (8 * 10**9, 5)),
]
SHARES = [
    ("0", 1),
    ("0.99", 1),
    ("1", 2),
    ("4.99", 2),
    ("5", 3),
    ("19.99", 3),
    ("20", 4),
    ("49.99", 4),
    ("50", 5),
]


@pytest.mark.parametrize(("people", "level"), EDGES)
def test_a_number_of_people_reads_as_the_table_says(people: int, level: int) -> None:
    assert scope_reading(people, None, None) == level


@pytest.mark.parametrize(("share", "level"), SHARES)
def test_a_share_of_a_group_of_ten_reads_as_the_table_says(share: str, level: int) -> None:
    assert scope_reading(None, Decimal(share), 10) == level


@given(st.integers(1, 10**10), st.decimals(0, 100, places=2), st.integers(10, 10**9))
def test_the_higher_of_the_two_readings_counts(people: int, share: Decimal, size: int) -> None:
    both = scope_reading(people, share, size)

    assert both == max(scope_reading(people, None, None) or 0, scope_reading(None, share, size) or 0)


@pytest.mark.parametrize("size", [None, 1, 9])
def test_a_share_of_a_small_or_undefined_group_is_refused(size: int | None) -> None:
    with pytest.raises(ScopeError, match="defined group of 10 people or more"):
        scope_reading(None, Decimal(50), size)


@pytest.mark.parametrize(("level", "people"), [(4, 500), (1, 10), (None, 10), (5, 9_999_999)])
def test_a_level_that_its_figures_contradict_is_refused(level: int | None, people: int) -> None:
    with pytest.raises(ScopeError, match="the figures given read as"):
        check_scope(level, people=people, share=None, group_size=None)


@given(st.sampled_from([None, 1, 2, 3, 4, 5]))
def test_without_figures_any_level_stands(level: int | None) -> None:
    check_scope(level, people=None, share=None, group_size=None)
