"""What a policy says before it is approved, who approves it, and when a measure may rely on it (UNGP 16, L1, L3)."""

from collections import deque
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrdd.governance.rules import ROLE_PERMISSIONS, NotAllowed, Permission, Role
from risks.rules.policy import (
    PUBLIC_STATES,
    Clause,
    PolicyKind,
    Text,
    VersionState,
    approved_as,
    check_reliance,
    check_shape,
    months_after,
    permission_to_approve,
    refusals_to_submit,
    steps_of,
    was_in_force,
)

TODAY = date(2026, 11, 25)
WHY = "Two groups of users asked for it, and reviewers could not tell the cases apart."
WHOLE = Text(
    kind=PolicyKind.COMMITMENT,
    title="Our commitment",
    clauses=(Clause("1", "What we commit to", "We respect human rights."),),
    what_changed=WHY,
    consulted=WHY,
    experts=WHY,
    in_force_from=TODAY,
    next_review=date(2028, 11, 25),
    adopted_before="",
    today=TODAY,
    never_named=("Northern Cloud",),
)
LACKING: list[tuple[dict[str, object], str]] = [
    ({"clauses": ()}, "Clauses: write at least one"),
    ({"clauses": (Clause("1", "", "x"),)}, "Clause 1: give it a heading and a text"),
    ({"clauses": (Clause("2.1", "x", " "),)}, "Clause 2.1: give it a heading and a text"),
    ({"what_changed": "Better."}, "What changed and why: say it in at least 50 characters"),
    ({"consulted": "Nobody."}, "UNGP 16(b), 18(b)"),
    ({"experts": ""}, "Experts: say it"),
    ({"next_review": None}, "Next review: a policy commitment is looked at again within 24 months"),
    ({"next_review": date(2028, 11, 26)}, "Next review"),
    ({"next_review": TODAY}, "Next review"),
    ({"in_force_from": date(2026, 11, 24)}, "In force from: choose today or later"),
    ({"adopted_before": WHY}, "Adopted before: this is for a text that was in force already"),
    ({"consulted": f"{WHY} Write to abel@example.org."}, "an e-mail address"),
    ({"title": "A code for Northern Cloud"}, "Title: a partner is named whose name endangers people"),
    ({"clauses": (Clause("1", "x", "As northern cloud does."),)}, "Clause 1: a partner is named"),
]


@pytest.mark.parametrize(("changed", "says"), LACKING)
def test_a_version_is_submitted_only_whole(changed: dict[str, object], says: str) -> None:
    assert says in " ".join(refusals_to_submit(replace(WHOLE, **changed)))  # type: ignore[arg-type]


def test_a_whole_version_may_be_submitted_and_a_contact_address_may_stand_in_a_clause() -> None:
    contact = (Clause("1", "How to complain", "Write to rights@example.org."),)

    assert refusals_to_submit(WHOLE) == []
    assert refusals_to_submit(replace(WHOLE, clauses=contact)) == []


def test_only_a_policy_commitment_needs_experts_and_a_review() -> None:
    for kind in set(PolicyKind) - {PolicyKind.COMMITMENT}:
        assert refusals_to_submit(replace(WHOLE, kind=kind, experts="", next_review=None)) == []


def test_a_text_that_was_in_force_already_says_how_it_was_adopted() -> None:
    before = replace(WHOLE, in_force_from=date(2025, 1, 1), next_review=date(2026, 12, 31))

    assert refusals_to_submit(before) != []
    assert refusals_to_submit(replace(before, adopted_before="Adopted by the board.")) == []


@pytest.mark.parametrize(
    ("clauses", "says"),
    [
        ((Clause("1", "x", "x"), Clause("1", "y", "y")), "number 1 stands twice"),
        ((Clause("a", "x", "x"),), "is no number of a clause"),
        ((Clause("1\n", "x", "x"),), "is no number of a clause"),
        (tuple(Clause(str(n), "x", "x") for n in range(101)), "keep to 100"),
    ],
)
def test_clauses_can_be_told_apart(clauses: tuple[Clause, ...], says: str) -> None:
    with pytest.raises(NotAllowed, match=says):
        check_shape(clauses)


