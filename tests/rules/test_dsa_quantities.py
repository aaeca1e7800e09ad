"""What may be entered of a quantity of the DSA, and how it may be told (domain.md 8.3, 8.5)."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.rules.suppression import printable
from transparency.rules.dsa_quantities import (
    ALL,
    BY_CODE,
    ENTERED,
    QUANTITIES,
    Entry,
    Source,
    Unit,
    entered_table,
    measured,
    refusal,
    table_code,
)

WHY = "Orders come to another company of our group."
NUMBER = Entry(ALL, Decimal(1200), "", None, "", "Tracker of notices")
MEDIAN = replace(NUMBER, value=Decimal("26.5"), rests_on=40)
WORDS = Entry(ALL, None, "Two days of training.", None, "", "Handbook, chapter 4")


def test_each_provision_that_the_method_names_has_its_quantities() -> None:
    assert {one.provision for one in QUANTITIES} == {
        *("15(1)(a)", "15(1)(b)", "15(1)(b), (c)", "15(1)(c)", "15(1)(d)", "15(1)(e)"),
        *("24(1)(a)", "24(1)(b)", "24(2)", "24(3)", "42(2)(a)", "42(2)(b)", "42(2)(c)", "42(3)"),
    }
    assert len(BY_CODE) == len(QUANTITIES)
    assert {one.source for one in QUANTITIES} == set(Source)


@pytest.mark.parametrize(
    ("quantity", "entry", "says"),
    [
        ("notices", NUMBER, ""),
        ("notices", replace(NUMBER, source=" "), "Source"),
        ("notices", replace(NUMBER, value=None), "Number: give it"),
        ("notices", replace(NUMBER, value=Decimal(-1)), "not below zero"),
        ("notices", replace(NUMBER, value=Decimal("1.5")), "whole number"),
        ("notices", replace(NUMBER, of="France"), "not broken down"),
        ("orders_act", replace(NUMBER, of="France"), ""),
        ("orders_act", NUMBER, "choose one Member State"),
        ("orders_act", replace(NUMBER, of="Atlantis"), "choose one Member State"),
        ("moderators", replace(NUMBER, of="Maltese"), ""),
        ("moderators", replace(NUMBER, of="Klingon"), "choose one language"),
        ("notices_time", MEDIAN, ""),
        ("notices_time", replace(MEDIAN, rests_on=None), "Rests on"),
        ("disputes_done", replace(MEDIAN, value=Decimal(101)), "at most 100"),
        ("disputes_done", replace(MEDIAN, value=Decimal(100)), ""),
        ("tools", WORDS, ""),
        ("tools", replace(WORDS, words=" "), "In words"),
        ("notices", Entry("", None, "", None, WHY, ""), ""),
        ("notices", Entry("", None, "", None, "no", ""), "at least 20 characters"),
        ("notices", replace(NUMBER, not_held=WHY), "not both"),
    ],
)
def test_an_entry_is_refused_in_a_sentence_that_names_the_field(
    quantity: str, entry: Entry, says: str
) -> None:
    refused = refusal(BY_CODE[quantity], entry)

    assert says in refused
    assert bool(says) == bool(refused)


@pytest.mark.parametrize(
    ("quantity", "value", "rests_on", "told"),
    [
        ("notices_time", "26.5", 10, "26.5 hours"),
        ("notices_time", "26.500", 10, "26.5 hours"),
        ("notices_time", "20", 10, "20 hours"),
        ("notices_time", "26.5", 9, "not shown: it rests on fewer than 10"),
        ("disputes_time", "3", 10, "3 days"),
        ("disputes_done", "80", 30, "80 %"),
        ("disputes_done", "80", 29, "not shown: it rests on fewer than 30"),
        ("disputes_done", "100", 30, "100 %"),
    ],
)
def test_a_median_needs_ten_and_a_share_thirty(quantity: str, value: str, rests_on: int, told: str) -> None:
    entry = replace(MEDIAN, value=Decimal(value), rests_on=rests_on)

    assert measured(BY_CODE[quantity], entry) == told


@given(st.dictionaries(st.sampled_from(BY_CODE["orders_act"].answers), st.integers(0, 60), min_size=1))
def test_an_entered_count_under_ten_is_never_told(rows: dict[str, int]) -> None:
    quantity = BY_CODE["orders_act"]
    entries = [replace(NUMBER, of=of, value=Decimal(many)) for of, many in rows.items()]
    table = entered_table(quantity, entries)

    assert sum(table.counts[0]) == sum(rows.values())
    shown = printable(table, 10, ()).cells[0]
    told = dict(zip(table.splits[0].values, shown, strict=True))
    assert not [of for of, many in rows.items() if 0 < many < 10 and told[of].shown == many]


def test_other_rows_are_another_table() -> None:
    quantity = BY_CODE["orders_act"]

    assert table_code(quantity, ["France"]) != table_code(quantity, ["France", "Spain"])
    assert all(len(table_code(one, ("rest",))) <= 60 for one in QUANTITIES)
    assert {one.unit for one in ENTERED} == set(Unit)
