"""What the record of a risk must say, and what it must not."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.rules.recording import Facts, about_the_company, country_codes, listed, problems

CATALOGUE = {"EXPRESSION", "PRIVACY"}
GOOD = Facts(
    title="Reporters identified through data requests",
    summary="Account data is asked for without a court order.",
    rights=("EXPRESSION",),
    affected_groups=("people who report on the conflict",),
    vulnerabilities=("defenders_journalists",),
    why_vulnerable="Reporting is prosecuted under the emergency law.",
    countries=("ET", "KE"),
    products=("Messaging",),
    activity="data_disclosure",
    source="consultation",
    drivers=("government_customer",),
    context_tags=("election",),
    context_until=date(2027, 6, 30),
)


def test_a_whole_record_and_one_without_optional_facts_pass() -> None:
    assert problems(GOOD, catalogue=CATALOGUE) == []
    assert problems(Facts("A", "B", ("PRIVACY",), ("traders",)), catalogue=CATALOGUE) == []
    assert problems(replace(GOOD, countries=("GLOBAL",)), catalogue=CATALOGUE) == []
    assert problems(replace(GOOD, title="x" * 120), catalogue=CATALOGUE) == []


@pytest.mark.parametrize(
    ("changes", "column", "says"),
    [
        ({"title": " "}, "title", "Title: say in a few words"),
        ({"title": "x" * 121}, "title", "Title: keep it to 120"),
        ({"summary": ""}, "summary", "What could happen: say it"),
        ({"summary": "x" * 5001}, "summary", "keep it under 5000"),
        ({"rights": ()}, "rights", "Rights: choose at least one right"),
        ({"rights": ("EXPRESSION", "TO_PROFIT")}, "rights", "“TO_PROFIT” is not in the catalogue"),
        ({"affected_groups": ()}, "affected_groups", "Affected groups: say who"),
        ({"affected_groups": ("x" * 121,)}, "affected_groups", "keep each under 120"),
        ({"products": ("x" * 121,)}, "products", "keep each under 120"),
        ({"why_vulnerable": " "}, "why_vulnerable", "say why these people are at heightened risk here"),
        ({"vulnerabilities": ("rich",)}, "vulnerabilities", "“rich” is none of children"),
        ({"drivers": ("greed",)}, "drivers", "“greed” is none of"),
        ({"context_tags": ("carnival",)}, "context_tags", "“carnival” is none of election"),
        ({"context_tags": ()}, "context_until", "Context until: say first which context"),
        ({"activity": "x"}, "activity", "“x” is none of design"),
        ({"source": "x"}, "source", "“x” is none of assessment"),
        ({"countries": ("XX",)}, "countries", "“XX” is no ISO 3166-1 code"),
        ({"countries": ("GLOBAL", "ET")}, "countries", "GLOBAL stands alone"),
        ({"title": "Ask almaz@example.org"}, "title", "Title: this holds an e-mail address"),
        ({"summary": "At 9.0192, 38.7525"}, "summary", "What could happen: this holds an exact place"),
        ({"affected_groups": ("traders", "@almaz_b")}, "affected_groups", "this holds an account name"),
        ({"why_vulnerable": "+251 911 234 567"}, "why_vulnerable", "this holds a telephone number"),
        ({"how": "t.me/almazchannel"}, "how", "this holds a link to a profile"),
    ],
)
def test_each_fault_is_named_with_its_field_and_what_to_do(changes: Any, column: str, says: str) -> None:
    [found] = problems(replace(GOOD, **changes), catalogue=CATALOGUE)

    assert found.column == column
    assert says in found.sentence
    assert found.secret == ("this holds" in says)


@pytest.mark.parametrize(
    "name",
    ["company_revenue", "companyRevenue", "Revenue", "reputation risk", "cost", "brand-damage", "loss_EUR"],
)
def test_fields_about_the_company_are_told_apart(name: str) -> None:
    assert about_the_company([name, "title"]) == [name]


@pytest.mark.parametrize(
    "name", ["title", "sale_or_licence", "scope", "rights", "costume", "revenue\n", "a" * 61, ""]
)
def test_other_fields_are_not_about_the_company(name: str) -> None:
    assert about_the_company([name]) == []


def test_lists_and_countries_are_read_as_people_write_them() -> None:
    assert listed(" a ; b;;a ; c  d") == ("a", "b", "c d")
    assert country_codes(["et", "Kenya", "NO", "global", "Narnia"]) == ("ET", "KE", "NO", "GLOBAL", "NARNIA")


@given(
    st.builds(Facts, st.text(), st.text(), st.tuples(st.text()), st.tuples(st.text()), st.tuples(st.text()))
)
def test_any_record_gets_an_answer(facts: Facts) -> None:
    assert all(one.sentence for one in problems(facts, catalogue=CATALOGUE))
