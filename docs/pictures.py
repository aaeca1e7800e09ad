"""Take the pictures of the documents, or those of every page, from a demonstration that runs.

script/demo --port 8000 &
.venv/bin/python docs/pictures.py http://127.0.0.1:8000                    # docs/img, for the guides and the README
.venv/bin/python docs/pictures.py http://127.0.0.1:8000 --only desk board  # two of them
.venv/bin/python docs/pictures.py http://127.0.0.1:8000 --every .data/all  # each page, 1440 and 390 px, light and dark
.venv/bin/python docs/pictures.py http://127.0.0.1:8000 --every .data/all --person dan --kind refused --mode 390-dark
.venv/bin/python docs/pictures.py http://127.0.0.1:8000 --list             # take none, say which pages no link leads to

Every page is taken once, of records one in each state, with the first person who may open it. --every also takes the
forms as they refuse, the lists in which nothing is found, a concern on its way, and pages that appear only after a step
(picture_steps.py); so it writes to the demonstration, whose files are in --data.
It says which pages are wider than the screen and which pages of the site no link led to, and keeps what it took in
pages.csv.
"""

import argparse
import csv
import io
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, Error, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a script, it finds the site beside it

from docs.picture_steps import STEPS, VAULT_PASSPHRASE, sign_in  # noqa: E402  # the line above leads to it

HERE = ROOT / "docs" / "img"
ROUTES = ROOT / "tests" / "permissions" / "routes.csv"
WIDE, PHONE = (1280, 800), (390, 780)
NOBODY = ""
COLOURS = 96
CASES_OVER = "/desk/cases/?show=ended"  # a choice of the filter, which no link makes
# Whose pages are walked for --every, and where each walk begins beside the desk. Who can open most comes first; nobody
# comes last, for the desk links to public pages that no public list names.
WALKS = {
    "ana": ["/desk/components/"],
    "rita": [],
    "dan": [],
    "eve": ["/board/"],
    "enid": [],
    "paul": [],
    "rex": ["/desk/signoffs/"],
    "pia": [],
    "noor": ["/desk/shared/"],
    "grace": ["/desk/cases/", CASES_OVER],
    "ivan": ["/desk/cases/", CASES_OVER],
    "dora": ["/desk/cases/", CASES_OVER],
    "abel": ["/desk/cases/", CASES_OVER],
    "cleo": ["/desk/cases/custody/"],
    "oskar": ["/desk/status/", "/desk/people/"],
    "audrey": ["/desk/audit/"],
    "bob": [],
    NOBODY: ["/", "/raise/", "/follow/", "/data/", "/fr/", "/ar/", "/no-such-page/"],
}
READS_CASES = {"grace", "ivan", "dora", "abel"}
CONCERNS = ("en", "ar")
MODES = {
    f"{width}-{scheme}": (width, scheme, "screen") for width in (1440, 390) for scheme in ("light", "dark")
}
MODES["print"] = (794, "light", "print")
ON_SCREEN = [name for name in MODES if name != "print"]
WALKED = ("page", "empty", "refused")
KINDS = (*WALKED, "concern", "step")
# How many pages of a kind are looked through for links, and how many records: of these one in each state is taken.
ALIKE, RECORDS = 15, 60
RECORD = "/*/"
STATE = re.compile(r'<div class="tags">.*?class="badge badge-(?!tier)[^"]*">([^<]+)<')
LEFT_OUT = re.compile(
    r"/(api|sign-out|static)/|\.(pdf|csv|json|jsonl|xlsx|atom|ics|xml|txt|py|sig|key|age)$|/SHA256SUMS$|hrdd-log|/(fr|es)/.+/.+"
)
DESK = "/desk/"
ANSWERED, REDIRECTS, REFUSES = 200, 300, 400
ANYWHERE, OF_STAFF = re.compile(""), re.compile(r"/(desk|board)/")
LINK = re.compile(r'(?:href|hx-get|formaction|method="get" action)="(/[^"#]*)')
RECEIPT = ".receipt .code"
# A form that must refuse what is empty: words out, choices unmade, and the browser holds nothing back.
FORM_THAT_ASKS = "main form[method=post]:has([required])"
SEND_EMPTY = """form => {
  form.noValidate = true;
  form.querySelectorAll("input, select, textarea").forEach(one => {
    if (["radio", "checkbox"].includes(one.type)) one.checked = false;
    else if (one.tagName === "SELECT") one.value = one.querySelector("option[value='']") ? "" : one.value;
    else if (!["hidden", "submit", "file"].includes(one.type)) one.value = "";
  });
  form.requestSubmit();
}"""
REFUSAL = ".errorlist, .refusal, .error, [role=alert]"


