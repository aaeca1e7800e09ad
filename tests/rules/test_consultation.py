"""The way of a consultation, and E1 to E8."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrdd.governance.rules import LEAST_REASONS, Permission
from risks.rules import consultation as rules
from risks.rules.consultation import AFFECTED_VOICES, CONSULTATION_STEPS, ConsultationState, StakeholderType
from risks.rules.words import Vulnerability

DAY = date(2026, 3, 1)
LONG = "x" * LEAST_REASONS


def test_the_way_is_one_line_through_every_state() -> None:
    way = ["planned"]
    while way[-1] in rules.STEP_AFTER:
        way.append(CONSULTATION_STEPS[rules.STEP_AFTER[way[-1]]].after)

    assert way == list(ConsultationState)
    assert len(CONSULTATION_STEPS) == len(way) - 1


def test_only_the_check_needs_another_permission_than_to_run_it() -> None:
    others = {
        name for name, step in CONSULTATION_STEPS.items() if step.permission != Permission.RUN_CONSULTATION
    }
    assert others == {"check"}


@pytest.mark.parametrize(
    ("risk", "by_organiser", "refused"),
    [
        *((risk, True, risk >= 3) for risk in range(1, 6)),
        *((risk, False, False) for risk in range(1, 6)),
        (None, True, True),
        (None, False, False),
    ],
)
def test_e1_from_risk_three_or_unknown_another_checks(
    risk: int | None, by_organiser: bool, refused: bool
) -> None:
    assert bool(rules.check_refusal(risk_to_participants=risk, by_organiser=by_organiser)) is refused


@pytest.mark.parametrize(
    ("risk", "screened", "guarded"),
    [
        (3, False, False),
        (4, False, True),
        (5, False, True),
        (None, False, True),
        (5, True, False),
        (None, True, False),
    ],
)
def test_what_is_not_screened_and_dangerous_is_guarded(
    risk: int | None, screened: bool, guarded: bool
) -> None:
    assert rules.is_guarded(risk, screened=screened) is guarded


@pytest.mark.parametrize(
    ("risk", "vulnerable", "planned", "many"),
    [
        (1, [], [], 0),
        (2, ["children"], [], 1),
        (2, ["children"], ["child_safeguarding"], 0),
        (3, [], [], 1),
        (3, [], ["do_no_harm_assessment"], 0),
        (4, [], ["do_no_harm_assessment"], 3),
        (None, ["children"], [], 5),
        (5, [], ["do_no_harm_assessment", "pseudonyms", "secure_channel", "data_minimised"], 0),
    ],
)
def test_safeguards_fit_the_risk_and_the_people(
    risk: int | None, vulnerable: list[str], planned: list[str], many: int
) -> None:
    lacking = rules.safeguards_missing(
        risk_to_participants=risk, vulnerabilities=vulnerable, safeguards=planned
    )
    assert len(lacking) == many


def test_advice_names_what_usually_fits_and_falls_silent_once_it_is_planned() -> None:
    every = [*rules.FITTING.values(), "opt_out_any_time"]
    advised = rules.safeguards_advised(vulnerabilities=list(Vulnerability), safeguards=[])

    assert len(advised) == len(rules.FITTING) + 1
    assert rules.safeguards_advised(vulnerabilities=list(Vulnerability), safeguards=every) == []


@given(st.sets(st.sampled_from(list(StakeholderType))))
def test_e5_is_a_proxy_unless_an_affected_voice_is_heard(types: set[StakeholderType]) -> None:
    assert rules.is_proxy(types) is not bool(types & AFFECTED_VOICES)


def test_partners_investors_and_experts_are_no_affected_voice() -> None:
    assert not AFFECTED_VOICES & {
        StakeholderType.PARTNER,
        StakeholderType.INVESTOR,
        StakeholderType.ACADEMIC_EXPERT,
        StakeholderType.CUSTOMER,
    }
    assert {
        StakeholderType.RIGHTSHOLDER_NONUSER,
        StakeholderType.LEGITIMATE_REPRESENTATIVE,
    } <= AFFECTED_VOICES


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        ({}, []),
        ({"checked": False}, ["E1"]),
        ({"checked_by_organiser": True}, ["E1"]),
        ({"checked_by_organiser": True, "risk_to_participants": 2}, []),
        ({"types": ["partner", "academic_expert"]}, ["E5"]),
        ({"types": ["partner"], "proxy_reasons": LONG}, []),
        ({"types": ["partner"], "proxy_reasons": LONG[1:]}, ["E5"]),
        ({"checked": False, "types": []}, ["E1", "E5"]),
    ],
)
def test_e1_and_e5_before_it_counts_as_held(changes: dict[str, object], sentences: list[str]) -> None:
    given_ = {
        "risk_to_participants": 4,
        "checked": True,
        "checked_by_organiser": False,
        "types": ["community"],
        "proxy_reasons": "",
    }
    assert [one[:2] for one in rules.hold_refusals(**(given_ | changes))] == sentences  # type: ignore[arg-type]


def test_e2_an_answer_is_in_time_on_its_last_day_and_late_the_next() -> None:
    due = rules.answer_due(DAY, answer_days=60)

    assert due == date(2026, 4, 30)
    assert not rules.is_overdue(due, answered=False, on=due)
    assert rules.is_overdue(due, answered=False, on=due + timedelta(days=1))
    assert not rules.is_overdue(due, answered=True, on=due + timedelta(days=1))


@pytest.mark.parametrize(
    ("response", "we_did", "reasons", "refused"),
    [
        ("not_accepted", "", LONG, False),
        ("not_accepted", "x", LONG[1:], True),
        ("not_accepted", "", f"  {LONG[1:]}  ", True),
        ("accepted", "", LONG, True),
        ("accepted", "Done.", "", False),
        ("already_done", " ", "", True),
    ],
)
def test_e2_what_an_answer_needs(response: str, we_did: str, reasons: str, refused: bool) -> None:
    assert bool(rules.answer_refusal(response, we_did=we_did, reasons=reasons)) is refused


@pytest.mark.parametrize("missing", ["responded", "screened", "screened_since", "told"])
def test_e3_publication_needs_answers_screening_and_that_participants_know(missing: str) -> None:
    whole = dict.fromkeys(("responded", "screened", "screened_since", "told"), True)

    assert rules.publication_refusals(**whole) == []
    assert len(rules.publication_refusals(**(whole | {missing: False}))) == 1


@pytest.mark.parametrize(
    ("told", "promised", "made", "many"),
    [
        (True, False, False, 0),
        (True, True, True, 0),
        (True, True, False, 1),
        (False, True, False, 2),
        (False, False, True, 1),
    ],
)
def test_closing_needs_that_they_were_told_and_asked_afterwards(
    told: bool, promised: bool, made: bool, many: int
) -> None:
    assert len(rules.closing_refusals(told=told, check_promised=promised, checks_made=made)) == many


def test_e4_names_the_findings_that_a_decision_left_out() -> None:
    assert rules.left_unconsidered([1, 2, 3], [3, 2, 1, 9]) == ""
    assert "2, 3" in rules.left_unconsidered([3, 1, 2], [1])


@given(st.lists(st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1))))
def test_e8_is_after_the_fact_when_anything_was_decided_before(decided: list[date | None]) -> None:
    assert rules.is_after_the_fact(DAY, decided) is any(one < DAY for one in decided if one)
