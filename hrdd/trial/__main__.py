"""The supervisor behind script/demo: servers, data, worker, beat and web, and nothing left behind."""

import argparse
import ctypes
import fcntl
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from hrdd.trial.servers import embedded_servers, reset

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT / ".data"
CASES = sorted((ROOT / "hrdd" / "dossiers" / "cases").glob("*.yaml"))
PR_SET_PDEATHSIG = 1
PATIENCE_SECONDS = 30


def main() -> None:
    """Run the demonstration until Ctrl-C, or once through."""
    parser = argparse.ArgumentParser(prog="script/demo", description="The demonstration of HRDD.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--once", action="store_true", help="do all of it, do not stay up")
    parser.add_argument("--reset", action="store_true", help="start over with empty data")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _interrupt)
    DATA.mkdir(exist_ok=True)
    try:
        with ExitStack() as stack:
            stack.enter_context(_only_one())
            _refuse_taken_port(options.port)
            _run(stack, options)
    except KeyboardInterrupt:
        print("Stopped.")


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


@contextmanager
def _only_one() -> Iterator[None]:
    with (ROOT / ".demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _refuse("The demonstration already runs in this folder.")
        yield


def _refuse(sentence: str, code: int = 2) -> NoReturn:
    print(sentence, file=sys.stderr)
    raise SystemExit(code)


def _refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            _refuse(f"Port {port} cannot be used. Choose another: script/demo --port N")


def _run(stack: ExitStack, options: argparse.Namespace) -> None:
    if options.reset:
        reset(DATA)
    servers = stack.enter_context(embedded_servers(DATA))
    environment = {
        **os.environ,
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": servers.redis_url,
        "HRDD_DEMO": "1",
        "HRDD_SECRET_KEY": _secret(),
        "C_FORCE_ROOT": "1",
    }
    (DATA / "logs").mkdir(exist_ok=True)
    for step in (
        ["migrate"],
        ["load_rights"],
        ["demo_people"],
        ["import_dossier", *map(str, CASES)],
    ):
        _manage(step, environment)
    celery = [sys.executable, "-m", "celery", "-A", "hrdd.celery"]
    schedule = str(DATA / "beat-schedule")
    stack.enter_context(_process("worker", [*celery, "worker", "--concurrency", "2"], environment))
    stack.enter_context(_process("beat", [*celery, "beat", "--schedule", schedule], environment))
    _manage(["reassess", "--as-of", "2021-02-01", "--wait"], environment)
    address = f"127.0.0.1:{options.port}"
    gunicorn = [sys.executable, "-m", "gunicorn", "hrdd.wsgi", "--bind", address, "--workers", "2"]
    web = stack.enter_context(_process("web", gunicorn, environment))
    _wait_for(f"http://{address}/livez", web)
    print(f"\nPublic  http://{address}/\nDesk    http://{address}/desk/\nBoard   http://{address}/board/")
    _manage(["demo_people"], environment)
    if not options.once:
        print("Ctrl-C stops everything.")
        web.wait()


def _secret() -> str:
    file = DATA / "secret_key"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(50))
    return file.read_text()


def _manage(command: list[str], environment: Mapping[str, str]) -> None:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        _refuse(f"{command[0]} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}", 1)
    said = done.stdout.strip().splitlines()
    shown = said if command[0] == "demo_people" else said[:1]
    print(f"{command[0]} ({time.monotonic() - began:.1f} s): " + "; ".join(shown), flush=True)


def _die_with_the_supervisor() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@contextmanager
def _process(
    name: str, command: list[str], environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    with (DATA / "logs" / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=_die_with_the_supervisor,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    _refuse("The site did not come up; see .data/logs/web.log.", 1)


if __name__ == "__main__":
    main()
