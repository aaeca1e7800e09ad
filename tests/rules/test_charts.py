"""What a report draws of its numbers, and how it stands beside the report before (domain.md 8.1, 8.2)."""

from datetime import date
from typing import Any

import pytest

from transparency.rules.charts import charts, compared
from transparency.rules.periods import months_of, same_length

FIGURES = [
    {"code": "salient_risks", "label": "Salient risks", "value": 2, "note": "published"},
    {"code": "severe_risks", "label": "of them severe or critical", "value": 1, "note": "level 4 or 5"},
    {"code": "measures_standing", "label": "Measures in force", "value": 3, "note": "on the last day"},
    {"code": "decisions", "label": "Re-assessments", "value": 0, "note": "in the period"},
    {"code": "gaps", "label": "Gaps named", "value": 4, "note": "what went wrong"},
]


def content(label: str, **changes: Any) -> dict[str, Any]:
    return {
        "format": "hrdd-report-2",
        "title": f"Report {label}",
        "edition": 1,
        "period": {"label": label},
        "rules_version": "1",
        "figures": FIGURES,
        "released": {
            "k": 10,
            "query_version": "1",
            "tables": [{"code": "cases", "title": "Cases", "total": "40"}],
        },
        "risks": [
            {"severity": {"level": 5}, "measures": [{"kind": "Label"}, {"kind": "Removal"}]},
            {"severity": {"level": 3}, "measures": [{"kind": "Label"}]},
        ],
        "quantities": [],
    } | changes


def test_a_report_draws_what_stands_in_it_counted() -> None:
    drawn = {
        one["code"]: [(row["label"], row["value"]) for row in one["rows"]]
        for one in charts(content("2025"), [])
    }

    assert drawn == {
        "risks_by_level": [
            ("5 critical", 1),
            ("4 severe", 0),
            ("3 serious", 1),
            ("2 moderate", 0),
            ("1 minor", 0),
        ],
        "measures_by_kind": [("Label", 2), ("Removal", 1)],
    }


@pytest.mark.parametrize(
    ("kind", "said", "drawn"),
    [
        ("counted", ["12", "40"], True),
        ("counted", ["12 that anybody can read; others: fewer than 10", "40"], False),
        ("counted", ["12"], False),
        ("entered", ["12", "40"], False),
    ],
)
def test_nothing_is_drawn_that_is_not_told_exactly(kind: str, said: list[str], drawn: bool) -> None:
    quantity = {
        "code": "kind",
        "label": "Statements",
        "kind": kind,
        "rows": [{"of": str(nth), "said": one} for nth, one in enumerate(said)],
    }

    codes = {one["code"] for one in charts(content("2025", quantities=[quantity]), [])}

    assert ("dsa_kind" in codes) is drawn


def test_main_figures_are_drawn_over_the_periods_of_published_reports_at_most_eight() -> None:
    earlier = [content(str(year)) for year in range(2010, 2025)]

    over = {one["code"]: one["rows"] for one in charts(content("2025"), earlier)}["over_time_salient_risks"]

    assert [row["label"] for row in over] == [str(year) for year in range(2018, 2026)]
    assert over[-1]["value"] == 2


def test_figures_stand_beside_those_before_and_no_difference_is_computed() -> None:
    before = content("2024", figures=FIGURES[1:], released={"k": 10, "query_version": "1", "tables": []})

    told = compared(content("2025"), before)

    assert told["with"] == {"title": "Report 2024", "edition": 1, "period": {"label": "2024"}}
    assert told["rows"][0] == {
        "code": "salient_risks",
        "label": "Salient risks",
        "said": "2",
        "before": "not told",
    }
    assert told["rows"][-1] == {"code": "cases", "label": "Cases: in all", "said": "40", "before": "not told"}
    assert told["notes"] == []
    assert {key for row in told["rows"] for key in row} == {"code", "label", "said", "before"}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"rules_version": "0"}, "rules of re-assessment changed: 0 then, 1 now"),
        ({"released": {"k": 5, "query_version": "1"}}, "Numbers under 10 are not told; before, under 5"),
        ({"released": {"k": 10, "query_version": "0"}}, "counted in another way"),
        ({"format": "hrdd-report-1"}, "form of the report changed"),
        ({"figures": [FIGURES[0] | {"note": "all of them"}]}, "“Salient risks” is defined in another way"),
    ],
)
def test_what_is_counted_in_another_way_than_before_is_said(changes: dict[str, Any], says: str) -> None:
    [note] = compared(content("2025"), content("2024", **changes))["notes"]

    assert says in note


@pytest.mark.parametrize(
    ("begin", "end", "months"),
    [
        (date(2025, 1, 1), date(2025, 12, 31), 12),
        (date(2024, 7, 1), date(2025, 6, 30), 12),
        (date(2024, 2, 1), date(2024, 2, 29), 1),
        (date(2025, 1, 2), date(2025, 12, 31), 0),
        (date(2025, 1, 1), date(2025, 12, 30), 0),
    ],
)
def test_a_period_is_as_long_as_its_whole_months(begin: date, end: date, months: int) -> None:
    assert months_of(begin, end) == months


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ((date(2024, 1, 1), date(2024, 6, 30)), (date(2025, 1, 1), date(2025, 6, 30)), True),
        ((date(2024, 1, 1), date(2024, 12, 31)), (date(2025, 1, 1), date(2025, 12, 31)), True),
        ((date(2025, 1, 1), date(2025, 12, 31)), (date(2024, 1, 1), date(2024, 6, 30)), False),
        ((date(2025, 1, 2), date(2025, 1, 11)), (date(2024, 3, 2), date(2024, 3, 11)), True),
        ((date(2025, 1, 2), date(2025, 1, 11)), (date(2024, 3, 2), date(2024, 3, 12)), False),
        ((date(2025, 1, 1), date(2025, 1, 31)), (date(2024, 3, 2), date(2024, 4, 1)), False),
    ],
)
def test_periods_are_compared_when_they_are_as_long(
    one: tuple[date, date], other: tuple[date, date], alike: bool
) -> None:
    assert same_length(one, other) is alike
