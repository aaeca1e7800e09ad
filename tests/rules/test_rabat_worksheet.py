"""The worksheet beside the threshold: guidance, contradictions, how long it lasts, who stands behind it (4.1, SD9)."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.rules.method import MethodError, configured
from risks.rules.rabat import Gates, Mode, Outcome, Scores
from risks.rules.rabat_worksheet import (
    FACTORS,
    GATES,
    MEANINGS,
    NAMES,
    TENSE,
    Assessor,
    Given,
    advice_on_mode,
    contradictions,
    lacking_assessors,
    valid_until,
)

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
assessors = st.lists(
    st.builds(Assessor, name=st.sampled_from("abc"), agrees=st.booleans(), attests=st.booleans()),
    unique_by=lambda one: one.name,
)


def test_each_factor_of_the_threshold_has_its_anchors_and_each_gate_its_question():
    assert [one.name for one in FACTORS] == [one.name for one in fields(Scores)]
    assert list(GATES) == [one.name for one in fields(Gates)]
    assert all(len(set(one.anchors)) == 4 and one.ask for one in FACTORS)


def test_each_outcome_says_what_it_means():
    assert set(NAMES) == set(MEANINGS) == set(Outcome)
    assert "Never call a person a criminal" in MEANINGS[Outcome.CRIMINAL]
    assert "No removal on this basis" in MEANINGS[Outcome.CONCERN]


@pytest.mark.parametrize(
    ("mode", "gates", "grounds", "harm", "exceptions", "intent", "wrong"),
    [
        ("art20", "yyy", ["racial"], ["violence"], [], 3, set()),
        ("art20", "yyy", ["other_policy_ground"], ["violence"], [], 3, {"grounds"}),
        ("analogy", "yyy", ["other_policy_ground"], ["violence"], [], 3, set()),
        ("art20", "yyy", [], ["violence"], [], 3, {"grounds"}),
        ("art20", "yyn", ["racial"], [], [], 3, set()),
        ("art20", "nyy", [], [], [], 3, {"harm_sought"}),
        ("art20", "nnn", [], [], ["reporting"], 0, set()),
        ("art20", "yyn", ["racial"], [], ["quoting"], 2, {"intent_text"}),
        ("art20", "???", [], [], ["quoting"], None, set()),
    ],
)
def test_what_contradicts_itself_is_named_by_its_field(mode, gates, grounds, harm, exceptions, intent, wrong):
    found = contradictions(Given(Mode(mode), Gates.parse(gates), grounds, harm, exceptions, intent, "x"))
    assert set(found) == wrong


def test_a_pretext_is_explained():
    why = "The account posts such quotations daily with calls to act, and never condemns one."
    assert contradictions(Given(Mode.ANALOGY, Gates.parse("nnn"), [], [], ["quoting"], 3, why)) == {}


def test_the_mode_says_what_it_does_not_reach():
    assert "by analogy" in advice_on_mode(Mode.ANALOGY, Gates.parse("yyy"))
    assert "not met at its gates" in advice_on_mode(Mode.ART20, Gates.parse("yyn"))
    assert (
        advice_on_mode(Mode.ART20, Gates.parse("yyy")) == advice_on_mode(Mode.ART20, Gates.parse("yy?")) == ""
    )


@given(tags=st.lists(st.sampled_from([*TENSE, "protest", "shutdown"])))
def test_scores_last_shorter_while_people_are_on_edge(tags):
    until = valid_until(AT, context_tags=tags, days=30, tense_days=7)
    assert until == AT + timedelta(days=7 if TENSE.intersection(tags) else 30)


@given(people=assessors)
def test_a_worksheet_is_confirmed_by_two_who_agree_and_one_who_attests(people):
    confirmed = sum(one.agrees for one in people) >= 2 and any(one.attests for one in people)
    assert (lacking_assessors(people) == []) is confirmed


def test_the_days_are_configured_and_the_tense_ones_are_never_the_longer():
    assert configured({"rabat_days": 14, "rabat_tense_days": 3}).rabat_days == 14
    with pytest.raises(MethodError, match="rabat_tense_days"):
        configured({"rabat_tense_days": 31})
