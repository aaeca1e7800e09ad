"""When it is asked whether anybody was punished, what follows, and what a remedy must say (domain.md 6.5 to 6.7)."""

from contextlib import nullcontext
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrdd.governance.rules import NotAllowed
from remedies.rules import money, remedy, retaliation
from remedies.rules.case import CaseState, week_of
from remedies.rules.case_deadlines import Dates, Due, deadlines
from remedies.rules.case_workflow import Finding, OnMeasure, Reopening, demand_on_measure, demand_reopening
from remedies.rules.remedy import Part, RemedyKind, RoleTaken, RootCause, Scope, SideEffect
from remedies.rules.retaliation import Outcome

DAY = date(2026, 3, 2)
ALL = tuple(SideEffect)


def refused(match: str) -> Any:
    return pytest.raises(NotAllowed, match=match) if match else nullcontext()


def test_it_is_asked_30_90_and_180_days_after_closing() -> None:
    due = retaliation.due_days(DAY)

    assert due == {30: date(2026, 4, 1), 90: date(2026, 5, 31), 180: date(2026, 8, 29)}
    assert retaliation.asked_now(due.values(), today=date(2026, 3, 31)) is None
    assert retaliation.asked_now(due.values(), today=date(2026, 4, 1)) == date(2026, 4, 1)
    assert retaliation.asked_now(due.values(), today=date(2026, 12, 1)) == date(2026, 8, 29)
    assert retaliation.asked_now([], today=DAY) is None


@given(st.dates())
def test_two_days_for_a_report_never_end_later_than_the_person_reckons(told: date) -> None:
    assert retaliation.triage_by(week_of(told)) <= told + timedelta(days=2)


@pytest.mark.parametrize(
    ("detriment", "other_grounds", "outcome"),
    [
        (True, False, Outcome.CONFIRMED),
        (True, True, Outcome.NOT_CONFIRMED),
        (False, False, Outcome.NOT_CONFIRMED),
        (False, True, Outcome.NOT_CONFIRMED),
    ],
)
def test_once_a_disadvantage_is_shown_the_acting_side_shows_other_grounds(
    *, detriment: bool, other_grounds: bool, outcome: Outcome
) -> None:
    assert retaliation.outcome_of(detriment=detriment, other_grounds=other_grounds) == outcome


def test_an_answer_must_be_one() -> None:
    with refused("Answer"):
        retaliation.demand_word(retaliation.Word.NONE)
    retaliation.demand_word(retaliation.Word.NOT_REACHED)


def test_a_report_and_a_day_to_ask_have_their_clocks() -> None:
    dates = Dates(received_on=DAY, retaliation_week=DAY, watch_on=DAY + timedelta(days=30))

    found = deadlines(CaseState.CLOSED, Finding.UPHELD, dates)
    assert [(one.due, one.on) for one in found] == [
        (Due.RETALIATION, DAY + timedelta(days=2)),
        (Due.WATCH, DAY + timedelta(days=30)),
    ]
    assert all(one.is_ours and one.basis for one in found)


def test_an_appeal_is_decided_in_45_days_and_a_remedy_delivered_on_its_day() -> None:
    dates = Dates(received_on=DAY, decided_on=DAY, appealed_on=DAY, deliver_by=DAY + timedelta(days=50))

    found = deadlines(CaseState.APPEAL, Finding.UPHELD, dates)
    assert [(one.due, one.on) for one in found] == [
        (Due.APPEAL, DAY + timedelta(days=45)),
        (Due.DELIVER, DAY + timedelta(days=50)),
    ]
    after = deadlines(CaseState.APPEAL_DECIDED, Finding.UPHELD, dates)
    assert Due.APPEAL not in {one.due for one in after}


@pytest.mark.parametrize(
    "state", [CaseState.DECIDED, CaseState.APPEAL, CaseState.IN_DELIVERY, CaseState.VERIFIED]
)
def test_an_upheld_case_is_linked_to_a_risk_within_fourteen_days(state: CaseState) -> None:
    dates = Dates(received_on=DAY, decided_on=DAY, unlinked_since=DAY)
    on = {one.due: one.on for one in deadlines(state, Finding.UPHELD, dates)}
    assert on[Due.LESSON] == DAY + timedelta(days=14)
    ended = deadlines(CaseState.WITHDRAWN, Finding.UPHELD, dates)
    assert Due.LESSON not in {one.due for one in ended}


@pytest.mark.parametrize(
    ("part", "role", "match"),
    [
        (Part.UNKNOWN, RoleTaken.NONE, "M3"),
        (Part.DIRECTLY_LINKED, RoleTaken.NONE, "M3"),
        (Part.DIRECTLY_LINKED, RoleTaken.REFERS, ""),
        (Part.CAUSED, RoleTaken.REFERS, "owes the remedy itself"),
        (Part.CAUSED, RoleTaken.NONE, ""),
        (Part.CONTRIBUTED, RoleTaken.NONE, ""),
    ],
)
def test_who_is_only_linked_says_what_it_does(part: Part, role: RoleTaken, match: str) -> None:
    with refused(match):
        remedy.demand_part(part, role)


@given(st.sampled_from(Finding), st.sampled_from(Part), st.sampled_from(RoleTaken))
def test_a_remedy_is_owed_by_all_but_who_is_linked_and_does_something(
    finding: Finding, part: Part, role: RoleTaken
) -> None:
    upheld = finding in {Finding.UPHELD, Finding.PARTLY_UPHELD}
    optional = part == Part.DIRECTLY_LINKED and role != RoleTaken.NONE

    assert remedy.owes_remedy(finding, part, role) == (upheld and not optional)


