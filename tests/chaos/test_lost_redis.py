"""T23: Redis is killed, emptied and started again in the middle of the work; nothing notices but the doorbell."""

import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from redis import Redis

from hrdd.celery import app, queue_answers
from hrdd.trial import servers as embedded
from hrdd.trial.servers import Servers
from remedies.models import Case
from risks.actions import proportionality as actions
from risks.models import Finding, Measure
from risks.tasks import ring_waiting_chunks
from tests.chaos.test_killed_workers import done_of, fill, kill, start
from tests.remedies.vault_stage import answers, made_vault, sent

KILLS, EMPTIED, MEASURES, PART = 5, 10, 20_000, 100
FORGED = 1000
LONGEST_SECONDS = 400


@pytest.fixture
def own_redis(servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the folder of a Redis of this test's own, which every bell is rung at meanwhile."""
    url = embedded._start_redis(tmp_path)
    monkeypatch.setenv("REDIS_URL", url)
    monkeypatch.setattr(settings, "CELERY_BROKER_URL", url)
    monkeypatch.setattr(app.conf, "broker_url", url)
    monkeypatch.setattr(app, "_pool", None)
    monkeypatch.setattr(app.amqp, "_producer_pool", None)
    yield tmp_path
    embedded._stop_redis(tmp_path / "redis")


def kill_redis(folder: Path) -> None:
    pid = int((folder / "redis" / "pid").read_text())
    os.kill(pid, signal.SIGKILL)
    while embedded._alive(pid, "redis-server", folder / "redis"):
        time.sleep(0.01)


@pytest.mark.chaos
@pytest.mark.django_db(transaction=True)
def test_redis_may_be_killed_emptied_and_lied_to_while_parts_are_worked_off(
    servers: Servers, own_redis: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "CHUNK_SIZE", PART)
    monkeypatch.setattr("tests.chaos.test_killed_workers.MEASURES", MEASURES)
    fill()
    made_vault()
    now = datetime.now(UTC)
    cycle = actions.plan_cycle(as_of=now.date(), at=now - timedelta(minutes=3))
    url = embedded._start_redis(own_redis)
    worker = start(Servers(servers.database_url, url))
    began, kills, emptied = time.monotonic(), 0, 0
    try:
        for number in range(FORGED):
            app.send_task("risks.tasks.assess_chunk", args=[10**9 + number])
        while not actions.finish_cycle(cycle, at=datetime.now(UTC)):
            assert time.monotonic() < began + LONGEST_SECONDS
            if worker.poll() is not None:  # as its supervisor does: kombu may end where Redis goes twice
                worker = start(Servers(servers.database_url, url))
            ring_waiting_chunks()
            before, patience = done_of(cycle), time.monotonic() + 5
            while done_of(cycle) == before and time.monotonic() < patience:
                time.sleep(0.02)
            if emptied < EMPTIED:
                Redis.from_url(url).flushall()
                emptied += 1
            elif kills < KILLS:
                kill_redis(own_redis)
                kills += 1
                everything_for_people_goes_on(kills)
                assert embedded._start_redis(own_redis) == url
    finally:
        kill(worker)

    assert (kills, emptied) == (KILLS, EMPTIED)
    assert Measure.objects.count() == MEASURES
    assert Finding.objects.filter(cycle=cycle).count() == MEASURES
    assert Finding.objects.filter(cycle=cycle).values("measure").distinct().count() == MEASURES


def everything_for_people_goes_on(nth: int) -> None:
    """Ask for pages and send a concern while Redis is gone."""
    assert not queue_answers()
    client = Client()
    assert [client.get(path).status_code for path in ("/", "/risks/", "/raise/en/")] == [200] * 3
    sent(client, said=answers(what=f"The {nth}. thing"))
    assert Case.objects.count() == nth
