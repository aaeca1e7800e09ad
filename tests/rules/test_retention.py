"""How long what is kept about cases is kept (domain.md 6.3; reliability.md 2.8)."""

from datetime import date, timedelta

import pytest

from hrdd.governance.rules import NotAllowed
from remedies.rules.case import CaseState
from remedies.rules.case_workflow import ENDED, Refusal
from remedies.rules.retention import (
    DEFAULT,
    Hold,
    RetentionError,
    configured,
    demand_second_person,
    identity_last_day,
    is_due,
    last_day,
)

CLOSED = date(2024, 2, 29)


@pytest.mark.parametrize(
    ("severity", "refusal", "last"),
    [
        (None, Refusal.NONE, date(2026, 2, 28)),
        (3, Refusal.NONE, date(2026, 2, 28)),
        (4, Refusal.NONE, date(2029, 2, 28)),
        (5, Refusal.NO_CONCERN, date(2029, 2, 28)),
        (None, Refusal.NO_CONCERN, date(2024, 3, 30)),
        (None, Refusal.TOO_LATE, date(2026, 2, 28)),
    ],
)
def test_the_last_day_counts_from_closing_by_how_grave_it_was(
    severity: int | None, refusal: Refusal, last: date
) -> None:
    assert last_day(CaseState.CLOSED, CLOSED, refusal=refusal, severity=severity) == last


@pytest.mark.parametrize("state", [state for state in CaseState if state not in ENDED])
def test_an_open_case_has_no_last_day_even_if_it_was_closed_before(state: CaseState) -> None:
    assert last_day(state, CLOSED, refusal=Refusal.NONE, severity=None) is None
    assert identity_last_day(state, CLOSED, CLOSED) is None


def test_what_nobody_dated_has_no_last_day() -> None:
    assert last_day(CaseState.WITHDRAWN, None, refusal=Refusal.NONE, severity=None) is None
    assert not is_due(None, today=date.max)


@pytest.mark.parametrize(
    ("used_on", "last"),
    [
        (None, CLOSED + timedelta(days=90)),
        (CLOSED - timedelta(days=50), CLOSED + timedelta(days=90)),
        (CLOSED + timedelta(days=90), CLOSED + timedelta(days=180)),
    ],
)
def test_who_wrote_is_kept_ninety_days_from_the_last_use(used_on: date | None, last: date) -> None:
    assert identity_last_day(CaseState.CLOSED, CLOSED, used_on) == last


def test_the_last_day_itself_is_still_in_time() -> None:
    assert [is_due(CLOSED, today=CLOSED + timedelta(days=days)) for days in (-1, 0, 1)] == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("hold", "keeps"),
    [
        (Hold(CLOSED), True),
        (Hold(CLOSED - timedelta(days=14)), True),
        (Hold(CLOSED - timedelta(days=15)), False),
        (Hold(CLOSED - timedelta(days=900), placed_on=CLOSED - timedelta(days=899)), True),
        (Hold(CLOSED, refused_on=CLOSED), False),
        (Hold(CLOSED, placed_on=CLOSED, lifted_on=CLOSED), False),
    ],
)
def test_a_hold_keeps_once_two_people_placed_it_and_for_two_weeks_before(hold: Hold, keeps: bool) -> None:
    assert hold.keeps(CLOSED) == keeps
    assert is_due(CLOSED - timedelta(days=1), today=CLOSED, holds=[hold]) != keeps


def test_nobody_places_or_lifts_a_hold_alone() -> None:
    demand_second_person(1, 2)
    with pytest.raises(NotAllowed, match="two people"):
        demand_second_person(1, 1)


def test_schedules_may_be_shortened_never_lengthened() -> None:
    assert configured({}) == DEFAULT
    assert configured({"case_months": 12}).case_months == 12
    for name, value, why in (
        ("case_months", 25, "never lengthened"),
        ("cases", 1, "no schedule"),
        ("spam_days", 0, "whole number"),
        ("spam_days", True, "whole number"),
    ):
        with pytest.raises(RetentionError, match=why):
            configured({name: value})
