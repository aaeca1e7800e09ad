"""What may identify a person at risk is found; what only counts, dates or cites is let through."""

import csv
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from risks.rules.screening import (
    EMAIL,
    HANDLE,
    NAME,
    NETWORK,
    NUMBER,
    PHONE,
    PLACE,
    PROFILE,
    identifying_details,
    refusal,
)

RIGHTS = Path(__file__).resolve().parents[2] / "risks" / "data" / "rights.csv"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Write to almaz.b@example.org for the list", EMAIL),
        ("almaz @ example.org", EMAIL),
        ("almaz [at] example [dot] org", EMAIL),
        ("almaz(at)example.org", EMAIL),
        ("almaz\uff20example.org", EMAIL),
        ("al\u200bmaz@exam\u200bple.org", EMAIL),
        ("Reach her on +251 911 234 567", PHONE),
        ("+44 20 7946 0018", PHONE),
        ("+4420794600", PHONE),
        ("+1 (202) 555-0143", PHONE),
        ("0049 30 901820", PHONE),
        ("00251911234567", PHONE),
        ("0911 234 567", PHONE),
        ("(030) 901 820 11", PHONE),
        ("030/9018 2011", PHONE),
        ("202-555-0143", PHONE),
        ("(202) 555-0143", PHONE),
        ("WhatsApp: 612345678", PHONE),
        ("tel. 612 34 56", PHONE),
        ("+٢٥١٩١١٢٣٤٥٦٧", PHONE),
        ("9876543210", NUMBER),
        ("IMEI 490154203237518", NUMBER),
        ("near 9.0192, 38.7525", PLACE),
        ("-33.86785 151.20732", PLACE),
        ("9°01'48\"N 38°44'24\"E", PLACE),
        ("9°01\u203248\u2033N", PLACE),
        ("9.02 N, 38.75 E", PLACE),
        ("at ///filled.count.soap", PLACE),
        ("8FVC9G8F+6X", PLACE),
        ("https://maps.app.goo.gl/AbCdEf", PLACE),
        ("https://www.google.com/maps/@9.0,38.7", PLACE),
        ("logged in from 196.188.120.7", NETWORK),
        ("00:1B:44:11:3A:B7", NETWORK),
        ("2001:db8:85a3:8d3:1319:8a2e:370:7348", NETWORK),
        ("the reporter @almaz_b", HANDLE),
        ("Her account is @almaz", HANDLE),
        ("https://www.facebook.com/almaz.bekele", PROFILE),
        ("x.com/almaz", PROFILE),
        ("t.me/almazchannel", PROFILE),
        ("linkedin.com/in/almaz-b", PROFILE),
        ("tiktok.com/@almaz", PROFILE),
    ],
)
def test_details_that_lead_to_a_person_are_found(text: str, kind: str) -> None:
    assert kind in identifying_details(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "More than 10 000 000 people",
        "+10 000 000 people in a month",
        "10,000,000 accounts and 1.250.000 posts",
        "10'000'000",
        "3000000000 people use the service",
        "Since 2017-08-25, and again 25.08.2017 and 25/08/2017",
        "01.02.2021-03.02.2021",
        "2021-02-01T09:30:00+03:00",
        "between 2016 and 2018",
        "2016-2018, then 2019/20",
        "UDHR 3, 12, 19; ICCPR 6, 17, 19(3); ICESCR 8(1)(a)",
        "Article 19(3)(b) and General comment No. 34",
        "Oversight Board decision 2021-014-FB-UA",
        "Case No. 4:18-cv-06475",
        "Application no. 58170/13 of the Court",
        "Case 1234567890 of the registry",
        "ICC-01/09-01/11",
        "A/HRC/39/64",
        "A/HRC/RES/17/4, para 3.2.1.4",
        "Regulation (EU) 2022/2065",
        "40 % to 60 %, 3.5 times, 0.25 of the group",
        "1.234, 5.678 and 12.345 posts",
        "at 30 °C and 12.5 km away",
        "version 4.2.1.7 of the model",
        "about 100 000 WhatsApp groups; WhatsApp 100 000 users",
        "Signal 2021",
        "EUR 1 250 000 000",
        "level @ 5",
        "24/7 from 09:00 to 17:30",
        "24:00:00 hours",
        "ratio 1:2:3",
        "Reporters in one province were arrested after their posts were disclosed",
        "See https://www.ohchr.org/en/documents/2018 and https://about.fb.com",
        "netflix.com/title/80100172",
        "ISBN 978-3-16-148410-0",
        "የሰብአዊ መብት ተሟጋቾች",
    ],
)
def test_dates_counts_and_citations_pass(text: str) -> None:
    assert identifying_details(text) == []


