"""A reader on a telephone, without JavaScript: from a risk to its measure, policy, report, data and proof."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from hrdd.governance.rules import Role
from risks.actions.policy_force import put_in_force
from risks.rules.policy import Clause
from tests.cast import NOW, Cast
from tests.risks.policy_stage import approved, in_force, next_draft, person
from tests.transparency.log_stage import log_key
from tests.transparency.statement_stage import stored
from transparency.actions.publication_log import checkpoint_log, seal_publications
from transparency.models import Report

__all__ = ["log_key"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def everything_public(published: Report, cast: Cast, log_key: Path) -> Report:
    """A published report with its manifest, a statement of reasons, and a policy that was changed once."""
    stored(cast.ana)
    dan = person("dan", Role.DECIDER)
    first = in_force(cast.ana, dan)
    clauses = (Clause("1", "Threats", "Never threaten people."),)
    put_in_force(approved(next_draft(first.policy, cast.ana, clauses=clauses), cast.ana, dan), by=dan, at=NOW)
    seal_publications(at=NOW)
    checkpoint_log(at=NOW)
    return published


def test_a_reader_follows_a_risk_to_its_report_and_checks_it(
    everything_public: Report, live_server: LiveServer, page: Callable[..., Page]
) -> None:
    tab = page(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("request", lambda asked: said.append(asked.url) if live_server.url not in asked.url else None)

    def turn_to(name: str) -> None:
        tab.locator("summary", has_text="Menu").click()
        tab.locator("details.menu").get_by_role("link", name=name, exact=True).click()

    def fits() -> None:
        assert tab.locator("html").evaluate("one => one.scrollWidth") <= 390

    tab.goto(f"{live_server.url}/")
    for question in ("What do we know?", "What do we do?", "How is it going?", "How do I complain?"):
        expect(tab.get_by_role("heading", name=question)).to_be_visible()
    fits()

    risk = (
        tab.get_by_role("region", name="What do we know?").get_by_role("listitem").get_by_role("link").first
    )
    title = risk.inner_text()
    risk.click()
    expect(tab.get_by_role("heading", name=title, level=2)).to_be_in_viewport()
    fits()

    turn_to("Reasons")
    tab.get_by_role("main").get_by_role("link", name="Removal of an item").first.click()
    expect(tab.get_by_text("A post called on readers to come armed.").first).to_be_visible()
    fits()

    turn_to("Policies")
    tab.get_by_role("link", name="Rules on content").first.click()
    tab.get_by_role("link", name="What changed from version 1, word by word").click()
    expect(tab.locator("ins").first).to_be_visible()
    expect(tab.locator("del").first).to_be_visible()
    fits()

    turn_to("Reports")
    tab.get_by_role("heading", name=everything_public.title).get_by_role("link").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text(everything_public.title)
    fits()
    tab.go_back()

    with tab.expect_response("**/reports/2021.json") as answer:
        tab.locator("main a", has_text="Data (JSON)").click()
    body = answer.value.body()
    assert json.loads(body)["title"] == everything_public.title

    tab.goto(f"{live_server.url}/reports/")
    tab.locator("main a", has_text="Check it").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Check what was published")
    fits()
    sums = tab.request.get(f"{live_server.url}/reports/2021/SHA256SUMS").text()
    assert f"{hashlib.sha256(body).hexdigest()}  report-2021.json" in sums
    assert said == []
    assert tab.context.cookies() == []
