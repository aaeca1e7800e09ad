"""Somebody joins with a passkey, and a manager finishes the access review with the keyboard alone."""

from collections.abc import Callable

import pytest
from django.conf import settings as configured
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from hrdd.accounts.models import AccessReview, Passkey
from hrdd.governance.models import User
from hrdd.governance.rules import Role
from tests.accounts.conftest import PASSWORD, person
from tests.journeys.conftest import tab_to

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_device(tab: Page) -> Page:
    """Give a browser a device that keeps passkeys."""
    session = tab.context.new_cdp_session(tab)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return tab


def enter(tab: Page, site: str, name: str) -> None:
    """Sign in by the password, and add a passkey, as everybody does on the first day."""
    tab.goto(f"{site}/sign-in/")
    tab.get_by_label("Username").fill(name)
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("main").get_by_role("button", name="Sign in").click()
    add_passkey(tab)


def add_passkey(tab: Page) -> None:
    expect(tab.get_by_role("heading", level=1)).to_have_text("Your account")
    tab.get_by_label("What you call it").fill("Laptop")
    tab.get_by_role("button", name="Add a passkey").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Write these down")
    tab.get_by_role("link", name="I wrote them down").click()


def test_no_empty_passkey_can_be_sent_before_the_script_runs(
    page: Callable[..., Page], live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(configured, "PASSWORD_IS_ENOUGH", False)
    person("sam", Role.SYSADMIN)
    tab = page(java_script_enabled=False)
    tab.goto(f"{live_server.url}/sign-in/")
    expect(tab.get_by_role("button", name="Use a passkey")).to_be_hidden()
    tab.get_by_label("Username").fill("sam")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Your account")
    expect(tab.get_by_role("button", name="Add a passkey")).to_be_hidden()


def test_somebody_joins_and_is_reviewed(
    page: Callable[..., Page], live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(configured, "PASSWORD_IS_ENOUGH", False)
    person("sam", Role.SYSADMIN)
    person("eve", Role.SENIOR)
    person("bob", Role.BOARD)
    site = live_server.url

    sam = with_device(page())
    enter(sam, site, "sam")
    sam.get_by_role("link", name="Invite somebody").click()
    sam.get_by_label("Username").fill("nia")
    sam.get_by_label("Name and function").fill("Nia, analyst")
    sam.get_by_role("checkbox", name="ANALYST:").check()
    sam.get_by_label("Why").fill("Begins on Monday in the team of analysts.")
    sam.get_by_role("button", name="Make the link").click()
    link = sam.get_by_role("main").locator("code").inner_text()

    nia = with_device(page(viewport={"width": 390, "height": 800}))
    nia.goto(link)
    nia.get_by_label("New password").fill("a row of herons at dusk")
    nia.get_by_role("button", name="Set it and go on").click()
    add_passkey(nia)
    expect(nia.get_by_role("heading", level=1)).to_have_text("What needs me today")
    nia.context.clear_cookies()
    nia.goto(f"{site}/sign-in/?next=/desk/risks/")
    nia.get_by_role("button", name="Use a passkey").click()
    nia.wait_for_url(f"{site}/desk/risks/")
    assert Passkey.objects.get(user__username="nia").used_at is not None

    eve = with_device(page())
    enter(eve, site, "eve")
    eve.goto(f"{site}/desk/people/reviews/")
    tab_to(eve, eve.get_by_role("button", name="Open a review"))
    eve.keyboard.press("Enter")
    expect(eve.get_by_role("heading", level=1)).to_contain_text("Access review of")
    eve.wait_for_load_state()
    eve.keyboard.press("j")  # Bob; Eve's own line is another's
    eve.keyboard.press("y")
    expect(eve.get_by_text("1 role: keep.")).to_be_visible()
    eve.wait_for_load_state()
    eve.keyboard.press("x")  # Nia, where the place was kept
    tab_to(eve, eve.get_by_label("Why the ticked roles are removed"))
    eve.keyboard.type("Went to another team after a week.")
    eve.keyboard.press("Tab")
    eve.keyboard.press("Enter")
    expect(eve.get_by_text("1 role: remove.")).to_be_visible()
    eve.get_by_role("button", name="Keep all that are open").press("Enter")

    bob = with_device(page())
    enter(bob, site, "bob")
    bob.goto(f"{site}/desk/people/reviews/{AccessReview.objects.get().pk}/")
    bob.get_by_role("button", name="Keep SENIOR of Eve").press("Enter")
    bob.get_by_role("button", name="Sign the review").press("Enter")
    expect(bob.get_by_text("Signed by Bob")).to_be_visible()

    assert User.objects.get(username="nia").roles == []
    nia.goto(f"{site}/desk/risks/")
    expect(nia.get_by_role("heading", level=1)).to_have_text("Staff sign in")
