"""Carrying out, staying, money and stories: the rules of an exit after the decision (UNGP 19, 20, 21)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.rules.exit import (
    Comparison,
    ExitKind,
    ExitState,
    group_level,
    reassess_by,
    state_label,
    step_label,
)
from risks.rules.exit_execution import (
    OWED,
    DutyKind,
    closing_refusal,
    completion_refusals,
    duty_refusal,
    execution_refusal,
    review_refusal,
)
from risks.rules.exit_narrative import narrative_refusals
from risks.rules.exit_staying import (
    money_words,
    revenue_refusal,
    stay_again_refusals,
    staying_until,
)

TODAY = date(2026, 11, 26)
STORY = "We ended the access of a reseller after people were arrested, once those most at risk had been made safe."


@given(st.sampled_from(ExitKind), st.sets(st.sampled_from(DutyKind)))
def test_nothing_is_carried_out_whose_duties_are_not_all_planned(
    kind: ExitKind, planned: set[DutyKind]
) -> None:
    assert bool(execution_refusal(kind, planned)) == bool(set(OWED[kind]) - planned)


@given(st.sets(st.sampled_from(DutyKind)))
def test_nobody_is_told_before_vulnerable_users_are_safe(done: set[DutyKind]) -> None:
    for notice in (DutyKind.NOTICE_PARTNER, DutyKind.NOTICE_USERS):
        assert bool(duty_refusal(notice, done=done)) == (DutyKind.VULNERABLE_SAFE not in done)
    assert duty_refusal(DutyKind.EVIDENCE_PRESERVED, done=done) == ""


@given(st.integers(0, 400), st.integers(0, 400))
def test_it_is_over_once_the_last_notice_has_run(notice: int, passed: int) -> None:
    noticed = [TODAY - timedelta(days=passed), TODAY - timedelta(days=passed + 9)]

    found = completion_refusals(still_open=[], notice_days=notice, noticed=noticed, on=TODAY)

    assert bool(found) == (passed < notice)
    both = completion_refusals(still_open=["Access ended: x"], notice_days=notice, noticed=noticed, on=TODAY)
    assert both == ["UNGP 19: what is owed to people is not done yet: Access ended: x.", *found]


@pytest.mark.parametrize(
    ("after", "passed", "refused"),
    [(90, 75, True), (90, 76, False), (90, 500, False), (365, 350, True), (365, 351, False)],
)
def test_a_review_comes_when_people_can_tell(after: int, passed: int, refused: bool) -> None:
    assert bool(review_refusal(after, executed=TODAY - timedelta(days=passed), on=TODAY)) == refused
    assert "not carried out yet" in review_refusal(after, executed=None, on=TODAY)


@pytest.mark.parametrize(
    ("reviewed", "says"), [([], "after 90 and after 365 days"), ([90], "after 365 days"), ([90, 365], "")]
)
def test_it_is_closed_after_both_reviews(reviewed: list[int], says: str) -> None:
    assert says in closing_refusal(reviewed)
    assert bool(closing_refusal(reviewed)) == bool(says)


@given(st.integers(1, 4), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_the_graver_the_shorter_a_term_of_staying(level: int, accepted: date) -> None:
    assert staying_until(level + 1, accepted) <= staying_until(level, accepted)
    assert [(staying_until(one, accepted) - accepted).days for one in (5, 4, 3)] == [30, 60, 90]


def test_a_further_term_needs_evidence_and_words() -> None:
    assert stay_again_refusals(evidence_since=True, consequences="Legal.", why="x") == []
    assert len(stay_again_refusals(evidence_since=False, consequences=" ", why="")) == 3


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("They bring Revenue, and revenue again.", ["revenue"]),
        ("A loss of € 4 million a year", ["€ 4"]),
        ("Their income is EUR 5", ["income", "eur 5"]),
        ("It is our most profitable key account", ["profitable", "key account"]),
        ("Nothing changed for the people affected in a year.", []),
        ("Marginal groups are in danger; the incoming law is profound.", []),
    ],
)
def test_money_is_heard_where_it_speaks(said: str, found: list[str]) -> None:
    assert money_words(said) == found


@pytest.mark.parametrize(
    ("answer", "words", "explained", "says"),
    [
        (None, [], "", "answer whether a reason rests"),
        (True, [], "It must.", "no admissible reason"),
        (False, ["revenue"], " ", "the reasons speak of “revenue”"),
        (False, ["revenue"], "It is theirs.", ""),
        (False, [], "", ""),
    ],
)
def test_revenue_is_no_reason(answer: bool | None, words: list[str], explained: str, says: str) -> None:
    told = revenue_refusal(rests_on_revenue=answer, words=words, explained=explained)

    assert says in told
    assert bool(told) == bool(says)


SAFE = {
    "decided": True,
    "naming_endangers": False,
    "vulnerable_open": False,
    "vulnerable_done": True,
    "stays": False,
}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"decided": False}, "once it was taken"),
        ({"naming_endangers": True}, "would endanger people"),
        ({"vulnerable_open": True}, "before vulnerable users are safe"),
        ({"vulnerable_done": False}, "before vulnerable users are safe"),
        ({"vulnerable_done": False, "stays": True}, ""),
        ({}, ""),
    ],
)
def test_a_story_is_told_only_where_nobody_is_exposed(change: dict[str, bool], says: str) -> None:
    found = narrative_refusals(STORY, **SAFE | change, never_named=())

    assert len(found) == bool(says)
    assert says in " ".join(found)
    assert len(narrative_refusals("Ended.", **SAFE, never_named=())) == 1
    assert "must not be written" in " ".join(
        narrative_refusals(f"{STORY} It was Northern Cloud.", **SAFE, never_named=("Northern Cloud",))
    )


@pytest.mark.parametrize(
    ("group", "level"),
    [
        ({"scale": 3, "scope": 3, "irremediability": 2}, 3),
        ({"scale": 5, "scope": "unknown", "irremediability": 1}, 5),
        ({"scale": "unknown", "scope": 1, "irremediability": 1}, 4),
        ({}, 4),
    ],
)
def test_the_harm_of_leaving_is_judged_as_any_harm(group: dict[str, object], level: int) -> None:
    assert group_level(group) == level


def test_only_manifestly_more_harm_is_assessed_again_by_a_day() -> None:
    due = {one: reassess_by(one, since=TODAY) for one in Comparison}

    assert {one: day for one, day in due.items() if day} == {
        Comparison.EXIT_MANIFESTLY_MORE_HARM: TODAY + timedelta(days=90)
    }


def test_who_stays_carries_out_conditions() -> None:
    assert step_label("complete", "remain_with_conditions") == "Staying has ended"
    assert step_label("complete", "terminate_whole") == "Carried out"


def test_where_a_decision_to_stay_stands_is_not_told_as_leaving() -> None:
    told = {state_label(one, "remain_with_conditions") for one in ExitState}

    assert not {"Executing", "Executed", "Post exit review"} & told
    assert state_label(ExitState.EXECUTING, "terminate_whole") == "Executing"
    assert len(told) == len(ExitState)
