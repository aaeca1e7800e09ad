"""Who decides a dilemma, what is refused, and that nothing is added up (1.6)."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrdd.governance.rules import NotAllowed, Permission
from risks.rules import dilemma as rules
from risks.rules.dilemma import (
    STATES,
    STEPS,
    DilemmaFacts,
    OptionFacts,
    State,
    lacking_to_analyse,
    needs_end,
    permission_to_decide,
    refusals_to_choose,
    refuse_revenue,
    refuse_unlimitable,
    same_tags,
)
from risks.rules.ladder import LADDER

codes = st.frozensets(st.sampled_from(["LIFE", "EXPRESSION", "PRIVACY", "WORK"]), max_size=3)
tags = st.tuples(st.sampled_from(["hatred", "violence"]), codes, codes, codes)


def option(kind="reduce_reach", **changes):
    return OptionFacts(
        **{"label": "x", "kind": kind, "interferes_with": frozenset(), "effects_missing": 0} | changes
    )


def facts(**changes):
    return DilemmaFacts(
        **{
            "kind": "violence",
            "protected": frozenset({"LIFE"}),
            "burdened": frozenset({"EXPRESSION"}),
            "options": [option("no_action"), option(test="passes")],
            "advised_by_another": True,
            "rabat_confirmed": False,
        }
        | changes
    )


@pytest.mark.parametrize("kinds", [(), *itertools.combinations([*LADDER, ""], 2)])
def test_a_senior_decides_exactly_when_an_option_is_of_class_five(kinds):
    grave = any(kind and LADDER[kind].intrusion == 5 for kind in kinds)
    expected = Permission.DECIDE_GRAVE_DILEMMA if grave else Permission.DECIDE_DILEMMA
    assert permission_to_decide(kinds) is expected


def test_every_state_is_reached_and_only_the_closed_one_is_an_end():
    reached = {State.OPEN, *(step.after for step in STEPS.values())}
    left = set(itertools.chain.from_iterable(step.before for step in STEPS.values()))
    assert reached == set(STATES)
    assert set(STATES) - left == {State.CLOSED}


def test_the_moves_are_those_of_the_sheet():
    moves = {(before, step.after) for step in STEPS.values() for before in step.before}
    assert moves == {
        ("open", "analysed"),
        ("open", "interim_decided"),
        ("interim_decided", "analysed"),
        ("analysed", "consulted"),
        ("consulted", "decided"),
        ("decided", "in_review"),
        ("in_review", "decided"),
        ("in_review", "closed"),
    }


@pytest.mark.parametrize(
    ("changes", "lacking"),
    [
        ({}, 0),
        ({"options": [option("no_action")]}, 1),
        ({"options": [option(test="passes"), option(test="fails")]}, 1),
        ({"options": [option("no_action"), option()]}, 1),
        ({"options": [option("no_action", effects_missing=2), option(test="passes")]}, 1),
        ({"options": []}, 2),
        ({"burdened": frozenset()}, 1),
        ({"kind": "hatred"}, 1),
        ({"kind": "hatred", "rabat_confirmed": True}, 0),
        ({"kind": "hatred", "burdened": frozenset({"WORK"})}, 0),
    ],
)
def test_an_analysis_names_all_that_it_lacks(changes, lacking):
    assert len(lacking_to_analyse(facts(**changes))) == lacking


@pytest.mark.parametrize(
    ("kind", "test", "interim", "allowed"),
    [
        ("no_action", "", False, True),
        ("", "", False, True),
        ("label", "passes", False, True),
        ("label", "incomplete", False, False),
        ("label", "incomplete", True, True),
        ("label", "", True, True),
        ("label", "fails", True, False),
        ("label", "fails", False, False),
    ],
)
def test_what_the_three_part_test_lets_stand(kind, test, interim, allowed):
    assert (refusals_to_choose(option(kind, test=test), interim=interim) == []) is allowed


def test_a_right_that_is_never_limited_is_named_in_the_refusal():
    with pytest.raises(NotAllowed, match="D1: LIFE, OPINION may never be limited"):
        refuse_unlimitable(["OPINION", "WORK", "LIFE"], frozenset({"LIFE", "OPINION", "NO_TORTURE"}))
    refuse_unlimitable(["WORK"], frozenset({"LIFE"}))


@pytest.mark.parametrize("said", ["Our revenue falls", "PROFITS", "the sales target", "for shareholders"])
def test_revenue_is_no_reason(said):
    with pytest.raises(NotAllowed, match="is no reason here"):
        refuse_revenue({"Reasons": said})


@pytest.mark.parametrize(
    "said", ["Creators lose income", "a prophet", "targets of hatred", "turned over to police"]
)
def test_words_like_it_pass(said):
    refuse_revenue({"Reasons": said})


@pytest.mark.parametrize(
    ("kind", "target", "needed"),
    [
        ("temp_suspension", "account", True),
        ("feature_limit", "item", True),
        ("geoblock", "territory", True),
        ("label", "item", False),
        ("label", "account", True),
        ("permanent_ban", "account", False),
        ("country_withdrawal", "territory", False),
        ("no_action", "account", False),
        ("", "account", False),
    ],
)
def test_which_measures_must_end(kind, target, needed):
    assert needs_end(kind, target) is needed


@given(one=tags, other=tags)
def test_being_a_precedent_is_mutual(one, other):
    assert same_tags(one, other) == same_tags(other, one)


@given(one=tags)
def test_nothing_is_shared_without_rights_on_both_sides(one):
    kind, protected, burdened, places = one
    assert not same_tags(one, (kind, frozenset(), burdened, places))
    assert same_tags(one, one) is bool(protected and burdened)


def test_the_rules_offer_no_figure_over_effects():
    names = [name.lower() for name in dir(rules)]
    assert not [
        name for name in names if any(word in name for word in ("total", "sum", "average", "score", "rank"))
    ]
