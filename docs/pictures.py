"""Take the pictures of the documents, or one of every page, from a demonstration that runs.

script/demo --port 8000 &
.venv/bin/python docs/pictures.py http://127.0.0.1:8000                    # docs/img, for the guides and the README
.venv/bin/python docs/pictures.py http://127.0.0.1:8000 --every .data/all  # each page, 1440 and 390 px, light and dark
"""

import argparse
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent / "img"
PASSWORD = "demonstration only"  # noqa: S105  # what script/demo prints
WIDE, PHONE = (1280, 800), (390, 780)
NOBODY = ""
COLOURS = 96
# Whose pages are walked for --every, and where each walk begins.
WALKS = {
    NOBODY: ["/", "/raise/", "/follow/", "/data/", "/fr/", "/ar/"],
    "ana": ["/desk/", "/desk/components/"],
    "enid": ["/desk/"],
    "paul": ["/desk/partners/"],
    "grace": ["/desk/cases/"],
    "pia": ["/desk/reports/"],
    "rex": ["/desk/signoffs/"],
    "eve": ["/board/", "/desk/people/"],
    "audrey": ["/desk/audit/"],
    "oskar": ["/desk/people/", "/desk/status/"],
}
MODES = [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")]
LEFT_OUT = re.compile(
    r"/(api|sign-out|static)/|\.(pdf|csv|json|jsonl|xlsx|atom|ics|xml|txt|py|sig|key|age)$|/SHA256SUMS$|hrdd-log|/(fr|es)/.+/.+"
)


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
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    if person:
        page.goto(f"{base}/desk/")
        page.fill("input[name=username]", person)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda address: "sign-in" not in address)
    return page


def take_pictures(browser: Browser, base: str) -> None:
    """Take those of the guides, in few colours, so that the repository stays small."""
    HERE.mkdir(exist_ok=True)
    for one in PICTURES:
        page = signed_in(browser, base, one.person, *one.size, "light")
        answer = page.goto(base + one.address)
        if answer is None or answer.status != 200:
            raise SystemExit(f"{one.address} did not answer with a page for {one.person or 'anybody'}.")
        with Image.open(io.BytesIO(page.screenshot())) as picture:
            picture.convert("RGB").quantize(COLOURS).save(HERE / f"{one.name}.png", optimize=True)
        page.context.close()
        print(f"{one.name}.png")  # noqa: T201


def shape(address: str) -> str:
    """Return an address with its numbers and secrets taken out: one page of each kind is enough."""
    path = urlsplit(address).path
    return re.sub(r"/(\d[\d-]*|[0-9a-f-]{20,}|[A-Za-z0-9_-]{22,})(?=/|$)", "/*", path)


def walk(page: Page, base: str, begin: list[str]) -> Iterator[str]:
    """Yield the address of each kind of page that links lead to."""
    seen, ahead = set[str](), list(begin)
    while ahead:
        address = ahead.pop(0)
        if shape(address) in seen or LEFT_OUT.search(urlsplit(address).path):
            continue
        seen.add(shape(address))
        answer = page.goto(base + address)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        yield address
        links: list[str] = page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
        ahead += [one.removeprefix(base).split("#")[0] for one in links if one.startswith(f"{base}/")]


def take_every_page(browser: Browser, base: str, out: Path) -> None:
    """Take each kind of page that each person reaches, whole, at two widths, light and dark."""
    for person, begin in WALKS.items():
        walker = signed_in(browser, base, person, 1440, 900, "light")
        found = list(walk(walker, base, begin))
        walker.context.close()
        for width, scheme in MODES:
            page = signed_in(browser, base, person, width, 900, scheme)
            for address in found:
                page.goto(base + address)
                name = shape(address).strip("/").replace("/", "_").replace("*", "n") or "home"
                folder = out / (person or "anybody")
                folder.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
            page.context.close()
        print(f"{person or 'anybody'}: {len(found)} pages")  # noqa: T201


def main() -> None:
    """Read the arguments and take the pictures."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("base", help="where the demonstration runs, such as http://127.0.0.1:8000")
    given.add_argument("--every", type=Path, metavar="FOLDER", help="each page instead, into this folder")
    said = given.parse_args()
    base = said.base.rstrip("/")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        if said.every:
            take_every_page(browser, base, said.every)
        else:
            take_pictures(browser, base)
        browser.close()


if __name__ == "__main__":
    main()
