"""When a relationship is crucial, and what the record of a partner must say (domain.md 5.1, 5.5)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.rules.onboarding import DECISIONS, GateFacts, begin_refusal, decision_refusals, lacks_gate
from risks.rules.partner import (
    PartnerFacts,
    RelationshipFacts,
    crucial_due,
    crucial_refusal,
    refusals_of_partner,
    refusals_of_relationship,
    takes_warning_off,
)

TODAY = date(2026, 11, 26)
KINDS = ("reseller", "supplier")
FREE = GateFacts(open_levels=(), authors=frozenset({"ana"}), earns_by_it=False)


@pytest.mark.parametrize(
    ("essential", "no_alternative", "says"),
    [
        ("Emergency calls of hospitals run over it.", "Nobody else has lines there; three were asked.", ""),
        ("Emergency calls of hospitals run over it.", " ", "Give both reasons"),
        ("", "Nobody else has lines there.", "Give both reasons"),
        ("A fifth of our revenue comes from it.", "No other customer is as large.", "is no reason"),
        ("It is our largest customer in the region.", "None.", "is no reason"),
        ("Emergency calls run over it.", "Any other would halve our margins.", "is no reason"),
        ("Its contract value is high.", "None.", "is no reason"),
        ("Marginalised farmers sell through it and live by that income.", "No other buyer comes.", ""),
    ],
)
def test_a_relationship_is_crucial_for_both_reasons_and_never_for_revenue(
    essential: str, no_alternative: str, says: str
) -> None:
    said = crucial_refusal(crucial=True, essential=essential, no_alternative=no_alternative)

    assert said == "" if says == "" else says in said
    assert crucial_refusal(crucial=False, essential=essential, no_alternative=no_alternative) == ""


@given(st.dates(max_value=date(9998, 12, 31)))
def test_what_is_crucial_is_looked_at_again_within_a_year(day: date) -> None:
    due = crucial_due(day)

    assert due.year == day.year + 1
    assert 365 - 1 <= (due - day).days <= 366


@pytest.mark.parametrize(
    ("changes", "begun", "field"),
    [
        ({}, True, None),
        ({"kind": "friend"}, True, "kind"),
        ({"supplied": " "}, True, "supplied"),
        ({"country": "XX"}, True, "country"),
        ({"revenue_band": "huge"}, True, "revenue_band"),
        ({"products": ("x" * 121,)}, True, "products"),
        ({"started_on": TODAY}, True, None),
        ({"started_on": date(2026, 11, 27)}, True, "started_on"),
        ({"started_on": TODAY}, False, "started_on"),
        ({"started_on": TODAY, "contract_end": date(2026, 11, 25)}, True, "contract_end"),
    ],
)
def test_the_record_of_a_relationship_names_the_field_and_the_fix(
    changes: dict[str, object], begun: bool, field: str | None
) -> None:
    facts = RelationshipFacts(**{"kind": "reseller", "supplied": "Hosting"} | changes)  # type: ignore[arg-type]

    found = refusals_of_relationship(facts, kinds=KINDS, today=TODAY, begun=begun)

    assert [name for name, _sentence in found] == ([field] if field else [])


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (PartnerFacts("Northern Cloud", "DE"), None),
        (PartnerFacts(" "), "name"),
        (PartnerFacts("x" * 201), "name"),
        (PartnerFacts("Northern Cloud", "XX"), "partner_country"),
        (PartnerFacts("Northern Cloud", about="x" * 5001), "about"),
    ],
)
def test_the_record_of_a_partner_names_the_field_and_the_fix(facts: PartnerFacts, field: str | None) -> None:
    assert [name for name, _sentence in refusals_of_partner(facts)] == ([field] if field else [])


@given(before=st.text(min_size=1).filter(str.strip), added=st.text())
def test_adding_to_a_warning_never_takes_it_off(before: str, added: str) -> None:
    assert not takes_warning_off(before, f"{before}\n{added}")
    assert takes_warning_off(before, "")
    assert not takes_warning_off("", added)


@given(
    decision=st.sampled_from(DECISIONS),
    levels=st.lists(st.integers(1, 5)),
    by=st.sampled_from(["ana", "dan"]),
    earns=st.booleans(),
)
def test_no_gate_opens_over_an_open_finding_of_five_nor_for_whoever_asked(
    decision: str, levels: list[int], by: str, earns: bool
) -> None:
    facts = GateFacts(tuple(levels), FREE.authors, earns_by_it=earns)

    refused = decision_refusals(decision, facts, as_one=frozenset({by}), conditions="Log every search.")

    shut = decision != "refuse" and 5 in levels
    assert bool(refused) == (shut or by == "ana" or earns)
    assert shut == any("a finding of severity 5 is open" in one for one in refused)


def test_an_approval_with_conditions_says_which() -> None:
    [sentence] = decision_refusals("conditions", FREE, as_one=frozenset({"dan"}), conditions=" ")

    assert sentence.startswith("Conditions:")


@pytest.mark.parametrize(
    ("status", "may"),
    [
        ("", False),
        ("asked", False),
        ("in_review", False),
        ("refused", False),
        ("approved", True),
        ("approved_with_conditions", True),
    ],
)
def test_a_relationship_begins_once_its_gate_was_passed(status: str, may: bool) -> None:
    assert (begin_refusal(status) == "") == may
    assert lacks_gate(begun=True, ended=False, statuses=[status]) != may
    assert not lacks_gate(begun=False, ended=False, statuses=[status])
    assert not lacks_gate(begun=True, ended=True, statuses=[status])
