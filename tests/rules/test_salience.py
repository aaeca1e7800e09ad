"""Salience: severity goes first, likelihood only orders, and grave risks are never slow."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.rules.salience import (
    SalienceError,
    State,
    check_likelihood,
    effective_likelihood,
    is_salient,
    response_tier,
)

levels = st.integers(min_value=1, max_value=5)
effectives = st.integers(min_value=1, max_value=6)


@pytest.mark.parametrize("state", [State.ACTUAL_UNREMEDIED, State.ACTUAL_REMEDIED])
def test_an_impact_that_has_happened_has_no_likelihood(state):
    check_likelihood(state, None, unknown=False)
    with pytest.raises(SalienceError, match="actual harm has no likelihood"):
        check_likelihood(state, 3, unknown=False)
    with pytest.raises(SalienceError, match="actual harm has no likelihood"):
        check_likelihood(state, None, unknown=True)


def test_a_potential_impact_needs_a_likelihood_or_unknown():
    check_likelihood(State.POTENTIAL, 1, unknown=False)
    check_likelihood(State.POTENTIAL, None, unknown=True)
    with pytest.raises(SalienceError, match="needs a likelihood of 1 to 5, or unknown"):
        check_likelihood(State.POTENTIAL, None, unknown=False)


@pytest.mark.parametrize("likelihood", [0, 6, -1])
def test_a_likelihood_outside_one_to_five_is_refused(likelihood):
    with pytest.raises(SalienceError, match="not on the scale 1 to 5"):
        check_likelihood(State.POTENTIAL, likelihood, unknown=False)


@pytest.mark.parametrize(("level", "expected"), [(1, 3), (3, 3), (4, 5), (5, 5)])
@pytest.mark.parametrize("state", [None, State.POTENTIAL])
def test_what_is_unknown_is_taken_with_precaution(state, level, expected):
    assert effective_likelihood(level, state, None) == expected


def test_an_actual_impact_goes_before_any_potential_one_until_remedied():
    assert effective_likelihood(1, State.ACTUAL_UNREMEDIED, None) == 6
    assert effective_likelihood(5, State.ACTUAL_REMEDIED, None) is None
    assert effective_likelihood(5, State.POTENTIAL, 2) == 2


@pytest.mark.parametrize(("level", "effective", "delay"), list(product((4, 5), range(1, 7), (False, True))))
def test_a_severe_risk_is_never_below_the_second_tier(level, effective, delay):
    assert response_tier(level, effective, delay=delay) in {"P1", "P2"}
    assert is_salient(level, effective)


@given(level=levels, effective=effectives, delay=st.booleans())
def test_a_graver_or_likelier_or_more_pressing_risk_is_never_answered_more_slowly(level, effective, delay):
    tier = response_tier(level, effective, delay=delay)
    assert response_tier(min(5, level + 1), effective, delay=delay) <= tier
    assert response_tier(level, min(6, effective + 1), delay=delay) <= tier
    assert response_tier(level, effective, delay=True) <= tier


@pytest.mark.parametrize(("effective", "expected"), [(2, False), (3, True), (6, True)])
def test_a_serious_risk_is_salient_from_possible_upwards(effective, expected):
    assert is_salient(3, effective) is expected
    assert not is_salient(2, effective)


def test_a_remedied_impact_leaves_the_list_and_the_queue():
    assert response_tier(5, None, delay=True) is None
    assert not is_salient(5, None)
