"""Time to change: the more severe the impact, the sooner a partner must change."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.rules.leverage import Clock, LeverageError, time_to_change
from risks.rules.time_limits import TIME_LIMITS

FLAGS = {
    "ext": "extended",
    "crucial": "crucial",
    "own": "own_contribution",
    "zero": "zero_tolerance",
}
VECTORS = """
V01 5 1 none_taken - OK FIRST_ACTION_PENDING
V02 5 3 none_taken - LEVERAGE_OVERDUE NO_FIRST_ACTION
V03 5 8 1 - INCREASE_LEVERAGE HALF_TIME_NO_CHANGE
V04 5 15 2 - EXIT_CONSIDERATION_DUE TIME_TO_CHANGE_EXPIRED
V05 5 15 3 - OK CHANGE_ACHIEVED
V06 4 31 1 - INCREASE_LEVERAGE HALF_TIME_NO_CHANGE
V07 4 31 2 - OK WITHIN_TIME
V08 4 61 2 - EXIT_CONSIDERATION_DUE TIME_TO_CHANGE_EXPIRED
V09 4 61 2 ext OK WITHIN_TIME
V10 4 91 2 ext,crucial EXIT_CONSIDERATION_DUE TIME_TO_CHANGE_EXPIRED_CRUCIAL
V11 3 120 1 - INCREASE_LEVERAGE HALF_TIME_NO_CHANGE
V12 2 300 0 - INCREASE_LEVERAGE HALF_TIME_NO_CHANGE
V13 1 900 0 - OK NO_EXIT_CLOCK
V14 4 5 2 own STOP_OWN_CONTRIBUTION OWN_CONTRIBUTION_OPEN
V15 3 5 0 zero EXIT_CONSIDERATION_DUE ZERO_TOLERANCE
"""
URGENCY = ["OK", "LEVERAGE_OVERDUE", "INCREASE_LEVERAGE", "EXIT_CONSIDERATION_DUE"]


@pytest.mark.parametrize(
    ("level", "days", "effect", "flags", "status", "code"),
    [pytest.param(*line.split()[1:], id=line.split()[0]) for line in VECTORS.strip().splitlines()],
)
def test_the_clock_reads_as_in_the_published_vectors(level, days, effect, flags, status, code):
    given_flags = {FLAGS[flag]: True for flag in flags.split(",") if flag != "-"}
    best_effect = None if effect == "none_taken" else int(effect)
    clock = time_to_change(level=int(level), days=int(days), best_effect=best_effect, **given_flags)
    assert clock == Clock(status, code)


@pytest.mark.parametrize(
    ("level", "days", "effect", "code"),
    [
        (5, 2, None, "FIRST_ACTION_PENDING"),
        (5, 7, 1, "WITHIN_TIME"),
        (5, 14, 2, "WITHIN_TIME"),
        (4, 60, 2, "WITHIN_TIME"),
        (2, 182, 0, "WITHIN_TIME"),
        (2, 183, 0, "HALF_TIME_NO_CHANGE"),
        (1, 90, None, "FIRST_ACTION_PENDING"),
        (1, 91, None, "NO_FIRST_ACTION"),
    ],
)
def test_a_limit_that_falls_today_is_still_met(level, days, effect, code):
    assert time_to_change(level=level, days=days, best_effect=effect).code == code


def test_having_done_nothing_does_not_escape_the_exit_clock():
    assert time_to_change(level=5, days=15, best_effect=None).code == "TIME_TO_CHANGE_EXPIRED"


@pytest.mark.parametrize("effect", [None, 0, 1])
def test_an_extension_without_partial_change_does_not_count(effect):
    assert (
        time_to_change(level=4, days=61, best_effect=effect, extended=True).code == "TIME_TO_CHANGE_EXPIRED"
    )


def test_there_is_no_extension_at_the_highest_level():
    assert time_to_change(level=5, days=15, best_effect=2, extended=True).status == "EXIT_CONSIDERATION_DUE"


def test_an_own_contribution_is_named_before_anything_about_the_partner():
    clock = time_to_change(level=5, days=0, best_effect=4, own_contribution=True, zero_tolerance=True)
    assert clock.status == "STOP_OWN_CONTRIBUTION"


def test_limits_get_strictly_shorter_as_severity_rises():
    for lower, higher in pairwise(sorted(TIME_LIMITS)):
        assert TIME_LIMITS[higher].first_action < TIME_LIMITS[lower].first_action
        assert TIME_LIMITS[higher].recheck < TIME_LIMITS[lower].recheck
        assert (TIME_LIMITS[higher].change or 0) < (TIME_LIMITS[lower].change or float("inf"))


@given(
    level=st.integers(min_value=1, max_value=4),
    days=st.integers(min_value=0, max_value=1000),
    effect=st.integers(min_value=0, max_value=4),
    extended=st.booleans(),
)
def test_a_more_severe_impact_is_never_given_more_time(level, days, effect, extended):
    here = time_to_change(level=level, days=days, best_effect=effect, extended=extended).status
    above = time_to_change(level=level + 1, days=days, best_effect=effect, extended=extended).status
    assert URGENCY.index(above) >= URGENCY.index(here)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"level": 0}, "level must be from 1 to 5"),
        ({"level": 6}, "level must be from 1 to 5"),
        ({"days": -1}, "cannot be negative"),
        ({"best_effect": 5}, "effect must be from 0 to 4"),
        ({"best_effect": -1}, "effect must be from 0 to 4"),
    ],
)
def test_readings_that_cannot_be_are_refused(changed, sentence):
    with pytest.raises(LeverageError, match=sentence):
        time_to_change(**{"level": 3, "days": 1, "best_effect": 0, **changed})
