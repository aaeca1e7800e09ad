"""Each indicator of domain.md 9 at and past its line; good news on fewer than ten is few data, a gap is no number."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrdd.oversight.rules import indicators as rules
from hrdd.oversight.rules.indicators import BY_CODE, KPIS, Value
from hrdd.oversight.rules.meetings import quarters_without

ON = date(2026, 11, 26)
GOOD, OFF, FEW, UNKNOWN = "on target", "off target", "few data", "not recorded"
GP31 = {
    "c1": ("98 %", GOOD),
    "c2": ("90 %", GOOD),
    "f3": ("90 %", GOOD),
    "f4": (UNKNOWN, UNKNOWN),
    "g1": ("100 %", GOOD),
}


def told(code: str, parts: tuple[str, ...], **changes: tuple[str, str]) -> Value:
    return rules.of_complaints(code, GP31 | changes, {one: one for one in parts})


def case_words(**changes: str) -> dict[str, str]:
    return {"Legitimate": GOOD, "Accessible": GOOD} | changes


TABLE: list[tuple[str, Callable[[], Value], Callable[[], Value]]] = [
    ("K2", lambda: rules.p1_clock(94, 100), lambda: rules.p1_clock(95, 100)),
    ("K3", lambda: rules.severity_drift((7, 6), (6, 5)), lambda: rules.severity_drift((9, 5), (5, 5))),
    ("K3", lambda: rules.severity_drift((20, 1), (3, 2)), lambda: rules.severity_drift((5, 6), (20, 1))),
    ("K5", lambda: rules.evidence_quality(79, 100), lambda: rules.evidence_quality(80, 100)),
    ("K6", lambda: rules.on_time({2: (89, 100)}), lambda: rules.on_time({2: (90, 100)})),
    (
        "K6",
        lambda: rules.on_time({1: (500, 500), 5: (97, 100)}),
        lambda: rules.on_time({1: (50, 50), 4: (98, 100)}),
    ),
    ("K11", lambda: rules.automation_guard(1, 0), lambda: rules.automation_guard(0, 0)),
    ("K15", lambda: told("K15", ("c1", "c2"), c2=("89 %", OFF)), lambda: told("K15", ("c1", "c2"))),
    ("K15", lambda: told("K15", ("c1", "c2"), c1=("97 %", OFF)), lambda: told("K15", ("c1", "c2"))),
    ("K16", lambda: told("K16", ("f3", "f4"), f3=("80 %", OFF)), lambda: told("K16", ("f3", "f4"))),
    ("K17", lambda: rules.retaliation(12, 1, 0, 10), lambda: rules.retaliation(12, 0, 3, 10)),
    ("K18", lambda: rules.trust(case_words(Legitimate=OFF)), lambda: rules.trust(case_words())),
    ("K20", lambda: told("K20", ("g1",), g1=("99 %", OFF)), lambda: told("K20", ("g1",))),
    (
        "K21",
        lambda: rules.language_equity({"en": [10] * 30, "am": [16] * 10}),
        lambda: rules.language_equity({"en": [10] * 30, "am": [15] * 10}),
    ),
    (
        "K22",
        lambda: rules.resources(3, ["Ethiopia"], [], counted=9),
        lambda: rules.resources(3, [], ["Kenya"], counted=9),
    ),
    (
        "K23",
        lambda: rules.leadership([date(2026, 10, 3)], date(2026, 5, 1), on=ON, answered=20, due=20),
        lambda: rules.leadership([date(2026, 9, 30)], date(2026, 9, 1), on=ON, answered=19, due=20),
    ),
    (
        "K23",
        lambda: rules.leadership([date(2026, 9, 30)], date(2026, 9, 1), on=ON, answered=18, due=20),
        lambda: rules.leadership([date(2026, 7, 1)], date(2026, 7, 1), on=ON, answered=20, due=20),
    ),
    (
        "K24",
        lambda: rules.reporting(date(2025, 5, 25), on=ON, corrected=0),
        lambda: rules.reporting(date(2025, 5, 26), on=ON, corrected=0),
    ),
    ("K26", lambda: rules.pay_and_training(9, 11, 100, 100), lambda: rules.pay_and_training(10, 11, 90, 100)),
    ("K26", lambda: rules.pay_and_training(10, 10, 89, 100), lambda: rules.pay_and_training(10, 10, 90, 100)),
]


@pytest.mark.parametrize(("code", "past", "within"), TABLE)
def test_an_indicator_is_red_past_its_line_and_not_at_it(
    code: str, past: Callable[[], Value], within: Callable[[], Value]
) -> None:
    assert (past().code, past().red, past().few_data, past().missing) == (code, True, False, "")
    assert (within().code, within().red, within().few_data, within().missing) == (code, False, False, "")


@pytest.mark.parametrize(
    "few",
    [
        rules.p1_clock(9, 9),
        rules.severity_drift((1, 2), (0, 0)),
        rules.evidence_quality(1, 1),
        rules.on_time({2: (3, 3)}),
        told("K15", ("c1", "c2"), c1=("not shown", FEW)),
        rules.retaliation(0, 0, 0, 10),
        rules.trust(case_words(Accessible=FEW)),
        rules.leadership([date(2026, 8, 1)], date(2026, 8, 1), on=ON, answered=9, due=9),
        rules.pay_and_training(3, 3, 100, 100),
    ],
    ids=lambda one: one.code,
)
def test_good_news_on_fewer_than_ten_is_few_data(few: Value) -> None:
    assert (few.red, few.few_data) == (False, True)


def test_bad_news_on_fewer_than_ten_is_red_all_the_same() -> None:
    assert [
        one.red for one in (rules.p1_clock(0, 1), rules.on_time({5: (0, 1)}), rules.retaliation(1, 1, 0, 10))
    ] == [True] * 3


@pytest.mark.parametrize(
    "gap",
    [
        rules.of_complaints("K20", {}, {"g1": "linked"}),
        rules.of_complaints("K16", {}, {"f3": "x"}),
        told("K16", ("f4",)),
        rules.trust({}),
        rules.language_equity({"en": [1.0] * 40}),
        rules.language_equity({"en": [1.0] * 9, "am": [9.0] * 9}),
        rules.resources(0, [], [], counted=0),
        rules.pay_and_training(0, 0, 0, 0),
    ],
    ids=lambda one: one.code,
)
def test_what_the_record_cannot_give_says_what_is_missing_and_no_number(gap: Value) -> None:
    assert gap.missing
    assert (gap.number, gap.red, gap.few_data) == (None, False, False)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_no_number_of_retaliation_under_ten_is_told(open_: int, untriaged: int, confirmed: int) -> None:
    found = rules.retaliation(open_, untriaged, confirmed, 10)
    told_of = dict(reversed(one.split(" ")) for one in found.said.split("; "))
    for many, word in ((open_, "open"), (confirmed, "confirmed")):
        assert told_of[word] == (str(many) if many >= 10 else "<10")
    assert found.number is None or found.number >= 10


@given(st.integers(0, 50), st.integers(0, 50), st.integers(1, 100))
def test_a_share_is_red_exactly_under_its_line(part: int, more: int, least: int) -> None:
    whole = part + more
    found = rules.share("K2", part, whole, least)
    assert found.red == (whole > 0 and part / whole < least / 100 and part * 100 < least * whole)
    assert not (found.red and found.few_data)


def test_a_quarter_that_runs_is_not_missed_and_none_before_the_record_begins_is() -> None:
    held = [date(2026, 2, 1), date(2026, 8, 15)]
    assert quarters_without(held, first=date(2025, 12, 31), on=ON) == [date(2026, 4, 1), date(2025, 10, 1)]
    assert quarters_without([], first=date(2026, 10, 1), on=ON) == []
    assert quarters_without([], first=date(2026, 9, 30), on=date(2027, 1, 1)) == [
        date(2026, 10, 1),
        date(2026, 7, 1),
    ]


def test_every_indicator_of_the_domain_is_defined_once_with_its_formula_and_its_line() -> None:
    assert [one.code for one in KPIS] == [f"K{nth}" for nth in range(1, 27)] == list(BY_CODE)
    assert all(one.definition and one.formula and one.red for one in KPIS)


def test_what_turned_red_is_told_before_what_only_moved() -> None:
    before = {"K2": Value("K2", "96 %", 96), "K5": Value("K5", "90 %", 90), "K11": Value("K11", "0", 0)}
    now = [Value("K2", "97 %", 97), Value("K5", "70 %", 70, red=True), Value("K11", "0", 0)]
    assert [(one["code"], one["turned"]) for one in rules.changed(now, before)] == [("K5", "red"), ("K2", "")]


@pytest.mark.parametrize(
    ("redacted", "says"),
    [
        ((), "by reason: none."),
        ((("a child", 1), ("privacy", 2)), "by reason: 1 for a child, 2 for privacy."),
    ],
)
def test_k24_tells_what_the_last_report_took_out(redacted: tuple[tuple[str, int], ...], says: str) -> None:
    assert rules.reporting(ON, on=ON, corrected=0, redacted=redacted).detail.endswith(says)
