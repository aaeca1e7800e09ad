"""An extract holds what may be shared and nothing else; a share lasts from its first day to its last."""

from dataclasses import fields
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.rules.expert_extract import (
    NOTHING,
    QUOTE_KEPT,
    ConsultationTold,
    FindingTold,
    HeadTold,
    PieceTold,
    RiskTold,
    extract_of_consultation,
    extract_of_risk,
    refused_period,
    texts_of,
)

TODAY = date(2026, 11, 25)
LONGEST = 90
RISK = RiskTold(
    title="Arrests after posts",
    summary="Posts lead to arrests.",
    rights=["Liberty", "Expression"],
    groups=["Reporters"],
    places="Ethiopia",
    activity="Moderation",
    level=4,
    band="severe",
    incomplete=True,
    heads=[HeadTold("Scale", 4, "Months in prison."), HeadTold("Scope", None, "")],
    ties=["Directly linked"],
    evidence=[
        PieceTold("A report", "Document", date(2025, 3, 1), "It counts 40.", "https://example.org/report")
    ],
)


def consultation(*, is_quote: bool, may_quote: bool) -> ConsultationTold:
    return ConsultationTold(
        title="How posts lead to arrests",
        purpose="Assess",
        question="What happens then?",
        method="Interview",
        state="Summarised",
        people="fewer than 10",
        may_quote=may_quote,
        findings=[FindingTold("Fear", "“They came at night.”", is_quote)],
    )


def test_a_risk_is_told_by_its_facts_heads_and_public_evidence() -> None:
    extract = extract_of_risk(RISK)

    assert {fact["term"]: fact["said"] for fact in extract["facts"]} == {
        "Severity": "4 of 5, severe, not every head is known",
        "Where": "Ethiopia",
        "Through": "Moderation",
        "People affected": "Reporters",
        "Rights at stake": "Liberty; Expression",
        "How the company is involved": "Directly linked",
    }
    assert [part["items"] for part in extract["parts"]] == [
        [
            {"title": "Scale", "note": "level 4 of 5", "text": "Months in prison."},
            {"title": "Scope", "note": "level unknown", "text": NOTHING},
        ],
        [
            {
                "title": "A report",
                "note": "Document, 1 March 2025",
                "text": "It counts 40.\nhttps://example.org/report",
            }
        ],
    ]


@pytest.mark.parametrize(
    "forbidden", ["vulnerab", "owner", "plan", "note", "place_", "participant", "recorded"]
)
def test_what_may_not_be_shared_has_no_field(forbidden: str) -> None:
    names = [
        field.name for told in (RiskTold, ConsultationTold, PieceTold, FindingTold) for field in fields(told)
    ]

    assert not [name for name in names if forbidden in name]


@pytest.mark.parametrize(
    ("is_quote", "may_quote", "told"),
    [
        (True, True, "“They came at night.”"),
        (True, False, QUOTE_KEPT),
        (False, False, "“They came at night.”"),
        (False, True, "“They came at night.”"),
    ],
)
def test_words_of_people_are_passed_on_only_where_they_agreed(
    is_quote: bool, may_quote: bool, told: str
) -> None:
    [part] = extract_of_consultation(consultation(is_quote=is_quote, may_quote=may_quote))["parts"]

    assert part["items"] == [{"title": "Fear", "note": "", "text": told}]


def test_every_text_of_an_extract_is_there_to_be_screened() -> None:
    texts = " ".join(texts_of(extract_of_risk(RISK)).values())

    for said in (
        RISK.title,
        RISK.summary,
        *RISK.rights,
        *RISK.groups,
        "Months in prison.",
        "It counts 40.",
        "/report",
    ):
        assert said in texts


@pytest.mark.parametrize(
    ("starts_on", "until", "begins"),
    [
        (None, None, ["Until: every share"]),
        (TODAY, None, ["Until: every share"]),
        (None, TODAY, []),
        (None, TODAY - timedelta(days=1), ["Until: this day lies"]),
        (TODAY - timedelta(days=1), TODAY, ["From: this day has passed"]),
        (TODAY + timedelta(days=1), TODAY, ["Until: this day lies"]),
        (None, TODAY + timedelta(days=LONGEST), []),
        (None, TODAY + timedelta(days=LONGEST + 1), ["Until: at most 90 days"]),
        (TODAY + timedelta(days=5), TODAY + timedelta(days=LONGEST + 5), []),
        (TODAY + timedelta(days=5), TODAY + timedelta(days=LONGEST + 6), ["Until: at most 90 days"]),
    ],
)
def test_a_share_begins_today_at_the_earliest_and_ends(
    starts_on: date | None, until: date | None, begins: list[str]
) -> None:
    refusals = refused_period(starts_on, until, on=TODAY, longest=LONGEST)

    assert [one[: len(start)] for one, start in zip(refusals, begins, strict=True)] == begins


DAYS = st.integers(-200, 400).map(lambda days: TODAY + timedelta(days=days))


@given(starts_on=DAYS, until=DAYS)
def test_no_share_is_longer_than_the_longest_nor_begins_before_today(starts_on: date, until: date) -> None:
    refusals = refused_period(starts_on, until, on=TODAY, longest=LONGEST)

    assert (not refusals) == (
        starts_on >= TODAY and timedelta(0) <= until - starts_on <= timedelta(days=LONGEST)
    )
