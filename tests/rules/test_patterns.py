"""When upheld cases ask what lies behind them all (domain.md 6.8)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remedies.rules.patterns import Upheld, Why, causes_to_review
from remedies.rules.remedy import RootCause

ON = date(2026, 11, 27)
D, L = RootCause.DESIGN, RootCause.LANGUAGE_GAP


def case(cause: RootCause, ago: int, severity: int | None = 2) -> Upheld:
    return Upheld(cause, severity, ON - timedelta(days=ago))


@pytest.mark.parametrize(
    ("cases", "answered", "asked"),
    [
        ([], {}, {}),
        ([case(D, 1), case(D, 2)], {}, {}),
        ([case(D, 1), case(D, 2), case(D, 365)], {}, {D: Why.SAME_CAUSE}),
        ([case(D, 1), case(D, 2), case(D, 366)], {}, {}),
        ([case(D, 1), case(D, 2), case(L, 3)], {}, {}),
        ([case(D, 1, 4)], {}, {D: Why.SEVERE}),
        ([case(D, 1, 3)], {}, {}),
        ([case(D, 1, None)], {}, {}),
        ([case(D, 366, 5)], {}, {}),
        ([case(D, -1, 5)], {}, {}),
        ([case(D, 10, 5)], {D: ON - timedelta(days=9)}, {}),
        ([case(D, 8, 5)], {D: ON - timedelta(days=9)}, {D: Why.SEVERE}),
        ([case(D, 1), case(D, 2), case(D, 30)], {D: ON - timedelta(days=9)}, {}),
        ([case(L, 1, 5), case(D, 1, 5)], {L: ON}, {D: Why.SEVERE}),
    ],
)
def test_three_of_a_cause_or_a_severe_one_ask(
    cases: list[Upheld], answered: dict[RootCause, date], asked: dict[RootCause, Why]
) -> None:
    assert causes_to_review(cases, answered=answered, on=ON) == asked


@given(st.lists(st.integers(0, 365)), st.sampled_from([D, L]))
def test_one_more_case_never_takes_a_question_back(ago: list[int], cause: RootCause) -> None:
    cases = [case(D, one) for one in ago]

    before = causes_to_review(cases, answered={}, on=ON)
    after = causes_to_review([*cases, case(cause, 0, 5)], answered={}, on=ON)

    assert set(before) <= set(after)
