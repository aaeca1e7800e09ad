"""Severity falls, the next minute's sweep turns the ban red, and the analyst de-escalates it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from risks.actions.proportionality import plan_touched
from risks.models import Measure, ReviewTask
from tests.risks.test_engine import a_measure, a_risk, judged, swept

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_a_ban_turns_red_when_severity_falls_and_the_analyst_de_escalates(
    sign_in: Callable[..., Page],
) -> None:
    tab, now = sign_in("ana"), timezone.now()
    reviewed = now.date() - timedelta(days=1)
    ban = a_measure(a_risk(), starts_on=reviewed, reviewed_on=reviewed, justified_on=reviewed)
    swept(plan_touched(at=now), now)
    assert not ReviewTask.objects.filter(measure=ban).exists()

    judged(ban.risk, 2, now.date())
    later = now + timedelta(minutes=1)
    swept(plan_touched(at=later), later)
    tab.goto(tab.url)
    tab.get_by_role("main").get_by_role("link", name=str(ban)).first.click()

    expect(tab.get_by_text("more intrusive than the present severity").first).to_be_visible()
    expect(tab.get_by_role("heading", name="What would have changed it")).to_be_visible()
    tab.get_by_label("De-escalate to a less intrusive measure").check()
    expect(tab.get_by_label("What was restored")).to_be_hidden()
    tab.get_by_label("Less intrusive measure", exact=True).select_option("label")
    tab.get_by_label("Target type").select_option("account")
    expect(tab.locator("#verdict")).to_contain_text("has an end date")
    tab.get_by_label("Ends on").fill((now.date() + timedelta(days=30)).isoformat())
    tab.get_by_label("Main reason").select_option("less_is_enough")
    tab.get_by_role("textbox", name="Reasons").fill(
        "The danger has passed; a label informs people and burdens less."
    )
    tab.get_by_role("button", name="Record the decision").click()

    expect(tab.get_by_text("Recorded: De-escalate")).to_be_visible()
    ban.refresh_from_db()
    assert ban.state == "modified"
    label = Measure.objects.get(risk=ban.risk, state="active")
    assert (label.kind, label.supersedes, label.ends_on) == ("label", ban, now.date() + timedelta(days=30))
