"""A program of its own: a page comes in, its PDF goes out; it can reach nothing else (reliability.md 4.3, ADR 29).

Run as `python -I -B printer.py CONTENT_HASH`. Before it looks at the page it gives up the network, other processes and
writing (seccomp), and reads no file but fonts and its own libraries (Landlock, where the kernel has it). Exit codes:
0 done, 1 not rendered, 3 the walls could not be put up, so nothing was looked at. What went wrong stands on standard
error, in one line.
"""

import ctypes
import logging
import os
import platform
import resource
import struct
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

MEMORY = 1 << 30
CPU_SECONDS = 60
MOST_PAGES = 300
NOT_RENDERED, NO_WALLS = 1, 3
# What it may read: libraries and fonts. A page is data; none of it says where anything stands.
READ_BELOW = (
    *("/usr", "/lib", "/lib64", "/etc/fonts", "/etc/ld.so.cache", "/var/cache/fontconfig"),
    "/dev/urandom",
)
# The system calls that go, by name in this order, as far as the machine has them: socket connect accept accept4 sendto
# sendmsg sendmmsg bind listen socketpair fork vfork execve execveat kill tkill ptrace process_vm_readv
# process_vm_writev io_uring_setup bpf userfaultfd perf_event_open add_key request_key keyctl mount unlink unlinkat
# rename renameat renameat2 mkdir mkdirat symlinkat linkat. Before them, by itself: clone, which may start threads only.
CALLS = {
    "x86_64": (
        0xC000003E,
        56,
        "41 42 43 288 44 46 307 49 50 53 57 58 59 322 62 200 101 310 311 425 321 323 298 248 249 250 165 87 263 "
        "82 264 316 83 258 266 265",
    ),
    "aarch64": (
        0xC00000B7,
        220,
        "198 203 202 242 206 211 269 200 201 199 221 281 129 130 117 270 271 425 280 282 241 217 218 219 40 35 "
        "38 276 34 36 37",
    ),
}
CLONE3, CLONE_THREAD = 435, 0x10000
OTHER_ABI = 0x40000000  # x32 on x86_64: the same calls by other numbers
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, MODE_FILTER = 22, 38, 2
LOAD, EQUAL, AT_LEAST, HAS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, DENY, UNKNOWN, KILL = 0x7FFF0000, 0x00050001, 0x00050026, 0x80000000
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
EVERYTHING = (1 << 13) - 1  # what the first version of Landlock knows


class NotRendered(Exception):
    """No PDF can be made of this page."""


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_char_p)]


def put_limits() -> None:
    """Limit memory and time, and let no byte reach any file."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    for none in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        resource.setrlimit(none, (0, 0))


def put_walls() -> bool:
    """Give up the network, other processes and foreign files; return whether the filter that does it is in force."""
    libc = ctypes.CDLL(None, use_errno=True)
    arch, clone, named = CALLS.get(platform.machine(), (0, 0, ""))
    calls = [int(call) for call in named.split()]
    if not calls or libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    read_only_libraries(libc)
    steps = [(LOAD, 0, 0, 4), (EQUAL, 1, 0, arch), (RETURN, 0, 0, KILL), (LOAD, 0, 0, 0)]
    steps += [(AT_LEAST, 0, 1, OTHER_ABI), (RETURN, 0, 0, KILL)]
    # glibc starts a thread by clone3, whose flags no filter can read, and by clone where there is no clone3.
    steps += [(EQUAL, 0, 1, CLONE3), (RETURN, 0, 0, UNKNOWN), (EQUAL, 0, 4, clone), (LOAD, 0, 0, 16)]
    steps += [(HAS, 0, 1, CLONE_THREAD), (RETURN, 0, 0, ALLOW), (RETURN, 0, 0, DENY)]
    steps += [(EQUAL, left, 0, call) for left, call in zip(range(len(calls), 0, -1), calls, strict=True)]
    steps += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, DENY)]
    program = _Program(len(steps), b"".join(struct.pack("=HBBI", *step) for step in steps))
    return not libc.prctl(PR_SET_SECCOMP, MODE_FILTER, ctypes.byref(program), 0, 0) and walls_hold()


def read_only_libraries(libc: Any) -> bool:
    """Let only fonts and libraries be read from now on; return whether the kernel can do that."""
    rules = libc.syscall(LANDLOCK_CREATE, struct.pack("=Q", EVERYTHING), 8, 0)
    if rules < 0:
        return False
    for path in {*READ_BELOW, sys.prefix, sys.base_prefix}:
        try:
            below = os.open(path, os.O_PATH)
        except OSError:
            continue
        may = READ_FILE | READ_DIR if Path(path).is_dir() else READ_FILE
        libc.syscall(LANDLOCK_ADD, rules, 1, struct.pack("=Qi", may, below), 0)
        os.close(below)
    restricted = not libc.syscall(LANDLOCK_RESTRICT, rules, 0)
    os.close(rules)
    return restricted


def walls_hold() -> bool:
    """Whether a socket and a process are refused, tried out."""
    libc = ctypes.CDLL(None)
    return bool(libc.socket(2, 1, 0) == -1 and libc.fork() == -1)


def printed(html: str, content_hash: str) -> bytes:
    """Return the page as tagged PDF/UA; the same page gives the same bytes.

    Raises:
        NotRendered: too many pages, or the page names something to fetch.
    """
    from weasyprint import HTML
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    class NothingIsFetched(URLFetcher):  # type: ignore[misc]  # WeasyPrint is untyped
        """A report carries all it needs; whatever else it names is refused, file, web and data alike."""

        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> NoReturn:
            """Refuse; stops the rendering, since a report that names something to fetch is not ours."""
            raise FatalURLFetchingError(f"A report may not load {url[:120]}")

    options = {"pdf_variant": "pdf/ua-1", "pdf_identifier": content_hash.encode()}
    try:
        drawn = HTML(string=html, url_fetcher=NothingIsFetched(), base_url=None).render(**options)
        if len(drawn.pages) > MOST_PAGES:
            raise NotRendered(f"{len(drawn.pages)} pages; {MOST_PAGES} are the most.")
        pdf = drawn.write_pdf(**options)
    except FatalURLFetchingError as refused:  # no Exception, so that WeasyPrint itself does not catch it
        raise NotRendered(str(refused)) from None
    return bytes(pdf)


def _lines(trouble: BaseException) -> Iterator[str]:
    yield type(trouble).__name__
    yield " ".join(str(trouble).split())[:300]


def main() -> int:
    """Print standard input to standard output."""
    put_limits()
    logging.disable()
    import weasyprint

    del weasyprint
    if not put_walls():
        return NO_WALLS
    try:
        body = printed(sys.stdin.buffer.read().decode(), sys.argv[1])
    except Exception as trouble:  # whatever it is, there is no PDF, and the worker says why
        sys.stderr.write(": ".join(_lines(trouble)) + "\n")
        return NOT_RENDERED
    sys.stdout.buffer.write(body)
    return 0


if __name__ == "__main__":
    sys.exit(main())
