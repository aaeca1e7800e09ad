"""A period has one name, and the name of one period is not another's."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transparency.rules.periods import period_label, period_name

DAYS = st.dates(date(2000, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("begin", "end", "name", "label"),
    [
        ("2021-01-01", "2021-12-31", "2021", "2021"),
        ("2021-01-01", "2021-06-30", "2021-H1", "1 January 2021 to 30 June 2021"),
        ("2021-07-01", "2021-12-31", "2021-H2", "1 July 2021 to 31 December 2021"),
        ("2021-07-01", "2021-09-30", "2021-Q3", "1 July 2021 to 30 September 2021"),
        ("2024-02-01", "2024-02-29", "2024-02", "1 February 2024 to 29 February 2024"),
        ("2023-02-01", "2023-02-27", "2023-02-01_2023-02-27", "1 February 2023 to 27 February 2023"),
        ("2020-12-01", "2021-11-30", "2020-12-01_2021-11-30", "1 December 2020 to 30 November 2021"),
    ],
)
def test_a_period_is_named_as_people_would(begin: str, end: str, name: str, label: str) -> None:
    first, last = date.fromisoformat(begin), date.fromisoformat(end)

    assert (period_name(first, last), period_label(first, last)) == (name, label)


@given(st.lists(st.tuples(DAYS, st.integers(0, 800)), min_size=2, max_size=40))
def test_two_periods_share_no_name(periods: list[tuple[date, int]]) -> None:
    whole = {(begin, begin + timedelta(days=length)) for begin, length in periods}

    assert len({period_name(*period) for period in whole}) == len(whole)
