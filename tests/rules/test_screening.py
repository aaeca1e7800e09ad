"""What could identify a person is pointed at; what merely counts or dates is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.rules.screening import identifying_details

POINTED_AT = [
    ("Write to amina.k@example.org at night", "amina.k@example.org"),
    ("amina (at) example.org", "amina (at) example.org"),
    ("She posts as @free_amina", "@free_amina"),
    ("see https://www.facebook.com/amina.k for it", "https://www.facebook.com/amina.k"),
    ("t.me/aminachannel was named", "t.me/aminachannel"),
    ("call +251 91 123 4567 first", "+251 91 123 4567"),
    ("call 0044 20 7946 0018", "0044 20 7946 0018"),
    ("at (020) 7946 0018", "(020) 7946 0018"),
    ("the house at 9.03421, 38.75321 was raided", "9.03421, 38.75321"),
    ("9°01'48\"N", "9°01'48\"N"),
]
LEFT_ALONE = [
    "10 000 000 people in 2021, and 100,000 to 9,999,999 more",
    "on 2021-01-07, 07.01.2021 and 7/1/2021",
    "ICCPR 19(3), GC34 paras 22, 34-35 and A/74/486",
    "case 2021-001-FB-FBR of the Oversight Board",
    "50 % of the group, 0.5 to 1.25 times",
    "an e-mail address, a phone and a handle",
    "the tool was sold for EUR 1 500 000 in 2019-2020",
    "facebook.com/help says so",
]


@pytest.mark.parametrize(("text", "passage"), POINTED_AT)
def test_what_could_identify_a_person_is_pointed_at(text: str, passage: str) -> None:
    assert identifying_details(text) == [passage]


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_counts_dates_and_sources_are_left_alone(text: str) -> None:
    assert identifying_details(text) == []


@pytest.mark.parametrize("text", ["AMÍNA said so", "as amina, said", "(Amina)"])
def test_a_known_name_is_found_whatever_its_case_and_accents(text: str) -> None:
    assert identifying_details(text, known=["Amina"]) == ["Amina"]


def test_a_known_name_inside_another_word_is_none() -> None:
    assert identifying_details("laminated paper", known=["Amina", "", " "]) == []


@given(st.text())
def test_any_text_is_screened_without_an_error(text: str) -> None:
    identifying_details(text, known=[text])
