"""The palette and the keys, as somebody without a mouse uses them; single letters rest when they are turned off."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from risks.models import Risk
from tests.cast import NOW, Cast
from tests.journeys.test_pages_are_accessible import IN_LIGHT, found_on

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def desk(cast: Cast, client: Client, live_server: LiveServer, page: Callable[..., Page]) -> Page:
    """Return the register of three risks in the browser of an analyst."""
    for title in ("Arrests after posts", "Doxing of organisers", "Sale of location data"):
        Risk.objects.create(title=title, summary="x", opened_on=NOW.date())
    client.force_login(cast.ana)
    tab = page()
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    tab.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    tab.goto(f"{live_server.url}/desk/risks/")
    for _ in range(200):  # the page asks whether this person wants letters
        if tab.evaluate("sessionStorage.getItem('hrdd-single-keys')") == "on":
            return tab
        tab.wait_for_timeout(100)
    pytest.fail("The page never heard whether this person wants letters.")


def test_a_record_is_opened_from_the_palette_by_keys_alone(desk: Page) -> None:
    desk.keyboard.press("Control+k")
    words = desk.get_by_role("combobox", name="Search, or go to a page")
    expect(words).to_be_focused()
    desk.keyboard.type("location da")
    chosen = desk.locator("[role=option][aria-selected=true]")
    expect(chosen).to_contain_text("Sale of location data")
    assert words.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    assert found_on(desk, IN_LIGHT) == []

    desk.keyboard.press("Enter")

    expect(desk.get_by_role("heading", level=1)).to_contain_text("Sale of location data")


def test_the_palette_closes_and_gives_the_focus_back(desk: Page) -> None:
    link = desk.get_by_role("link", name="Search", exact=True)
    link.focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("dialog")).to_be_visible()

    desk.keyboard.press("Escape")

    expect(desk.get_by_role("dialog")).to_have_count(0)
    expect(link).to_be_focused()


def test_a_list_is_walked_by_letters_and_a_row_is_opened(desk: Page) -> None:
    for key in ("j", "j", "k", "j"):
        desk.keyboard.press(key)
    expect(desk.get_by_role("link", name="Doxing of organisers", exact=True)).to_be_focused()
    desk.keyboard.press("x")
    expect(desk.get_by_label("Choose Doxing of organisers")).to_be_checked()

    desk.keyboard.press("Enter")

    expect(desk.get_by_role("heading", level=1)).to_contain_text("Doxing of organisers")


def test_letters_do_nothing_in_fields_nor_once_they_are_turned_off(desk: Page) -> None:
    desk.get_by_role("searchbox", name="Words").fill("a")
    desk.keyboard.type("j?/x")
    expect(desk.get_by_role("searchbox", name="Words")).to_have_value("aj?/x")
    expect(desk.get_by_role("dialog")).to_have_count(0)
    desk.locator("main").focus()
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog", name="Keyboard shortcuts")).to_contain_text("Next row of the list")
    desk.get_by_role("link", name="Turn single letters off").click()
    desk.get_by_role("button", name="Turn single letters off").click()

    desk.keyboard.press("?")
    desk.keyboard.press("j")

    expect(desk.get_by_role("dialog")).to_have_count(0)
    desk.keyboard.press("Control+k")
    expect(desk.get_by_role("dialog")).to_have_count(1)
