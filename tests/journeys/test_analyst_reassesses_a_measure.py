"""An analyst sees what needs her today, opens the finding and decides, with the keyboard only."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from risks.models import Reassessment, ReviewTask
from tests.journeys.conftest import tab_to

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
RESTORED = "The account works again, its posts are back, and the person was told on the same day."
REASONS = "The transfer of power is complete and the review body found the open end indefensible."


def test_analyst_lifts_the_indefinite_suspension_with_the_keyboard(sign_in: Callable[..., Page]) -> None:
    tab = sign_in("ana")
    task = ReviewTask.objects.get(measure__kind="temp_suspension", closed_at__isnull=True)
    waiting = ReviewTask.objects.filter(closed_at__isnull=True).count()
    link = tab.get_by_role("main").get_by_role("link", name=str(task.measure)).first

    tab_to(tab, link)
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("without an end date is never proportionate").first).to_be_visible()
    first = tab.get_by_label("Maintain")
    tab_to(tab, first)
    for _ in range(3):
        tab.keyboard.press("ArrowDown")
    expect(tab.get_by_label("Lift and restore")).to_be_checked()
    expect(tab.get_by_label("Less intrusive measure", exact=True)).to_be_hidden()
    expect(tab.locator("#verdict")).to_contain_text("The measure ends today.")
    tab_to(tab, tab.get_by_role("textbox", name="What was restored"))
    tab.keyboard.type(RESTORED)
    tab_to(tab, tab.get_by_label("Main reason"))
    tab.keyboard.type("The risk has receded")
    tab_to(tab, tab.get_by_role("textbox", name="Reasons"))
    tab.keyboard.type("Too short.")
    tab_to(tab, tab.get_by_role("button", name="Record the decision"))
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("too short")).to_be_visible()
    expect(tab.get_by_role("textbox", name="Reasons")).to_have_value("Too short.")
    tab.get_by_role("textbox", name="Reasons").focus()
    tab.keyboard.press("Control+A")
    tab.keyboard.type(REASONS)
    tab_to(tab, tab.get_by_role("button", name="Record the decision"))
    tab.keyboard.press("Enter")

    expect(tab.get_by_role("heading", level=1)).to_have_text("What needs me today")
    expect(tab.get_by_text("Recorded: Lift and restore")).to_be_visible()
    expect(link).to_have_count(0)
    assert ReviewTask.objects.filter(closed_at__isnull=True).count() == waiting - 1
    decision = Reassessment.objects.get()
    assert (decision.outcome, decision.decided_by, decision.reasons) == ("lift", "ana", REASONS)
    assert (decision.restored, decision.reason_code) == (RESTORED, "risk_receded")
