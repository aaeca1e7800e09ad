"""A page that is printed reaches no machine and no file, and takes no more than its share (reliability.md 4.3, T16)."""

import io
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from inspect import unwrap
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.transparency.hostile_pages import BOMBS, CANARY, CHANNELS, Listener, bomb, listener, pages
from transparency.documents import pdf
from transparency.documents.pdf import PRINTER, NotRendered

pytestmark = pytest.mark.slow
HASH = "0" * 64
GIBIBYTE_IN_KIB = 1 << 20
print_page = unwrap(pdf.render_pdf)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """Return a file that no page may read; it passes for text and for a style."""
    found = tmp_path / "secret.css"
    found.write_text(f"/* {CANARY} */ p {{ color: red }}")
    return found


@pytest.fixture
def heard(secret: Path) -> Iterator[Listener]:
    with listener(secret.as_uri()) as found:
        yield found


def all_bytes(body: bytes) -> bytes:
    """Return what a PDF holds with its streams unpacked."""
    reader = PdfReader(io.BytesIO(body))
    found = [body]
    for number in range(1, len(reader.xref_objStm) + sum(map(len, reader.xref.values())) + 2):
        held = reader.get_object(number)
        found.append(str(held).encode())
        if hasattr(held, "get_data"):
            found.append(held.get_data())
    return b"\n".join(found)


def leaked(body: bytes) -> bool:
    told = all_bytes(body)
    return CANARY.encode() in told or b"root:x:0" in told


def attacks(every: list[tuple[str, bytes]]) -> list[str]:
    """Print each page; return the names of those that came through with foreign bytes."""
    came_through = []
    for name, page in every:
        try:
            body = print_page(page, content_hash=HASH)
        except NotRendered:
            continue
        if leaked(body):
            came_through.append(name)
    return came_through


def test_a_page_reaches_neither_machines_nor_files(heard: Listener, secret: Path) -> None:
    every = list(pages(heard.port, secret))
    some = every[:: len(CHANNELS) // 4]

    assert attacks(some) == []
    assert heard.knocks == []
    assert len(every) == 152


@pytest.mark.nightly
def test_none_of_152_pages_reaches_machines_or_files(heard: Listener, secret: Path) -> None:
    assert attacks(list(pages(heard.port, secret))) == []
    assert heard.knocks == []


@pytest.mark.parametrize(
    "page", [b"<img src='http://127.0.0.1:9/x.png'>", b"<link rel=attachment href='file:///etc/passwd'>"]
)
def test_a_page_that_names_something_to_fetch_is_refused_by_name(page: bytes) -> None:
    with pytest.raises(NotRendered, match="may not load"):
        print_page(page, content_hash=HASH)


def printer_without(folder: Path, *controls: str) -> Path:
    """Return the printer of a test build in which some of its controls are switched off."""
    told = PRINTER.read_text()
    for control in controls:
        assert control in told
        told = told.replace(control, "")
    made = folder / "printer.py"
    made.write_text(told)
    return made


FETCHER = "url_fetcher=NothingIsFetched(), "
WALLS = """    if not put_walls():
        return NO_WALLS
"""


def test_without_its_controls_the_printer_does_reach_them(
    heard: Listener, secret: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = re.compile("^(img|stylesheet|attachment|import|background|content), (web|file)$")
    some = [one for one in pages(heard.port, secret) if wanted.match(one[0])]

    monkeypatch.setattr(pdf, "PRINTER", printer_without(tmp_path, FETCHER))
    assert attacks(some) == []  # the walls hold by themselves
    assert heard.knocks == []

    monkeypatch.setattr(pdf, "PRINTER", printer_without(tmp_path, FETCHER, WALLS))
    assert attacks(some) == ["attachment, file"]
    assert len(heard.knocks) >= 5


def test_the_printer_looks_at_nothing_where_its_walls_cannot_stand(tmp_path: Path) -> None:
    printer = printer_without(tmp_path, "libc.socket(2, 1, 0) == -1 and ")
    printer.write_text(printer.read_text().replace("libc.fork() == -1", "libc.fork() == -2"))

    ended = subprocess.run(
        [sys.executable, "-I", "-B", str(printer), HASH], input=b"<p>x</p>", capture_output=True, check=False
    )

    assert (ended.returncode, ended.stdout) == (3, b"")


@pytest.mark.parametrize("name", ["three megabytes", "five hundred pages", "a font of a kilometre"])
def test_a_page_that_asks_for_too_much_is_not_printed(name: str) -> None:
    with pytest.raises(NotRendered):
        print_page(bomb(name), content_hash=HASH)


def test_too_long_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "WALL_SECONDS", 0.2)

    with pytest.raises(NotRendered, match="SIGKILL"):
        print_page(b"<p>x</p>", content_hash=HASH)


@pytest.mark.nightly
@pytest.mark.parametrize("name", list(BOMBS))
def test_no_bomb_takes_more_than_its_share(name: str) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with suppress(NotRendered):  # what it can print within its share it may print
        print_page(bomb(name), content_hash=HASH)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)

    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime <= 75
    assert after.ru_maxrss <= GIBIBYTE_IN_KIB
