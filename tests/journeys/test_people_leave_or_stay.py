"""From an allegation about a partner to a staged exit, and to staying that is justified again and again."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from risks.models import ExitDecision, Partner, Relationship, RelationshipRisk, Risk
from risks.rules.exit import ExitKind
from risks.rules.exit_execution import DUTIES, OWED
from tests.risks.leverage_stage import acted, measured

NO_DISCLOSURE = "No disclosure without a court order."

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WHY = "People in detention cannot wait for a partner who changed nothing in a year of requests."
TODAY = datetime.now(tz=UTC).date()


@pytest.fixture
def alleged(site: str) -> Relationship:
    """Return a relationship with a grave harm that was alleged, confirmed, and met with leverage in vain."""
    risk = Risk.objects.filter(level__gte=4).exclude(status="closed").order_by("pk")[0]
    relationship = Relationship.objects.create(
        partner=Partner.objects.create(name="Northern Cloud"), kind="reseller", supplied="Hosting"
    )
    tied = RelationshipRisk.objects.create(
        relationship=relationship,
        risk=risk,
        known_since=TODAY - timedelta(days=70),
        how_known="An allegation in the press, confirmed by two sources.",
    )
    asked = acted(tied, on=TODAY - timedelta(days=15), deadline=TODAY, requested_change=NO_DISCLOSURE)
    measured(asked, 0, on=TODAY)
    return relationship


def judge(tab: Page, row: int, group: str) -> None:
    tab.get_by_label(f"Group {row}: who").fill(group)
    for head in ("scale", "scope", "irremediability"):
        tab.locator(f"[name={head}_{row}][value='3']").check()
    tab.locator(f"[name=likelihood_{row}]").select_option("4")


def consider_and_assess(tab: Page, site: str, alleged: Relationship) -> None:
    """Consider exit on the page of the partner, and assess its impact, with one more group on the way."""
    tab.goto(f"{site}/desk/partners/{alleged.pk}/")
    expect(tab.get_by_role("main")).to_contain_text("people must consider exit")
    tab.get_by_role("link", name="Consider exit").click()
    tab.get_by_label("What raises the question").select_option("leverage_failed")
    tab.get_by_role("button", name="Open the question").click()
    tab.get_by_role("link", name="Exit considered").click()
    tab.get_by_role("link", name="Write the exit impact assessment").click()
    judge(tab, 1, "Small traders")
    tab.get_by_role("button", name="Add another group").click()
    judge(tab, 2, "Reporters who publish through it")
    tab.get_by_role("button", name="Complete the assessment").click()
    expect(tab.get_by_role("alert")).to_contain_text("at least 2 sources")
    tab.get_by_label("Source 1", exact=True).fill("Own research")
    tab.locator("[name=source_kind_1]").select_option("own_research")
    tab.get_by_label("Source 2", exact=True).fill("A press freedom organisation")
    tab.locator("[name=source_kind_2]").select_option("civil_society")
    tab.get_by_label("Or why nobody could be consulted").select_option("unsafe")
    tab.get_by_label("Alternatives weighed").fill("phased exit\nconditions")
    tab.get_by_label("How the harm of leaving would be softened").fill("Export and six months of help.")
    tab.get_by_label("Leaving against staying").select_option("exit_less_harm")
    tab.get_by_label("Why", exact=True).fill(WHY)
    tab.get_by_role("button", name="Complete the assessment").click()
    expect(tab.get_by_role("main")).to_contain_text("It stays as it is from now on.")


def propose(tab: Page, kind: ExitKind, **words: str) -> None:
    tab.get_by_role("link", name="Propose a decision").click()
    tab.get_by_label("What to do").select_option(str(kind))
    tab.get_by_label("Reasons", exact=True).fill(WHY)
    tab.locator("[name=rests_on_revenue][value=no]").check()
    for name, said in words.items():
        tab.locator(f"[name={name}]").fill(said)
    tab.get_by_role("button", name="Send it for decision").click()
    expect(tab.get_by_role("main")).to_contain_text("waits for a senior's decision")


def signed_by_eve(eve: Page, site: str) -> None:
    eve.goto(f"{site}/desk/signoffs/")
    panel = eve.locator(".panel", has_text=re.compile("Exit decision"))
    expect(panel).to_contain_text("Reporters who publish through it")
    panel.get_by_label("Reasons").fill(WHY)
    panel.get_by_role("button", name="Approve").click()
    expect(eve.get_by_role("status").first).to_contain_text("Approved")


def test_from_an_allegation_to_a_staged_exit(
    site: str, sign_in: Callable[..., Page], alleged: Relationship
) -> None:
    ana, eve = sign_in("ana", java_script_enabled=False), sign_in("eve")
    consider_and_assess(ana, site, alleged)
    ana.get_by_role("link", name="Add a stage").click()
    ana.get_by_label("What happens in this stage").fill("Everybody is made safe, told, and helped to move.")
    ana.get_by_role("button", name="Add the stage").click()
    kind = ExitKind.SUSPEND_WHOLE
    for duty in OWED[kind]:
        ana.get_by_role("link", name="Add a duty").click()
        ana.get_by_label("Duty").select_option(str(duty))
        ana.get_by_label("What it means here").fill(DUTIES[duty])
        ana.get_by_label("Who sees to it").select_option(label="Ana, analyst")
        ana.get_by_role("button", name="Add the duty").click()
    propose(ana, kind, notice_days="0", data_and_access_plan="Exported, then erased; evidence is preserved.")
    signed_by_eve(eve, site)

    ana.reload()
    ana.get_by_role("button", name="Begin to carry out").click()
    ana.get_by_role("button", name="Carried out").click()
    expect(ana.get_by_role("alert")).to_contain_text("what is owed to people is not done yet")
    for duty in OWED[kind]:
        ana.get_by_role("row", name=DUTIES[duty]).get_by_role("link", name="Record as done").click()
        ana.get_by_label("Proof").fill("Seventy accounts; the list is with the team.")
        ana.get_by_role("button", name="Record it as done").click()
    ana.get_by_role("button", name="Carried out").click()
    expect(ana.get_by_role("main")).to_contain_text("After 90 days")
    alleged.refresh_from_db()
    assert (ExitDecision.objects.get().state, alleged.status) == ("executed", "suspended")


def test_from_an_allegation_to_justified_staying(
    site: str, sign_in: Callable[..., Page], alleged: Relationship
) -> None:
    ana, eve = sign_in("ana"), sign_in("eve")
    consider_and_assess(ana, site, alleged)
    here = ana.url.partition("#")[0]  # a browser keeps the fragment of the form
    propose(
        ana,
        ExitKind.REMAIN_WITH_CONDITIONS,
        conditions="An outside body audits every request each month.",
        consequences_accepted="Reputational and legal.",
    )
    signed_by_eve(eve, site)

    ana.reload()
    expect(ana.get_by_role("main")).to_contain_text("Staying holds until it must be decided again.")
    ana.get_by_role("link", name="Decide again whether to stay").click()
    ana.get_by_label("Why staying is still right").fill(WHY)
    ana.get_by_label("Consequences to accept").fill("Reputational and legal.")
    ana.locator("[name=rests_on_revenue][value=no]").check()
    ana.get_by_role("button", name="Send it for decision").click()
    expect(ana.get_by_role("alert")).to_contain_text("record evidence of what was done")
    ana.goto(here)
    ana.get_by_role("link", name="Record evidence of mitigation").click()
    ana.get_by_label("What was found for the people affected").fill("No arrest followed a request.")
    ana.get_by_label("Evidence").last.fill("The audit of this month.")
    ana.get_by_role("button", name="Record it").click()
    ana.get_by_role("link", name="Decide again whether to stay").click()
    ana.get_by_label("Why staying is still right").fill(WHY)
    ana.get_by_label("Consequences to accept").fill("Reputational and legal.")
    ana.locator("[name=rests_on_revenue][value=no]").check()
    ana.get_by_role("button", name="Send it for decision").click()
    signed_by_eve(eve, site)
    ana.reload()
    expect(ana.get_by_text("Accepted by Eve")).to_have_count(2)
