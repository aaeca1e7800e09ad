"""T33: hours of mixed load on web, intake and worker, which is killed five times; nothing grows and nothing stays.

HRDD_SOAK_MINUTES says how long (10); the run of a release is 480.
"""

import base64
import os
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import psutil  # type: ignore[import-untyped]
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from hrdd.celery import app, database_url
from hrdd.governance.rules import Role
from hrdd.trial.servers import Servers, dies_with_parent
from remedies.models import Case, CaseKey, Message
from risks.actions import proportionality as actions
from risks.models import Chunk, Cycle
from risks.tasks import ring
from tests.chaos.test_killed_workers import kill, start
from tests.remedies.vault_stage import PLAIN, TOKEN, made_vault, person
from tests.risks.test_engine import a_measure, a_risk

ROOT = Path(__file__).resolve().parents[2]
MINUTES = float(os.environ.get("HRDD_SOAK_MINUTES", "10"))
RESTARTS, MEASURES, PART, EVERY_SECONDS, PAUSE = 5, 500, 50, 1.0, 0.05
MOST_DRIFT = 0.05
SAID = {"type": "safety_threat", "what": "They came at night.", "identity_mode": "anonymous"}
STAFF = ("/desk/", "/desk/risks/", "/desk/measures/")
PUBLIC = ("/", "/risks/", "/statements.json")


@pytest.mark.chaos
@pytest.mark.django_db(transaction=True)
def test_a_soak_leaves_no_growth_no_connection_and_no_part_of_a_cycle(
    servers: Servers, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "CHUNK_SIZE", PART)
    monkeypatch.setattr(actions, "MOST_ATTEMPTS", 10 * RESTARTS)
    made_vault()
    for _ in range(MEASURES):
        a_measure(a_risk(2))
    client.force_login(person("ana", Role.ANALYST))
    app.control.purge()
    until = time.monotonic() + MINUTES * 60
    stop = threading.Event()
    wrong: list[str] = []
    acknowledged: list[str] = []
    readings: list[tuple[int, int]] = []
    with web(servers) as (port, workers):
        visitors = [
            threading.Thread(target=visit, args=(port, cookie, pages, stop, wrong))
            for cookie, pages in ((client.cookies, STAFF), (SimpleCookie(), PUBLIC))
        ]
        visitors.append(threading.Thread(target=tell, args=(port, stop, wrong, acknowledged)))
        for one in visitors:
            one.start()
        restarts, worker, day = 0, start(servers), datetime.now(UTC)
        marks = [until - MINUTES * 60 * (1 - nth / (RESTARTS + 1)) for nth in range(1, RESTARTS + 1)]
        try:
            while time.monotonic() < until:
                day += timedelta(days=1)
                cycle = actions.plan_cycle(as_of=day.date(), at=datetime.now(UTC))
                while not actions.finish_cycle(cycle, at=datetime.now(UTC)) and time.monotonic() < until:
                    ring(cycle)
                    time.sleep(EVERY_SECONDS)
                    readings.append(reading(workers))
                    if restarts < RESTARTS and time.monotonic() > marks[restarts]:
                        kill(worker)
                        worker, restarts = start(servers), restarts + 1
            finish(until + 120)
        finally:
            kill(worker)
            stop.set()
            for one in visitors:
                one.join()

    print(told(readings, acknowledged), f"{Cycle.objects.count()} cycles")  # noqa: T201  # with -s: for the figures
    assert sorted(set(wrong)) == []
    assert restarts == RESTARTS
    fifth = len(readings) // 5
    warm, last = readings[fifth : 2 * fifth], readings[-fifth:]
    memory = [statistics.median(one[0] for one in part) for part in (warm, last)]
    assert memory[1] < memory[0] * (1 + MOST_DRIFT)
    assert statistics.median(one[1] for one in last) <= max(one[1] for one in warm)
    assert Chunk.objects.filter(done_at__isnull=True).count() == 0
    assert sessions_besides_ours() == 0
    assert len(acknowledged) == Case.objects.count() == CaseKey.objects.count() == Message.objects.count()


def finish(until: float) -> None:
    """Let the worker do what is left, also what a killed one held."""
    for cycle in Cycle.objects.filter(finished_at__isnull=True):
        while not actions.finish_cycle(cycle, at=datetime.now(UTC)):
            assert time.monotonic() < until, "a part of a cycle is stuck"
            ring(cycle)
            time.sleep(0.5)


