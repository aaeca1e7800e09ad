"""A person who was harmed, in a real browser without JavaScript, on a small phone (reliability.md T9)."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error, Page, Request, Route, expect
from pytest_django.live_server_helper import LiveServer

from remedies.actions import reading
from remedies.models import Case, Message, ReadLog
from remedies.rules.flood import Gate
from remedies.rules.receipt import read_receipt
from tests.journeys.conftest import follow
from tests.journeys.test_pages_are_accessible import IN_DARK, IN_LIGHT, found_on
from tests.remedies.sample_files import planted_jpeg, traces_of
from tests.remedies.vault_stage import NOW, PASSPHRASE, Vault, made_vault

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

TOLD = "They came at night.\n\nMy sister Nadira saw it."
PHONE = {"width": 320, "height": 640}


@dataclass
class Visit:
    """A browser of somebody who must not be seen, and every request that it made."""

    tab: Page
    site: str
    stage: Vault
    requests: list[Request] = field(default_factory=list)

    def press(self, step: str) -> None:
        follow(self.tab, self.tab.locator(f'button[value="{step}"]'))

    def open_receipt(self, typed: str) -> None:
        self.tab.goto(f"{self.site}/follow/en/")
        self.tab.get_by_label("Receipt").fill(typed)
        self.press("open")

    def to_review(self) -> str:
        """Go as far as the receipt, and return it."""
        self.tab.goto(f"{self.site}/raise/en/")
        self.press("start")
        self.tab.get_by_label("Somebody was threatened, attacked or is in danger").check()
        self.tab.get_by_label("Tell us in your own words").fill(TOLD)
        self.press("details")
        self.press("review")
        return read_receipt(self.tab.locator("p.code").inner_text())


@pytest.fixture
def visit(transactional_db: None, live_server: LiveServer, page: Callable[..., Page], settings: Any) -> Visit:
    settings.QUICK_EXIT = f"{live_server.url}/livez"
    tab = page(viewport=PHONE, java_script_enabled=False)
    found = Visit(tab, str(live_server.url), made_vault())
    tab.on("request", lambda request: found.requests.append(request))
    return found


def counts() -> tuple[int, int]:
    return Case.objects.count(), Message.objects.count()


def test_a_concern_is_sent_once_whatever_the_browser_does(visit: Visit) -> None:
    tab = visit.tab
    receipt = visit.to_review()
    assert counts() == (0, 0)
    expect(tab.get_by_label("In your own words")).to_have_value(TOLD)

    visit.press("what")  # change, and come back: the same receipt
    expect(tab.get_by_label("Tell us in your own words")).to_have_value(TOLD)
    visit.press("details")
    visit.press("review")
    assert read_receipt(tab.locator("p.code").inner_text()) == receipt
    tab.locator('button[value="send"]').dblclick(no_wait_after=True)
    expect(tab.get_by_role("heading", level=1)).to_have_text("We received your message")
    assert read_receipt(tab.locator("p.code").inner_text()) == receipt
    assert counts() == (1, 1)

    tab.reload()
    expect(tab.get_by_role("heading", level=1)).to_have_text("We received your message")
    assert counts() == (1, 1)

    with pytest.raises(Error, match="ERR_CACHE_MISS"):  # the browser kept no page to go back to
        tab.go_back()
    assert counts() == (1, 1)


def test_a_lost_answer_is_asked_for_again_and_nothing_is_sent_twice(visit: Visit) -> None:
    tab = visit.tab
    receipt = visit.to_review()

    def lose(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    tab.route("**/raise/**", lose)
    with tab.expect_event("requestfailed"):
        tab.locator('button[value="send"]').click(no_wait_after=True)
    assert counts() == (1, 1)
    tab.unroute("**/raise/**")
    tab.reload()

    expect(tab.get_by_role("heading", level=1)).to_have_text("We received your message")
    assert read_receipt(tab.locator("p.code").inner_text()) == receipt
    assert counts() == (1, 1)


def test_a_person_comes_back_reads_deletes_and_leaves(visit: Visit) -> None:
    tab, grace = visit.tab, visit.stage.grace
    receipt = visit.to_review()
    visit.press("send")
    expect(tab.get_by_role("heading", level=1)).to_have_text("We received your message")
    answer = "We will look into it. Are you safe?"
    case = Case.objects.get()
    reading.answer(case, answer, by=grace, pair=visit.stage.pair(grace), at=NOW)

    visit.open_receipt(receipt[:-1] + ("0" if receipt[-1] != "0" else "2"))
    expect(tab.get_by_role("alert")).to_contain_text("Compare it with what you kept")
    visit.open_receipt(receipt.lower().replace("0", "o").replace("1", "l"))
    expect(tab.get_by_text(answer)).to_be_visible()
    expect(tab.get_by_text("Nadira")).to_have_count(0)

    tab.get_by_label("Your message").fill("Not at home.")
    tab.locator('button[value="send"]').dblclick(no_wait_after=True)
    expect(tab.get_by_role("status")).to_contain_text("We received your message")
    assert counts() == (1, 3)
    visit.press("hide")
    expect(tab.get_by_text("There is no new answer.")).to_be_visible()
    visit.press("ask")
    tab.get_by_label("Make this receipt useless as well").check()
    visit.press("delete")
    expect(tab.get_by_role("heading", level=1)).to_have_text("Deleted")
    visit.open_receipt(receipt)
    expect(tab.get_by_role("heading", level=1)).to_have_text("Nothing is kept under this receipt")

    tab.get_by_role("link", name="Leave this page now").click()
    tab.wait_for_url("**/livez")
    left = visit.requests[-1]
    assert "referer" not in left.headers
    state = tab.context.storage_state()
    assert (state.get("cookies"), state.get("origins")) == ([], [])
    written = [request.url for request in visit.requests] + [tab.title()]
    assert {urlsplit(url).netloc for url in written[:-1]} == {urlsplit(visit.site).netloc}
    assert [
        url for url in written if receipt in url or receipt[:8].lower() in url.lower() or "?" in url
    ] == []
    assert {request.resource_type for request in visit.requests} <= {
        "document",
        "stylesheet",
        "image",
        "other",
    }


def test_a_photograph_is_sent_without_its_name_and_saved_by_a_handler(
    visit: Visit, page: Callable[..., Page], settings: Any
) -> None:
    visit.to_review()
    photograph = {"name": "Nadira.jpg", "mimeType": "image/jpeg", "buffer": planted_jpeg("Nadirasphone", 1)}
    visit.tab.get_by_label("Choose files").set_input_files(photograph)
    visit.press("send")
    expect(visit.tab.get_by_role("heading", level=1)).to_have_text("We received your message")
    case = Case.objects.get()
    assert case.attachments.count() == 1

    settings.DEMONSTRATION = True
    tab = page()
    tab.goto(f"{visit.site}/sign-in/")
    tab.get_by_label("Username").fill("grace")
    tab.get_by_label("Password").fill("x")
    follow(tab, tab.get_by_role("main").get_by_role("button", name="Sign in"))
    tab.goto(f"{visit.site}/desk/cases/vault/?next=/desk/cases/{case.pk}/")
    tab.get_by_label("Vault passphrase").fill(PASSPHRASE)
    follow(tab, tab.get_by_role("main").locator("form button").first)
    tab.get_by_label("Why do you read it?").select_option("screening")
    tab.get_by_role("button", name="Read what was told").click()
    with tab.context.expect_page() as other:
        tab.get_by_role("button", name="Show file 1").click()
    other.value.wait_for_load_state()
    assert other.value.evaluate("document.images[0].naturalWidth") == 64
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Save file 1").click()
    saved = Path(download.value.path()).read_bytes()
    assert download.value.suggested_filename.startswith(f"case-{case.short}")
    assert traces_of("Nadirasphone", saved) == []
    assert ReadLog.objects.filter(case_id=case.pk, group="file").count() == 2


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_step_fits_a_small_phone_and_forbids_nothing_of_wcag(
    transactional_db: None,
    live_server: LiveServer,
    page: Callable[..., Page],
    language: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made_vault()
    tab = page(viewport=PHONE, reduced_motion="reduce", bypass_csp=True)
    wrong: dict[str, Any] = {}
    titles = set()

    def look(step: str) -> None:
        tab.emulate_media(color_scheme="light")
        found: list[Any] = found_on(tab, IN_LIGHT)
        tab.emulate_media(color_scheme="dark")
        found += found_on(tab, IN_DARK)
        wide = tab.evaluate("document.documentElement.scrollWidth")
        if wide > PHONE["width"]:
            found.append(f"{wide} px wide")
        titles.add(tab.title())
        if found:
            wrong[step] = found

    tab.goto(f"{live_server.url}/raise/{language}/")
    look("start")
    for step in ("start", "details"):
        follow(tab, tab.locator(f'button[value="{step}"]'))
        look(f"{step}, mistaken" if step == "details" else step)
    tab.locator('input[name="type"]').first.check()
    tab.locator("#what").fill("W" * 400)
    for step in ("details", "review"):
        follow(tab, tab.locator(f'button[value="{step}"]'))
        look(step)
    receipt = tab.locator("p.code").inner_text()
    for step, file, budget in (
        ("a file that is not taken", b"GIF89a", 10**9),
        ("asked", b"Words", 1),
        ("full", b"Words", 0.001),
    ):
        flood = Gate(budget, 100 if budget == 1 else budget)
        monkeypatch.setattr("remedies.views.sending.gate", lambda flood=flood: flood)
        flood.enter(1, answered=False, now=time.monotonic())
        tab.locator("#files").set_input_files({"name": "x.txt", "mimeType": "text/plain", "buffer": file})
        follow(tab, tab.locator('button[value="send"]'))
        look(step)
    monkeypatch.undo()
    tab.locator("#files").set_input_files({"name": "x.jpg", "mimeType": "x/y", "buffer": b"\xff\xd8\xff"})
    follow(tab, tab.locator('button[value="send"]'))
    look("send")
    tab.goto(f"{live_server.url}/follow/{language}/")
    look("follow")
    for typed in ("X", receipt):
        tab.locator("#receipt").fill(typed)
        follow(tab, tab.locator('button[value="open"]'))
        look(f"open {typed}")
    follow(tab, tab.locator('button[value="ask"]'))
    look("ask")

    assert wrong == {}
    assert len(titles) == 1
