"""What a file hides does not reach a handler, what it tries does not reach us, and no disk sees it (T11, T12, T13)."""

import io
import os
import resource
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from remedies.documents import cleaning
from remedies.documents.cleaning import CLEANER, made_safe
from remedies.models import Attachment, Case
from remedies.rules.files import LONGEST_FILE, FileKind, FileRefused, kind_of
from tests.remedies.sample_files import PLANTED, colours, hostile, jpeg, pdf, saved, traces_of
from tests.remedies.test_nothing_in_a_dump import word
from tests.remedies.vault_stage import Vault, answers, sent_with_files, to_review, uploads, vault_of_three

__all__ = ["vault_of_three"]
MOST_KIB = 200 * 1024


def rebuilt(what: bytes) -> tuple[FileKind, bytes] | None:
    return made_safe([(kind_of(what), what)])[0]


# T12: nothing planted comes through --------------------------------------------------------------------------------


def check_planted(count: int) -> None:
    """Plant a word in files of every kind; find it before and never after; count those not made safe."""
    unsafe = []
    for nth in range(count):
        kind = list(PLANTED)[nth % len(PLANTED)]
        canary = word("hidden", nth)
        given_file = PLANTED[kind](canary, nth)
        assert traces_of(canary, given_file), kind
        safe = rebuilt(given_file)
        if safe is None:
            unsafe.append((kind, nth))
            continue
        assert traces_of(canary, safe[1]) == [], kind
    assert unsafe == []


def test_no_planted_word_comes_through_20_files() -> None:
    """T12 of reliability.md, in a small size."""
    check_planted(20)


@pytest.mark.nightly
def test_no_planted_word_comes_through_300_files() -> None:
    check_planted(300)


def test_without_the_cleaning_every_planted_word_comes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """The switch that shows what the cleaning is for."""
    monkeypatch.setattr(cleaning, "_rebuilt", lambda kind, what, **_seconds: (kind, what))

    for kind, make in PLANTED.items():
        safe = rebuilt(make(word("hidden", 1), 1))
        assert safe is not None
        assert traces_of(word("hidden", 1), safe[1]), kind


def test_what_can_be_seen_stays_and_stands_upright() -> None:
    picture = Image.new("RGB", (40, 20), "white")
    picture.paste("red", (0, 0, 10, 20))
    turned = Image.Exif()
    turned[0x0112] = 6  # the camera was held upright: the left edge is the top
    safe = rebuilt(saved(picture, "JPEG", exif=turned, quality=95))

    assert safe is not None
    seen = Image.open(io.BytesIO(safe[1])).convert("RGB")
    assert seen.size == (20, 40)
    red, white = seen.getpixel((10, 3)), seen.getpixel((10, 30))
    assert (red[0] > 200, red[1] < 60, min(white) > 200) == (True, True, True)  # type: ignore[index, operator, type-var, arg-type]


@pytest.mark.parametrize(
    ("mode", "form", "kind", "comes_as"),
    [
        ("L", "JPEG", FileKind.JPEG, FileKind.JPEG),
        ("CMYK", "JPEG", FileKind.JPEG, FileKind.JPEG),
        ("RGBA", "PNG", FileKind.PNG, FileKind.PNG),
        ("LA", "PNG", FileKind.PNG, FileKind.PNG),
        ("P", "PNG", FileKind.PNG, FileKind.PNG),
        ("1", "PNG", FileKind.PNG, FileKind.PNG),
        ("I;16", "PNG", FileKind.PNG, FileKind.PNG),
        ("RGB", "WEBP", FileKind.WEBP, FileKind.JPEG),
        ("RGBA", "WEBP", FileKind.WEBP, FileKind.PNG),
    ],
)
def test_pictures_of_every_kind_are_rebuilt(mode: str, form: str, kind: FileKind, comes_as: FileKind) -> None:
    plain = colours(mode="RGBA")
    picture = plain.convert("L").convert("I;16") if mode == "I;16" else plain.convert(mode)
    given_file = saved(picture, form)

    safe = rebuilt(given_file)

    assert kind_of(given_file) == kind
    assert safe is not None
    assert safe[0] == comes_as
    assert Image.open(io.BytesIO(safe[1])).size == picture.size


