"""The three-part test explains what it finds (ICCPR 19(3); domain.md 3.3)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.rules.ladder import LADDER
from risks.rules.three_part_test import QUESTIONS, Answer, GivenTest, OutcomeOfTest, judge
from tests.three_part import WHY, answering, passing

CODES = [question.code for question in QUESTIONS]
NONE: frozenset[str] = frozenset()


@pytest.mark.parametrize("kind", LADDER)
def test_every_answer_given_passes_whatever_the_measure(kind: str) -> None:
    assert judge(passing(kind), kind=kind, unlimitable=NONE).outcome == "passes"


@pytest.mark.parametrize("code", CODES)
def test_any_no_fails_and_names_its_question(code: str) -> None:
    verdict = judge(answering("label", **{code: "no"}), kind="label", unlimitable=NONE)

    assert (verdict.outcome, verdict.code) == ("fails", code)
    assert code in verdict.reason


@pytest.mark.parametrize("code", CODES)
def test_any_unknown_leaves_it_incomplete(code: str) -> None:
    verdict = judge(answering("label", **{code: "unknown"}), kind="label", unlimitable=NONE)

    assert verdict.outcome == "incomplete"
    assert code in verdict.reason


def test_a_right_that_may_never_be_limited_fails_before_anything_is_balanced() -> None:
    given = replace(passing("label"), rights_burdened=("NO_TORTURE", "EXPRESSION"))

    verdict = judge(given, kind="label", unlimitable=frozenset({"NO_TORTURE"}))

    assert (verdict.outcome, verdict.code) == ("fails", "")
    assert "NO_TORTURE" in verdict.reason


def test_only_the_question_about_a_state_may_be_left_out() -> None:
    for code in CODES:
        verdict = judge(answering("label", **{code: "not_applicable"}), kind="label", unlimitable=NONE)
        assert verdict.outcome == ("passes" if code == "L4" else "incomplete"), code


def test_an_aim_that_no_treaty_lists_fails_and_no_aim_is_incomplete() -> None:
    bare = replace(passing("label"), aims=())

    assert judge(bare, kind="label", unlimitable=NONE).reason.endswith("A1 (the aim).")
    assert judge(replace(bare, no_aim_is_listed=True), kind="label", unlimitable=NONE).code == "A1"


@pytest.mark.parametrize(
    ("kind", "needed"), [("label", False), ("reduce_reach", True), ("permanent_ban", True)]
)
def test_from_reduced_reach_on_a_lower_rung_must_have_been_weighed(kind: str, needed: bool) -> None:
    verdict = judge(replace(passing(kind), alternatives=()), kind=kind, unlimitable=NONE)

    assert (verdict.outcome == OutcomeOfTest.INCOMPLETE) is needed


def test_an_equal_or_higher_rung_is_no_alternative() -> None:
    higher = replace(passing("demonetise"), alternatives=passing("permanent_ban").alternatives[3:])

    verdict = judge(higher, kind="demonetise", unlimitable=NONE)

    assert verdict.outcome == "incomplete"


@given(st.dictionaries(st.sampled_from(CODES), st.sampled_from(["yes", "no", "unknown", "not_applicable"])))
def test_no_mixture_passes_unless_all_is_answered(answers: dict[str, str]) -> None:
    given_test = GivenTest(
        answers={code: Answer(answer, WHY) for code, answer in answers.items()},
        aims=("public_order",),
        rights_burdened=("EXPRESSION",),
    )

    outcome = judge(given_test, kind="label", unlimitable=NONE).outcome

    answered = all(
        answers.get(code) == "yes" or (code == "L4" and answers.get(code) == "not_applicable")
        for code in CODES
    )
    assert (outcome == "passes") is answered
    assert (outcome == "fails") is ("no" in answers.values())
