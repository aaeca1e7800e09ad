"""A disk that is full, a database held read-only and a table that somebody holds: none of them simulated (issue 10).

tests/faults/ lets PostgreSQL raise the same errors by a trigger at each push; here the kernel and the server do.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg2
import pytest
from django.db import OperationalError, connection
from django.test import Client

from hrdd.celery import database_url
from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import Role
from hrdd.trial.servers import SYSTEM_USER
from remedies.models import Case, Message
from risks.models import Risk
from tests.remedies.vault_stage import NOW, answers, made_vault, post, to_review

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]
TIGHT_BYTES = 4 * 2**20
SAID = "What they did was this. " * 400
RISK = {
    "title": "Arrests",
    "summary": "People are arrested after data is handed over.",
    "opened_on": "2026-11-01",
}


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a small disk (root only), move what concerns and the log are written to onto it, and fill it up.

    Yields the file that fills it: who deletes it gives the disk room again.
    """
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={TIGHT_BYTES}", "tmpfs", disk], check=True)
    ballast, spaces = disk / "ballast", disk / "space"
    moved = ["remedies_message", "governance_auditevent"]
    try:
        spaces.mkdir(mode=0o700)
        for folder in (disk, spaces):
            subprocess.run(["chown", SYSTEM_USER, folder], check=True)
        for step in (tmp_path, *tmp_path.parents):
            step.chmod(step.stat().st_mode | 0o011)
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLESPACE tight LOCATION '{spaces}'")
            for table in moved:
                cursor.execute(f"VACUUM FULL {table}")
                cursor.execute(f"ALTER TABLE {table} SET TABLESPACE tight")
        fill(ballast)
        yield ballast
    finally:
        ballast.unlink(missing_ok=True)
        connection.close()
        with connection.cursor() as cursor:
            for table in moved:
                cursor.execute(f"ALTER TABLE {table} SET TABLESPACE pg_default")
            cursor.execute("DROP TABLESPACE IF EXISTS tight")
        subprocess.run(["umount", disk], check=True)


def fill(ballast: Path) -> None:
    with suppress(OSError), ballast.open("wb", buffering=0) as out:
        while out.write(bytes(512)):
            pass


@contextmanager
def every_session(setting: str, value: str) -> Iterator[None]:
    """Let every new session of this database begin with a setting, as an operator or `database_roles` gives it."""
    name = connection.ops.quote_name(str(connection.settings_dict["NAME"]))
    other = psycopg2.connect(database_url())
    other.autocommit = True
    with other.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {name} SET {setting} = '{value}'")
        connection.close()
        try:
            yield
        finally:
            cursor.execute(f"ALTER DATABASE {name} RESET {setting}")
            other.close()
            connection.close()


@contextmanager
def held(table: str) -> Iterator[None]:
    """Hold a table as a forgotten session does."""
    other = psycopg2.connect(database_url())
    try:
        with other.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table}")
        yield
    finally:
        other.close()


def refused_then_received(client: Client, token: str, said: dict[str, str]) -> None:
    """Press send while it fails: nobody is told that it was received, and all that was typed comes back."""
    page = post(client, "/raise/en/", step="send", token=token, **said)
    text = page.content.decode()
    assert page.status_code == 503
    assert "Not received" in text
    assert "We received your message" not in text
    assert said["what"].strip() in text


def received_once(client: Client, token: str, said: dict[str, str]) -> None:
    page = post(client, "/raise/en/", step="send", token=token, **said)
    assert "We received your message" in page.content.decode()
    assert (Case.objects.count(), Message.objects.count()) == (1, 1)


def use_up_the_last_room() -> None:
    for _ in range(1000):
        record_event(by="ana", at=NOW, action="noted", subject="the last room", detail={})


def at_the_desk() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_user("ana", "x", display_name="Ana", roles=[Role.ANALYST]))
    client.get("/desk/")
    return client


def test_a_full_disk_loses_nothing_that_was_acknowledged(request: pytest.FixtureRequest) -> None:
    made_vault()
    client, said, desk = Client(), answers(what=SAID), at_the_desk()
    token, _receipt = to_review(client, said=said)
    ballast: Path = request.getfixturevalue("full_disk")

    refused_then_received(client, token, said)
    with pytest.raises(OperationalError, match="No space left on device"):
        use_up_the_last_room()
    assert desk.get("/desk/risks/").status_code == 200
    page = desk.post("/sign-in/", {"username": "ana", "password": "x"})

    assert page.status_code == 503
    assert "There is no room to record this." in page.content.decode()
    assert [Client().get(path).status_code for path in ("/", "/risks/", "/raise/en/")] == [200] * 3
    assert Case.objects.count() == 0
    ballast.unlink()
    received_once(client, token, said)


def test_a_database_held_read_only_says_so_and_goes_on_when_it_is_let_go() -> None:
    made_vault()
    client, said, desk = Client(), answers(what=SAID), at_the_desk()
    token, _receipt = to_review(client, said=said)

    with every_session("default_transaction_read_only", "on"):
        refused_then_received(client, token, said)
        assert [Client().get(path).status_code for path in ("/", "/risks/", "/raise/en/")] == [200] * 3
        page = desk.post("/sign-in/", {"username": "ana", "password": "x"})
        assert page.status_code == 503
        assert "Nothing can be recorded at this moment." in page.content.decode()

    received_once(client, token, said)


def test_a_table_that_somebody_holds_ends_in_a_plain_answer() -> None:
    made_vault()
    client, said, desk = Client(), answers(what=SAID), at_the_desk()
    token, _receipt = to_review(client, said=said)
    Risk.objects.create(**RISK)

    with every_session("lock_timeout", "300ms"), held("remedies_message"):
        refused_then_received(client, token, said)
    with every_session("lock_timeout", "300ms"), held("risks_risk"):
        page = desk.get("/desk/risks/")
        assert page.status_code == 503
        assert "That took too long." in page.content.decode()

    received_once(client, token, said)
    assert desk.get("/desk/risks/").status_code == 200
