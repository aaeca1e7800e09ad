"""The supervisor behind script/demo: servers, data, worker, beat and web, and nothing left behind."""

import argparse
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

from hrdd.trial.servers import (
    Servers,
    ServersFailed,
    anchors,
    dies_with_parent,
    embedded_servers,
    in_use,
    log_key_file,
    receipt_pepper,
    sealing_key,
    secret_key,
    stop_servers,
)
from hrdd.trial.steps import STEP

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT / ".data"
LOGS = DATA / "logs"
KEPT_BY_RESET = {
    "demo.lock",
    "bootstrap.lock",
    "start.lock",
    "users.lock",
    "test",
}  # test: the test run's own servers
START_SECONDS = 60
STOP_SECONDS = 10
LOG_LINES = 30

Child = subprocess.Popen[bytes]
_ASKED: set[int] = set()


class Refused(Exception):
    """The demonstration cannot go on; the message says why, the code is the exit code."""

    def __init__(self, sentence: str, code: int = 1) -> None:
        super().__init__(sentence)
        self.code = code


class Interrupted(BaseException):
    """Ctrl-C, SIGTERM, or the terminal was closed."""


def main() -> None:
    """Run the demonstration until Ctrl-C, or once through."""
    options = _options()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    stays_up: list[bool] = []
    code = 0
    try:
        with ExitStack() as stack:
            _run(stack, options, stays_up)
    except Interrupted:
        print("Stopped.", flush=True)
        code = 0 if stays_up else 130
    except (Refused, ServersFailed) as refused:
        print(refused, file=sys.stderr)
        code = getattr(refused, "code", 1)
    raise SystemExit(code)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/demo", description="The demonstration of HRDD, with its own servers under .data/."
    )
    parser.add_argument("--port", type=_port, default=8000, help="the port on 127.0.0.1 (8000)")
    parser.add_argument("--once", action="store_true", help="do all of it, check the site, do not stay up")
    parser.add_argument("--reset", action="store_true", help="start over with empty data")
    return parser.parse_args()


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port number from 1 to 65535")
    return int(text)


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    _ignore_further_signals()
    raise Interrupted


