"""Where a request ends: our server and a proxy before it must never differ, or one request hides in another."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hrdd.trial.servers import dies_with_parent

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60
HIDDEN = b"GET /livez?hidden HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST /livez HTTP/1.1\r\nHost: localhost\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(HIDDEN)
CHUNKED = b"Transfer-Encoding: chunked\r\n"
NO_CHUNK = b"\r\n0\r\n\r\n" + HIDDEN
# What RFC 9112 calls ambiguous: each hides a second request from whoever reads it in the other way.
AMBIGUOUS = {
    "both": POST + CHUNKED + LENGTH + NO_CHUNK,
    "both, the other way round": POST + LENGTH + CHUNKED + NO_CHUNK,
    "two lengths": POST + b"Content-Length: 0\r\n" + LENGTH + b"\r\n" + HIDDEN,
    "lengths in a list": POST + b"Content-Length: 0, %d\r\n\r\n" % len(HIDDEN) + HIDDEN,
    "a signed length": POST + b"Content-Length: +0\r\n\r\n" + HIDDEN,
    "a negative length": POST + b"Content-Length: -1\r\n\r\n" + HIDDEN,
    "a length in words": POST + b"Content-Length: none\r\n\r\n" + HIDDEN,
    "a length with an underscore": POST + b"Content-Length: 1_0\r\n\r\n" + HIDDEN,
    "a length with a space before its colon": POST + b"Content-Length : 0\r\n\r\n" + HIDDEN,
    "an unknown coding": POST + b"Transfer-Encoding: xchunked\r\n" + NO_CHUNK,
    "a coding after chunked": POST + b"Transfer-Encoding: chunked, identity\r\n" + NO_CHUNK,
    "two codings": POST + CHUNKED + b"Transfer-Encoding: identity\r\n" + NO_CHUNK,
    "a coding with a space before its colon": POST + b"Transfer-Encoding : chunked\r\n" + NO_CHUNK,
    "a coding that is folded": POST + b"Transfer-Encoding:\r\n chunked\r\n" + NO_CHUNK,
    "a coding behind a bare carriage return": POST + b"X: y\rTransfer-Encoding: chunked\r\n" + NO_CHUNK,
    "a chunk with a sign": POST + CHUNKED + b"\r\n+0\r\n\r\n" + HIDDEN,
    "a chunk in words": POST + CHUNKED + b"\r\nzero\r\n\r\n" + HIDDEN,
    "a name with a null": POST + b"Content\0-Length: 0\r\n\r\n" + HIDDEN,
    "a value with a null": POST + b"Content-Length: 0\0\r\n\r\n" + HIDDEN,
    "no host": b"GET /livez HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /livez HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The server of production, with its own configuration, that answers what needs no database."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        found = int(free.getsockname()[1])
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "HRDD_ALLOWED_HOSTS": "localhost",
        "HRDD_BIND": f"127.0.0.1:{found}",
        "WEB_CONCURRENCY": "1",
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.py", "hrdd.wsgi"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(command, cwd=ROOT, env=environment, preexec_fn=dies_with_parent(), **quiet)  # type: ignore[call-overload]
    try:
        _wait_for(found, server)
        yield found
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail("The web server did not begin.", pytrace=False)


def answers(port: int, sent: bytes) -> bytes:
    """Return all that comes back until the server closes the line."""
    with socket.create_connection(("127.0.0.1", port), SECONDS) as line:
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        found = b""
        while more := line.recv(65536):
            found += more
    return found


@pytest.mark.parametrize("name", list(AMBIGUOUS))
def test_an_ambiguous_end_is_refused_and_what_hides_behind_it_is_never_answered(port: int, name: str) -> None:
    told = answers(port, AMBIGUOUS[name])

    assert set(re.findall(rb"HTTP/1\.. (\d+) ", told)) <= {b"400", b"403", b"405", b"501"}


def test_two_requests_on_a_line_are_two(port: int) -> None:
    """So that the tests above would see what came through."""
    told = answers(port, HIDDEN + HIDDEN.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))

    assert told.count(b"HTTP/1.1 200 ") == 2
