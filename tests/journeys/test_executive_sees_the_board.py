"""An executive sees how the company stands, freezes it for a meeting, and records what was decided."""

from collections.abc import Callable
from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from hrdd.governance.models import User
from hrdd.oversight.models import BoardPack, OversightMeeting
from risks.actions.policies import submit
from risks.models import PolicyVersion
from tests.risks.policy_stage import asked, drafted, written

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
REASON = "Moderators for two languages left, and nobody reads what is reported in them since last week."


def go(tab: Page, name: str) -> None:
    tab.get_by_role("navigation", name="Main").get_by_role("link", name=name, exact=True).click()


def test_executive_freezes_the_figures_takes_the_pack_and_records_the_meeting(
    site: str, sign_in: Callable[..., Page]
) -> None:
    tab = sign_in("eve")
    go(tab, "Board")
    expect(tab.get_by_text("These figures are not frozen yet.")).to_be_visible()
    expect(tab.get_by_role("row", name="K7")).to_be_visible()

    tab.get_by_role("button", name="Freeze the figures now").click()
    expect(tab.get_by_text("The board pack is being rendered.")).to_be_visible()
    frozen = tab.get_by_role("row", name="K1 ").get_by_role("strong").first.inner_text()
    tab.get_by_role("link", name="Open severe risks", exact=True).click()
    expect(tab.get_by_role("main").get_by_text(f"{frozen} risks").first).to_be_visible()

    expect_rendered(tab)
    answer = tab.request.get(f"{site}/board.pdf")
    assert answer.headers["content-type"] == "application/pdf"

    go(tab, "Oversight")
    tab.get_by_role("link", name="Record a meeting").click()
    tab.get_by_label("Who met").select_option("The board")
    tab.get_by_label("Attendees").fill("Chair\nTwo members")
    tab.get_by_role("button", name="Record the meeting").click()
    expect(tab.get_by_text("write at least one item")).to_be_visible()
    expect(tab.get_by_label("Attendees")).to_have_value("Chair\nTwo members")
    tab.get_by_label("Agenda: items about human rights").fill("Severe risks without an owner")
    tab.get_by_label("Decisions").fill("Every severe risk has an owner by Friday")
    tab.get_by_role("button", name="Record the meeting").click()
    expect(tab.get_by_role("link", name="The board, ")).to_be_visible()
    assert OversightMeeting.objects.get().figures is not None


def test_executive_reads_what_changed_since_it_was_last_asked_and_signs(
    site: str, sign_in: Callable[..., Page]
) -> None:
    pia = User.objects.get(username="pia")
    version = drafted(pia, slug="rules-of-advertising", kind="data", title="Rules on advertising")
    submit(version, by=pia, at=timezone.now())

    tab = sign_in("eve")
    go(tab, "Board")
    tab.get_by_role("region", name="To sign").get_by_role("link", name="Rules on advertising").click()
    panel = tab.locator(f"#sign-off-{asked(version).pk}")
    expect(panel.get_by_text("Asked for the first time.")).to_be_visible()
    panel.get_by_label("Reasons").fill("Say who hears an appeal against a refused advertisement.")
    panel.get_by_role("button", name="Refuse").click()
    expect(tab.get_by_text("Refused: Approve a policy")).to_be_visible()

    version.refresh_from_db()
    written(
        version, pia, title="Rules on advertising", what_changed=f"{REASON} The clause on appeals is new."
    )
    submit(version, by=pia, at=timezone.now())
    tab.reload()
    panel = tab.locator(f"#sign-off-{asked(version).pk}")
    expect(panel.get_by_text("Say who hears an appeal", exact=False)).to_be_visible()
    expect(panel.get_by_role("listitem").filter(has_text="What changed changed")).to_be_visible()
    panel.get_by_role("button", name="Approve").click()
    expect(tab.get_by_text("Approved: Approve a policy")).to_be_visible()
    assert PolicyVersion.objects.get(pk=version.pk).state == "approved"


def expect_rendered(tab: Page) -> None:
    """Wait until the worker rendered the pack."""
    for _ in range(60):
        if BoardPack.objects.filter(rendered_at__isnull=False).exists():
            return
        tab.wait_for_timeout(500)
    pytest.fail("The worker did not render the pack.")


def test_what_an_analyst_raises_is_answered_by_the_board_and_read_by_the_auditor(
    site: str, sign_in: Callable[..., Page]
) -> None:
    ana = sign_in("ana")
    go(ana, "Oversight")
    ana.get_by_role("link", name="Raise with leadership").click()
    ana.get_by_label("Before whom").select_option("The board")
    ana.get_by_label("What", exact=True).fill("Moderators left")
    ana.get_by_label("Why", exact=True).fill("Too short.")
    ana.get_by_label("Answer by").fill(date.today().replace(year=date.today().year + 1).isoformat())  # noqa: DTZ011
    ana.get_by_role("button", name="Raise it").click()
    expect(ana.get_by_text("at least 50 characters", exact=False).first).to_be_visible()
    ana.get_by_label("Why", exact=True).fill(REASON)
    ana.get_by_role("button", name="Raise it").click()
    expect(ana.get_by_text("It is raised.")).to_be_visible()

    bob = sign_in("bob")
    go(bob, "Desk")
    bob.get_by_role("region", name="In order of clock").get_by_role("link", name="Moderators left").click()
    bob.get_by_role("textbox", name="Answer").fill(f"{REASON} Eight people are hired this month.")
    bob.get_by_role("button", name="Answer").click()
    expect(bob.get_by_text("The answer is recorded.")).to_be_visible()

    audrey = sign_in("audrey")
    go(audrey, "Board")
    expect(audrey.get_by_role("row", name="K23")).to_be_visible()
    expect(audrey.get_by_role("button", name="Freeze the figures now")).to_have_count(0)
    go(audrey, "Audit")
    expect(audrey.get_by_role("cell", name="answered escalation").first).to_be_visible()
    expect(audrey.get_by_text("Moderators left")).to_have_count(0)
    audrey.goto(f"{site}/desk/oversight/escalations/?show=answered")
    expect(audrey.get_by_text("Eight people are hired this month.")).to_be_visible()
    expect(audrey.get_by_role("link", name="Raise with leadership")).to_have_count(0)