def _ignore_further_signals() -> None:
    """From here on we clean up; a second Ctrl-C must not leave orphans."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _run(stack: ExitStack, options: argparse.Namespace, stays_up: list[bool]) -> None:
    began = time.monotonic()
    DATA.mkdir(exist_ok=True)
    stack.enter_context(_only_one())
    _refuse_taken_port(options.port)
    if options.reset:
        with _step("Starting over"):
            _reset()
    LOGS.mkdir(exist_ok=True)
    with _step("PostgreSQL and Redis"):
        servers = stack.enter_context(embedded_servers(DATA))
    stack.callback(_ignore_further_signals)
    environment = _environment(servers)
    site = f"http://127.0.0.1:{options.port}"
    children = _fill(stack, environment, options.port)
    with _step("Web"):
        _wait_for(f"{site}/livez", children["web"])
        _wait_for(f"{site}/", children["web"])
    print(f"\nReady after {time.monotonic() - began:.1f} s.")
    _print_addresses(site)
    if options.once:
        print("All of it worked; stopping, because of --once.", flush=True)
        return
    print("\nCtrl-C stops everything; the data stays in .data/.", flush=True)
    stays_up.append(True)
    _watch(children)


def _fill(stack: ExitStack, environment: Mapping[str, str], port: int) -> dict[str, Child]:
    """Bring the data up to date. Worker and web start first, and meet the tables once somebody asks them something."""
    children: dict[str, Child] = {}

    def start(name: str, *command: str) -> None:
        children[name] = stack.enter_context(_process(name, [sys.executable, "-m", *command], environment))

    celery = ("celery", "-A", "hrdd.celery")
    alone = ("--without-mingle", "--without-gossip")  # one worker has no neighbours to wait for
    start("worker", *celery, "worker", "--concurrency", "2", "--loglevel", "INFO", *alone)
    served = ("--bind", f"127.0.0.1:{port}", "--preload", "--workers", "2", "--threads", "4")
    start("web", "gunicorn", "hrdd.wsgi", *served)
    filling = ("demo_organisation", "--tables", "--at-work", "--custodian-files", str(DATA / "custodians"))
    _manage(environment, *filling)
    start("beat", *celery, "beat", "--schedule", str(DATA / "beat-schedule"), "--pidfile=")
    stack.callback(_ask_all_to_stop, children)
    return children


# Before anything is started ----------------------------------------------------------------------------------------


@contextmanager
def _only_one() -> Iterator[None]:
    with (DATA / "demo.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused("The demonstration already runs in this folder.", 2) from None
        yield


def _refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Refused(
                f"Port {port} cannot be used ({error.strerror}). Choose another: script/demo --port N", 2
            ) from None


def _reset() -> None:
    if in_use(DATA):
        raise Refused("A command still works on the data of this folder; wait for it, then start over.", 2)
    stop_servers(DATA)
    for entry in DATA.iterdir():
        if entry.name in KEPT_BY_RESET:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _environment(servers: Servers) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": servers.redis_url,
        "DJANGO_SETTINGS_MODULE": "hrdd.settings",
        "HRDD_DEMO": "1",
        "HRDD_DEBUG": "0",
        "HRDD_SECRET_KEY": secret_key(DATA),
        "HRDD_SEALING_KEYS": os.environ.get("HRDD_SEALING_KEYS", sealing_key(DATA)),
        "HRDD_RECEIPT_PEPPER": os.environ.get("HRDD_RECEIPT_PEPPER", receipt_pepper(DATA)),
        "HRDD_LOG_KEY_FILE": os.environ.get("HRDD_LOG_KEY_FILE", str(log_key_file(DATA))),
        "HRDD_ANCHORS": os.environ.get("HRDD_ANCHORS", anchors(DATA)),
        "HRDD_ALLOWED_HOSTS": "127.0.0.1,localhost",
        "C_FORCE_ROOT": "1",
        "PYTHONUNBUFFERED": "1",
    }


# Steps and processes -----------------------------------------------------------------------------------------------


@contextmanager
def _step(sentence: str) -> Iterator[None]:
    began = time.monotonic()
    print(f"  {sentence} ...", end="", flush=True)
    try:
        yield
    except BaseException:
        print(" failed", flush=True)
        raise
    print(f" {time.monotonic() - began:.1f} s", flush=True)


def _manage(environment: Mapping[str, str], *command: str) -> None:
    """Run a command of manage.py, and show each step that its output names with the time that it took."""
    name, steps = command[0], ExitStack()
    with steps, _process(name, [sys.executable, "manage.py", *command], environment) as child:
        for said in _lines_of(child, LOGS / f"{name}.log"):
            if said.startswith(STEP):
                steps.close()
                steps.enter_context(_step(said.removeprefix(STEP)))
        if child.returncode:
            raise Refused(_why(name, f"{name} failed"))


def _lines_of(child: Child, log: Path) -> Iterator[str]:
    """Yield the whole lines that a child writes until it has ended."""
    rest, ended = "", False
    with log.open(errors="replace") as written:
        while not ended:
            ended = child.poll() is not None
            *lines, rest = (rest + written.read()).split("\n")
            yield from lines
            if not ended:
                time.sleep(0.05)


def _why(name: str, sentence: str) -> str:
    lines = (LOGS / f"{name}.log").read_text(errors="replace").splitlines()[-LOG_LINES:]
    return "\n".join([f"{sentence}; the end of .data/logs/{name}.log:", *(f"    {line}" for line in lines)])


@contextmanager
def _process(name: str, command: list[str], environment: Mapping[str, str]) -> Iterator[Child]:
    """Run a child in its own process group; leave no process of that group behind."""
    with (LOGS / f"{name}.log").open("wb") as log:
        child = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=dies_with_parent(),  # safe: the supervisor has one thread
        )
    try:
        yield child
    finally:
        _ask_to_stop(child)
        with suppress(subprocess.TimeoutExpired):
            child.wait(STOP_SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _ask_all_to_stop(children: dict[str, Child]) -> None:
    """Last started first; each is then waited for in the same order."""
    for child in reversed(children.values()):
        _ask_to_stop(child)


def _ask_to_stop(child: Child) -> None:
    """Ask once, and the master only: it lets its own children finish."""
    if child.pid not in _ASKED:
        _ASKED.add(child.pid)
        child.terminate()


def _wait_for(address: str, web: Child) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and web.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310  # our own address
                if answer.status == 200:
                    return
        except urllib.error.HTTPError as error:
            raise Refused(_why("web", f"{address} answered {error.code}")) from None
        except OSError:
            time.sleep(0.1)
    raise Refused(_why("web", f"{address} did not answer"))


def _watch(children: Mapping[str, Child]) -> None:
    while True:
        for name, child in children.items():
            if child.poll() is not None:
                raise Refused(_why(name, f"{name} ended with code {child.returncode}"))
        time.sleep(0.5)


# What a person sees ------------------------------------------------------------------------------------------------


def _print_addresses(site: str) -> None:
    for who, path in (
        ("Public", "/"),
        ("Report", "/reports/2021/"),
        ("Desk", "/desk/"),
        ("Board", "/board/"),
    ):
        print(f"  {who:8}{site}{path}")
    print("Demo logins:")
    for line in (LOGS / "demo_organisation.log").read_text().splitlines():
        if " / " in line:
            print(f"  {line}")


if __name__ == "__main__":
    main()
