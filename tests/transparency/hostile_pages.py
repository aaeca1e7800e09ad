"""Pages that try to reach what they must not: other machines, files of this one, or all of its memory (T16)."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

CANARY = "CANARY-7f3a-only-this-file-holds-it"

# Where a page can name an address; each is a whole page but for U.
CHANNELS = {
    "img": "<img src='U'>",
    "img srcset": "<img srcset='U 1x' src='U'>",
    "picture": "<picture><source srcset='U'><img src='U'></picture>",
    "input": "<input type=image src='U'>",
    "object": "<object data='U'></object>",
    "embed": "<embed src='U'>",
    "iframe": "<iframe src='U'></iframe>",
    "video": "<video poster='U' src='U'></video>",
    "script": "<script src='U'></script>",
    "icon": "<link rel=icon href='U'>",
    "stylesheet": "<link rel=stylesheet href='U'>",
    "attachment": "<link rel=attachment href='U'>",
    "attachment of a link": "<a rel=attachment href='U'>x</a>",
    "base": "<base href='U'><img src='x.png'>",
    "refresh": "<meta http-equiv=refresh content='0;url=U'>",
    "author": "<meta name=author content='U'>",
    "import": "<style>@import url('U');</style>",
    "import without url": "<style>@import 'U' print;</style>",
    "background": "<style>p { background: url('U') }</style>",
    "background of the page": "<style>@page { background: url('U') }</style>",
    "margin box": "<style>@page { @top-left { content: url('U') } }</style>",
    "content": "<style>p::before { content: url('U') }</style>",
    "bullet": "<ul style=\"list-style-image: url('U')\"><li>x</ul>",
    "border": "<p style=\"border: 9px solid; border-image: url('U') 9\">x</p>",
    "mask": "<p style=\"mask-image: url('U')\">x</p>",
    "font": "<style>@font-face { font-family: f; src: url('U') } p { font-family: f }</style>",
    "variable": "<style>p { --u: url('U'); background-image: var(--u) }</style>",
    "svg image": "<svg width=9 height=9><image href='U' width=9 height=9 /></svg>",
    "svg image by xlink": "<svg width=9 height=9><image xlink:href='U' width=9 height=9 /></svg>",
    "svg use": "<svg width=9 height=9><use href='U#a' /></svg>",
    "svg style": "<svg width=9 height=9><style>@import url('U');</style><rect width=9 height=9 /></svg>",
    "svg paint": "<svg width=9 height=9><rect width=9 height=9 fill=\"url('U#p')\" /></svg>",
    "foreign object": "<svg width=9 height=9><foreignObject><img src='U' /></foreignObject></svg>",
    "svg in data": "<img src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='U'/></svg>\">",
    "css in data": "<link rel=stylesheet href=\"data:text/css,p{background:url('U')}\">",
    "entity": "<!DOCTYPE html [<!ENTITY x SYSTEM 'U'>]><p>&x;</p>",
    "stylesheet of xml": "<?xml-stylesheet href='U'?><p>x</p>",
    "table": "<table background='U'><tr><td background='U'>x</td></tr></table>",
}


@dataclass
class Listener:
    """Whoever knocks on our port of the loopback."""

    port: int
    knocks: list[str] = field(default_factory=list)


@contextmanager
def listener(leads_to: str) -> Iterator[Listener]:
    """Listen on the loopback, note every connection, and answer with a redirect.

    Args:
        leads_to: the address to which the answer redirects.
    """
    door = socket.create_server(("127.0.0.1", 0))
    heard = Listener(door.getsockname()[1])

    def answer() -> None:
        while True:
            try:
                guest, _where = door.accept()
            except OSError:
                return
            with guest:
                asked = guest.recv(2000)
                heard.knocks.append(asked.split(b"\r\n")[0].decode(errors="replace"))
                guest.sendall(
                    f"HTTP/1.1 302 Found\r\nLocation: {leads_to}\r\nContent-Length: 0\r\n\r\n".encode()
                )

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    try:
        yield heard
    finally:
        door.shutdown(socket.SHUT_RDWR)
        door.close()
        thread.join()


def targets(port: int, secret: Path) -> dict[str, str]:
    """Return what a hostile page would like to reach."""
    return {
        "web": f"http://127.0.0.1:{port}/x.png",
        "redirect": f"http://localhost:{port}/leads-to-a-file",
        "file": secret.as_uri(),
        "file of the system": "file:///etc/passwd",
    }


def pages(port: int, secret: Path) -> Iterator[tuple[str, bytes]]:
    """Yield 152 pages, each with its name: every channel to every target."""
    for target, url in targets(port, secret).items():
        for channel, body in CHANNELS.items():
            yield (
                f"{channel}, {target}",
                f"<html lang=en><title>x</title><body><p>x</p>{body.replace('U', url)}".encode(),
            )


def _deep(tag: str, many: int) -> str:
    return f"<{tag}>" * many + "x" + f"</{tag}>" * many


BOMBS: dict[str, Callable[[], str]] = {
    "three megabytes": lambda: "x " * 1_500_000,
    "five hundred pages": lambda: "<p style='break-after: page'>x</p>" * 500,
    "a paragraph of a kilometre": lambda: "<p style='height: 4000000px'>x</p>",
    "a font of a kilometre": lambda: "<p style='font-size: 4000000px'>xxxxxxxxxx</p>",
    "deep blocks": lambda: _deep("div", 80_000),
    "deep inlines": lambda: _deep("b", 80_000),
    "deep tables": lambda: "<table><tr><td>" * 4_000,
    "deep lists": lambda: "<ul><li>" * 50_000,
    "cells": lambda: "<table>" + "<tr>" + "<td>x" * 380_000,
    "rows": lambda: "<table>" + "<tr><td>x" * 190_000,
    "wide cells": lambda: "<table>" + "<tr><td colspan=1000>x" * 60_000,
    "high cells": lambda: "<table>" + "<tr><td rowspan=65534>x" * 60_000,
    "one word": lambda: f"<p style='hyphens: auto; overflow-wrap: anywhere'>{'a' * 1_900_000}",
    "letters of another direction": lambda: "&#x202e;x&#x202d;&#x627;" * 80_000,
    "columns": lambda: "<div style='columns: 100000'>" + "<p>x" * 50_000,
    "floats": lambda: "<i style='float: left; width: 1px'>x</i>" * 45_000,
    "flex in flex": lambda: "<div style='display: flex'>" * 25 + "<p>x" * 1000,
    "grid": lambda: (
        "<div style='display: grid; grid-template-columns: repeat(50000, 1px)'>" + "<p>x" * 20_000
    ),
    "variables that double": lambda: (
        "<style>p {--a0: xxxxxxxxxx;"
        + "".join(f"--a{n + 1}: var(--a{n}) var(--a{n});" for n in range(40))
        + "content: var(--a40); font-family: var(--a40)}</style><p>x"
    ),
    "uses that double": lambda: (
        "<svg width=9 height=9><defs><rect id=u0 width=9 height=9 />"
        + "".join(f"<g id=u{n + 1}><use href='#u{n}'/><use href='#u{n}'/></g>" for n in range(40))
        + "</defs><use href='#u40'/></svg>"
    ),
}


def bomb(name: str) -> bytes:
    """Return a page that takes all memory, time or paper that it gets."""
    return f"<html lang=en><title>x</title><body>{BOMBS[name]()}".encode()