@pytest.mark.parametrize(
    ("share", "part", "match"),
    [
        (None, Part.UNKNOWN, ""),
        (40, Part.CONTRIBUTED, ""),
        (1, Part.CONTRIBUTED, ""),
        (100, Part.CONTRIBUTED, ""),
        (0, Part.CONTRIBUTED, "1 to 100"),
        (101, Part.CONTRIBUTED, "1 to 100"),
        (40, Part.CAUSED, "only who contributed"),
    ],
)
def test_a_share_is_of_who_contributed(share: int | None, part: Part, match: str) -> None:
    with refused(match):
        remedy.demand_share(share, part=part)


@pytest.mark.parametrize(
    ("amount", "currency", "minor", "match"),
    [
        ("1500.50", "EUR", 150_050, ""),
        ("1500", "JPY", 1500, ""),
        ("1.005", "KWD", 1005, ""),
        ("1.5", "JPY", None, "no finer"),
        ("1.005", "EUR", None, "no finer"),
        ("0", "EUR", None, "more than nothing"),
        ("-1", "EUR", None, "more than nothing"),
        ("1", "XYZ", None, "ISO 4217"),
        ("1", "", None, "both"),
        (None, "EUR", None, "both"),
        (None, "", None, ""),
    ],
)
def test_an_amount_is_kept_in_the_smallest_unit_of_a_real_currency(
    amount: str | None, currency: str, minor: int | None, match: str
) -> None:
    kinds = {RemedyKind.APOLOGY, RemedyKind.FINANCIAL_COMPENSATION}
    given_amount = None if amount is None else Decimal(amount)
    with refused(match):
        assert remedy.demand_money(kinds, amount=given_amount, currency=currency).minor == minor
    if minor is not None and amount is not None:
        shown = money.shown_amount(minor, currency)
        assert shown.startswith(currency)
        assert Decimal(shown[4:].replace(",", "")) == Decimal(amount)


def test_only_financial_compensation_has_an_amount() -> None:
    with refused("only financial compensation"):
        remedy.demand_money({RemedyKind.APOLOGY}, amount=Decimal(1), currency="EUR")


@pytest.mark.parametrize(
    ("scope", "has_owner", "area", "match"),
    [
        (Scope.INDIVIDUAL, False, RootCause.NONE, ""),
        (Scope.SYSTEMIC, True, RootCause.DESIGN, ""),
        (Scope.SYSTEMIC, False, RootCause.DESIGN, "M4"),
        (Scope.SYSTEMIC, True, RootCause.NONE, "M4"),
    ],
)
def test_a_systemic_remedy_has_an_owner_and_an_area(
    *, scope: Scope, has_owner: bool, area: RootCause, match: str
) -> None:
    with refused(match):
        remedy.demand_action({Scope.INDIVIDUAL, scope}, has_owner=has_owner, root_cause=area)


@pytest.mark.parametrize("offered", list(Scope))
def test_what_must_not_happen_again_is_for_everybody(offered: Scope) -> None:
    assert remedy.scope_of(RemedyKind.GUARANTEE_OF_NON_REPETITION, offered) == Scope.SYSTEMIC
    assert remedy.scope_of(RemedyKind.APOLOGY, offered) == offered


@pytest.mark.parametrize(
    ("kind", "measure", "restored", "not_restorable", "match"),
    [
        (RemedyKind.RESTITUTION, True, ALL, (), ""),
        (RemedyKind.RESTITUTION, True, ALL[1:], ALL[:1], ""),
        (RemedyKind.RESTITUTION, True, ALL[1:], (), "M6: say of content"),
        (RemedyKind.RESTITUTION, True, ALL, ALL[:1], "given back and impossible"),
        (RemedyKind.RESTITUTION, False, (), (), ""),
        (RemedyKind.APOLOGY, True, (), (), ""),
    ],
)
def test_a_measure_is_undone_with_all_that_it_took(
    *, kind: RemedyKind, measure: bool, restored: Any, not_restorable: Any, match: str
) -> None:
    with refused(match):
        remedy.demand_restored(kind, undoes_measure=measure, restored=restored, not_restorable=not_restorable)


def test_a_remedy_goes_to_a_senior_after_30_days() -> None:
    assert not remedy.is_overdue(DAY, delivered_on=None, today=DAY + timedelta(days=30))
    assert remedy.is_overdue(DAY, delivered_on=None, today=DAY + timedelta(days=31))
    assert not remedy.is_overdue(DAY, delivered_on=DAY, today=DAY + timedelta(days=31))


@pytest.mark.parametrize(
    ("finding", "decided", "has_measure", "match"),
    [
        (Finding.UPHELD, OnMeasure.UNDONE, True, ""),
        (Finding.PARTLY_UPHELD, OnMeasure.STAYS, True, ""),
        (Finding.UPHELD, OnMeasure.NONE, True, "undone or stays"),
        (Finding.NOT_UPHELD, OnMeasure.UNDONE, True, "only an appeal that was upheld"),
        (Finding.NOT_UPHELD, OnMeasure.NONE, True, ""),
        (Finding.UPHELD, OnMeasure.UNDONE, False, "linked to none"),
        (Finding.UPHELD, OnMeasure.NONE, False, ""),
    ],
)
def test_an_appeal_says_what_becomes_of_the_measure(
    *, finding: Finding, decided: OnMeasure, has_measure: bool, match: str
) -> None:
    with refused(match):
        demand_on_measure(finding, decided, has_measure=has_measure)


def test_a_case_is_opened_again_for_a_reason() -> None:
    with refused("Reason"):
        demand_reopening(Reopening.NONE)
    demand_reopening(Reopening.NON_DELIVERY)
