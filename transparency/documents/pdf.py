"""The page as PDF, made by a program that can reach nothing (`printer.py`); only pipes hold the page (ADR 29)."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

PRINTER = Path(__file__).with_name("printer.py")
WALL_SECONDS = 90.0
MOST_HTML = 2 << 20
MOST_PDF = 64 << 20
READ_AT_ONCE = 1 << 20


class NotRendered(Exception):
    """No PDF was made; the sentence says why."""


def render_pdf(html: bytes, *, content_hash: str) -> bytes:
    """Return the page as tagged PDF/UA; the same page gives the same bytes.

    Args:
        html: the self-contained page, at most 2 MiB.
        content_hash: SHA-256 of its content, the identifier of the PDF.

    Raises:
        NotRendered: the page names something to fetch, is too large, has more than 300 pages, or needs more than
            1 GiB, 60 seconds of computing or 90 seconds in all (reliability.md 4.3).
    """
    if len(html) > MOST_HTML:
        raise NotRendered(f"The page has {len(html)} bytes; {MOST_HTML} are the most.")
    with subprocess.Popen(  # noqa: S603  # our own program; its one argument is a hash
        [sys.executable, "-I", "-B", str(PRINTER), content_hash],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"LANG": "C.UTF-8"},
        cwd="/",
        start_new_session=True,
    ) as child:
        given, said = _spoken_with(child, html)
        code = child.returncode
    if code == 0 and given.startswith(b"%PDF-") and len(given) <= MOST_PDF:
        return given
    raise NotRendered(_why(code, said))


def _spoken_with(child: subprocess.Popen[bytes], html: bytes) -> tuple[bytes, str]:
    """Feed the printer and read what it gives; kill it when it takes too long or gives too much."""
    alarm = threading.Timer(WALL_SECONDS, _kill, [child])
    said: list[bytes] = []
    feeder = threading.Thread(target=_feed, args=(child, html), daemon=True)
    listener = threading.Thread(target=lambda: said.append(child.stderr.read(1000)), daemon=True)  # type: ignore[union-attr]
    for one in (alarm, feeder, listener):
        one.start()
    given = bytearray()
    while len(given) <= MOST_PDF and (more := child.stdout.read(READ_AT_ONCE)):  # type: ignore[union-attr]
        given += more
    if len(given) > MOST_PDF:
        _kill(child)
    child.wait()
    alarm.cancel()
    feeder.join()
    listener.join()
    return bytes(given), b"".join(said).decode(errors="replace").strip()


def _why(code: int, said: str) -> str:
    if code < 0:
        name = signal.Signals(-code).name
        return f"The page needs more memory or time than it may have; the printer was ended by {name}."
    return said.splitlines()[0][:300] if said else f"The printer ended with {code}."


def _feed(child: subprocess.Popen[bytes], html: bytes) -> None:
    with suppress(OSError):
        child.stdin.write(html)  # type: ignore[union-attr]
    with suppress(OSError):
        child.stdin.close()  # type: ignore[union-attr]


def _kill(child: subprocess.Popen[bytes]) -> None:
    """Kill the printer with whatever it started; it was not waited for yet, so its number is still its own."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
