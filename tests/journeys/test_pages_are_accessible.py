"""Every page by axe in a real browser, light and dark: nothing that WCAG 2.2 AA forbids and a machine can find."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from hrdd.governance.models import User
from hrdd.governance.rules import CASE_ROLES, Role
from tests.addresses import addresses, arguments_of, viewset_of
from tests.cast import MANY_ROLES, Cast
from tests.test_access import everything
from transparency.models import Report

__all__ = ["everything"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

AXE = Axe()
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
IN_LIGHT = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
IN_DARK = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
SHARES = 3
FEWEST_PAGES = 25


def everybody(cast: Cast) -> Iterator[Client]:
    """Yield the browsers of people who together hold every role; nobody may hold them all."""
    User.objects.filter(pk=cast.eve.pk).update(roles=[str(role) for role in MANY_ROLES])
    alone = [[Role.AUDITOR], [Role.EXPERT], [*CASE_ROLES]]
    rest = [
        User.objects.create_user(f"holds-{roles[0].lower()}", "x", display_name="One of many", roles=roles)
        for roles in alone
    ]
    for user in (User.objects.get(pk=cast.eve.pk), *rest):
        client = Client()
        client.force_login(user)
        yield client


def pages_of(client: Client, share: int) -> Iterator[tuple[str, str]]:
    """Yield the address of each page of a share of the site that opens by a link, and the key of the session.

    A part that a script puts into a page is checked there: the choices of the palette in test_palette_and_keys.py.
    """
    for pattern in list(addresses())[share::SHARES]:
        if viewset_of(pattern) is None and pattern.name not in {"logout", None}:
            address = reverse(str(pattern.name), kwargs=arguments_of(pattern))
            answer = client.get(address)
            if answer.streaming:
                list(answer)  # a file is closed once it was read
            elif answer.status_code == 200 and answer.content.lstrip().lower().startswith(b"<!doctype html"):
                yield address, client.cookies[settings.SESSION_COOKIE_NAME].value


def found_on(tab: Page, options: dict[str, Any]) -> list[str]:
    """Return what axe finds on a page; it is put into the page once and asked as often as needed."""
    if not tab.evaluate("'axe' in window"):
        tab.evaluate(AXE.axe_script)
    violations = tab.evaluate("options => axe.run(options)", options)["violations"]
    return [
        f"{one['id']}: {one['help']} | {node['html'][:160]} | {node['failureSummary'][:200]}"
        for one in violations
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("share", range(SHARES))
def test_no_page_has_what_wcag_forbids(
    everything: None, cast: Cast, live_server: LiveServer, page: Callable[..., Page], share: int
) -> None:
    pages = dict(page for whom in everybody(cast) for page in pages_of(whom, share))
    tab = page(reduced_motion="reduce")  # no colour on its way from light to dark
    found: dict[str, list[str]] = {}

    for address, cookie in pages.items():
        tab.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
        )
        tab.emulate_media(color_scheme="light")
        tab.goto(f"{live_server.url}{address}")
        said = found_on(tab, IN_LIGHT)
        tab.emulate_media(color_scheme="dark")
        said += [f"dark: {one}" for one in found_on(tab, IN_DARK)]
        if said:
            found[address] = said

    assert found == {}
    assert len(pages) >= FEWEST_PAGES


def test_the_page_on_which_something_is_put_off_is_among_them(everything: None, cast: Cast) -> None:
    pages = [
        address
        for whom in everybody(cast)
        for share in range(SHARES)
        for address, _key in pages_of(whom, share)
    ]

    assert any(re.fullmatch("/desk/inbox/[0-9a-f]+/put-off/", one) for one in pages)


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/risks/",
        "/sign-in/",
        "/consultations/",
        "/reports/",
        "/business-model/",
        "/partners/",
        "/complaints/",
        "/oversight/",
        "/statements/",
        "/verify/",
    ],
)
def test_no_public_page_has_what_wcag_forbids(
    everything: None, live_server: LiveServer, page: Callable[..., Page], address: str
) -> None:
    tab = page(viewport={"width": 390, "height": 800}, reduced_motion="reduce")
    tab.goto(f"{live_server.url}{address}")
    light = found_on(tab, IN_LIGHT)
    tab.emulate_media(color_scheme="dark")

    assert (light, found_on(tab, IN_DARK)) == ([], [])


@pytest.mark.parametrize("address", ["/complaints/", "/partners/", "/reports/2021/"])
def test_published_figures_have_nothing_that_wcag_forbids(
    published: Report, live_server: LiveServer, page: Callable[..., Page], address: str
) -> None:
    tab = page(viewport={"width": 390, "height": 800}, reduced_motion="reduce")
    tab.goto(f"{live_server.url}{address}")
    light = found_on(tab, IN_LIGHT)
    tab.emulate_media(color_scheme="dark")

    assert (light, found_on(tab, IN_DARK)) == ([], [])
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390


def test_no_page_in_arabic_has_what_wcag_forbids(
    published: Report, live_server: LiveServer, page: Callable[..., Page]
) -> None:
    tab = page(viewport={"width": 390, "height": 800}, reduced_motion="reduce")
    found, wide = {}, []
    for address in ("/", "/risks/", "/statements/", "/policies/", "/complaints/", "/reports/", "/verify/"):
        tab.goto(f"{live_server.url}/ar{address}")
        if said := found_on(tab, IN_LIGHT):
            found[address] = said
        if tab.evaluate("document.documentElement.scrollWidth") > 390:
            wide.append(address)

    assert (found, wide) == ({}, [])
    assert tab.evaluate("document.documentElement.dir") == "rtl"


def test_a_replaced_edition_has_nothing_that_wcag_forbids(
    published: Report, live_server: LiveServer, page: Callable[..., Page]
) -> None:
    Report.objects.update(state="corrected")
    tab = page(viewport={"width": 390, "height": 800}, reduced_motion="reduce")
    tab.goto(f"{live_server.url}/reports/2021/editions/1/")
    light = found_on(tab, IN_LIGHT)
    tab.emulate_media(color_scheme="dark")

    assert (light, found_on(tab, IN_DARK)) == ([], [])
    assert tab.get_by_text("A later edition corrects it").is_visible()
