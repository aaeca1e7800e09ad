"""Every vector of domain.md 2.5 goes through the guided form in a real browser: shown live, recorded, and ranked."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from hrdd.governance.models import User
from hrdd.governance.rules import Role
from risks.models import Risk
from tests.risks.vectors import Row, level_of, severity_rows

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
BANDS = {1: "minor", 2: "moderate", 3: "serious", 4: "severe", 5: "critical"}
TEXTS = {
    "scale_rationale": "The gravest outcome that is credible",
    "scope_rationale": "As many as reported",
    "irremediability_rationale": "As hard to put right as reported",
    "evidence_title": "Log of reports",
    "evidence_says": "Reports of one week name this outcome",
    "consulted": "Two associations of people affected",
}


def judge(tab: Page, row: Row) -> None:
    """Fill the form as the vector says, and read what it comes to while it is being filled."""
    for head, value in zip(("scale", "scope", "irremediability"), row.heads, strict=True):
        tab.locator(f"input[name={head}][value='{value}']").check()
    for name, said in TEXTS.items():
        tab.locator(f"[name={name}]").fill(said)
    tab.locator("select[name=likelihood]").select_option({"-": "", "?": "unknown"}.get(row.said, row.said))
    if row.delay:
        tab.locator("input[name=delay_makes_irremediable]").check()
    if row.vulnerable:
        tab.locator("input[name=heightened_vulnerability]").check()
    tab.locator(f"input[name=state_of_harm][value={row.state}]").check()
    verdict = tab.locator("#verdict")
    expect(verdict).to_contain_text(f"{level_of(row)} {BANDS[level_of(row)]}")
    expect(verdict).to_contain_text(f"{row.tier} asks for" if row.tier != "-" else "it leaves the queue")


def test_every_vector_comes_out_of_the_form_in_a_browser(
    live_server: LiveServer, page: Callable[..., Page]
) -> None:
    User.objects.create_user("ana", "in the browser only", display_name="Ana", roles=[Role.ANALYST])
    rows = severity_rows()
    for row in rows:
        Risk.objects.create(title=row.id, summary="x", opened_on=datetime.now(UTC).date())
    tab = page()
    tab.goto(f"{live_server.url}/sign-in/")
    tab.get_by_label("Username").fill("ana")
    tab.get_by_label("Password").fill("in the browser only")
    tab.get_by_role("main").get_by_role("button", name="Sign in").click()

    for row in rows:
        tab.goto(f"{live_server.url}/desk/risks/{Risk.objects.get(title=row.id).pk}/assess/")
        judge(tab, row)
        tab.get_by_role("button", name="Record the judgement").click()
        expect(tab.get_by_role("heading", level=1)).to_have_text(row.id)
        tags = tab.locator(".page-head .tags")
        expect(tags).to_contain_text(BANDS[level_of(row)])
        expect(tags).to_contain_text(row.tier if row.tier != "-" else "Assessed")

    tab.goto(f"{live_server.url}/desk/risks/")
    ranked = sorted((row for row in rows if row.rank), key=lambda row: row.rank or 0)
    expected = [row.id for row in ranked] + [row.id for row in rows if not row.rank]
    titles = tab.locator("table.register tbody th a")
    expect(titles).to_have_count(len(expected))
    assert titles.all_inner_texts() == expected
