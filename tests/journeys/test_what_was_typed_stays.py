"""What was typed into a long form and not sent is there again: in the same tab, for the same person, nowhere else."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from hrdd.governance.models import User
from risks.models import Change
from tests.cast import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TYPED = "People are found through a search by their telephone number."


def sign_in(page: Page, user: User, live_server: LiveServer) -> None:
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )


@pytest.fixture
def form(cast: Cast, live_server: LiveServer, page: Callable[..., Page]) -> Page:
    """Return the form of a new change in the browser of an analyst, who typed into it and went elsewhere."""
    tab = page()
    sign_in(tab, cast.ana, live_server)
    tab.goto(f"{live_server.url}/desk/changes/new/")
    about(tab).fill(TYPED)
    tab.goto(f"{live_server.url}/desk/changes/")
    return tab


def about(page: Page) -> Locator:
    return page.locator("textarea[name=about]")


def test_what_was_typed_is_back_and_can_be_discarded(form: Page, live_server: LiveServer) -> None:
    form.goto(f"{live_server.url}/desk/changes/new/")
    expect(about(form)).to_have_value(TYPED)
    note = form.get_by_text("What you typed here before and did not send is back.")
    expect(note).to_be_visible()

    form.get_by_role("button", name="Discard it").click()

    expect(note).to_be_hidden()
    expect(about(form)).to_have_value("")
    form.reload()
    expect(about(form)).to_have_value("")


def test_what_was_sent_is_gone_and_what_was_refused_stays(form: Page, live_server: LiveServer) -> None:
    form.goto(f"{live_server.url}/desk/changes/new/")
    send = form.get_by_role("button", name="Propose")
    form.locator("input[name=title]").fill("Search by number")
    form.locator("select[name=kind]").select_option("market_entry")
    send.click()
    expect(form.locator("[role=alert]").first).to_be_visible()
    expect(about(form)).to_have_value(TYPED)

    reasons = form.locator("textarea[name=no_risk_reasons]")
    reasons.fill("Privacy and assembly were looked at, with two groups.")
    form.goto(f"{live_server.url}/desk/changes/")
    form.goto(f"{live_server.url}/desk/changes/new/")
    expect(about(form)).to_have_value(TYPED)
    form.locator("select[name=kind]").select_option("market_entry")
    send.click()
    expect(form.get_by_role("heading", level=1)).to_contain_text("Changes")
    assert Change.objects.get().about == TYPED

    form.goto(f"{live_server.url}/desk/changes/new/")
    expect(about(form)).to_have_value("")
    expect(reasons).to_have_value("")


def test_another_person_in_the_same_tab_finds_nothing(
    form: Page, cast: Cast, live_server: LiveServer
) -> None:
    other = User.objects.create_user("ada", "x", display_name="Ada", roles=["ANALYST"])
    sign_in(form, other, live_server)

    form.goto(f"{live_server.url}/desk/changes/new/")

    expect(about(form)).to_have_value("")
    assert TYPED not in form.evaluate("JSON.stringify(sessionStorage)")


def test_no_form_of_a_case_a_person_or_an_account_keeps_anything() -> None:
    with_drafts = {
        path.parent.name
        for path in (settings.BASE_DIR / "templates").rglob("*.html")
        if "data-draft=" in path.read_text(encoding="utf-8")
    }

    assert with_drafts == {"risks", "transparency"}