@dataclass(frozen=True)
class Picture:
    """One picture of a guide: its file, who looks, where, and how wide their screen is."""

    name: str
    person: str
    address: str
    size: tuple[int, int] = WIDE


PICTURES = [
    Picture("home", NOBODY, "/"),
    Picture("risks-public", NOBODY, "/risks/", PHONE),
    Picture("verify", NOBODY, "/verify/"),
    Picture("raise", NOBODY, "/raise/", PHONE),
    Picture("follow", NOBODY, "/follow/", PHONE),
    Picture("desk", "ana", "/desk/"),
    Picture("register", "ana", "/desk/risks/"),
    Picture("risk", "ana", "/desk/risks/1/"),
    Picture("measures", "ana", "/desk/measures/"),
    Picture("dilemma", "ana", "/desk/dilemmas/1/"),
    Picture("clocks", "paul", "/desk/partners/clocks/"),
    Picture("consultations", "enid", "/desk/consultations/"),
    Picture("cases", "grace", "/desk/cases/"),
    Picture("report", "pia", "/desk/reports/1/"),
    Picture("sign-offs", "rex", "/desk/signoffs/"),
    Picture("board", "eve", "/board/"),
    Picture("audit", "audrey", "/desk/audit/"),
    Picture("status", "oskar", "/desk/status/"),
]


def signed_in(browser: Browser, base: str, person: str, width: int, height: int, scheme: str) -> Page:
    """Return a page on which a person of the demonstration is signed in."""
    context = browser.new_context(
        base_url=base,
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        reduced_motion="reduce",
    )  # type: ignore[arg-type]
    page = context.new_page()
    if person:
        sign_in(page, person)
        page.wait_for_url(lambda address: "sign-in" not in address)
    return page


def take_pictures(browser: Browser, base: str, only: list[str] | None) -> None:
    """Take those of the guides, or only some by name, in few colours, so that the repository stays small."""
    HERE.mkdir(exist_ok=True)
    for one in PICTURES:
        if only and one.name not in only:
            continue
        page = signed_in(browser, base, one.person, *one.size, "light")
        answer = page.goto(base + one.address)
        if answer is None or answer.status != 200:
            raise SystemExit(f"{one.address} did not answer with a page for {one.person or 'anybody'}.")
        with Image.open(io.BytesIO(page.screenshot())) as picture:
            picture.convert("RGB").quantize(COLOURS).save(HERE / f"{one.name}.png", optimize=True)
        page.context.close()
        print(f"{one.name}.png")  # noqa: T201


def shape(address: str) -> str:
    """Return an address with its numbers, codes and secrets taken out: one page of each kind is enough."""
    path = urlsplit(address).path
    return re.sub(r"/(\d[\d-]*|[A-Z]\d+(\.\d+)?|[0-9a-f-]{20,}|[A-Za-z0-9_-]{22,})(?=/|$)", "/*", path)


def looks(address: str, content: str = "") -> str:
    """Return what tells a page from others: its shape, and of a record in which state it is, as its head says."""
    kind = shape(address)
    found = STATE.search(content.partition("<h2")[0]) if kind.endswith(RECORD) else None
    return kind + re.sub(r"\W+", "-", found[1].strip().lower()) if found else kind


def walk(
    page: Page, base: str, begin: list[str], known: set[str], public: set[str]
) -> Iterator[tuple[str, str]]:
    """Yield address and looks of each kind of page that links lead to; what staff reads of public pages anybody reads.

    Of the kinds that are known, only lists and records are opened again: who may do more finds more links there.
    Links from the desk to public pages are kept in public.
    """
    within = OF_STAFF if begin[0] == DESK else ANYWHERE
    seen, shown, alike, ahead = set[str](), set[str](), Counter[str](), list(begin)
    while ahead:
        address = ahead.pop(0)
        kind, path = shape(address), urlsplit(address).path
        most = RECORDS if kind.endswith(RECORD) else ALIKE
        if address in seen or alike[kind] >= most or LEFT_OUT.search(path) or not within.match(path):
            continue
        if kind in known and RECORD in kind.removesuffix(RECORD):
            continue
        seen.add(address)
        alike[kind] += 1
        answer = page.request.get(base + address)
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        content = answer.text()
        links = [link.replace("&amp;", "&") for link in LINK.findall(content)]
        public |= {link for link in links if not OF_STAFF.match(link)} if within is OF_STAFF else set()
        ahead += links
        look = looks(address, content)
        if look not in shown and shape(answer.url.removeprefix(base)) == kind:
            shown.add(look)
            yield address, look


