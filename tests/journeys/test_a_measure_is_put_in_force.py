"""An analyst proposes a block in one territory, a decider approves it, an analyst puts it in force."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from risks.models import Measure, Risk
from risks.rules.three_part_test import QUESTIONS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WHY = "The posts name the meeting place of the people whom they threaten."
REASONS = "The threat is precise, the block is limited to one country and to one month."


def test_a_block_in_one_territory_is_proposed_approved_and_put_in_force(
    site: str, sign_in: Callable[..., Page]
) -> None:
    risk = Risk.objects.filter(level__gte=4).exclude(status="closed").order_by("pk")[0]
    ana = sign_in("ana")
    ana.goto(f"{site}/desk/risks/{risk.pk}/")
    ana.get_by_role("link", name="Propose a measure").click()
    ana.get_by_role("link", name="Choose block in one territory").click()
    verdict = ana.locator("#verdict")
    expect(verdict).to_contain_text("It cannot be proposed like this.")

    ana.locator("[name=target]").fill("Posts that call for violence")
    ana.locator("[name=target_type]").select_option("item")
    ana.locator("[name=territory]").select_option("KE")
    ana.locator("[name=rule_relied_on]").fill("Rules on incitement, clause 3")
    month = datetime.now(tz=UTC).date() + timedelta(days=30)
    ana.locator("[name=ends_on]").fill(month.isoformat())
    expect(verdict).to_contain_text("nobody is asked to approve it until the test passes")
    ana.get_by_label("Rights of others", exact=True).check()
    for question in QUESTIONS:
        ana.locator(f"[name={question.code}]").select_option("yes")
        if question.explains:
            ana.locator(f"[name={question.code}_text]").fill(WHY)
    ana.locator("[name=not_label]").select_option("insufficient")
    expect(verdict).to_contain_text("Once proposed, a decider is asked to approve it.")
    ana.get_by_role("button", name="Propose the measure").click()
    expect(ana.get_by_role("main")).to_contain_text("It waits for a decider to approve it.")
    measure = Measure.objects.get(proposed_by__username="ana")

    dan = sign_in("dan")
    dan.goto(ana.url)
    dan.get_by_role("link", name="To the sign-offs").click()
    panel = dan.locator(".panel", has_text=re.compile(f"Measure {measure.pk}:"))
    panel.get_by_label("Reasons").fill(REASONS)
    panel.get_by_role("button", name="Approve").click()
    expect(dan.get_by_role("status").first).to_contain_text("Approved: Approve the measure")

    ana.reload()
    expect(ana.get_by_role("main")).to_contain_text("It burdens nobody until a person puts it in force.")
    ana.get_by_role("link", name="Put in force").click()
    ana.get_by_label("Necessity now").fill(REASONS)
    ana.get_by_label("Notified on").fill(datetime.now(tz=UTC).date().isoformat())
    ana.get_by_role("button", name="Put in force").click()
    expect(ana.get_by_role("main")).to_contain_text("In force. It is looked at again by")
    measure.refresh_from_db()
    assert (measure.state, measure.imposed_by, str(measure.decided_by)) == ("active", "ana", "Dan, decider")
