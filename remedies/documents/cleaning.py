"""Have a file rebuilt by a program that can reach nothing (`cleaner.py`); only memory and pipes hold it (ADR 23)."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from remedies.rules.files import LONGEST_FILE, REBUILT, FileKind, FileRefused, kind_of

CLEANER = Path(__file__).with_name("cleaner.py")
WALL_SECONDS = 30.0
READ_AT_ONCE = 1 << 20
# One file at a time in each web process, so that five uploads at once do not take five times the memory.
_one_at_a_time = threading.BoundedSemaphore(1)


class Busy(Exception):
    """Other files are being made safe; nothing was received."""


def made_safe(files: list[tuple[FileKind, bytes]]) -> list[tuple[FileKind, bytes] | None]:
    """Return each file rebuilt, with the kind that it is now, or None where that failed.

    All of them together have 30 seconds; what is not done by then could not be made safe.

    Raises:
        Busy: no turn came within that time.
    """
    if not files:
        return []
    until = time.monotonic() + WALL_SECONDS
    if not _one_at_a_time.acquire(timeout=WALL_SECONDS / 2):
        raise Busy
    try:
        return [_rebuilt(kind, what, seconds=until - time.monotonic()) for kind, what in files]
    finally:
        _one_at_a_time.release()


def _rebuilt(kind: FileKind, what: bytes, *, seconds: float) -> tuple[FileKind, bytes] | None:
    if seconds <= 0:
        return None
    code, given = _run(kind, what, seconds=seconds)
    if code:
        return None
    try:
        found = kind_of(given)
    except FileRefused:
        return None
    return (found, given) if found in REBUILT[kind] else None


def _run(kind: FileKind, what: bytes, *, seconds: float) -> tuple[int, bytes]:
    """Run the cleaner; return its exit code and what it gave, both worthless if it gave too much or took too long."""
    with subprocess.Popen(  # noqa: S603  # our own program, no argument from outside
        [sys.executable, "-I", "-B", str(CLEANER), str(kind)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        start_new_session=True,
    ) as child:
        alarm = threading.Timer(seconds, _kill, [child])
        feeder = threading.Thread(target=_feed, args=(child, what), daemon=True)
        alarm.start()
        feeder.start()
        given = bytearray()
        while len(given) <= LONGEST_FILE and (more := child.stdout.read(READ_AT_ONCE)):  # type: ignore[union-attr]
            given += more
        if len(given) > LONGEST_FILE:
            _kill(child)
        code = child.wait()
        alarm.cancel()
        feeder.join()
    return code, bytes(given)


def _feed(child: subprocess.Popen[bytes], what: bytes) -> None:
    with suppress(OSError):
        child.stdin.write(what)  # type: ignore[union-attr]
    with suppress(OSError):
        child.stdin.close()  # type: ignore[union-attr]


def _kill(child: subprocess.Popen[bytes]) -> None:
    """Kill the cleaner with whatever it started; it was not waited for yet, so its number is still its own."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
