"""Who may leave a risk off the published list, what bars publication, trends, counts and the yearly signature."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrdd.governance.rules import Permission
from risks.rules.involvement import GRAVITY
from risks.rules.publication import (
    PLAIN_TIES,
    Listed,
    Text,
    Trend,
    changes,
    counted,
    listed,
    permission_to_leave_off,
    permission_to_publish,
    refusals_to_publish,
    signed_in_time,
    trend,
    year_before,
)

LEVELS = st.integers(1, 5)
LISTS = st.dictionaries(st.integers(1, 20), LEVELS)
FIT = Text("A title", "What may happen.", draft=False, incomplete=False, public_record=False)


@pytest.mark.parametrize(
    ("risk", "sentence"),
    [
        (Text("A title", "x", draft=True, incomplete=True, public_record=False), "is a draft"),
        (Text("A title", "x", draft=True, incomplete=False, public_record=False), "is a draft"),
        (Text("A title", "x", draft=False, incomplete=True, public_record=False), "not fully scored"),
        (Text("Write to a@b.org", "x", False, False, False), "Title: this holds an e-mail address"),
        (Text("A title", "Write to a@b.org", False, False, False), "Summary: this holds an e-mail address"),
        (Text("A title", "Write to a@b.org", True, True, True), "Summary: this holds an e-mail address"),
        (
            Text("A title", "Sold to northern cloud.", False, False, False, ("Northern Cloud",)),
            "Summary: this holds a name that must not be written here",
        ),
    ],
)
def test_what_bars_publication_is_said_in_one_sentence(risk: Text, sentence: str) -> None:
    [refusal] = refusals_to_publish(risk)
    assert sentence in refusal


@pytest.mark.parametrize("risk", [FIT, Text("A title", "x", draft=True, incomplete=True, public_record=True)])
def test_a_scored_risk_and_the_public_record_may_be_published(risk: Text) -> None:
    assert refusals_to_publish(risk) == []


@pytest.mark.parametrize(
    ("level", "permission"),
    [
        *((level, Permission.PUBLISH_RISK) for level in (1, 2, 3)),
        *((level, Permission.WITHHOLD_RISK) for level in (4, 5)),
    ],
)
def test_from_level_four_only_a_senior_leaves_a_risk_off(level: int, permission: Permission) -> None:
    assert permission_to_leave_off(level) is permission


@pytest.mark.parametrize(
    ("left_off_at", "permission"),
    [
        *((level, Permission.PUBLISH_RISK) for level in (None, 1, 2, 3)),
        *((level, Permission.WITHHOLD_RISK) for level in (4, 5)),
    ],
)
def test_what_was_left_off_as_severe_only_a_senior_puts_back(
    left_off_at: int | None, permission: Permission
) -> None:
    assert permission_to_publish(left_off_at) is permission


@pytest.mark.parametrize(
    ("published", "left_off_at", "level", "expected"),
    [
        (True, None, 5, Listed.PUBLISHED),
        (True, 5, 5, Listed.PUBLISHED),
        (False, None, 5, Listed.UNDECIDED),
        (False, 5, 5, Listed.LEFT_OFF),
        (False, 4, 5, Listed.LEFT_OFF),
        (False, 3, 3, Listed.LEFT_OFF),
        (False, 5, 3, Listed.LEFT_OFF),
        (False, 3, 4, Listed.UNDECIDED),
    ],
)
def test_what_was_left_off_below_four_and_became_severe_waits_for_a_senior(
    published: bool, left_off_at: int | None, level: int, expected: Listed
) -> None:
    assert listed(published=published, left_off_at=left_off_at, level=level) is expected


@given(LEVELS, LEVELS)
def test_a_trend_compares_two_levels_and_nothing_else(now: int, ago: int) -> None:
    expected = {1: Trend.ROSE, 0: Trend.UNCHANGED, -1: Trend.FELL}[(now > ago) - (now < ago)]
    assert trend(now, ago) is expected
    assert trend(now, None) is Trend.NEW


@pytest.mark.parametrize(
    ("many", "told"), [(0, "0"), (1, "fewer than 10"), (9, "fewer than 10"), (10, "10"), (1234, "1234")]
)
def test_a_small_number_of_risks_is_not_told(many: int, told: str) -> None:
    assert counted(many) == told


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2026, 11, 25), date(2025, 11, 25)),
        (date(2028, 2, 29), date(2027, 2, 28)),
        (date(2029, 2, 28), date(2028, 2, 28)),
    ],
)
def test_a_year_is_a_calendar_year(day: date, before: date) -> None:
    assert year_before(day) == before


def test_a_signature_counts_until_its_day_of_the_next_year() -> None:
    signed = date(2025, 11, 25)
    assert signed_in_time(signed, date(2026, 11, 25))
    assert not signed_in_time(signed, date(2026, 11, 25) + timedelta(days=1))
    assert not signed_in_time(None, date(2026, 11, 25))


@given(LISTS, LISTS)
def test_each_risk_that_differs_is_told_once(then: dict[int, int], now: dict[int, int]) -> None:
    found = changes(then, now)
    told = [*found.new, *found.gone, *found.risen, *found.fallen]
    assert sorted(told) == sorted(one for one in {*then, *now} if then.get(one) != now.get(one))
    assert set(found.new) == set(now) - set(then)
    assert set(found.gone) == set(then) - set(now)
    assert all(now[one] > then[one] for one in found.risen)


def test_every_tie_that_can_be_found_is_told_in_plain_words() -> None:
    assert set(PLAIN_TIES) == set(GRAVITY)
