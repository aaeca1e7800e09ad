"""Pages that no link leads to before somebody does something: each step is done in the browser, then its page is taken.

A step is done as the right person of the demonstration; what it writes stays there, and locks out nobody of it.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import uuid4

from playwright.sync_api import Browser, Page

from hrdd.accounts.rules.proofs import TOTP_SECONDS, totp_code

if TYPE_CHECKING:
    from docs.pictures import Album

PASSWORD = "demonstration only"  # noqa: S105  # what script/demo prints
VAULT_PASSPHRASE = "demonstration only vault"  # noqa: S105  # the same
WHY = "Invented for a picture: this page is seen only once somebody did the step that comes before it."
SAVED = "Severe, not yet critical"
MARK = b"EXAMPLE: "  # on the row of a template that is refused on import


def sign_in(page: Page, person: str, password: str = PASSWORD) -> None:
    """Send a name and a password, that of the people of the demonstration unless it is said."""
    page.goto("/desk/")
    page.fill("input[name=username]", person)
    page.fill("input[name=password]", password)
    with page.expect_navigation():
        page.press("input[name=password]", "Enter")


def press(page: Page, words: str) -> None:
    """Press the first button that says this, and wait for the page that it leads to."""
    with page.expect_navigation():
        page.locator("main").get_by_role("button", name=words).first.click()


def linked(page: Page, beginning: str) -> list[str]:
    """Return the addresses on the page that go on after this beginning."""
    found = page.locator(f"main a[href^='{beginning}']").evaluate_all(
        "links => links.map(one => one.getAttribute('href'))"
    )
    return [one for one in found if one != beginning]


def assign_risks(album: "Album", browser: Browser) -> None:
    """Give two risks to somebody, and take that back."""
    with album.entered(browser, "ana") as page:
        page.goto("/desk/risks/")
        for number in range(2):
            page.locator("input[name=risk]").nth(number).check()
        page.select_option("#bulk-to", index=2)
        press(page, "Assign")
        press(page, "Assign")
        album.keep(page, "ana", "assigned")
        press(page, "back to who owned")
        album.keep(page, "ana", "given-back")


def save_a_view(album: "Album", browser: Browser) -> None:
    """Save a view of the register; its address leads to the register as it was filtered."""
    with album.entered(browser, "ana") as page:
        page.goto("/desk/risks/views/new/?register=risks&level=4")
        page.fill("#id_name", SAVED)
        press(page, "Save the view")
        view = page.get_by_role("link", name=SAVED, exact=True).get_attribute("href") or ""
        album.leads_on(page, view)
        page.goto(view)
        album.keep(page, "ana", "saved-view")
        page.goto(f"{view}delete/")
        press(page, "Delete the view")


def import_partners(album: "Album", browser: Browser) -> None:
    """Upload a file with a row that is accepted beside one that is refused, then one with the accepted alone."""
    with album.entered(browser, "paul") as page:
        template = page.request.get("/desk/partners/import/template.csv").body()
        head, example = template.strip().split(b"\n", 1)
        accepted = example.replace(MARK, b"")
        for state, rows in (("refused-row", [head, accepted, example]), ("accepted", [head, accepted])):
            page.goto("/desk/partners/import/")
            page.set_input_files(
                "#id_file",
                {"name": f"{state}.csv", "mimeType": "text/csv", "buffer": b"\n".join([*rows, b""])},
            )
            press(page, "Read the file")
            album.keep(page, "paul", state)
            press(page, "Discard the file")


def begin_an_account(album: "Album", browser: Browser) -> None:
    """Invite somebody and go their way: the link, a password, an authenticator app, and a sign-in with its code.

    The only second factor cannot be removed, so the app is set for nobody of the demonstration.
    """
    username = f"picture-{time.time():.0f}"
    with album.entered(browser, "oskar") as page, album.entered(browser, "") as other:
        page.goto("/desk/people/invite/")
        page.fill("#id_username", username)
        page.fill("#id_display_name", "Wanda, reviewer of pictures")
        page.locator("input[name=roles][value=REVIEWER]").check()
        page.fill("#id_why", WHY)
        press(page, "Make the link")
        album.keep(page, "oskar", "link")
        link = page.locator("main .once code").inner_text()
        page.goto("/desk/people/")
        album.keep(page, "oskar", "invited")
        other.goto(link)
        album.keep(other, "anybody")
        other.fill("#id_password", WHY)
        press(other, "Set it and go on")
        other.goto("/desk/account/app/")
        secret = other.locator("main .panel code").inner_text()
        other.fill("#id_code", totp_code(secret, step=int(time.time()) // TOTP_SECONDS))
        press(other, "Set the app")
        album.keep(other, "invited", "recovery-codes")
        for address in ("/desk/account/prove/", "/desk/account/"):
            other.goto(address)
            album.keep(other, "invited", "app-set")
    with album.entered(browser, "") as page:
        sign_in(page, username, WHY)
        album.keep(page, "anybody")
        page.goto(link)
        album.keep(page, "anybody", "used")


def give_reasons_in_public(album: "Album", browser: Browser) -> None:
    """Issue a statement of reasons for a measure on a published risk, and read it as anybody does."""
    with album.entered(browser, "ana") as page:
        statements = page.request.get("/statements.json").json()["statements"]
        if not statements:
            risk = page.request.get("/risks.json").json()["risks"][0]["id"].removeprefix("risk-")
            page.goto(f"/desk/risks/{risk}/")
            page.goto(f"{linked(page, '/desk/measures/')[0]}statement/")
            page.fill("#id_facts", "Two posts praised people who were breaking into a parliament that day.")
            page.fill("#id_explanation", "Our rule forbids to praise violence while it goes on.")
            page.select_option("#id_category", "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY")
            page.check("input[name=content_types][value=CONTENT_TYPE_TEXT]")
            page.fill("#id_content_date", "2021-01-06")
            page.select_option("#id_source_type", "SOURCE_VOLUNTARY")
            with page.expect_navigation():
                page.locator("main form[method=post]").evaluate("form => form.requestSubmit()")
            album.keep(page, "ana", "issued")
    with album.entered(browser, "") as page:
        page.goto("/statements/")
        page.goto(linked(page, "/statements/")[0])
        album.keep(page, "anybody")


def move_a_plan_on(album: "Album", browser: Browser) -> None:
    """Say in a plan of leverage what there is, what lacks and how it grows; then it can be assessed."""
    with album.entered(browser, "paul") as page:
        page.goto("/desk/partners/clocks/")
        for clock in linked(page, "/desk/partners/clocks/"):
            page.goto(clock)
            if plans := linked(page, "/desk/partners/plans/"):
                break
        page.goto(next(one for one in plans if "/steps/" not in one))
        page.check("input[name=kinds] >> nth=0")
        for field in ("has", "lacks", "increase"):
            page.fill(f"#id_{field}", WHY)
        with page.expect_navigation():
            page.locator("main form[method=post]").evaluate("form => form.requestSubmit()")
        page.goto(next(one for one in linked(page, "/desk/partners/plans/") if "/steps/" in one))
        album.keep(page, "paul")


def give_more_time(album: "Album", browser: Browser) -> None:
    """Open the form of the one extension; the page of a clock links to it only after half of a change."""
    with album.entered(browser, "eve") as page:
        page.goto("/desk/partners/clocks/")
        clock = linked(page, "/desk/partners/clocks/")[0]
        page.goto(clock.replace("/clocks/", "/extensions/"))
        album.keep(page, "eve")


def read_who_wrote(album: "Album", browser: Browser) -> None:
    """Let a custodian open who wrote, and read that and what was told; a file of a case opens no page."""
    with album.entered(browser, "cleo") as page:
        page.goto("/desk/cases/custody/")
        asked = page.locator("main a[href*='/custody/']")
        if asked.count():
            page.goto(asked.first.get_attribute("href") or "")
            page.fill("#id_reasons", WHY)
            page.set_input_files("#id_file", album.data / "custodians" / "cleo.json")
            page.fill("#id_passphrase", VAULT_PASSPHRASE)
            press(page, "Grant for 24 hours")
            album.keep(page, "cleo", "granted")
    with album.entered(browser, "ivan") as page:
        page.goto("/desk/cases/")
        for case in page.locator("main a[href^='/desk/cases/']:has(code)").evaluate_all(
            "links => links.map(one => one.getAttribute('href'))"
        ):
            page.goto(case)
            if not page.get_by_role("button", name="Read who wrote").count():
                continue
            press(page, "Read who wrote")
            album.keep(page, "ivan")
            for words, state in (("Read what was told", "told"), ("Read what was written", "written-since")):
                page.goto(case)
                page.select_option("#id_purpose", "investigating")
                press(page, words)
                album.keep(page, "ivan", state)
            album.leads_on(page, f"{case}files/{uuid4()}/")


def read_as_it_was(album: "Album", browser: Browser) -> None:
    """Open an edition of a report, and what a version of a policy changed, by the numbers in the data."""
    with album.entered(browser, "") as page:
        edition = page.request.get("/reports.json").json()["editions"][0]
        page.goto(f"/reports/{edition['period']}/editions/{edition['edition']}/")
        album.keep(page, "anybody")
        for policy in page.request.get("/policies.json").json()["policies"]:
            latest = policy["versions"][0]["version"]
            if latest > 1:
                page.goto(f"/policies/{policy['policy']}/{latest}/changes/")
                album.keep(page, "anybody")


STEPS: list[Callable[["Album", Browser], None]] = [
    assign_risks,
    save_a_view,
    import_partners,
    begin_an_account,
    give_reasons_in_public,
    move_a_plan_on,
    give_more_time,
    read_who_wrote,
    read_as_it_was,
]
