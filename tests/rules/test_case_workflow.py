"""The way of a case and its clocks: domain.md 6.4 and 6.5, by its vectors, by tables and by property."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrdd.governance.rules import NotAllowed
from remedies.rules.case import CaseRole, CaseState
from remedies.rules.case_deadlines import (
    Dates,
    Deadline,
    Due,
    acknowledge_by,
    appeal_by,
    complaint_by,
    deadlines,
    demand_too_late,
    feedback_by,
    remedy_by,
)
from remedies.rules.case_workflow import (
    CASE_STEPS,
    ENDED,
    TRANSITIONS,
    UPHELD,
    Automation,
    Finding,
    Refusal,
    demand_appeal_in_time,
    demand_closing,
    demand_decision,
    demand_refusal,
    demand_role,
)
from remedies.rules.remedy import RANK, RemedyKind, RootCause, demand_appeal, demand_lesson, demand_offer

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
OFFERED = date(2026, 3, 2)


def test_every_step_is_a_move_of_the_table_and_every_state_is_reached_and_left() -> None:
    moves = {
        (CaseState(before), CaseState(one.step.after))
        for one in CASE_STEPS.values()
        for before in one.step.before
    }

    assert moves <= TRANSITIONS
    assert {after for _before, after in TRANSITIONS} == set(CaseState) - {CaseState.RECEIVED}
    assert {before for before, _after in TRANSITIONS} == set(CaseState) - {CaseState.WITHDRAWN}
    assert {before for before, after in TRANSITIONS if after == CaseState.WITHDRAWN} == set(CaseState) - ENDED


@pytest.mark.parametrize("name", CASE_STEPS)
@pytest.mark.parametrize("held", [None, *CaseRole])
def test_a_step_is_taken_by_the_role_on_this_case_and_by_no_other(name: str, held: CaseRole | None) -> None:
    if held == CASE_STEPS[name].role:
        demand_role(name, held)
    else:
        with pytest.raises(NotAllowed, match="SD3"):
            demand_role(name, held)


@pytest.mark.parametrize(
    ("finding", "automated", "offered", "today", "refused"),
    [
        (Finding.UPHELD, Automation.FULLY, OFFERED, OFFERED, "C6"),
        (Finding.UPHELD, Automation.NONE, OFFERED, OFFERED, "C6"),
        (Finding.NONE, Automation.NOT_AUTOMATED, OFFERED, OFFERED, "C6"),
        (Finding.UPHELD, Automation.PARTIALLY, None, OFFERED, ""),
        (Finding.UNABLE_TO_DETERMINE, Automation.NOT_AUTOMATED, None, OFFERED, ""),
        (Finding.NOT_UPHELD, Automation.NOT_AUTOMATED, None, OFFERED, "C2: offer"),
        (Finding.NOT_UPHELD, Automation.NOT_AUTOMATED, OFFERED, date(2026, 3, 16), "until 16 March 2026"),
        (Finding.NOT_UPHELD, Automation.NOT_AUTOMATED, OFFERED, date(2026, 3, 17), ""),
    ],
)
def test_a_decision_is_a_persons_and_none_goes_against_somebody_unheard(
    finding: Finding, automated: Automation, offered: date | None, today: date, refused: str
) -> None:
    def decide() -> None:
        demand_decision(finding, automated=automated, summary_offered_on=offered, today=today)

    if not refused:
        decide()
        return
    with pytest.raises(NotAllowed, match=refused):
        decide()


@pytest.mark.parametrize(
    ("state", "finding", "today", "undelivered", "refused"),
    [
        (CaseState.DECIDED, Finding.UPHELD, date(2027, 1, 1), 0, "C3"),
        (CaseState.DECIDED, Finding.PARTLY_UPHELD, date(2027, 1, 1), 0, "C3"),
        (CaseState.DECIDED, Finding.NOT_UPHELD, date(2026, 5, 1), 0, "appeal until 1 May 2026"),
        (CaseState.DECIDED, Finding.NOT_UPHELD, date(2026, 5, 2), 0, ""),
        (CaseState.INADMISSIBLE, Finding.NONE, date(2026, 5, 1), 0, "appeal until"),
        (CaseState.INADMISSIBLE, Finding.NONE, date(2026, 5, 2), 0, ""),
        (CaseState.REFERRED, Finding.NONE, OFFERED, 0, ""),
        (CaseState.VERIFIED, Finding.UPHELD, OFFERED, 1, "C3"),
    ],
)
def test_a_case_closes_when_nothing_is_owed_and_no_appeal_is_open(
    state: CaseState, finding: Finding, today: date, undelivered: int, refused: str
) -> None:
    def close() -> None:
        demand_closing(state, finding, told_on=OFFERED, today=today, undelivered=undelivered)

    if not refused:
        close()
        return
    with pytest.raises(NotAllowed, match=refused):
        close()


def test_a_case_is_turned_away_for_a_reason_of_the_list() -> None:
    with pytest.raises(NotAllowed, match="C1"):
        demand_refusal(Refusal.NONE)
    for ground in set(Refusal) - {Refusal.NONE}:
        demand_refusal(ground)


def test_the_vectors_of_the_domain_hold() -> None:
    monday = date(2026, 3, 2)
    acknowledge = Deadline(Due.ACKNOWLEDGE, acknowledge_by(monday))

    assert not acknowledge.is_late(monday + timedelta(days=7))
    assert acknowledge.is_late(monday + timedelta(days=8))
    assert feedback_by(date(2026, 1, 26), date(2026, 1, 31)) == date(2026, 4, 30)
    assert feedback_by(date(2026, 3, 1), None) == date(2026, 6, 8)
    assert remedy_by(monday, 3) - monday == timedelta(days=30)
    assert remedy_by(monday, 4) - monday == timedelta(days=14)
    assert remedy_by(monday, None) - monday == timedelta(days=30)


def test_a_complaint_six_months_to_the_day_is_accepted_and_the_next_day_may_be_refused() -> None:
    informed = date(2025, 8, 31)
    last = complaint_by(informed)

    assert last == date(2026, 2, 28)
    with pytest.raises(NotAllowed, match="came in time"):
        demand_too_late(last, informed_on=informed)
    with pytest.raises(NotAllowed, match="Say when"):
        demand_too_late(last, informed_on=None)
    demand_too_late(last + timedelta(days=1), informed_on=informed)


@given(received=DAYS, wait=st.integers(0, 400))
def test_feedback_is_three_calendar_months_on_and_never_before_the_acknowledgement(
    received: date, wait: int
) -> None:
    acknowledged = received + timedelta(days=wait)
    due = feedback_by(received, acknowledged)

    months = (due.year - acknowledged.year) * 12 + due.month - acknowledged.month
    assert months == 3
    assert due.day <= acknowledged.day
    assert due.day == acknowledged.day or (due + timedelta(days=1)).day == 1


@given(state=st.sampled_from(list(CaseState)), finding=st.sampled_from(list(Finding)), received=DAYS)
def test_what_is_due_stands_in_order_and_ends_with_the_case(
    state: CaseState, finding: Finding, received: date
) -> None:
    later = received + timedelta(days=30)
    found = deadlines(state, finding, Dates(received, later, later, later, later, later, 4))

    assert [one.on for one in found] == sorted(one.on for one in found)
    assert all(one.on >= received and one.basis for one in found)
    if state in ENDED:
        assert found == []
    if state == CaseState.RECEIVED:
        assert found[0].due == Due.ACKNOWLEDGE


@pytest.mark.parametrize(
    ("finding", "kinds", "due", "refused"),
    [
        (Finding.UPHELD, [RemedyKind.APOLOGY], OFFERED, ""),
        (Finding.PARTLY_UPHELD, [RemedyKind.FINANCIAL_COMPENSATION, RemedyKind.APOLOGY], OFFERED, ""),
        (Finding.UPHELD, [RemedyKind.FINANCIAL_COMPENSATION], OFFERED, "M1"),
        (Finding.UPHELD, [], OFFERED, "M1"),
        (Finding.NOT_UPHELD, [RemedyKind.APOLOGY], OFFERED, "upheld"),
        (Finding.UPHELD, [RemedyKind.APOLOGY], OFFERED - timedelta(days=1), "or later"),
    ],
)
def test_a_remedy_follows_an_upheld_case_and_is_not_only_money(
    finding: Finding, kinds: list[RemedyKind], due: date, refused: str
) -> None:
    if not refused:
        demand_offer(finding, kinds, due=due, today=OFFERED)
        return
    with pytest.raises(NotAllowed, match=refused):
        demand_offer(finding, kinds, due=due, today=OFFERED)


@given(before=st.sampled_from(list(Finding)), after=st.sampled_from(list(Finding)))
def test_an_appeal_never_leaves_somebody_worse_off(before: Finding, after: Finding) -> None:
    try:
        demand_appeal(before, after)
    except NotAllowed:
        assert after == Finding.NONE or RANK.index(after) < RANK.index(before)
    else:
        assert not (before in UPHELD and after not in UPHELD)


def test_an_upheld_case_closes_with_a_cause_and_a_risk_and_an_appeal_has_sixty_days() -> None:
    for cause, has_risk in ((RootCause.NONE, True), (RootCause.DESIGN, False)):
        with pytest.raises(NotAllowed, match="GP29"):
            demand_lesson(Finding.UPHELD, root_cause=cause, has_risk=has_risk)
    demand_lesson(Finding.UPHELD, root_cause=RootCause.DESIGN, has_risk=True)
    demand_lesson(Finding.NOT_UPHELD, root_cause=RootCause.NONE, has_risk=False)
    demand_appeal_in_time(appeal_by(OFFERED), today=OFFERED + timedelta(days=60))
    for last in (None, appeal_by(OFFERED)):
        with pytest.raises(NotAllowed, match="60 days"):
            demand_appeal_in_time(last, today=OFFERED + timedelta(days=61))
