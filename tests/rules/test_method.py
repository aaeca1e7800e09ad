"""The numbers of the method may be configured, and never to the loss of the more severe (domain.md 0.1, 2.3, 2.4)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.rules.method import DEFAULT, MethodError, configured

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"review": 3}, "review: not a number of the method"),
    ({"answer_days": 0}, "answer_days: a whole number of 1 or more"),
    ({"answer_days": "60"}, "answer_days: a whole number"),
    ({"answer_days": True}, "answer_days: a whole number"),
    ({"smallest_group": 4}, "never under 5"),
    ({"lift_one": 3}, "lift_both: two heads together lift at least as far"),
    ({"review_days": {"1": 30}}, "a table of the tiers 1, 2, 3, 4 is needed"),
    ({"review_days": {"1": 30, "2": 20, "3": 180, "4": 365}}, "the more severe tier is never the slower one"),
    ({"review_days": {"1": 31, "2": 90, "3": 180, "4": 365}}, "never lengthened"),
    ({"analyst_pair_up_to": 4}, "a class from 0 to 3"),
    ({"analyst_pair_up_to": True}, "a class from 0 to 3"),
    ({"plan_days": {"1": 0, "2": 30, "3": 90}}, "plan_days.1: a whole number of 1 or more"),
]


@pytest.mark.parametrize(("given_numbers", "says"), REFUSED)
def test_a_number_that_makes_no_sense_is_refused_by_name(given_numbers: dict[str, Any], says: str) -> None:
    with pytest.raises(MethodError, match=says):
        configured(given_numbers)


def test_nothing_configured_is_the_default() -> None:
    assert configured({}) == DEFAULT
    assert DEFAULT.analyst_pair_up_to is None
    assert configured({"analyst_pair_up_to": 0}).analyst_pair_up_to == 0


@given(st.lists(st.integers(1, 365), min_size=4, max_size=4))
def test_reviews_are_only_ever_shortened_and_never_slower_for_the_more_severe(days: list[int]) -> None:
    table = {str(tier): many for tier, many in enumerate(days, start=1)}
    allowed = days == sorted(days) and all(
        days[tier - 1] <= DEFAULT.review_days[tier] for tier in DEFAULT.review_days
    )

    if allowed:
        assert configured({"review_days": table}).review_days == dict(enumerate(days, start=1))
    else:
        with pytest.raises(MethodError):
            configured({"review_days": table})
