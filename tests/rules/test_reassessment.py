"""Reasons carry outcomes, a third look is another's, and what takes the place of a measure burdens less."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.rules.ladder import LADDER
from risks.rules.measure_workflow import Facts, needs_end_date
from risks.rules.reassessment import (
    REASON_CODES,
    Decided,
    reason_refusal,
    replacement_refusals,
    same_reviewer_refusal,
)

TODAY = date(2026, 11, 26)
M, L = "maintain", "lift"


@pytest.mark.parametrize("outcome", Decided)
def test_each_outcome_has_a_reason_and_refuses_the_others_by_name(outcome: Decided) -> None:
    carried = [code for code in REASON_CODES if reason_refusal(outcome, code) is None]
    refused = [one for code in REASON_CODES if (one := reason_refusal(outcome, code))]

    assert carried
    assert all(REASON_CODES[carried[0]].label in one.sentence for one in refused)
    assert {one.field for one in refused} == {"reason_code"}


@pytest.mark.parametrize(
    ("intrusion", "outcome", "before", "refused"),
    [
        (4, M, [(M, "ana"), (M, "ana")], True),
        (5, L, [(M, "ana"), (M, "ana"), (L, "amy")], True),
        (4, "refer", [(M, "ana"), (M, "ana")], False),
        (3, M, [(M, "ana"), (M, "ana")], False),
        (4, M, [(M, "ana")], False),
        (4, M, [], False),
        (4, M, [(M, "ana"), (M, "amy")], False),
        (4, M, [(M, "amy"), (M, "amy")], False),
        (4, M, [("escalate", "ana"), (M, "ana")], False),
        (4, M, [(M, "amy"), (M, "ana"), (M, "ana")], False),
    ],
)
def test_the_third_look_is_anothers(
    intrusion: int, outcome: str, before: list[tuple[str, str]], refused: bool
) -> None:
    found = same_reviewer_refusal(intrusion=intrusion, outcome=outcome, reviewer="ana", before=before)
    assert (found is not None) == refused


@given(
    kind=st.sampled_from(sorted(LADDER)),
    target=st.sampled_from(["", "item", "account", "feature", "partner", "territory", "rule"]),
    level=st.integers(0, 5),
    present=st.integers(0, 5),
    days=st.none() | st.integers(-3, 30),
)
def test_what_takes_the_place_of_a_measure_burdens_less_and_is_within_its_bounds(
    kind: str, target: str, level: int, present: int, days: int | None
) -> None:
    ends_on = None if days is None else TODAY + timedelta(days=days)
    facts = Facts(kind=kind, target_type=target, level=level, today=TODAY, ends_on=ends_on)
    if list(replacement_refusals(facts, present=present)):
        return
    assert facts.intrusion < present
    assert facts.intrusion <= level
    assert target
    assert ends_on is None or ends_on > TODAY
    assert ends_on is not None or not needs_end_date(kind, target)