def reading(workers: list[psutil.Process]) -> tuple[int, int]:
    """Return the memory and the open files, connections among them, of the web processes."""
    return (
        sum(one.memory_info().rss for one in workers),
        sum(one.num_fds() for one in workers),
    )


def told(readings: list[tuple[int, int]], acknowledged: list[str]) -> str:
    fifth = len(readings) // 5
    shown = [
        [round(statistics.median(one[nth] for one in part)) for nth in range(2)]
        for part in (readings[fifth : 2 * fifth], readings[-fifth:])
    ]
    return f"bytes, files: {shown[0]} then {shown[1]}; {len(acknowledged)} concerns"


def sessions_besides_ours() -> int:
    """Return how many sessions the stopped processes left in the database, after its server saw them go."""
    until = time.monotonic() + 10
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            left = int(cursor.fetchone()[0])
        if not left or time.monotonic() > until:
            return left
        time.sleep(0.2)


def visit(
    port: int, cookies: "SimpleCookie", pages: tuple[str, ...], stop: threading.Event, wrong: list[str]
) -> None:
    """Open pages one after the other until told to stop."""
    headers = {"Cookie": "; ".join(f"{name}={one.value}" for name, one in cookies.items())}
    while not stop.is_set():
        for page in pages:
            status, text = ask(port, "GET", page, headers=headers)
            if status != 200:
                wrong.append(f"{page}: {status} {text[:200]}")
            time.sleep(PAUSE)


def tell(port: int, stop: threading.Event, wrong: list[str], acknowledged: list[str]) -> None:
    """Send concerns as a person does, one after the other."""
    while not stop.is_set():
        _status, page = ask(port, "POST", "/raise/en/", {"step": "start"})
        token = TOKEN.findall(page)
        said = {"step": "send", "token": token[0] if token else ""} | SAID
        status, page = ask(port, "POST", "/raise/en/", said)
        if status == 200 and "We received your message" in page:
            acknowledged.append(token[0])
        else:
            wrong.append(f"not received: {status} {re.sub('<[^>]+>', '', page)[:300]}")
        time.sleep(PAUSE)


def ask(
    port: int,
    method: str,
    page: str,
    said: dict[str, str] | None = None,
    *,
    headers: dict[str, str] | None = None,
) -> tuple[int, str]:
    """Return the status and the text of one request over a connection of its own."""
    door = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        door.request(method, page, urlencode(said or {}), {"Content-Type": PLAIN} | (headers or {}))
        answer = door.getresponse()
        return answer.status, answer.read().decode()
    finally:
        door.close()


@contextmanager
def web(servers: Servers) -> Iterator[tuple[int, list[psutil.Process]]]:
    """Serve every surface by two processes as `deploy/` does; yields the port and the processes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "REDIS_URL": servers.redis_url,
        "DJANGO_SETTINGS_MODULE": "hrdd.settings",
        "HRDD_SECRET_KEY": str(settings.SECRET_KEY),
        "HRDD_SEALING_KEYS": ",".join(settings.SEALING_KEYS),
        "HRDD_RECEIPT_PEPPER": ",".join(
            base64.urlsafe_b64encode(one).decode() for one in settings.RECEIPT_PEPPERS
        ),
        "HRDD_SURFACE": "all",
        "HRDD_HTTPS": "0",
        "HRDD_PASSWORD_IS_ENOUGH": "1",
        "HRDD_ALLOWED_HOSTS": "127.0.0.1",
        "HRDD_INTAKE_QUIET_A_MINUTE": "1000000",
        "HRDD_INTAKE_MOST_A_MINUTE": "1000000",
        "HRDD_BIND": f"127.0.0.1:{port}",
        "WEB_CONCURRENCY": "2",
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.py", "hrdd.wsgi"]
    master = subprocess.Popen(command, cwd=ROOT, env=environment, preexec_fn=dies_with_parent())
    try:
        until = time.monotonic() + 60
        while True:
            try:
                if ask(port, "GET", "/livez")[0] == 200:
                    break
            except OSError:
                assert time.monotonic() < until, "the web does not answer"
                time.sleep(0.2)
        yield port, psutil.Process(master.pid).children()
    finally:
        master.terminate()
        master.wait()
