"""The time limits of partners' clocks: shortened, never lengthened, and the more severe always the sooner (5.4, X5)."""

from dataclasses import asdict, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.rules.leverage import deadline, moved_deadline, own_part_due, read_clock
from risks.rules.method import DEFAULT, MethodError, configured
from risks.rules.time_limits import TIME_LIMITS

START = date(2026, 1, 1)
REFUSED: list[tuple[Any, str]] = [
    ({"L6": {"change": 3}}, "time_limits: a table with the levels L1, L2"),
    ({"L4": {"patience": 3}}, "time_limits.L4: a table of first_action, change"),
    ({"L4": 30}, "time_limits.L4: a table of first_action"),
    ({"L4": {"change": 0}}, "time_limits.L4.change: a whole number of 1 or more"),
    ({"L4": {"change": "soon"}}, "a whole number of 1 or more"),
    ({"L4": {"change": True}}, "a whole number of 1 or more"),
    ({"L3": {"extension": -1}}, "time_limits.L3.extension: a whole number of 0 or more"),
    ({"L4": {"change": 61}}, "61 days are longer than the default of 60; it may be shortened, never"),
    ({"L5": {"extension": 1}}, "time_limits.L5.extension: 1 days are longer than the default of 0"),
    ({"L1": {"change": 700}}, "there is no exit clock at level 1"),
    ({"L4": {"change": 14}}, "time_limits.L5.change: must be strictly shorter than at level 4"),
    ({"L4": {"recheck": 7}}, "time_limits.L5.recheck: must be strictly shorter than at level 4"),
    ({"L2": {"first_action": 30}}, "time_limits.L3.first_action: must be strictly shorter than at level 2"),
    ({"L3": {"extension": 10}}, "time_limits.L4.extension: must not be longer than at level 3"),
    ({"L4": {"consider_exit": 5}}, "time_limits.L5.consider_exit: must not be longer than at level 4"),
]


@pytest.mark.parametrize(("limits", "says"), REFUSED)
def test_a_limit_that_breaks_the_method_is_refused_by_its_name(limits: Any, says: str) -> None:
    with pytest.raises(MethodError, match=says):
        configured({"time_limits": limits})


def test_a_shorter_limit_is_taken_and_the_others_stay() -> None:
    limits = configured({"time_limits": {"L4": {"change": 45, "extension": 0}}}).time_limits

    assert limits[4] == replace(TIME_LIMITS[4], change=45, extension=0)
    assert {level: limits[level] for level in (1, 2, 3, 5)} == {
        level: DEFAULT.time_limits[level] for level in (1, 2, 3, 5)
    }


names = st.sampled_from(["first_action", "change", "extension", "recheck", "consider_exit"])
changes = st.dictionaries(names, st.integers(0, 400), max_size=5)


@given(st.dictionaries(st.sampled_from([f"L{level}" for level in range(1, 6)]), changes))
def test_whatever_is_accepted_is_strictly_sooner_for_the_more_severe_and_never_later_than_shipped(
    given_limits: dict[str, dict[str, int]],
) -> None:
    try:
        table = configured({"time_limits": given_limits}).time_limits
    except MethodError:
        return
    for milder, graver in pairwise(sorted(table)):
        assert table[graver].first_action < table[milder].first_action
        assert table[graver].recheck < table[milder].recheck
        assert (table[graver].change or 0) < (table[milder].change or float("inf"))
        assert table[graver].consider_exit <= table[milder].consider_exit
    for level, limits in table.items():
        for name, days in asdict(limits).items():
            most = getattr(TIME_LIMITS[level], name)
            assert days == most if most is None else days <= most


levels = st.integers(1, 5)
days = st.integers(0, 800).map(lambda many: START + timedelta(days=many))


@given(before=levels, after=levels, on=days, held=st.one_of(st.none(), days))
def test_rising_never_gives_more_time_and_falling_never_takes_any(
    before: int, after: int, on: date, held: date | None
) -> None:
    moved = moved_deadline(held, before=before, after=after, started=START, on=on)

    if after > before:
        assert moved is not None
        assert moved <= min(held or date.max, deadline(after, on) or date.max)
    elif after == 1:
        assert moved is None
    elif held is not None:
        assert moved is not None
        assert moved >= held


@pytest.mark.parametrize(
    ("held", "before", "after", "on", "expected"),
    [
        (START + timedelta(60), 4, 5, START + timedelta(10), START + timedelta(24)),
        (START + timedelta(60), 4, 5, START + timedelta(55), START + timedelta(60)),
        (START + timedelta(180), 3, 4, START + timedelta(170), START + timedelta(180)),
        (START + timedelta(24), 5, 4, START + timedelta(20), START + timedelta(60)),
        (START + timedelta(90), 4, 4, START + timedelta(20), START + timedelta(90)),
        (START + timedelta(400), 3, 2, START + timedelta(390), START + timedelta(400)),
        (None, 1, 3, START + timedelta(100), START + timedelta(280)),
        (START + timedelta(365), 2, 1, START + timedelta(9), None),
    ],
)
def test_a_deadline_moves_as_the_severity_does(
    held: date | None, before: int, after: int, on: date, expected: date | None
) -> None:
    assert moved_deadline(held, before=before, after=after, started=START, on=on) == expected


def test_half_time_is_counted_on_the_deadline_in_force() -> None:
    codes = [
        read_clock(first_action=7, limit=limit, days=16, best_effect=1).code for limit in (60, 32, 31, 24)
    ]

    assert codes == ["WITHIN_TIME", "WITHIN_TIME", "HALF_TIME_NO_CHANGE", "HALF_TIME_NO_CHANGE"]


def test_the_own_part_of_the_severe_stops_within_three_days_whatever_its_tier() -> None:
    by_tier = START + timedelta(7)

    assert own_part_due(5, START, by_tier) == own_part_due(4, START) == START + timedelta(3)
    assert own_part_due(3, START, by_tier) == by_tier
    assert own_part_due(3, START) is None
