"""A process says why it is not ready, and tells figures to nobody but who holds the token (issue 10)."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from hrdd.governance.models import User
from hrdd.governance.rules import Role
from hrdd.watch import queries
from hrdd.watch.models import Heartbeat
from hrdd.watch.tasks import tick

TOKEN = "a long and random token"  # noqa: S105


@pytest.fixture
def queue_that_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "queue_answers", lambda: True)


@pytest.fixture
def sysadmin(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_user("bea", "x", display_name="Bea", roles=[Role.SYSADMIN]))
    return client


def lines(client: Client) -> tuple[int, list[str]]:
    answer = client.get("/readyz")
    return answer.status_code, answer.content.decode().splitlines()


@pytest.mark.parametrize("surface", ["public", "intake"])
def test_who_works_for_strangers_needs_the_database_and_its_role_only(
    db: None, client: Client, settings: Any, surface: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "queue_answers", lambda: False)
    settings.SURFACE = surface

    assert lines(client) == (200, ["database ok", "roles ok"])


def test_the_desk_is_ready_though_the_worker_is_late_and_says_so(
    db: None, client: Client, queue_that_answers: None
) -> None:
    status, said = lines(client)

    assert status == 200
    assert said[:5] == [
        "database ok",
        "roles ok",
        "migrations ok",
        "queue ok",
        "worker late: last tick: never",
    ]
    tick()
    assert re.fullmatch(r"worker ok: last tick \d s ago", lines(client)[1][4])


@pytest.mark.parametrize("surface", ["public", "intake", "staff"])
def test_a_process_says_whether_it_is_ready_in_the_role_it_has(
    db: None, client: Client, settings: Any, surface: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    roles = []
    monkeypatch.setattr(queries, "readiness", lambda *_given, **_more: roles.append(current_role()) or [])
    settings.SURFACE = surface

    lines(client)

    assert roles == [f"hrdd_{surface}"]


def current_role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def test_a_forgotten_grant_is_told(db: None, client: Client, queue_that_answers: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("REVOKE SELECT ON risks_risk FROM hrdd_public")

    assert lines(client)[0] == 503
    assert "roles down: 1 grants differ; run manage.py database_roles" in lines(client)[1]


def test_a_forgotten_migration_is_told(db: None, client: Client, queue_that_answers: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'watch'")

    assert lines(client)[0] == 503
    assert "migrations down: 1 wait; run manage.py migrate" in lines(client)[1]


@pytest.mark.django_db(transaction=True)
def test_a_role_that_is_not_there_is_told_from_a_database_that_is_down(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hrdd import database_roles

    monkeypatch.setitem(database_roles.OF_SURFACE, database_roles.Surface.STAFF, "hrdd_nobody")
    connection.close()
    status, said = lines(client)

    assert status == 503
    assert said[0] == "database down: the role of this surface is not there; run manage.py database_roles"


def test_a_clock_that_is_wrong_is_told(db: None) -> None:
    found = queries.database(at=datetime.now(UTC) - timedelta(seconds=30))

    assert found.line in {
        f"database down: its clock differs from ours by {seconds} s" for seconds in (30, 31)
    }


def test_figures_are_there_for_who_holds_the_token_only(
    db: None, client: Client, settings: Any, queue_that_answers: None
) -> None:
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}x"}).status_code == 404
    tick()

    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})

    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    told = dict(re.findall(r"^(hrdd_\w+)(?:\{.*\})? (\S+)$", answer.content.decode(), re.MULTILINE))
    assert told["hrdd_build_info"] == "1.0"
    assert float(told["hrdd_tick_age_seconds"]) < 60
    assert {told["hrdd_migrations_waiting"], told["hrdd_grants_wrong"]} == {"0.0"}
    assert not any("case" in name or "person" in name for name in told)


def test_figures_are_not_there_on_the_surfaces_for_strangers(db: None, client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    for surface in ("public", "intake"):
        settings.SURFACE = surface
        assert client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 404


def test_whoever_runs_it_sees_what_needs_somebody_and_what_to_do(
    sysadmin: Client, queue_that_answers: None
) -> None:
    page = sysadmin.get("/desk/status/").content.decode()

    assert "need somebody" in page or "needs somebody" in page
    assert "Restart worker and timetable. Nothing is lost: the rows wait." in page
    assert page.count("<tr") == 12
    assert "Pages are served all the same." in page
    assert "See the database&#x27;s own log" not in page  # what is well needs nothing
    assert page.index(">Worker<") < page.index(">Database<")
    Heartbeat.objects.create(name=Heartbeat.WORKER, at=datetime.now(UTC))
    assert "Last tick 0 s ago" in sysadmin.get("/desk/status/").content.decode()


def test_looking_costs_the_same_however_much_there_is(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(7):
        queries.work_at_hand()
