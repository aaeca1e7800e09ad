"""Which words leave a report, for which reason, and whether a report suffices (domain.md 8.5; UNGP 21)."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transparency.rules.redaction import (
    REASON_WORDS,
    Reason,
    Taken,
    counted,
    fields,
    marker,
    redacted,
    still_there,
)
from transparency.rules.sufficiency import CRITERIA, SAFE, hints, unmet

SAFETY = Reason.SAFETY_SOURCE
CONTENT: dict[str, Any] = {
    "format": "hrdd-report-2",
    "title": "Report of the river town",
    "period": {"from": "2025-01-01", "to": "2025-12-31"},
    "risks": [
        {
            "title": "Threats",
            "summary": "A nurse of the river town told us.",
            "severity": {"level": 5},
            "measures": [{"kind": "Label", "rule": "The river town rule"}],
            "consultations": [],
            "sources": ["A nurse"],
        }
    ],
    "sections": [
        {"code": "lessons", "anchor": "section-lessons", "title": "Lessons", "text": "The nurse was right."}
    ],
    "coverage": [],
    "quantities": [],
}


def test_the_reasons_are_those_of_the_list_and_reputation_is_none_of_them() -> None:
    assert set(REASON_WORDS) == {
        *("safety_affected", "safety_staff", "safety_source", "child", "privacy", "legal_proceedings"),
        *("security_exploit", "legitimate_confidentiality", "small_number"),
    }


@pytest.mark.parametrize(
    ("words", "found"), [("A nurse", 2), ("nurse", 3), ("A nurse of the river town", 1), ("A doctor", 0)]
)
def test_words_leave_wherever_they_stand(words: str, found: int) -> None:
    without, many = redacted(CONTENT, [Taken(words, SAFETY)])

    assert many == [found]
    assert (words in json.dumps(without)) is False
    assert json.dumps(without).count(marker(SAFETY)) == found


def test_what_lies_within_another_passage_leaves_with_it() -> None:
    taken = [Taken("nurse", Reason.PRIVACY), Taken("A nurse of the river town", SAFETY)]

    without, many = redacted(CONTENT, taken)

    assert many == [2, 1]
    assert without["risks"][0]["summary"] == f"{marker(SAFETY)} told us."


def test_the_title_of_a_report_is_changed_at_its_source_and_a_code_is_no_word() -> None:
    without, _many = redacted(
        CONTENT, [Taken("river town", SAFETY), Taken("lessons", SAFETY), Taken("Label", SAFETY)]
    )

    assert without["title"] == CONTENT["title"]
    assert still_there(without, [Taken("river town", SAFETY)])
    assert without["sections"][0]["code"] == "lessons"
    assert without["risks"][0]["measures"][0]["kind"] == "Label"


@given(
    st.lists(
        st.sampled_from(["nurse", "A nurse", "river", "town told", "was right", "rule", "of the"]), max_size=5
    )
)
def test_nothing_that_is_taken_out_is_left_but_in_the_title(words: list[str]) -> None:
    taken = [Taken(one, SAFETY) for one in words]
    without, many = redacted(CONTENT, taken)

    assert not still_there({key: value for key, value in without.items() if key != "title"}, taken)
    assert len(many) == len(words)
    assert redacted(without, taken)[0] == without


def test_every_text_that_people_read_can_be_marked() -> None:
    told = {one.path: one.label for one in fields(CONTENT)}

    assert told["risks.0.summary"] == "Risk “Threats”: summary"
    assert told["risks.0.sources.0"] == "Risk “Threats”: sources 1"
    assert told["sections.0.text"] == "Section “Lessons”: text"
    assert "title" not in told
    assert "sections.0.code" not in told


def test_redactions_are_counted_by_reason() -> None:
    assert counted([]) == []
    assert counted(["privacy", "child", "privacy"]) == [
        {"code": "child", "label": "a child", "count": 1},
        {"code": "privacy", "label": "privacy", "count": 2},
    ]


@pytest.mark.parametrize(
    ("judged", "open_ones"),
    [
        ({}, ["UNGP 21(a)", "UNGP 21(a)", "UNGP 21(b)", "UNGP 21(c)"]),
        ({one.code: True for one in CRITERIA}, []),
        ({one.code: one.code != SAFE for one in CRITERIA}, ["UNGP 21(c)"]),
        ({"form": True, "accessible": True, SAFE: True}, ["UNGP 21(b)"]),
    ],
)
def test_silence_is_no_yes(judged: dict[str, bool], open_ones: list[str]) -> None:
    assert [said.split(":")[0] for said in unmet(judged)] == open_ones


@pytest.mark.parametrize(
    ("changes", "today", "criterion", "says"),
    [
        ({}, date(2026, 4, 1), "form", "ended 91 days ago"),
        ({}, date(2026, 1, 10), "form", "1 of the risks are severe or critical"),
        ({}, date(2026, 1, 10), "accessible", "English only; the complaint pages also speak Français"),
        ({}, date(2026, 1, 10), "adequate", "No consultation is told for “Threats”"),
        (
            {
                "coverage": [
                    {"code": "A2", "answers": [{"kind": "none"}]},
                    {"code": "A1", "answers": [{"kind": "said"}]},
                ]
            },
            date(2026, 1, 10),
            "adequate",
            "1 of 2 questions of the framework are not answered: A2",
        ),
        ({"redactions": [{"count": 2}]}, date(2026, 1, 10), SAFE, "2 passages are redacted"),
        ({}, date(2026, 1, 10), SAFE, "in their own words"),
    ],
)
def test_the_record_gives_something_to_think_about(
    changes: dict[str, Any], today: date, criterion: str, says: str
) -> None:
    told = hints(CONTENT | changes, today=today, languages=["Français"])

    assert says in " ".join(told[criterion])


def test_a_report_in_order_gives_nothing_to_think_about() -> None:
    quiet = CONTENT | {"risks": [], "sections": []}

    assert hints(quiet, today=date(2026, 1, 10), languages=[]) == {one.code: [] for one in CRITERIA}