def test_pages_become_pictures_and_nothing_else() -> None:
    safe = rebuilt(pdf(3))

    assert safe is not None
    pages = PdfReader(io.BytesIO(safe[1])).pages
    assert [(float(page.mediabox.width), float(page.mediabox.height)) for page in pages] == [(300, 200)] * 3
    assert [page.extract_text() for page in pages] == [""] * 3
    assert all(len(page.images) == 1 for page in pages)
    for name in (b"/Info", b"/Metadata", b"/JS", b"/Annots", b"/ID", b"Date", b"/Names", b"/OCProperties"):
        assert name not in safe[1]


def test_text_keeps_what_is_read_and_loses_what_is_not_seen() -> None:
    said = "Caf\u0065\u0301\r\n\u0645\u06cc\u200c\u062e\t1\r\u202egpj\x1b".encode()
    safe = rebuilt(said.replace(b"\x1b", b""))

    assert safe == (FileKind.TEXT, "Café\n\u0645\u06cc\u200c\u062e\t1\ngpj".encode())
    wide = rebuilt("Ночью пришли".encode("utf-16"))
    assert wide == (FileKind.TEXT, "Ночью пришли".encode())


# T13: what is built to do harm -------------------------------------------------------------------------------------

HOSTILE = hostile()


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_built_to_do_harm_is_refused_or_comes_out_harmless(name: str) -> None:
    what = HOSTILE[name]
    try:
        kind = kind_of(what)
    except FileRefused:
        return
    safe = made_safe([(kind, what)])[0]
    if safe is not None:
        assert kind_of(safe[1]) == safe[0]
        assert not [bad for bad in (b"<script", b"onload", b"PK\x03\x04", b"/JS") if bad in safe[1]]


@pytest.mark.parametrize(
    ("name", "fate"),
    [
        ("pixel bomb", "unsafe"),
        ("pixel bomb under the limit of Pillow", "unsafe"),
        ("cut off", "unsafe"),
        ("more pages than are taken", "unsafe"),
        ("pages within themselves", "unsafe"),
        ("text that is a PDF when cleaned", "unsafe"),
        ("zip bomb", "refused"),
        ("web page called a picture", "refused"),
        ("picture and archive", "rebuilt"),
        ("picture and web page", "rebuilt"),
        ("PDF and web page", "rebuilt"),
    ],
)
def test_what_becomes_of_it(name: str, fate: str) -> None:
    try:
        kind = kind_of(HOSTILE[name])
    except FileRefused:
        assert fate == "refused"
        return
    assert (made_safe([(kind, HOSTILE[name])])[0] is not None) == (fate == "rebuilt")
    assert fate != "refused"


def test_a_cleaner_that_hangs_floods_or_lies_gives_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    programs = {
        "hangs": "import time; time.sleep(600)",
        "spins": "while True: pass",
        "floods": "import sys\nwhile True: sys.stdout.buffer.write(bytes(1 << 20))",
        "dies": "import os; os.kill(os.getpid(), 11)",
        "lies": "print('<svg onload=x>')",
        "gives another kind": "print('only text')",
        "gives nothing": "",
        "has a child": "import os, time\nif os.fork() == 0: time.sleep(600)\nprint('text')",
    }
    monkeypatch.setattr(cleaning, "WALL_SECONDS", 1.0)

    for name, program in programs.items():
        stub = tmp_path / "stub.py"
        stub.write_text(program)
        monkeypatch.setattr(cleaning, "CLEANER", stub)
        assert made_safe([(FileKind.PNG, b"x")]) == [None], name
    stub.write_text("import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())")
    assert made_safe([(FileKind.TEXT, b"an honest one")]) == [(FileKind.TEXT, b"an honest one")]


