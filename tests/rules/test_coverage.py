"""The UNGP Reporting Framework as an index: what answers a question, and when one is open (domain.md 8.1)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transparency.rules.completeness import missing_from
from transparency.rules.coverage import (
    BY_CODE,
    PLACES,
    QUESTIONS,
    Given,
    answers,
    from_record,
    index,
    open_questions,
    open_risks,
    refusal,
    section_place,
)
from transparency.rules.sections import BY_CODE as SECTIONS

REASON = "Nobody asked people about this in the period."
MEASURE = {"rule": "Rules of conduct, 4", "finding": "Nothing to decide"}
TOLD = {
    "title": "Told",
    "summary": "x",
    "rights": ["x"],
    "gaps": [],
    "measures": [MEASURE],
    "consultations": ["x"],
}
BARE = {"title": "Bare", "summary": "x", "rights": ["x"], "gaps": [], "measures": [], "consultations": []}
COMMITTED = {"commitment": True}
THRESHOLD = ["A1", "A2", "B1", "B2", "B3", "B4", "C1", "C2", "C3", "C4", "C5", "C6"]


def content(*risks: dict[str, Any], policies: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {"risks": list(risks), "policies": list(policies)}


def test_the_framework_has_twelve_questions_of_its_threshold_and_those_that_support_them() -> None:
    assert [one.code for one in QUESTIONS if not one.supports] == THRESHOLD
    assert {one.code.split(".")[0] for one in QUESTIONS} == set(THRESHOLD)
    assert {one.code[0] for one in QUESTIONS if one.of_issues} == {"C"}


@pytest.mark.parametrize(
    ("code", "risk", "has", "anchor"),
    [
        ("A1", 0, content(policies=(COMMITTED,)), "policies"),
        ("A1", 0, content(policies=({"commitment": False},)), None),
        ("A1", 0, content(), None),
        ("A2", 0, content(TOLD, policies=(COMMITTED,)), None),
        ("B1", 0, content(TOLD), "risks"),
        ("B1", 0, content(), None),
        ("B2", 0, content(TOLD), "about"),
        ("B4", 0, content(TOLD), None),
        ("C1", 1, content(TOLD), "risk-1-measures"),
        ("C1", 1, content(TOLD | {"measures": [MEASURE | {"rule": ""}]}), None),
        ("C2.2", 2, content(BARE, TOLD), "risk-2-consultations"),
        ("C2.2", 1, content(BARE, TOLD), None),
        ("C2", 2, content(BARE, TOLD), None),
        ("C4.3", 1, content(TOLD), "risk-1-measures"),
        ("C4.3", 1, content(BARE), None),
        ("C5", 1, content(TOLD), "risk-1-reassessment"),
        ("C5", 1, content(TOLD | {"measures": [MEASURE | {"finding": ""}]}), None),
        ("C6.1", 1, content(BARE), "complaints"),
        ("C6", 1, content(TOLD), None),
    ],
)
def test_the_record_answers_only_what_it_tells(
    code: str, risk: int, has: dict[str, Any], anchor: str | None
) -> None:
    place = from_record(BY_CODE[code], has, risk)

    assert (place.anchor if place else None) == anchor


@pytest.mark.parametrize(
    ("questions", "told_in", "reason", "says"),
    [
        (["A2"], "about", "", ""),
        (["A2"], "", REASON, ""),
        (["C2"], "risk", "", ""),
        (["A2"], "", "", "one of the two"),
        (["A2"], "about", REASON, "one of the two"),
        (["A2"], "", "no", "at least 20 characters"),
        (["A2"], "nowhere", "", "no such place"),
        (["A2"], "risk", "", "asked of each risk"),
        (["Z9"], "about", "", "one of the framework"),
        ([], "about", "", "one of the framework"),
    ],
)
def test_a_question_is_given_a_place_or_a_reason(
    questions: list[str], told_in: str, reason: str, says: str
) -> None:
    refused = refusal(questions, told_in, reason)

    assert says in refused
    assert bool(says) == bool(refused)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({}, [("record", "risk-1-measures"), (None, "")]),
        ({0: Given(reason=REASON)}, [("record", "risk-1-measures"), ("none", "")]),
        ({1: Given(reason=REASON)}, [("none", ""), (None, "")]),
        ({0: Given("risk")}, [("said", "risk-1"), ("said", "risk-2")]),
        ({0: Given(reason=REASON), 2: Given("risk")}, [("record", "risk-1-measures"), ("said", "risk-2")]),
    ],
)
def test_a_word_on_one_risk_goes_first_and_a_reason_for_all_hides_nothing_that_the_record_tells(
    said: dict[int, Given], found: list[tuple[str | None, str]]
) -> None:
    told = answers(content(TOLD, BARE), {("C4.3", risk): one for risk, one in said.items()})

    assert [
        (one.kind, one.place.anchor if one.place else "") for one in told if one.question.code == "C4.3"
    ] == found


def test_risks_of_which_the_same_is_said_stand_together() -> None:
    rows = index(answers(content(TOLD, BARE, TOLD), {("C4.3", 2): Given(reason=REASON)}))

    [row] = [row for row in rows if row["code"] == "C4.3"]
    assert [(one["kind"], [place["risk"] for place in one["places"]]) for one in row["answers"]] == [
        ("record", [1, 3]),
        ("none", [2]),
    ]


ALWAYS_THERE = set(PLACES) - {
    section_place(code) for code in SECTIONS
}  # a section answers once it is written
GIVEN = st.one_of(
    st.builds(Given, told_in=st.sampled_from(sorted(ALWAYS_THERE))), st.builds(Given, reason=st.just(REASON))
)
ASKED = st.tuples(st.sampled_from([one.code for one in QUESTIONS]), st.integers(0, 3))


@given(risks=st.lists(st.sampled_from([TOLD, BARE]), max_size=3), said=st.dictionaries(ASKED, GIVEN))
def test_a_question_is_open_exactly_where_nobody_and_nothing_answers(
    risks: list[dict[str, Any]], said: dict[tuple[str, int], Given]
) -> None:
    has = content(*risks)
    rows = {row["code"]: row for row in index(answers(has, said))}

    for question in QUESTIONS:
        asked = range(1, len(risks) + 1) if question.of_issues else [0]
        nothing = [
            risk
            for risk in asked
            if not {(question.code, risk), (question.code, 0)} & set(said)
            and from_record(question, has, risk) is None
        ]
        assert open_risks(rows[question.code], len(risks)) == nothing
    told = open_questions(has | {"coverage": list(rows.values())})
    every = {one.code for one in QUESTIONS}
    assert {one.split(" ")[0] for one in told} == {
        code for code in every if open_risks(rows[code], len(risks))
    }


def test_a_report_lacks_what_its_index_leaves_open_and_names_the_risks() -> None:
    said = {(one.code, 0): Given(reason=REASON) for one in QUESTIONS if one.code != "C2.2"}
    has = content(TOLD, BARE)

    [sentence] = missing_from(has | {"coverage": index(answers(has, said))})

    assert sentence.endswith("where each question is answered, or why not: C2.2 (“Bare”).")
    whole = index(answers(has, said | {("C2.2", 2): Given(reason=REASON)}))
    assert missing_from(has | {"coverage": whole}) == []


def test_a_content_without_an_index_answers_nothing() -> None:
    assert len(open_questions(content(TOLD))) == len(QUESTIONS)
    assert open_questions(content()) == [one.code for one in QUESTIONS if not one.of_issues]
