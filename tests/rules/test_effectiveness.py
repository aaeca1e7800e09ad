"""The eight criteria as indicators: each number by hand, each light by its target, never one score (domain.md 6.9)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from remedies.rules.case import CaseState, CaseType
from remedies.rules.case_workflow import Finding
from remedies.rules.effectiveness import (
    CRITERIA,
    CaseFacts,
    Facts,
    Indicator,
    Light,
    RatingFacts,
    RemedyFacts,
    criterion_light,
    indicators,
    quarter_of,
    twelve_months_to,
)

MONDAY = date(2026, 7, 6)
BEGIN, END = date(2026, 7, 1), date(2026, 9, 30)


def case(**more: Any) -> CaseFacts:
    made: dict[str, Any] = {
        "type": CaseType.PRIVACY,
        "language": "en",
        "channel": "web_form",
        "state": CaseState.RECEIVED,
        "received_on": MONDAY,
    }
    return CaseFacts(**made | more)


def decided(**more: Any) -> CaseFacts:
    made: dict[str, Any] = {
        "state": CaseState.DECIDED,
        "acknowledged_on": MONDAY,
        "told_on": MONDAY + timedelta(days=40),
        "summary_offered_on": MONDAY + timedelta(days=20),
        "decided_on": MONDAY + timedelta(days=40),
        "finding": Finding.UPHELD,
        "decider_attested": True,
    }
    return case(**made | more)


def found(*cases: CaseFacts, **more: Any) -> dict[str, Indicator]:
    return {one.code: one for one in indicators(Facts(cases=cases, **more), begin=BEGIN, end=END)}


def test_every_criterion_has_indicators_with_definition_and_target_or_says_what_is_missing() -> None:
    told = indicators(Facts(), begin=BEGIN, end=END)

    assert {one.criterion for one in told} == set(CRITERIA)
    assert len({one.code for one in told}) == len(told) == 33
    assert all(one.target and (one.definition or one.missing) for one in told)
    assert all(one.light in {Light.UNKNOWN, Light.SHORT} for one in told)


@pytest.mark.parametrize(("days", "in_time"), [(7, True), (8, False), (None, False)])
def test_acknowledged_on_day_seven_is_in_time(days: int | None, in_time: bool) -> None:
    told = found(case(acknowledged_on=None if days is None else MONDAY + timedelta(days=days)))

    assert (told["c1"].part, told["c1"].whole) == (int(in_time), 1)


def test_a_case_still_in_time_to_be_acknowledged_is_not_counted_yet() -> None:
    assert found(case(received_on=date(2026, 9, 28)))["c1"].whole == 0


def test_a_decision_is_in_time_three_months_from_acknowledging() -> None:
    late = date(2026, 9, 30)

    told = found(
        decided(acknowledged_on=date(2026, 6, 30), decided_on=late),
        decided(acknowledged_on=date(2026, 6, 29), decided_on=late),
    )

    assert (told["c2"].part, told["c2"].whole) == (1, 2)


def test_medians_and_ninetieths_wait_for_enough_cases() -> None:
    nine, ten, fifty = (found(*[decided()] * many) for many in (9, 10, 50))

    assert [one["c3"].value for one in (nine, ten)] == [None, 40]
    assert [one["c4"].value for one in (ten, fifty)] == [None, 40]
    assert ten["c3"].light == Light.REPORTED


def test_an_appeal_that_changed_the_finding_is_overturned() -> None:
    appealed = decided(appeal_decided_on=date(2026, 8, 30), finding_before_appeal=Finding.NOT_UPHELD)

    told = found(appealed, replace(appealed, finding_before_appeal=Finding.UPHELD))

    assert (told["a2"].part, told["a2"].whole, told["a2"].light) == (1, 2, Light.SHORT)


def test_retaliation_counts_against_what_was_closed() -> None:
    closed = decided(state=CaseState.CLOSED, closed_on=END)

    told = found(closed, closed, case(type=CaseType.RETALIATION))

    assert (told["a3"].part, told["a3"].whole, told["a3"].light) == (1, 2, Light.SHORT)
    assert told["e1"].share == 100


def test_ratings_are_told_from_ten_people_on() -> None:
    def rated(many: int) -> dict[str, Indicator]:
        return found(ratings=[RatingFacts(BEGIN, satisfaction=4, fairness=3, safety=None)] * many)

    assert rated(9)["a4"].value is None
    assert (rated(10)["a4"].value, rated(10)["a4"].light) == (3, Light.SHORT)
    assert (rated(10)["a5"].value, rated(10)["a5"].light) == (4, Light.REPORTED)
    assert rated(10)["a6"].value is None


def test_upheld_rates_are_compared_from_thirty_on() -> None:
    alone = [decided(finding=Finding.UPHELD if nth < 15 else Finding.NOT_UPHELD) for nth in range(30)]
    helped = [replace(one, on_behalf_of=True, language="fr", finding=Finding.UPHELD) for one in alone]

    assert found(*alone[:29], *helped)["d3"].value is None
    told = found(*alone, *helped)
    assert (told["d3"].value, told["d3"].light) == (0.5, Light.SHORT)
    assert (told["d4"].value, told["d4"].light) == (50, Light.SHORT)
    assert told["d3"].printed(10) == told["d4"].printed(10) == "not shown"


def test_remedies_and_what_was_learned() -> None:
    closed = {"state": CaseState.CLOSED, "closed_on": END, "root_cause": "design"}
    cases = [
        decided(**closed, has_risk=True),
        decided(**closed, decided_on=date(2026, 9, 1)),
        decided(**closed, decided_on=date(2025, 1, 1)),
    ]
    remedies = [
        RemedyFacts(due=date(2026, 8, 1), agreed_on=BEGIN, delivered_on=date(2026, 8, 1)),
        RemedyFacts(due=date(2026, 8, 1), agreed_on=BEGIN, delivered_on=date(2026, 8, 2)),
        RemedyFacts(due=date(2026, 8, 1)),
    ]

    told = found(*cases, remedies=remedies)

    assert (told["f2"].part, told["f2"].whole) == (2, 2)
    assert (told["f3"].part, told["f3"].whole, told["f3"].light) == (1, 2, Light.SHORT)
    assert (told["g1"].part, told["g1"].whole) == (1, 3)
    assert (told["g2"].part, told["g2"].whole) == (1, 2)
    assert (told["h2"].part, told["h2"].whole) == (2, 2)


def test_dialogue_counts_two_years_of_consultations() -> None:
    told = found(
        consultations_on_mechanism=[date(2024, 9, 30), date(2024, 10, 1), END], suggestions=[True, False]
    )

    assert (told["h1"].value, told["h1"].light) == (2, Light.GOOD)
    assert (told["h3"].part, told["h3"].whole) == (1, 2)


def test_published_figures_grow_old() -> None:
    assert found(last_published=END - timedelta(days=183))["e2"].light == Light.GOOD
    assert found(last_published=END - timedelta(days=184))["e2"].light == Light.SHORT
    assert found()["e2"].light == Light.UNKNOWN


@pytest.mark.parametrize(
    ("part", "whole", "exact", "light", "printed", "printed_light"),
    [
        (29, 29, "29 of 29, 100 %", Light.GOOD, "not shown", Light.FEW),
        (9, 9, "9 of 9, 100 %", Light.FEW, "not shown", Light.FEW),
        (40, 40, "40 of 40, 100 %", Light.GOOD, "over 75 %", Light.REPORTED),
        (39, 40, "39 of 40, 98 %", Light.SHORT, "over 75 %", Light.REPORTED),
        (30, 40, "30 of 40, 75 %", Light.SHORT, "75 %", Light.SHORT),
        (3, 40, "3 of 40, 8 %", Light.SHORT, "under 25 %", Light.SHORT),
    ],
)
def test_what_is_printed_tells_no_small_number_not_even_by_its_light(
    part: int, whole: int, exact: str, light: Light, printed: str, printed_light: Light
) -> None:
    one = Indicator("d2", "x", "x", "100 %", part=part, whole=whole, good=lambda value: value >= 100)

    assert (one.exact, one.light) == (exact, light)
    assert (one.printed(10), one.printed_light(10)) == (printed, printed_light)


def test_a_criterion_shows_its_worst_light_and_never_a_mean() -> None:
    assert criterion_light([Light.GOOD] * 9 + [Light.SHORT]) == Light.SHORT
    assert criterion_light([Light.GOOD, Light.FEW]) == Light.FEW
    assert criterion_light([Light.UNKNOWN, Light.REPORTED, Light.GOOD]) == Light.GOOD
    assert criterion_light([Light.UNKNOWN]) == criterion_light([]) == Light.UNKNOWN


def test_quarters_and_rolling_months() -> None:
    assert quarter_of(date(2026, 11, 26)) == (date(2026, 10, 1), date(2026, 12, 31))
    assert quarter_of(date(2028, 2, 29)) == (date(2028, 1, 1), date(2028, 3, 31))
    assert twelve_months_to(date(2026, 11, 26)) == (date(2025, 11, 27), date(2026, 11, 26))
    assert twelve_months_to(date(2028, 2, 29)) == (date(2027, 3, 1), date(2028, 2, 29))


def test_none_at_all_looks_like_few_to_outsiders() -> None:
    told = found()
    shown = {one.printed_light(10) for one in told.values() if not one.missing and one.whole is not None}

    assert shown == {Light.FEW}
    assert told["b1"].printed_light(10) == Light.UNKNOWN


def test_an_open_case_is_told_where_it_stands_every_thirty_days() -> None:
    def told(days: int, **more: Any) -> tuple[int | None, int | None]:
        one = found(case(acknowledged_on=MONDAY, told_on=END - timedelta(days=days), **more))["c5"]
        return one.part, one.whole

    assert [told(30), told(31)] == [(1, 1), (0, 1)]
    assert told(30, state=CaseState.CLOSED, closed_on=END) == (0, 0)
    assert told(30, state=CaseState.CLOSED, closed_on=END + timedelta(days=1)) == (1, 1)
    assert told(30, state=CaseState.WITHDRAWN) == (0, 0)
