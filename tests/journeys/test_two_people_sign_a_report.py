"""A publisher drafts, a safety officer clears, an executive approves; only then can anyone read the report."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from risks.models import Risk
from transparency.models import Report

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def approve(tab: Page, site: str) -> None:
    tab.goto(f"{site}/desk/signoffs/")
    with tab.expect_navigation():
        tab.get_by_role("button", name="Approve Human rights 2021").click()


def test_a_report_is_published_by_three_people_and_read_by_anyone(
    site: str, sign_in: Callable[..., Page], page: Callable[..., Page]
) -> None:
    pia, rex, eve = sign_in("pia"), sign_in("rex"), sign_in("eve")
    pia.goto(f"{site}/desk/reports/")
    pia.get_by_label("Title").fill("Human rights 2021")
    pia.get_by_label("First day").fill("2021-01-01")
    pia.get_by_label("Last day").fill("2021-12-31")
    pia.get_by_role("button", name="Draft the report").click()
    pia.get_by_role("button", name="Freeze the figures").click()
    for _ in range(60):
        if pia.get_by_text("being made").count() == 0:
            break
        pia.wait_for_timeout(500)
        pia.reload()
    expect(pia.get_by_role("link", name="PDF")).to_be_visible()
    pia.get_by_role("button", name="Ask for safety clearance").click()

    eve.goto(f"{site}/desk/signoffs/")
    expect(eve.get_by_text("Nothing waits for your signature")).to_be_visible()
    approve(rex, site)
    approve(eve, site)
    pia.reload()
    pia.get_by_text("Publish", exact=True).click()
    pia.get_by_role("button", name="Yes: publish").click()
    expect(pia.get_by_text("Anyone reads it at")).to_be_visible()

    reader = page(viewport={"width": 390, "height": 800})
    reader.goto(f"{site}/")
    reader.get_by_role("link", name="Human rights 2021").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Human rights 2021")
    expect(reader.get_by_text(Report.objects.get().content_hash)).to_be_visible()
    before = reader.content()
    Risk.objects.update(title="Rewritten afterwards")
    reader.reload()
    assert reader.content() == before
    pdf = reader.request.get(f"{site}/reports/2021.pdf")
    assert (pdf.status, pdf.body()[:5]) == (200, b"%PDF-")
    data = reader.request.get(f"{site}/reports/2021.json")
    assert data.json()["title"] == "Human rights 2021"
