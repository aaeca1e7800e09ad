"""When a driver of the business model is to be reviewed, and what a review may conclude (GP18; domain.md 1.11)."""

from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.rules.method import DEFAULT
from risks.rules.model_review import (
    REVIEW_STEPS,
    Concluding,
    DriverFacts,
    ReviewState,
    ReviewTrigger,
    is_overdue,
    missing_consultation,
    missing_evidence,
    missing_to_close,
    missing_to_conclude,
    missing_to_scope,
    triggers,
    year_before,
)

TODAY = date(2026, 11, 25)
LATELY = TODAY - timedelta(days=10)
REASONS = "Ranking by engagement lifts what enrages; three experiments of our own show it."
METRIC = {"name": "Reach", "baseline": "9", "target": "3", "unit": "per cent", "due": "2027-06-01"}
SOUND = Concluding(
    conclusion="change_design",
    reasons=REASONS,
    user_misuse_only=False,
    incentives_examined="",
    alternatives=["Chronological order", "Ranking by quality"],
    metrics=[METRIC],
)


@pytest.mark.parametrize(
    ("facts", "fires"),
    [
        (DriverFacts(), []),
        (DriverFacts(open_risks=1), ["yearly"]),
        (DriverFacts(open_risks=1, reviewed_on=TODAY - timedelta(days=364)), []),
        (DriverFacts(open_risks=1, reviewed_on=TODAY - timedelta(days=365)), ["yearly"]),
        (DriverFacts(open_risks=0, reviewed_on=TODAY - timedelta(days=900)), []),
        (DriverFacts(open_risks=1, reviewed_on=LATELY, severe_lately=1, severe_unreviewed=1), []),
        (
            DriverFacts(open_risks=2, reviewed_on=LATELY, severe_lately=2, severe_unreviewed=1),
            ["shared_by_severe_risks"],
        ),
        (DriverFacts(open_risks=2, reviewed_on=LATELY, severe_lately=2, severe_unreviewed=0), []),
        (DriverFacts(open_risks=1, reviewed_on=LATELY, upheld_grievances=2), []),
        (DriverFacts(open_risks=1, reviewed_on=LATELY, upheld_grievances=3), ["upheld_grievances"]),
        (DriverFacts(open_risks=1, reviewed_on=LATELY, monetisation_changes=1), ["monetisation_change"]),
        (DriverFacts(open_risks=1, reviewed_on=LATELY, outside_findings=1), ["expert_or_regulator"]),
        (DriverFacts(9, None, 9, 9, 9, 9, 9), [str(one) for one in ReviewTrigger]),
    ],
)
def test_triggers_follow_from_the_records(facts: DriverFacts, fires: list[str]) -> None:
    assert triggers(facts, on=TODAY) == fires


def test_the_method_says_how_often_and_how_many() -> None:
    facts = DriverFacts(
        open_risks=2, reviewed_on=TODAY - timedelta(days=90), severe_lately=2, severe_unreviewed=2
    )

    assert triggers(facts, on=TODAY, method=replace(DEFAULT, model_review_every_days=90)) == [
        "yearly",
        "shared_by_severe_risks",
    ]
    assert triggers(facts, on=TODAY, method=replace(DEFAULT, severe_risks_sharing_a_driver=3)) == []


def test_a_sound_conclusion_is_not_refused() -> None:
    assert missing_to_conclude(SOUND, on=TODAY) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"conclusion": ""}, "Conclusion: choose one of the six."),
        ({"conclusion": "blame_users"}, "Conclusion: choose one of the six."),
        ({"reasons": "x" * 49}, "Reasons: say why in at least 50 characters"),
        ({"user_misuse_only": True}, "B1: misuse by users alone is no conclusion"),
        ({"user_misuse_only": True, "incentives_examined": "  "}, "B1: misuse by users alone"),
        ({"alternatives": ["One"]}, "Design alternatives: weigh at least 2"),
        ({"alternatives": ["One", " one "]}, "Design alternatives: weigh at least 2"),
        ({"metrics": []}, "UNGP 20: name at least one metric"),
        (
            {"metrics": [METRIC | {"unit": " "}]},
            "Metric Reach: give its name, baseline, target, unit and day.",
        ),
        ({"metrics": [METRIC | {"due": ""}]}, "Metric Reach: give its name"),
        ({"metrics": [METRIC | {"due": "2026-11-24"}]}, "Metric Reach: its day lies in the past."),
    ],
)
def test_a_conclusion_without_its_grounds_is_refused_in_a_sentence(change: dict[str, Any], says: str) -> None:
    [sentence] = missing_to_conclude(replace(SOUND, **change), on=TODAY)

    assert says in sentence


def test_misuse_alone_may_be_concluded_once_the_incentives_were_examined() -> None:
    examined = replace(
        SOUND, user_misuse_only=True, incentives_examined="Pay of creators by watch time: no link."
    )

    assert missing_to_conclude(examined, on=TODAY) == []


def test_what_a_driver_earns_is_no_input_of_any_rule() -> None:
    inputs = {one.name for kind in (Concluding, DriverFacts) for one in fields(kind)}

    assert not any(word in name for name in inputs for word in ("revenue", "share", "earn", "money"))


def test_scope_evidence_and_consultation_each_say_what_they_lack() -> None:
    assert len(missing_to_scope(scope=" ", affected_groups="", risks=0)) == 3
    assert missing_to_scope(scope="x", affected_groups="y", risks=1) == []
    assert len(missing_evidence(evidence="", internal_research=" ")) == 2
    assert missing_evidence(evidence="x", internal_research="No research of our own exists.") == []
    assert len(missing_consultation(consulted=" ", why_not="")) == 1
    assert missing_consultation(consulted="", why_not="It would expose them.") == []


def test_a_review_closes_once_every_metric_was_read_and_the_outcome_told() -> None:
    read = METRIC | {"readings": [{"value": "3"}]}

    assert missing_to_close(metrics=[read], outcome=REASONS) == []
    assert missing_to_close(metrics=[read, METRIC], outcome=REASONS) == [
        "UNGP 20: record a reading of Reach first."
    ]
    assert "Outcome:" in missing_to_close(metrics=[read], outcome="short")[0]


@pytest.mark.parametrize(
    ("state", "days", "late"),
    [
        ("triggered", 180, False),
        ("triggered", 181, True),
        ("concluded", 181, True),
        ("tracked", 900, False),
        ("closed", 900, False),
    ],
)
def test_a_review_that_nobody_signed_in_time_is_the_boards_matter(state: str, days: int, late: bool) -> None:
    assert is_overdue(state, opened_on=TODAY - timedelta(days=days), on=TODAY) is late


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)))
def test_a_year_before_is_the_same_day_of_the_calendar(day: date) -> None:
    before = year_before(day)

    assert (before.year, before.month) == (day.year - 1, day.month)
    assert before.day == day.day or (day.month, day.day, before.day) == (2, 29, 28)


def test_every_state_is_reached_and_only_closed_ends_the_way() -> None:
    after = {step.after for step in REVIEW_STEPS.values()} | {ReviewState.TRIGGERED}
    left = frozenset().union(*(step.before for step in REVIEW_STEPS.values()))

    assert after == set(ReviewState)
    assert set(ReviewState) - left == {ReviewState.CLOSED}