def test_the_whole_catalogue_of_rights_passes() -> None:
    with RIGHTS.open(encoding="utf-8", newline="") as file:
        wrong = [
            (row["code"], name, text)
            for row in csv.DictReader(file)
            for name, text in row.items()
            if identifying_details(text)
        ]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("We met Almaz Bekele in May", "Almaz Bekele"),
        ("we met ALMAZ  bekele", "Almaz Bekele"),
        ("Bekele, Almaz said so", "Almaz Bekele"),
        ("José spoke", "Jose"),
        ("Jose spoke", "José"),
        ("قالت وفاطمة ذلك", "فاطمة"),
        ("昨天王小明来了", "王小明"),
        ("pseudonym_R7 said", "pseudonym_R7"),
        ("Al\u200bmaz said", "Almaz"),
    ],
)
def test_a_known_name_is_found_however_it_is_written(text: str, name: str) -> None:
    assert identifying_details(text, known=[name]) == [NAME]


@pytest.mark.parametrize("name", ["Almaz", "", " ", "a"])
def test_a_name_inside_another_word_or_none_at_all_is_no_name(name: str) -> None:
    assert identifying_details("The almazite mine and a village", known=[name]) == []


def test_the_refusal_names_the_field_and_the_way_out_and_never_the_detail() -> None:
    said = refusal("Summary", "Call +251 911 234 567 or almaz@example.org, says Almaz", known=["Almaz"])

    assert said.startswith(
        "Summary: this holds an e-mail address, a telephone number and a name that must not be written here"
    )
    assert "Write of the group instead" in said
    assert "911" not in said
    assert "lmaz" not in said
    assert refusal("Summary", "Reporters were arrested") == ""


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"]))
def test_no_date_is_a_detail(day: date, written: str) -> None:
    assert (
        identifying_details(f"On {day.strftime(written)} and until {day.strftime(written)} it went on") == []
    )


@given(st.integers(0, 9_999_999_999), st.sampled_from([" ", ",", ".", "'"]))
def test_no_grouped_count_under_ten_milliards_is_a_detail(count: int, between: str) -> None:
    assume(between != "." or count < 1_000_000_000)  # 3.174.064.000 can as well be the address of a device
    assert identifying_details(f"It reached {count:,} people".replace(",", between)) == []


@given(st.text(max_size=400), st.lists(st.text(max_size=20), max_size=3))
def test_any_text_gets_an_answer(text: str, known: list[str]) -> None:
    assert isinstance(identifying_details(text, known=known), list)


@given(st.text(max_size=60), st.text(max_size=60))
def test_an_address_is_found_whatever_stands_around_it(before: str, after: str) -> None:
    assert EMAIL in identifying_details(f"{before} almaz@example.org {after}")


@pytest.mark.parametrize("run", ["1 ", "0-", "a@", "+1.", "1.2.", "ab:", "(at)", "case 1/", "1'"])
def test_a_long_hostile_text_is_read_in_good_time(run: str) -> None:
    begin = time.perf_counter()
    identifying_details(run * (100_000 // len(run)))
    assert time.perf_counter() - begin < 3
