"""T24: parts that fail whatever is tried are set aside after three tries and named; all others are done."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client

from hrdd.celery import app
from hrdd.governance.models import User
from hrdd.governance.rules import Role
from hrdd.trial.servers import Servers
from risks.actions import proportionality as actions
from risks.models import Finding
from risks.tasks import ring_waiting_chunks
from tests.chaos.test_killed_workers import fill, kill, start

MEASURES, PART, POISONED = 20_000, 50, 20
LONGEST_SECONDS = 200
# Of the poisoned parts a third is bad data, a third ends the session it runs in, a third takes too long.
POISON = """
CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  CASE (NEW.measure_id / 1000) % 3
    WHEN 0 THEN RAISE EXCEPTION 'bad data' USING ERRCODE = 'data_exception';
    WHEN 1 THEN PERFORM pg_terminate_backend(pg_backend_pid());
    ELSE RAISE EXCEPTION 'too long' USING ERRCODE = 'query_canceled';
  END CASE;
  RETURN NEW;
END $$;
CREATE TRIGGER poison BEFORE INSERT ON risks_finding FOR EACH ROW
  WHEN (NEW.measure_id % 1000 = 500) EXECUTE FUNCTION poison();
"""


@pytest.mark.chaos
@pytest.mark.django_db(transaction=True)
def test_poisoned_parts_are_set_aside_after_three_tries_and_named(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "CHUNK_SIZE", PART)
    monkeypatch.setattr("tests.chaos.test_killed_workers.MEASURES", MEASURES)
    fill()
    now = datetime.now(UTC)
    app.control.purge()
    cycle = actions.plan_cycle(as_of=now.date(), at=now - timedelta(minutes=3))
    client = Client()
    client.force_login(User.objects.create_user("ana", "x", display_name="Ana", roles=[Role.ANALYST]))
    with connection.cursor() as cursor:
        cursor.execute(POISON)
    worker, began = start(servers), time.monotonic()
    try:
        while not actions.finish_cycle(cycle, at=datetime.now(UTC)):
            assert time.monotonic() < began + LONGEST_SECONDS
            ring_waiting_chunks()
            time.sleep(3)
    finally:
        kill(worker)
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION poison CASCADE")

    aside = cycle.chunks.filter(quarantined=True)
    assert aside.count() == POISONED
    assert set(aside.values_list("attempts", flat=True)) == {actions.MOST_ATTEMPTS}
    assert cycle.chunks.filter(done_at__isnull=False).count() == MEASURES / PART - POISONED
    assert Finding.objects.filter(cycle=cycle).count() == MEASURES - POISONED * PART
    page = client.get(f"/desk/cycles/{cycle.pk}/").content.decode()
    assert f"{POISONED} parts failed three times and were set aside" in page
