"""The bar of the desk, and journeys with the keyboard alone where 1280 pixels are seen at 200 % (WCAG 1.4.4, 2.1.1)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from hrdd.governance.models import SignOff, User
from hrdd.governance.rules import CASE_ROLES, Role
from remedies.models import Case
from tests.cast import NOW, Cast
from tests.journeys.conftest import tab_to
from tests.remedies.vault_stage import made_vault
from transparency.actions import reports
from transparency.models import Report

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ONE_LINE = 60  # pixels
LAPTOP = {"width": 1280, "height": 720}
SEEN = {"width": 640, "height": 360}  # what is left of a laptop's screen at 200 %
TWICE: dict[str, Any] = {"viewport": SEEN, "device_scale_factor": 2}
MANY = [Role.ANALYST, Role.SENIOR, Role.BOARD, Role.PARTNER_MGR]


def signed_in(user: User, live_server: LiveServer, tab: Page) -> Page:
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    tab.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    return tab


def desk_of(roles: list[Role], live_server: LiveServer, tab: Page) -> Page:
    user = User.objects.create_user("eva", "x", display_name="Eva, of many functions", roles=roles)
    signed_in(user, live_server, tab)
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


def fits(tab: Page) -> None:
    """Hold that nothing is read by scrolling sideways."""
    assert tab.evaluate("document.documentElement.scrollWidth") <= SEEN["width"]


def press(tab: Page, target: Locator) -> None:
    """Reach something with the Tab key, see that it is in view, and press Enter; wait for the page that follows."""
    tab_to(tab, target)
    expect(target).to_be_in_viewport()
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
    fits(tab)


def test_a_concern_is_raised_with_the_keyboard_at_200_percent(
    transactional_db: None, live_server: LiveServer, page: Callable[..., Page]
) -> None:
    made_vault()
    tab = page(**TWICE, java_script_enabled=False)
    tab.goto(f"{live_server.url}/raise/en/")
    fits(tab)

    press(tab, tab.locator('button[value="start"]'))
    kind = tab.get_by_label("Somebody was threatened, attacked or is in danger")
    tab_to(tab, tab.get_by_role("radio").first)
    for _ in range(20):
        if kind.is_checked():
            break
        tab.keyboard.press("ArrowDown")
    tab_to(tab, tab.get_by_label("Tell us in your own words"))
    tab.keyboard.type("They came at night.")
    press(tab, tab.locator('button[value="details"]'))
    press(tab, tab.locator('button[value="review"]'))
    press(tab, tab.locator('button[value="send"]'))

    expect(tab.get_by_role("heading", level=1)).to_have_text("We received your message")
    assert Case.objects.count() == 1


def test_a_reader_reaches_a_report_with_the_keyboard_at_200_percent(
    published: Report, live_server: LiveServer, page: Callable[..., Page]
) -> None:
    tab = page(**TWICE)
    tab.goto(f"{live_server.url}/")
    fits(tab)

    menu = tab.locator("summary", has_text="Menu")
    tab_to(tab, menu)
    tab.keyboard.press("Enter")
    press(tab, tab.locator("details.menu").get_by_role("link", name="Reports", exact=True))
    press(tab, tab.get_by_role("heading", name=published.title).get_by_role("link"))

    expect(tab.get_by_role("heading", level=1)).to_have_text(published.title)


def test_a_report_is_signed_with_the_keyboard_at_200_percent(
    rendered: Report, cast: Cast, live_server: LiveServer, page: Callable[..., Page]
) -> None:
    reports.ask_clearance(rendered, by=cast.pia, at=NOW)
    tab = signed_in(cast.rex, live_server, page(**TWICE))
    tab.goto(f"{live_server.url}/desk/signoffs/")
    fits(tab)

    press(tab, tab.get_by_role("button", name=f"Approve {rendered.title}"))

    assert SignOff.objects.filter(decided_at__isnull=False, decision="approved").count() == 1


def test_the_board_is_read_with_the_keyboard_at_200_percent(
    cast: Cast, live_server: LiveServer, page: Callable[..., Page]
) -> None:
    tab = signed_in(cast.eve, live_server, page(**TWICE))
    tab.goto(f"{live_server.url}/desk/")
    fits(tab)

    tab_to(tab, tab.locator("summary", has_text="Menu"))
    tab.keyboard.press("Enter")
    press(tab, tab.locator("details.menu").get_by_role("link", name="Board", exact=True))
    press(tab, tab.get_by_role("link", name="Open severe risks", exact=True))

    expect(tab.get_by_role("heading", level=1)).to_have_text("Risks to people")
