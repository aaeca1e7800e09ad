"""The demonstration organisation on a live site, with a real worker and a real browser."""

import io
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from hrdd.demo import PASSWORD

MOST_TABS = 80


@pytest.fixture
def site(
    transactional_db: None,
    celery_worker_process: subprocess.Popen[bytes],
    live_server: LiveServer,
    settings: Any,
) -> str:
    """Return the address of a site with the demonstration organisation and the re-assessment of February 2021."""
    settings.DEMONSTRATION = True
    call_command("demo_organisation", stdout=io.StringIO())
    call_command("reassess", "--as-of", "2021-02-01", "--wait", stdout=io.StringIO())
    return str(live_server.url)


@pytest.fixture
def sign_in(site: str, page: Callable[..., Page]) -> Callable[..., Page]:
    """Return a function that signs a person in, in a browser of their own."""

    def signed_in(username: str, **options: object) -> Page:
        tab = page(**options)
        tab.goto(f"{site}/sign-in/")
        tab.get_by_label("Username").fill(username)
        tab.get_by_label("Password").fill(PASSWORD)
        tab.get_by_role("main").get_by_role("button", name="Sign in").click()
        expect(tab.get_by_role("heading", level=1)).not_to_have_text("Staff sign in")
        return tab

    return signed_in


def follow(tab: Page, place: Locator) -> None:
    """Click what leads to another page, and come back once that page stands."""
    with tab.expect_navigation():
        place.click()


def tab_to(tab: Page, target: Locator) -> None:
    """Move the focus with the Tab key until it is on the target."""
    for _ in range(MOST_TABS):
        if target.evaluate("element => element === document.activeElement"):
            return
        tab.keyboard.press("Tab")
    pytest.fail(f"{target} was not reached by {MOST_TABS} presses of Tab.")
