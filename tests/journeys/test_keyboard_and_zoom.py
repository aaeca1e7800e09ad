"""The bar of the desk, and journeys with the keyboard alone where 1280 pixels are seen at 200 % (WCAG 1.4.4, 2.1.1)."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from hrdd.governance.models import User
from hrdd.governance.rules import CASE_ROLES, Role
from tests.journeys.conftest import tab_to

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ONE_LINE = 60  # pixels
LAPTOP = {"width": 1280, "height": 720}
MANY = [Role.ANALYST, Role.SENIOR, Role.BOARD, Role.PARTNER_MGR]


def desk_of(roles: list[Role], live_server: LiveServer, tab: Page) -> Page:
    user = User.objects.create_user("eva", "x", display_name="Eva, of many functions", roles=roles)
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    tab.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    tab.goto(f"{live_server.url}/desk/policies/")
    return tab


@pytest.mark.parametrize("roles", [MANY, [*CASE_ROLES]], ids=["executive", "cases"])
def test_the_bar_stands_in_one_line_and_its_menu_is_worked_by_keys(
    live_server: LiveServer, page: Callable[..., Page], roles: list[Role]
) -> None:
    tab = desk_of(roles, live_server, page(viewport=LAPTOP))
    bar = tab.get_by_role("navigation", name="Main")
    more, link = bar.locator("summary", has_text="More"), bar.get_by_role("link", name="Involvement")

    assert tab.get_by_role("banner").evaluate("one => one.offsetHeight") <= ONE_LINE
    expect(link).to_be_hidden()
    tab_to(tab, more)
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    expect(link).to_be_focused()
    tab.keyboard.press("Escape")
    expect(more).to_be_focused()
    expect(link).to_be_hidden()
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", level=1)).to_have_text("Involvement")


def test_the_menu_opens_without_script_and_says_where_one_is(
    live_server: LiveServer, page: Callable[..., Page]
) -> None:
    tab = desk_of(MANY, live_server, page(viewport=LAPTOP, java_script_enabled=False))
    bar = tab.get_by_role("navigation", name="Main")

    bar.locator("summary", has_text="More").click()

    expect(bar.get_by_role("link", name="Policies")).to_have_attribute("aria-current", "page")
    bar.get_by_role("link", name="Changes").click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text("Changes")
