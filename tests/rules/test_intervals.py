"""Intervals and deadlines may be shortened, never lengthened, and never later for the more severe (domain.md 3.4)."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.rules.intervals import REVIEW_INTERVALS
from risks.rules.method import DEFAULT, MethodError, configured
from risks.rules.proportionality import ARMS, RULES_VERSION, TRIGGERS, Outcome, rules_version

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"review_intervals": {"I6": [1, 1, 1, 1, 1]}}, "review_intervals: a table with the classes I0, I1"),
    ({"review_intervals": {"I4": [45, 45, 30]}}, "review_intervals.I4: five numbers are needed"),
    ({"review_intervals": {"I4": [45, 45, 30, 21, 0]}}, "whole numbers of 1 or more"),
    ({"review_intervals": {"I4": [46, 45, 30, 21, 14]}}, "46 days at L1 is longer than the default of 45"),
    (
        {"review_intervals": {"I4": [20, 45, 30, 21, 14]}},
        "review_intervals.I4: must never increase with severity",
    ),
    (
        {"review_intervals": {"I4": [20, 20, 20, 10, 7]}},
        "review_intervals.I5: must not be longer than class I4",
    ),
    ({"rejustification_days": {"I2": 366}}, "rejustification_days.I2: 366 is longer than the default of 365"),
    ({"rejustification_days": {"I2": "soon"}}, "whole numbers of 1 or more"),
    ({"urgent_hours": 73}, "urgent_hours: may be shortened, never lengthened beyond the default of 72"),
    ({"urgent_hours": 12}, "urgent_hours_life: never longer than urgent_hours"),
    ({"near_days": 13}, "near_days: may be lengthened"),
]


@pytest.mark.parametrize(("numbers", "says"), REFUSED)
def test_a_number_that_breaks_the_method_is_refused_in_a_sentence(numbers: dict[str, Any], says: str) -> None:
    with pytest.raises(MethodError, match=says):
        configured(numbers)


rows = st.lists(st.integers(1, 400), min_size=5, max_size=5)


@given(st.dictionaries(st.sampled_from([f"I{number}" for number in range(6)]), rows))
def test_whatever_is_accepted_is_sooner_for_the_severe_and_the_intrusive_and_never_later(
    given_rows: dict[str, list[int]],
) -> None:
    try:
        table = configured({"review_intervals": given_rows}).review_intervals
    except MethodError:
        return
    for intrusion, row in table.items():
        assert all(later <= sooner for sooner, later in pairwise(row))
        assert all(mine <= most for mine, most in zip(row, REVIEW_INTERVALS[intrusion], strict=True))
        if intrusion >= 2:
            assert all(mine <= above for mine, above in zip(row, table[intrusion - 1], strict=True))


@given(st.integers(1, 100).flatmap(lambda cut: st.just([max(1, days - cut) for days in REVIEW_INTERVALS[5]])))
def test_the_most_intrusive_class_may_always_be_looked_at_sooner(row: list[int]) -> None:
    assert configured({"review_intervals": {"I5": row}}).review_intervals[5] == tuple(row)


def test_another_method_is_another_version_of_the_rules() -> None:
    assert rules_version(DEFAULT) == RULES_VERSION
    shortened = configured({"review_intervals": {"I5": [20, 20, 20, 10, 5]}})
    assert rules_version(shortened) == f"{RULES_VERSION}+{shortened.version}"
    assert len(rules_version(shortened)) <= 20


def test_the_deciding_arm_is_the_strongest_finding_then_the_highest_precedence() -> None:
    strength, precedence = list(Outcome), [trigger.code for trigger in TRIGGERS]
    ranks = [(strength.index(arm.outcome), precedence.index(arm.code)) for arm in ARMS]
    assert ranks == sorted(ranks)