@hypothesis_settings(max_examples=25)
@given(st.binary(max_size=400), st.integers(0, 600))
def test_changed_pictures_never_break_anything(noise: bytes, at: int) -> None:
    good = jpeg()
    changed = good[: 3 + at] + noise + good[3 + at + len(noise) :]

    safe = made_safe([(FileKind.JPEG, changed)])[0]

    assert safe is None or safe[0] in {FileKind.JPEG, FileKind.PNG}


def test_files_are_made_safe_one_after_another_and_whoever_waits_too_long_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cleaning, "WALL_SECONDS", 0.5)
    with cleaning._one_at_a_time, ThreadPoolExecutor(1) as other:
        waiting = other.submit(made_safe, [(FileKind.TEXT, b"x")])
        assert isinstance(waiting.exception(), cleaning.Busy)
    assert made_safe([]) == []


@pytest.mark.nightly
def test_200_hostile_files_are_answered_in_time(vault_of_three: Vault) -> None:
    """T13: 200 answers, none over 35 s, none a 5xx; the cleaner has 512 MiB (the walls), we grow by little."""
    client, before = Client(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    names = (list(HOSTILE) * 9)[:200]
    for nth, name in enumerate(names):
        token, _receipt = to_review(client, said=answers())
        form = answers() | {"step": "send", "token": token}
        began = time.monotonic()
        page = client.post("/raise/en/", form | {"files": uploads(HOSTILE[name] + b"\n" * nth)})
        assert page.status_code in {200, 413}, name
        assert time.monotonic() - began < 35, name
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_KIB


# The walls ---------------------------------------------------------------------------------------------------------

PROBE = f"""
import ctypes, os, socket, sys
sys.path.insert(0, {str(CLEANER.parent)!r})
import cleaner
libc = ctypes.CDLL(None, use_errno=True)
if "walls" in sys.argv:
    cleaner.put_limits()
    assert cleaner.put_walls()
def tried(what):
    try:
        what()
    except BaseException:
        return "refused"
    return "done"
def child():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
os.write(1, " ".join([
    tried(lambda: open("/etc/hostname").read()),
    tried(lambda: open(sys.argv[1], "wb").write(b"x")),
    tried(lambda: socket.socket()),
    tried(lambda: socket.socketpair()),
    tried(lambda: child()),
    tried(lambda: os.execv("/bin/true", ["/bin/true"]) if "walls" in sys.argv else None),
    tried(lambda: os.kill(os.getppid(), 0)),
    tried(lambda: os.listdir("/")),
    tried(lambda: os.unlink(sys.argv[1])),
    tried(lambda: bytearray(700 << 20)),
]).encode())
os._exit(0)
"""


def probed(*arguments: str) -> list[str]:
    done = subprocess.run([sys.executable, "-I", "-c", PROBE, *arguments], capture_output=True, check=True)
    return done.stdout.decode().split()


def test_behind_its_walls_the_cleaner_reaches_no_file_no_network_and_no_process(tmp_path: Path) -> None:
    assert probed(str(tmp_path / "x"), "walls") == ["refused"] * 10
    assert list(tmp_path.iterdir()) == []
    assert probed(str(tmp_path / "x")) == ["done"] * 10  # the switch is off


def test_where_no_wall_can_be_put_up_nothing_is_looked_at() -> None:
    program = f"import sys, platform\nsys.path.insert(0, {str(CLEANER.parent)!r})\nimport cleaner\n"
    program += "platform.machine = lambda: 'vax'\nsys.argv[1:] = ['text']\nsys.exit(cleaner.main())"

    done = subprocess.run(
        [sys.executable, "-I", "-c", program], input=b"words", capture_output=True, check=False
    )

    assert (done.returncode, done.stdout) == (3, b"")


# T11: no disk sees it ----------------------------------------------------------------------------------------------

_watched: list[list[str]] = []


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if not _watched:
        return
    if (
        event == "open"
        and not _is_pipe(arguments[0])
        and isinstance(arguments[2], int)
        and arguments[2] & (os.O_WRONLY | os.O_RDWR)
    ):
        _watched[-1].append(str(arguments[0]))
    if event.startswith("tempfile."):
        _watched[-1].append(event)


def _is_pipe(name: Any) -> bool:
    return isinstance(name, int) and stat.S_ISFIFO(os.fstat(name).st_mode)


sys.addaudithook(_hear)


@contextmanager
def files_opened_to_write() -> Iterator[list[str]]:
    """Hear of every file that this process opens to write, however it does it in Python."""
    _watched.append([])
    try:
        yield _watched[-1]
    finally:
        _watched.pop()


def large(nth: int) -> bytes:
    """Return a file above every threshold of Django, with a word to look for."""
    return (word("plain", nth) + " words that nobody may find on a disk. ").encode() * 120_000


def test_no_file_is_written_while_files_come_in(
    vault_of_three: Vault, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T11 of reliability.md: 0 bytes of what was sent are written to any file."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    token, _receipt = to_review(client, said=answers())
    form = answers() | {"step": "send", "token": token}

    with files_opened_to_write() as opened:
        page = client.post("/raise/en/", form | {"files": uploads(large(1)), "keep": "on"})

    assert "We received your message" in page.content.decode()
    assert Attachment.objects.count() == 1
    assert [name for name in opened if name != os.devnull] == []
    assert list(tmp_path.iterdir()) == []


def test_with_the_usual_handlers_a_file_would_be_written(
    vault_of_three: Vault, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The switch that shows what the handler is for."""
    from django.core.files.uploadhandler import TemporaryFileUploadHandler

    monkeypatch.setattr("remedies.access.InMemoryOnly", TemporaryFileUploadHandler)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("django.conf.settings.FILE_UPLOAD_TEMP_DIR", str(tmp_path))

    with files_opened_to_write() as opened:
        sent_with_files(client, large(1))

    assert [name for name in opened if str(tmp_path) in name or name.startswith("tempfile")]


def test_the_desk_keeps_uploads_in_memory_too(
    vault_of_three: Vault, tmp_path: Path, monkeypatch: Any
) -> None:
    from tests.remedies.test_case_desk import at_desk
    from tests.remedies.vault_stage import TOKEN

    grace = at_desk(vault_of_three.grace)
    page = grace.get("/desk/cases/new/").content.decode()
    said = answers(channel="postal", language="en", token=TOKEN.findall(page)[0], files=uploads(large(2)))
    with files_opened_to_write() as opened:
        done = grace.post("/desk/cases/new/", said)

    assert "sealed and stored" in done.content.decode()
    assert [name for name in opened if name != os.devnull] == []


# Bodies that lie about themselves ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data"),
        ("multipart/form-data; boundary=x", b"--x\r\n" + bytes(5000)),
        ("multipart/form-data; boundary=" + "y" * 300, b"--y"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="files"; filename="../../etc/passwd"\r\n'
            b"Content-Transfer-Encoding: base64\r\n\r\n!!!\r\n--x--\r\n",
        ),
    ],
)
def test_a_body_that_is_no_form_is_answered_in_words(
    db: None, client: Client, kind: str, body: bytes
) -> None:
    answered = client.generic("POST", "/raise/en/", body, kind)

    assert answered.status_code in {200, 400}
    assert answered.content
    assert Case.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_length_that_is_wrong_ends_in_an_answer_or_a_closed_line(live_server: Any) -> None:
    host, port = live_server.url.removeprefix("http://").split(":")
    head = "POST /raise/en/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    heads = {
        "more than it sends": "Content-Length: 5000\r\n\r\n--x\r\n",
        "more than fits": f"Content-Length: {4 * LONGEST_FILE}\r\n\r\n",
        "no number": "Content-Length: many\r\n\r\n--x--",
        "none": "\r\n",
    }
    for name, rest in heads.items():
        with socket.create_connection((host, int(port)), timeout=20) as line:
            line.sendall((head + rest).encode())
            line.shutdown(socket.SHUT_WR)
            answer = line.recv(4096)
        assert answer.startswith(b"HTTP/1.") or not answer, name
        assert b" 500 " not in answer[:40], name
