"""T21: the worker group is killed 50 times in a cycle of 100,000 measures; each measure has exactly one finding."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from hrdd.celery import app, database_url
from hrdd.governance.models import User
from hrdd.governance.rules import Role
from hrdd.trial.servers import Servers, dies_with_parent
from risks.actions import proportionality as actions
from risks.models import Cycle, Finding, Measure, ReviewTask
from risks.tasks import ring
from tests.risks.test_engine import a_measure, a_risk

ROOT = Path(__file__).resolve().parents[2]
KILLS, MEASURES, PART = 50, 100_000, 100
LONGEST_SECONDS = 900


@pytest.mark.chaos
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", [1])
def test_fifty_kills_leave_exactly_one_finding_a_measure(
    servers: Servers, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311  # when to kill, not a secret
    monkeypatch.setattr(actions, "CHUNK_SIZE", PART)
    fill()
    ana = User.objects.create_user("ana", "x", display_name="Ana", roles=[Role.ANALYST])
    now = datetime.now(UTC)
    app.control.purge()
    cycle = actions.plan_cycle(as_of=now.date(), at=now)
    began, kills = time.monotonic(), 0
    worker = start(servers)
    try:
        while not worked_off(cycle, by=ana):
            assert time.monotonic() < began + LONGEST_SECONDS
            app.control.purge()
            ring(cycle)
            before = done_of(cycle)
            while done_of(cycle) == before and cycle.chunks.waiting().exists():
                assert time.monotonic() < began + LONGEST_SECONDS
                time.sleep(0.02)
            if kills < KILLS:
                time.sleep(chance.uniform(0, 0.2))  # anywhere in a part that is under way
                kill(worker)
                kills += 1
                worker = start(servers)
    finally:
        kill(worker)

    assert cycle.chunks.filter(quarantined=True).count() == 0
    assert sum(cycle.chunks.values_list("assessed", flat=True)) == MEASURES
    assert Finding.objects.filter(cycle=cycle).count() == MEASURES
    assert Finding.objects.filter(cycle=cycle).values("measure").distinct().count() == MEASURES
    assert ReviewTask.objects.count() == MEASURES
    assert kills == KILLS


def worked_off(cycle: Cycle, *, by: User) -> bool:
    """Whether all is done; a part in which workers died three times is set aside until somebody tries it again."""
    at = datetime.now(UTC)
    if not actions.finish_cycle(cycle, at=at):
        return False
    if cycle.chunks.filter(quarantined=True).exists():
        actions.retry_quarantined(cycle, by=by, at=at)
        return False
    return True


def done_of(cycle: Cycle) -> int:
    return cycle.chunks.filter(done_at__isnull=False).count()


def fill() -> None:
    """Put 100,000 bans of which each is due."""
    first = a_measure(a_risk(2))
    columns = ", ".join(field.column for field in Measure._meta.concrete_fields if field.column != "id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO risks_measure ({columns}) SELECT {columns} FROM risks_measure, generate_series(2, %s) "  # noqa: S608
            "WHERE id = %s",
            [MEASURES, first.pk],
        )
        cursor.execute("ANALYZE")


def start(servers: Servers) -> "subprocess.Popen[bytes]":
    """Start a worker group of its own session."""
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "REDIS_URL": servers.redis_url,
        "DJANGO_SETTINGS_MODULE": "hrdd.settings",
        "HRDD_SECRET_KEY": "only for the tests",
        "HRDD_SEALING_KEYS": ",".join(settings.SEALING_KEYS),
        "C_FORCE_ROOT": "1",
    }
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "hrdd.celery",
        "worker",
        "--concurrency",
        "2",
        "-l",
        "ERROR",
    ]
    command += ["--without-mingle", "--without-gossip"]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=dies_with_parent(),
    )


def kill(worker: "subprocess.Popen[bytes]") -> None:
    """Kill the whole group, as a machine that loses power would."""
    with suppress(ProcessLookupError):  # it ended by itself
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
