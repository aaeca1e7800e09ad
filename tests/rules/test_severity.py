"""Severity: the level is never diluted, lifts are capped, unknown heads are handled with precaution."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.rules.severity import GRAVEST_HARMS, SeverityError, combine, judge

TRIPLES = list(product(range(1, 6), repeat=3))
heads = st.integers(min_value=1, max_value=5)
lifts = st.integers(min_value=1, max_value=4)


@pytest.mark.parametrize(("scale", "scope", "irremediability"), TRIPLES)
def test_the_level_is_never_below_the_scale_and_never_above_the_highest_head(scale, scope, irremediability):
    assert scale <= combine(scale, scope, irremediability) <= max(scale, scope, irremediability)


@pytest.mark.parametrize(("scale", "scope", "irremediability"), TRIPLES)
def test_raising_one_head_never_lowers_the_level(scale, scope, irremediability):
    level = combine(scale, scope, irremediability)
    assert combine(min(5, scale + 1), scope, irremediability) >= level
    assert combine(scale, min(5, scope + 1), irremediability) >= level
    assert combine(scale, scope, min(5, irremediability + 1)) >= level


@given(scale=heads, scope=heads, irremediability=heads, lift_one=lifts, lift_both=lifts)
def test_raising_one_head_never_lowers_the_level_under_any_setting(
    scale, scope, irremediability, lift_one, lift_both
):
    def level(*triple):
        return combine(*triple, lift_one=lift_one, lift_both=lift_both)

    here = level(scale, scope, irremediability)
    assert level(min(5, scale + 1), scope, irremediability) >= here
    assert level(scale, min(5, scope + 1), irremediability) >= here
    assert level(scale, scope, min(5, irremediability + 1)) >= here


@given(scale=heads, scope=heads, irremediability=heads)
def test_lifts_of_four_give_the_highest_head(scale, scope, irremediability):
    assert combine(scale, scope, irremediability, lift_one=4, lift_both=4) == max(
        scale, scope, irremediability
    )


@pytest.mark.parametrize(
    ("triple", "level"),
    [((1, 5, 1), 2), ((1, 5, 5), 3), ((3, 1, 5), 4), ((2, 5, 5), 4), ((5, 1, 1), 5), ((4, 5, 1), 5)],
)
def test_one_other_head_lifts_one_level_and_both_lift_two(triple, level):
    assert combine(*triple) == level


@pytest.mark.parametrize(
    ("triple", "name"),
    [((0, 1, 1), "scale"), ((1, 6, 1), "scope"), ((1, 1, -1), "irremediability"), ((7, 1, 1), "scale")],
)
def test_a_head_outside_one_to_five_is_refused_by_name(triple, name):
    with pytest.raises(SeverityError, match=f"^{name}: "):
        judge(*triple)


@pytest.mark.parametrize("harm_type", sorted(GRAVEST_HARMS))
def test_the_gravest_harms_need_scale_five_or_a_reviewer_reason(harm_type):
    with pytest.raises(SeverityError, match="reviewer must record why"):
        judge(4, 1, 1, harm_type=harm_type)
    assert judge(4, 1, 1, harm_type=harm_type, floor_reason="The outcome is not credible.").level == 4
    assert judge(5, 1, 1, harm_type=harm_type).level == 5


def test_other_harms_have_no_floor():
    assert judge(2, 1, 1, harm_type="wrongful_removal").level == 2


def test_an_unknown_head_counts_as_four_and_leaves_the_assessment_incomplete():
    severity = judge(None, 1, 1)
    assert (severity.level, severity.band, severity.incomplete) == (4, "severe", True)
    assert "scale is not known" in severity.reason


def test_an_unknown_head_of_a_grave_harm_stays_unknown_and_is_not_refused():
    assert judge(None, 1, 1, harm_type="torture").incomplete


@pytest.mark.parametrize(
    ("triple", "words"),
    [((5, 1, 5), "gravity of the harm (scale 5) decides"), ((3, 5, 1), "scale 3, lifted by")],
)
def test_the_reason_says_whether_the_gravity_decided_or_was_lifted(triple, words):
    severity = judge(*triple)
    assert words in severity.reason
    assert not severity.incomplete
