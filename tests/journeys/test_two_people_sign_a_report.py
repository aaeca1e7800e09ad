"""A publisher drafts and answers, a safety officer clears, an executive approves; only then can anyone read it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from risks.models import Risk
from tests.journeys.conftest import follow
from transparency.models import Report

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def approve(tab: Page, site: str) -> None:
    tab.goto(f"{site}/desk/signoffs/")
    follow(tab, tab.get_by_role("button", name="Approve Human rights 2021"))


REASON = "Nobody asked people about this in the period."


def say_what_is_open(tab: Page) -> None:
    """Answer one question, and give a reason for each that is left; one reason for all that only support another."""
    follow(tab, tab.get_by_role("link", name="Answer the open questions"))
    tab.get_by_label("Why they are not answered").fill(REASON)
    tab.get_by_role("button", name="Give this reason").click()
    tab.get_by_role("link", name="Question A1", exact=True).click()
    tab.get_by_label("Answered in").select_option(label="Our commitment")
    follow(tab, tab.get_by_role("button", name="Record"))
    for _ in range(12):
        if tab.get_by_role("button", name="Record").count() == 0:
            break
        tab.get_by_label("Or why it is not answered").fill(REASON)
        follow(tab, tab.get_by_role("button", name="Record"))
    expect(tab.get_by_text("No question is open.")).to_be_visible()


def judge(tab: Page, many: int) -> None:
    """Say of each criterion that is this person's to judge that the report suffices."""
    tab.get_by_role("link", name="Does it suffice?").click()
    for nth in range(many):
        waiting = tab.get_by_role("group").filter(has_text="Judge it").nth(nth)
        waiting.get_by_label("Yes").check()
        waiting.get_by_label("Reasons").fill("We read it together, and it does.")
        follow(tab, waiting.get_by_role("button", name="Record the judgement"))


def test_a_report_is_published_by_three_people_and_read_by_anyone(
    site: str, sign_in: Callable[..., Page], page: Callable[..., Page]
) -> None:
    pia, rex, eve = sign_in("pia"), sign_in("rex"), sign_in("eve")
    pia.goto(f"{site}/desk/reports/")
    pia.get_by_label("Title").fill("Human rights 2021")
    pia.get_by_label("First day").fill("2021-01-01")
    pia.get_by_label("Last day").fill("2021-12-31")
    follow(pia, pia.get_by_role("button", name="Draft the report"))
    report = pia.url
    pia.get_by_role("link", name="Write the sections").click()
    pia.get_by_role("link", name="Our commitment").click()
    pia.get_by_label("Text").fill(
        "We committed ourselves **in 2019**, and said so to everybody who works here."
    )
    pia.get_by_label("It is ready").check()
    follow(pia, pia.get_by_role("button", name="Record"))
    pia.goto(report)
    say_what_is_open(pia)
    pia.goto(report)
    follow(pia, pia.get_by_role("button", name="Freeze the figures"))
    for _ in range(60):
        if pia.get_by_text("being made").count() == 0:
            break
        pia.wait_for_timeout(500)
        pia.reload()
    expect(pia.get_by_role("link", name="PDF")).to_be_visible()
    follow(pia, pia.get_by_role("button", name="Ask for safety clearance"))

    eve.goto(f"{site}/desk/signoffs/")
    expect(eve.get_by_text("Nothing waits for your signature")).to_be_visible()
    approve(rex, site)
    approve(eve, site)
    rex.goto(report)
    judge(rex, 1)
    pia.goto(report)
    judge(pia, 3)
    pia.goto(report)
    pia.get_by_text("Publish", exact=True).click()
    pia.get_by_role("button", name="Yes: publish").click()
    expect(pia.get_by_text("Anyone reads it at")).to_be_visible()

    reader = page(viewport={"width": 390, "height": 800})
    reader.goto(f"{site}/")
    reader.get_by_role("link", name="Human rights 2021").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Human rights 2021")
    expect(reader.get_by_text(Report.objects.get().content_hash)).to_be_visible()
    expect(reader.get_by_role("row", name="A1 What do we say")).to_contain_text("Our commitment")
    before = reader.content()
    Risk.objects.update(title="Rewritten afterwards")
    reader.reload()
    assert reader.content() == before
    pdf = reader.request.get(f"{site}/reports/2021.pdf")
    assert (pdf.status, pdf.body()[:5]) == (200, b"%PDF-")
    data = reader.request.get(f"{site}/reports/2021.json")
    assert data.json()["title"] == "Human rights 2021"