def test_the_policy_commitment_is_approved_by_the_board() -> None:
    def approvers(kind: str) -> set[Role]:
        return {role for role, may in ROLE_PERMISSIONS.items() if permission_to_approve(kind) in may}

    assert approvers(PolicyKind.COMMITMENT) == {Role.BOARD}
    assert approvers(PolicyKind.CONTENT_RULES) == {Role.SENIOR, Role.DECIDER}


def test_nobody_who_drafts_by_role_approves_by_the_same_role() -> None:
    for may in ROLE_PERMISSIONS.values():
        assert not ({Permission.APPROVE_POLICY, Permission.APPROVE_COMMITMENT} & may) or (
            Permission.DRAFT_POLICY not in may
        )


@pytest.mark.parametrize(
    ("roles", "kind", "said"),
    [
        (["ANALYST", "SENIOR"], "policy_commitment", ""),
        (["SENIOR", "BOARD"], "policy_commitment", "the board"),
        (["SENIOR", "BOARD"], "data", "a senior executive"),
        (["DECIDER"], "data", "the head of the function"),
        (["DECIDER"], "policy_commitment", ""),
    ],
)
def test_the_public_reads_as_what_somebody_approved(roles: list[str], kind: str, said: str) -> None:
    assert approved_as(roles, ROLE_PERMISSIONS, kind) == said


@pytest.mark.parametrize("kind", list(PolicyKind))
def test_every_state_is_reached_and_only_the_last_ones_are_dead_ends(kind: PolicyKind) -> None:
    moves = {(before, step.after) for step in steps_of(kind).values() for before in step.before}
    moves.add((VersionState.IN_FORCE, VersionState.SUPERSEDED))  # by the next version
    reached, waiting = {VersionState.DRAFT}, deque([VersionState.DRAFT])
    while waiting:
        here = waiting.popleft()
        for before, after in moves:
            if before == here and after not in reached:
                reached.add(VersionState(after))
                waiting.append(VersionState(after))

    assert reached == set(VersionState)
    assert {state for state in VersionState if not any(before == state for before, _ in moves)} == {
        VersionState.SUPERSEDED,
        VersionState.REPEALED,
    }


def test_a_draft_and_what_waits_are_never_public() -> None:
    assert PUBLIC_STATES.isdisjoint({VersionState.DRAFT, VersionState.SUBMITTED})


DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@given(DAYS, st.none() | st.integers(0, 900), DAYS)
def test_a_measure_relies_only_on_what_was_in_force_at_the_time(
    began: date, after: int | None, on: date
) -> None:
    ended = None if after is None else began + timedelta(days=after)

    def rely(clause: str = "1") -> None:
        check_reliance(
            called="Rules, version 1",
            clauses=WHOLE.clauses,
            clause=clause,
            began=began,
            ended=ended,
            conduct_on=on,
        )

    if began <= on and (ended is None or on < ended):
        rely()
        with pytest.raises(NotAllowed, match="L2: Rules, version 1 has no clause 9"):
            rely("9")
    else:
        with pytest.raises(NotAllowed, match="L3: Rules, version 1 was not in force"):
            rely()


@given(DAYS, st.lists(st.integers(0, 900), min_size=1, max_size=5), DAYS)
def test_versions_that_follow_one_another_leave_no_day_with_two_of_them(
    first: date, lengths: list[int], on: date
) -> None:
    begins = [first]
    for length in lengths:
        begins.append(begins[-1] + timedelta(days=length))
    spans = list(zip(begins, [*begins[1:], None], strict=True))

    assert sum(was_in_force(began, ended, on) for began, ended in spans) == (on >= first)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2024, 2, 29), 24, date(2026, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 5, 31), 1, date(2026, 6, 30)),
    ],
)
def test_months_are_calendar_months(day: date, months: int, then: date) -> None:
    assert months_after(day, months) == then