def pages_of_the_site() -> tuple[set[str], Callable[[str], str]]:
    """Return the names of all pages, from the addresses of the site, and what names the page at an address.

    The address of a page ends in a slash, that of a file does not; which of them can be opened stands in ROUTES.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")  # no server is asked
    import django
    from django.urls import Resolver404, resolve

    django.setup()
    from tests.addresses import addresses

    with ROUTES.open(encoding="utf-8", newline="") as file:
        opened = {row["route"] for row in csv.DictReader(file) if "GET" in row["methods"].split()}
    pages = {
        one.name
        for one in addresses()
        if one.name in opened and re.search(r"(^|/)$", str(one.pattern)) and not one.name.startswith("api-")
    }

    def named(address: str) -> str:
        try:
            return resolve(urlsplit(address).path).url_name or ""
        except Resolver404:
            return ""

    return pages, named


def is_part(page: Page, base: str, name: str) -> bool:
    """Say whether the address of this name, if it takes no arguments, answers with less than a document."""
    from django.urls import NoReverseMatch, reverse

    try:
        answer = page.request.get(base + reverse(name), max_redirects=0)
    except NoReverseMatch:
        return False
    return answer.status == ANSWERED and "<!doctype html" not in answer.text().lower()


@dataclass
class Album:
    """The pictures of every page: where they go, in which modes, and what was taken so far."""

    base: str
    folder: Path
    modes: list[str]
    data: Path = ROOT / ".data"
    known: set[str] = field(default_factory=set)
    found: list[str] = field(default_factory=list)
    public: set[str] = field(default_factory=set)
    taken: dict[str, tuple[str, str]] = field(default_factory=dict)
    wide: list[str] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    no_page: list[str] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)

    @contextmanager
    def entered(self, browser: Browser, person: str) -> Iterator[Page]:
        """Give a page on which a person is signed in, with their vault open if they read cases."""
        page = signed_in(browser, self.base, person, 1440, 900, "light")
        try:
            if person in READS_CASES:
                page.goto("/desk/cases/vault/")
                page.fill("main input[type=password]", VAULT_PASSPHRASE)
                page.click("main form.form-page button")
            yield page
        finally:
            page.context.close()

    def keep(self, page: Page, person: str, state: str = "") -> None:
        """Take the page that a step led to, and count it as found."""
        address = page.url.removeprefix(self.base)
        self.found.append(address)
        self.take(page, person, address, state)

    def leads_on(self, page: Page, address: str) -> None:
        """Keep an address that has no page of its own, because it leads to another even where a step led to it."""
        if REDIRECTS <= page.request.get(self.base + address, max_redirects=0).status < REFUSES:
            self.no_page.append(address)

    def take(self, page: Page, person: str, address: str, state: str = "") -> None:
        """Take the page that is open, whole, in each mode."""
        name = shape(address).strip("/").replace("/", "_").replace("*", "n") or "home"
        name = f"{name}-{state}" if state else name
        self.taken[name] = (person or "anybody", address)
        folder = self.folder / (person or "anybody")
        folder.mkdir(parents=True, exist_ok=True)
        for mode in self.modes:
            width, scheme, media = MODES[mode]
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme, media=media)  # type: ignore[arg-type]
            page.screenshot(path=folder / f"{name}-{mode}.png", full_page=True)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                self.wide.append(f"{name}-{mode}")

    def take_page(self, page: Page, person: str, address: str, kinds: list[str], state: str = "") -> None:
        """Take one address: the page, its list with nothing in it, and its form refusing what is empty."""
        page.goto(self.base + address)
        if "page" in kinds:
            self.take(page, person, address, state)
        if "empty" in kinds and page.locator("main form.filter input[name=q]").count():
            page.goto(f"{self.base}{urlsplit(address).path}?q=nothing+is+called+so")
            self.take(page, person, address, "empty")
        if "refused" in kinds:
            page.goto(self.base + address)
            form = page.locator(FORM_THAT_ASKS).first
            if form.count():
                with page.expect_navigation():
                    form.evaluate(SEND_EMPTY)
                if page.locator(REFUSAL).count():
                    self.take(page, person, address, "refused")
                else:
                    self.accepted.append(address)

    def walk_with(self, browser: Browser, person: str, kinds: list[str]) -> None:
        """Take what a person can open and nobody before them could."""
        begin = [DESK, *WALKS[person]] if person else [*WALKS[person], *sorted(self.public)]
        with self.entered(browser, person) as page:
            walked = walk(page, self.base, begin, self.known, self.public)
            found = {address: look for address, look in walked if look not in self.known}
            self.known |= {*found.values(), *map(shape, found)}
            self.found += found
            for address, look in found.items() if kinds else ():
                self.take_page(page, person, address, kinds, state=look.removeprefix(shape(address)))
        print(f"{person or 'anybody'}: {len(found)} pages")  # noqa: T201

    def follow_a_concern(self, browser: Browser, language: str) -> None:
        """Raise a concern and come back with its receipt, as somebody does who reads this language."""
        page = signed_in(browser, self.base, NOBODY, 1440, 900, "light")

        def press(step: str, state: str) -> None:
            with page.expect_navigation():
                page.locator(f"button[name=step][value={step}]").first.click()
            self.take(page, f"concern-{language}", address, state)

        address = f"/raise/{language}/"
        page.goto(self.base + address)
        self.take(page, f"concern-{language}", address, "0-start")
        press("start", "1-what")
        press("details", "1-what-refused")
        page.locator("input[name=type]").first.check()
        page.fill("#what", "My account was closed after I wrote about a strike, and nobody answers.")
        press("details", "2-details")
        page.locator("input[name=identity_mode]").last.check()
        press("review", "2-details-refused")
        page.locator("input[name=identity_mode]").first.check()
        press("review", "3-review")
        press("send", "4-received")
        receipt = page.locator(RECEIPT).inner_text()
        address = f"/follow/{language}/"
        page.goto(self.base + address)
        self.take(page, f"concern-{language}", address, "0-enter")
        page.fill("#receipt", receipt[:-1])
        press("open", "0-enter-refused")
        page.fill("#receipt", receipt)
        press("open", "1-case")
        press("send", "1-case-refused")
        press("ask", "2-delete")
        page.context.close()
        print(f"A concern in {language}")  # noqa: T201

    def take_steps(self, browser: Browser) -> None:
        """Do each step and take the pages that it leads to; what cannot be done is told at the end."""
        for step in STEPS:
            try:
                step(self, browser)
            except (Error, LookupError, StopIteration) as failure:
                self.undone.append(f"{step.__name__} ({str(failure).splitlines()[0]})")

    def tell(self) -> None:
        """Keep the list of what was taken, and say what to look at first."""
        with (self.folder / "pages.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(
                [("page", "person", "address"), *((one, *of) for one, of in self.taken.items())]
            )
        print(f"{len(self.taken)} pages, {len(self.taken) * len(self.modes)} pictures")  # noqa: T201
        for told, names in (
            ("Wider than the screen", self.wide),
            ("Took an empty form", self.accepted),
            ("Steps that could not be done", self.undone),
        ):
            print(f"{told}: {', '.join(names) or 'none'}")  # noqa: T201

    def tell_unreached(self, browser: Browser) -> None:
        """Say which pages of the site no link and no step led to; what answers with no page is none."""
        pages, named = pages_of_the_site()
        found = {named(one) for one in self.found}
        with self.entered(browser, "ana") as page:
            parts = {name for name in pages - found if is_part(page, self.base, name)}
        pages -= ({named(one) for one in self.no_page} | parts) - found
        left = sorted(pages - found)
        print(f"Nothing led to {len(left)} of {len(pages)} pages: {', '.join(left) or 'none'}")  # noqa: T201


def main() -> None:
    """Read the arguments and take the pictures."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("base", help="where the demonstration runs, such as http://127.0.0.1:8000")
    given.add_argument("--only", nargs="+", metavar="NAME", help="only these pictures of the guides")
    given.add_argument("--every", type=Path, metavar="FOLDER", help="each page instead, into this folder")
    given.add_argument(
        "--data",
        type=Path,
        default=ROOT / ".data",
        help="where the demonstration keeps the custodians' files",
    )
    given.add_argument("--list", action="store_true", help="only walk, and say which pages no link led to")
    given.add_argument(
        "--person", action="append", choices=[*filter(None, WALKS), "anybody"], help="only what they open"
    )
    given.add_argument("--kind", action="append", choices=KINDS, help="only this kind")
    given.add_argument(
        "--mode", action="append", choices=MODES, help="only like this; print is taken only where named"
    )
    said = given.parse_args()
    base, kinds = said.base.rstrip("/"), said.kind or list(KINDS)
    persons = [one for one in WALKS if not said.person or (one or "anybody") in said.person]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        if said.list:
            album = Album(base, HERE, [])
            for person in persons:
                album.walk_with(browser, person, [])
            album.tell_unreached(browser)
        elif said.every:
            album = Album(base, said.every, said.mode or ON_SCREEN, said.data)
            said.every.mkdir(parents=True, exist_ok=True)
            walked = set(kinds) & {*WALKED}
            for person in persons if walked else ():
                album.walk_with(browser, person, kinds)
            for language in CONCERNS if "concern" in kinds and NOBODY in persons else ():
                album.follow_a_concern(browser, language)
            if "step" in kinds and not said.person:
                album.take_steps(browser)
            album.tell()
            if walked and not said.person:
                album.tell_unreached(browser)
        else:
            take_pictures(browser, base, said.only)
        browser.close()


if __name__ == "__main__":
    main()
