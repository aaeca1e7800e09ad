"""What a bulk act leaves, and what a spreadsheet would run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.models import Risk
from risks.rules.register import NOT_REVIEWED, REVIEWABLE, why_not_assigned, why_not_reviewed
from risks.rules.spreadsheet import guarded, is_formula


def test_every_status_is_put_up_for_review_or_left_with_a_reason() -> None:
    assert {str(one) for one in Risk.Status} == REVIEWABLE | set(NOT_REVIEWED)
    assert {one for one in Risk.Status if not why_not_reviewed(one)} == {"prioritised", "managed"}


@pytest.mark.parametrize(
    ("status", "owner", "left"),
    [("draft", None, ""), ("managed", 2, ""), ("managed", 1, "Theirs already."), ("closed", None, "Closed")],
)
def test_a_risk_is_given_unless_it_is_closed_or_theirs_already(
    status: str, owner: int | None, left: str
) -> None:
    said = why_not_assigned(status, owner, 1)

    assert said.startswith(left)
    assert bool(said) is bool(left)


@pytest.mark.parametrize("start", [*"=+-@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20", "  ="])
def test_what_begins_like_a_formula_gets_an_apostrophe(start: str) -> None:
    assert guarded(f"{start}1+1") == f"'{start}1+1"


@given(st.text())
def test_no_guarded_cell_is_a_formula_and_all_else_stays(cell: str) -> None:
    said = guarded(cell)

    assert not is_formula(said)
    assert said == cell or said == f"'{cell}"
    assert (said == cell) is not is_formula(cell)
