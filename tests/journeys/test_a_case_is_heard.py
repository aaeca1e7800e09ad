"""People who are harmed raise a concern, each in their way; a case is decided, and heard again by somebody new."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from hrdd.governance.models import User
from hrdd.governance.rules import Role
from remedies.models import Case
from remedies.rules.receipt import read_receipt
from tests.journeys.conftest import follow
from tests.remedies.vault_stage import PASSPHRASE, Vault, handler, made_vault

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

TOLD = "They came at night. My sister Nadira saw it."
LONG = "We compared the logs of that night with what was told, and both agree."
PHONE = {"width": 390, "height": 844}


@dataclass
class Site:
    """The site, its vault, and browsers."""

    url: str
    vault: Vault
    page: Callable[..., Page]

    def at_desk(self, user: User) -> Page:
        """Return the browser of somebody who signed in and opened their vault by its page."""
        client = Client()
        client.force_login(user)
        tab = self.page()
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        tab.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": self.url}])
        tab.goto(f"{self.url}/desk/cases/vault/")
        tab.get_by_label("Vault passphrase").fill(PASSPHRASE)
        tab.get_by_role("button", name="Open it").click()
        expect(tab.get_by_role("heading", level=1)).to_have_text("Cases")
        return tab

    def raise_concern(self, *, urgent: bool = False, named: bool = False, for_another: bool = False) -> str:
        """Raise a concern on a telephone without JavaScript; return the receipt."""
        tab = self.page(viewport=PHONE, java_script_enabled=False)
        tab.goto(f"{self.url}/raise/en/")
        press(tab, "start")
        tab.get_by_label("Somebody was threatened, attacked or is in danger").check()
        tab.get_by_label("Tell us in your own words").fill(TOLD)
        if urgent:
            tab.locator('input[name="threat_to_life"]').check()
        press(tab, "details")
        if named:
            tab.locator('input[name="identity_mode"][value="open"]').check()
            tab.locator("#contact").fill("Nadira, by telephone in the evening")
        if for_another:
            tab.locator('input[name="on_behalf_of"]').check()
        press(tab, "review")
        press(tab, "send")
        expect(tab.get_by_role("heading", level=1)).to_have_text("We received your message")
        return read_receipt(tab.locator("p.code").inner_text())

    def mailbox(self, receipt: str) -> Page:
        """Come back with a receipt on the same kind of telephone."""
        tab = self.page(viewport=PHONE, java_script_enabled=False)
        tab.goto(f"{self.url}/follow/en/")
        tab.get_by_label("Receipt").fill(receipt)
        press(tab, "open")
        return tab


def press(tab: Page, step: str) -> None:
    follow(tab, tab.locator(f'button[value="{step}"]'))


def take(tab: Page, label: str, **said: str) -> None:
    """Take a step of the case that is open: fill its form by the labels, and send it."""
    follow(tab, tab.get_by_role("link", name=label, exact=True))
    for about, value in said.items():
        field = tab.get_by_label(about.replace("_", " "), exact=False)
        if value == "on":
            field.check()
        elif field.evaluate("element => element.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    follow(tab, tab.locator("form.form-page button"))


def read(tab: Page, purpose: str) -> None:
    """Read what was told, for a reason that is logged, and go back to the case."""
    tab.get_by_label("Why do you read it?").select_option(purpose)
    tab.get_by_role("button", name="Read what was told").click()
    expect(tab.get_by_text(TOLD)).to_be_visible()
    tab.get_by_role("link", name="Back to the case").click()


@pytest.fixture
def site(transactional_db: None, live_server: LiveServer, page: Callable[..., Page]) -> Site:
    return Site(str(live_server.url), made_vault(), page)


def test_named_represented_and_urgent_people_are_received_and_the_urgent_one_stands_first(site: Site) -> None:
    site.raise_concern(named=True)
    site.raise_concern(for_another=True)
    site.raise_concern(urgent=True)

    named = Case.objects.get(identity_mode="open")
    represented = Case.objects.get(on_behalf_of=True)
    urgent = Case.objects.get(threat_to_life=True)
    assert named.identities.count() == 1
    tab = site.at_desk(site.vault.grace)
    rows = tab.locator("tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text(urgent.short)
    expect(rows.first).to_contain_text("nobody read it yet")
    expect(tab.get_by_text(represented.short)).to_be_visible()
    expect(tab.get_by_text("Nadira")).to_have_count(0)
    tab.goto(f"{site.url}/desk/")
    expect(tab.get_by_role("alert")).to_contain_text("1 case that nobody read yet")
    tab.get_by_role("link", name="1 case").click()
    tab.get_by_role("link", name=urgent.short).click()
    tab.get_by_label("Why do you read it?").select_option("danger")
    tab.get_by_role("button", name="Read what was told").click()
    expect(tab.get_by_text("My sister Nadira saw it.")).to_be_visible()
    tab.get_by_role("link", name="Back to the case").click()
    expect(tab.get_by_role("alert")).to_contain_text("at the latest")


def test_a_case_is_decided_by_another_and_its_appeal_is_heard_by_somebody_new(site: Site) -> None:
    stage = site.vault
    abel = handler("abel", Role.APPEAL, custodian=stage.custodians[0])
    receipt = site.raise_concern()
    case = Case.objects.get()
    grace, ivan, dora = (site.at_desk(user) for user in (stage.grace, stage.ivan, stage.dora))
    address = f"{site.url}/desk/cases/{case.pk}/"

    grace.goto(address)
    take(grace, "Acknowledge the case", What_the_person_reads="We read it.", I_do_not_report="on")
    take(grace, "Begin screening")
    read(grace, "screening")
    take(
        grace,
        "Admit the case",
        What_it_is_about="safety_threat",
        What_the_person_reads="We look into it.",
    )
    for user, role in ((stage.ivan, "GRV_INV"), (stage.dora, "GRV_DEC")):
        take(grace, "Assign", Who="" + f"{user.pk}:{role}", They_stated="on")
    ivan.goto(address)
    take(ivan, "Begin to investigate")
    read(ivan, "investigating")
    take(ivan, "Draft the findings", Proposed_finding="partly_upheld", Evidence_summary=LONG)
    dora.goto(address)
    read(dora, "deciding")
    take(
        dora,
        "Decide the case",
        Finding="partly_upheld",
        How_the_decision_came_about="NOT_AUTOMATED",
        Reasons=LONG,
    )

    person = site.mailbox(receipt)
    expect(person.get_by_text("We decided: you are right in part.")).to_be_visible()
    expect(person.get_by_text("out-of-court dispute body")).to_be_visible()
    person.get_by_label("Your message").fill("I appeal: a witness was not heard.")
    press(person, "send")
    grace.goto(address)
    take(grace, "Take the appeal")
    follow(grace, grace.get_by_role("link", name="Assign", exact=True))
    offered = grace.get_by_label("Who, and as what").locator("option").all_inner_texts()
    assert [one for one in offered if "Dora" in one or "Ivan" in one] == []
    grace.goto(address)
    take(grace, "Assign", Who=f"{abel.pk}:APPEAL", They_stated="on")
    hearing = site.at_desk(abel)
    hearing.goto(address)
    read(hearing, "deciding")
    take(hearing, "Decide the appeal", Finding_on_appeal="upheld", Reasons=LONG)

    told = site.mailbox(receipt)
    expect(told.get_by_text("Your appeal was decided.")).to_be_visible()
    expect(told.get_by_text("We decided: you are right.", exact=True)).to_be_visible()
    press(told, "ask-punished")
    press(told, "punished")
    dora.goto(address)
    expect(dora.get_by_role("alert")).to_contain_text("punished for speaking")
