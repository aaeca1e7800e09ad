"""What may be proposed, who approves it and what comes before it stands, as tables and over everything (3.1 to 3.8)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrdd.governance.rules import Permission
from risks.rules.intervals import REVIEW_INTERVALS
from risks.rules.ladder import LADDER
from risks.rules.measure_workflow import (
    MEASURE_STEPS,
    TARGETS_OF,
    TRANSITIONS,
    Duty,
    Facts,
    appeal_until,
    approving_permission,
    corridor,
    emergency_refusal,
    must_be_single,
    needs_end_date,
    next_review,
    notice_refusal,
    refusal_by_test,
    refusals,
    required_duties,
)

TODAY = date(2026, 11, 24)
LATER = TODAY + timedelta(days=20)
SOUND = Facts("geoblock", "item", 4, TODAY, LATER, territory=("KE",), ground="Rule 3")
KINDS = st.sampled_from(sorted(LADDER))
LEVELS = st.integers(1, 5)

NEEDS_END = [
    ("temp_suspension", "account", True),
    ("feature_limit", "feature", True),
    ("feature_limit", "rule", True),
    ("geoblock", "territory", True),
    ("geoblock", "item", False),
    ("demonetise", "account", True),
    ("label", "account", True),
    ("remove_item", "item", False),
    ("permanent_ban", "account", False),
    ("service_termination", "partner", False),
    ("country_withdrawal", "territory", False),
    ("no_action", "account", False),
]
REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"ends_on": None, "target_type": "account"}, "ends_on", "Oversight Board 2021-001-FB-FBR"),
    ({"ends_on": TODAY}, "ends_on", "choose a day after 24 November 2026"),
    ({"territory": ()}, "territory", "named countries only"),
    ({"ground": " "}, "rule_relied_on", "provided by law"),
    ({"target_type": ""}, "target_type", "choose what the measure touches"),
    ({"kind": "permanent_ban", "level": 5}, "target_type", "touches: account"),
    ({"unit_of_review": "rule_class", "public_interest": True}, "unit_of_review", "one by one"),
    ({"unit_of_review": "rule_class", "target_type": "partner"}, "unit_of_review", "only measures on items"),
    ({"repeat": True}, "prior_warning_on", "DSA 23"),
    ({"prior_warning_on": LATER}, "prior_warning_on", "or earlier"),
    ({"level": 2}, "override_reason", "over the ceiling I2 at level 2"),
    ({"level": 1}, "kind", "Choose a lower rung"),
    ({"level": 1, "override_reason": "x"}, "kind", "never both"),
    ({"override_reason": "x"}, "override_reason", "within the ceiling"),
]
MACHINES: list[tuple[str, str, str, bool, str]] = [
    ("temp_suspension", "account", "", True, "class I4 or I5"),
    ("permanent_ban", "account", "spam", True, "class I4 or I5"),
    ("country_withdrawal", "territory", "", True, "class I4 or I5"),
    ("remove_item", "item", "", True, "only in a listed category"),
    ("remove_item", "item", "hate", True, "only in a listed category"),
    ("remove_item", "item", "spam", False, "a person hears the appeal"),
    ("remove_item", "item", "csam_hash", True, ""),
    ("remove_item", "item", "terrorist_hash", True, ""),
    ("remove_item", "item", "spam", True, ""),
    ("label", "item", "", False, ""),
]


@pytest.mark.parametrize(("kind", "target_type", "needed"), NEEDS_END)
def test_what_may_not_be_open_ended_has_an_end_date(kind: str, target_type: str, needed: bool) -> None:
    assert needs_end_date(kind, target_type) is needed


def test_a_sound_proposal_is_not_refused() -> None:
    assert refusals(SOUND) == []
    assert refusals(replace(SOUND, level=2, override_reason="x")) == []
    assert refusals(replace(SOUND, level=2, repeat=True, prior_warning_on=TODAY)) == []


@pytest.mark.parametrize(("changed", "field", "says"), REFUSED)
def test_a_proposal_is_refused_at_the_field_where_it_is_mended(
    changed: dict[str, Any], field: str, says: str
) -> None:
    found = {one.field: one.sentence for one in refusals(replace(SOUND, **changed))}
    assert says in found[field]


@pytest.mark.parametrize(("kind", "target_type", "category", "appeal", "says"), MACHINES)
def test_a_machine_alone_decides_little(
    kind: str, target_type: str, category: str, appeal: bool, says: str
) -> None:
    facts = Facts(
        kind,
        target_type,
        5,
        TODAY,
        LATER,
        territory=("KE",),
        automated_decision="FULLY",
        automated_category=category,
        human_appeal=appeal,
        ground="x",
    )
    found = [one.sentence for one in refusals(facts)]
    assert (says in found[0]) if says else found == []


@given(st.integers(0, 5), LEVELS, st.booleans(), st.booleans(), st.booleans())
def test_nothing_stands_more_than_one_class_over_the_level_and_never_by_both(
    intrusion: int, level: int, repeat: bool, warned: bool, override: bool
) -> None:
    found = corridor(intrusion, level=level, repeat=repeat, warned=warned, override=override)

    if not found.refusal:
        assert intrusion <= level + 1
        if intrusion == level + 1:
            assert override != (repeat and warned)
        else:
            assert not override
    assert found.over == (intrusion > level + (repeat and warned))
    assert found.under == (level >= 4 and intrusion < level - 3)


@given(st.integers(0, 5), st.booleans(), st.none() | st.integers(0, 3))
def test_whoever_approves_has_the_authority_for_the_class(
    intrusion: int, over: bool, pair: int | None
) -> None:
    needed = approving_permission(intrusion, over=over, analyst_pair_up_to=pair)

    if intrusion == 5 or over:
        assert needed == Permission.APPROVE_GRAVE_MEASURE
    elif intrusion == 4 or pair is None or intrusion > pair:
        assert needed == Permission.APPROVE_MEASURE
    else:
        assert needed == Permission.PROPOSE_MEASURE


@given(KINDS, st.sampled_from(["item", "account", "feature", "partner", "territory", "rule"]), LEVELS)
def test_no_proposal_is_both_long_and_open_ended(kind: str, target_type: str, level: int) -> None:
    facts = Facts(kind, target_type, level, TODAY, territory=("KE",), ground="x")
    open_ended = "ends_on" not in {one.field for one in refusals(facts)}
    exempt = {"permanent_ban", "service_termination", "country_withdrawal", "no_action"}

    if open_ended and kind not in exempt:
        assert target_type in {"item", "rule"}
        assert kind not in {"temp_suspension", "feature_limit"}


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)))
def test_an_appeal_lasts_six_calendar_months(told: date) -> None:
    until = appeal_until(told)

    assert (until.year * 12 + until.month) - (told.year * 12 + told.month) == 6
    assert until.day == told.day or until.day < told.day


@pytest.mark.parametrize(
    ("told", "until"),
    [
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2027, 8, 31), date(2028, 2, 29)),
        (date(2026, 1, 15), date(2026, 7, 15)),
        (date(2026, 12, 31), date(2027, 6, 30)),
    ],
)
def test_the_last_day_of_a_month_stays_the_last(told: date, until: date) -> None:
    assert appeal_until(told) == until


@given(st.integers(0, 5), LEVELS, st.none() | st.integers(1, 400))
def test_a_measure_is_reviewed_by_its_interval_and_before_its_end(
    intrusion: int, level: int, lasts: int | None
) -> None:
    ends_on = TODAY + timedelta(days=lasts) if lasts else None
    due = next_review(intrusion, level=level, today=TODAY, ends_on=ends_on, intervals=REVIEW_INTERVALS)

    assert TODAY < due <= TODAY + timedelta(days=REVIEW_INTERVALS[intrusion][level - 1])
    assert ends_on is None or due <= ends_on


@pytest.mark.parametrize(
    ("kind", "level", "life", "duties"),
    [
        ("remove_item", 4, False, [Duty.PRESERVE_EVIDENCE]),
        ("permanent_ban", 5, True, [Duty.PRESERVE_EVIDENCE, Duty.NOTIFY_AUTHORITY]),
        ("remove_item", 3, False, []),
        ("label", 5, True, [Duty.NOTIFY_AUTHORITY]),
        ("geoblock", 5, False, []),
    ],
)
def test_some_duties_come_with_the_measure(kind: str, level: int, life: bool, duties: list[Duty]) -> None:
    assert required_duties(kind, level=level, threat_to_life=life) == duties


def test_only_a_passing_test_is_approved_and_only_danger_to_life_goes_before() -> None:
    assert refusal_by_test("passes", "x") == ""
    assert "72 hours" in refusal_by_test("incomplete", "x")
    assert "fails is not approved" in refusal_by_test("fails", "x")
    assert "Only where life is in danger" in emergency_refusal(
        threat_to_life=False, outcome="passes", reason=""
    )
    assert "no emergency saves" in emergency_refusal(threat_to_life=True, outcome="fails", reason="")
    assert emergency_refusal(threat_to_life=True, outcome="incomplete", reason="") == ""


def test_grave_and_public_interest_measures_are_reviewed_one_by_one() -> None:
    assert [must_be_single(intrusion, public_interest=False) for intrusion in range(6)] == [False] * 4 + [
        True
    ] * 2
    assert must_be_single(1, public_interest=True)


@pytest.mark.parametrize(
    ("target_type", "told", "says"),
    [
        ("account", None, "DSA 17"),
        ("rule", None, ""),
        ("account", TODAY + timedelta(days=1), "or earlier"),
        ("account", TODAY - timedelta(days=3), "or later"),
        ("account", TODAY, ""),
    ],
)
def test_a_person_is_told_when_it_takes_effect(target_type: str, told: date | None, says: str) -> None:
    found = notice_refusal(
        intrusion=4,
        target_type=target_type,
        notified_on=told,
        today=TODAY,
        starts_on=TODAY - timedelta(days=2),
    )
    assert says in found if says else not found


def test_every_step_is_one_of_the_table_and_whatever_ended_stays_ended() -> None:
    for step in MEASURE_STEPS.values():
        assert all(step.after in TRANSITIONS[before] for before in step.before)
    reached = frozenset().union(*TRANSITIONS.values())
    assert reached - set(TRANSITIONS) == {
        "rejected",
        "withdrawn",
        "modified",
        "lifted",
        "expired",
        "reversed",
    }
    assert set(TARGETS_OF) <= set(LADDER)
