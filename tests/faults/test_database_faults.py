"""A database that is read-only, full, slow or gone: nobody is told that something was kept that was not (issue 10).

PostgreSQL itself raises each of them; the tables below are docs/operations/faults.md in another form.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg2
import pytest
from django.db import DatabaseError, OperationalError, ProgrammingError, connection
from django.test import Client, RequestFactory

from hrdd.database_roles import OF_SURFACE
from hrdd.faults import FAULTS, failed, fault_of
from hrdd.surfaces import Surface
from remedies.models import Case
from risks.models import Risk
from tests.cast import Cast
from tests.remedies.vault_stage import Vault, answers, post, to_review, vault_of_three

__all__ = ["vault_of_three"]
READ_ONLY, FULL, SLOW, UNFINISHED, GONE = FAULTS
CODES = {
    "53100": FULL,
    "53200": FULL,
    "57014": SLOW,
    "55P03": SLOW,
    "40001": SLOW,
    "57P01": GONE,
    "53300": GONE,
    "42501": UNFINISHED,
}


@contextmanager
def for_a_while(*statements: str) -> Iterator[None]:
    """Let the database be otherwise, and take back what was changed and what was broken by it."""
    with connection.cursor() as cursor:
        for statement in ("SAVEPOINT before", *statements):
            cursor.execute(statement)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK TO SAVEPOINT before")


def read_only() -> AbstractContextManager[None]:
    """Let the database refuse every change, as a standby or a server held still does."""
    return for_a_while("SET LOCAL transaction_read_only = on")


def failing(table: str, code: str) -> AbstractContextManager[None]:
    """Let the server raise an error of this code where a row is written."""
    return for_a_while(
        "CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION 'on purpose' USING ERRCODE = '{code}'; END $$",
        f"CREATE TRIGGER fails BEFORE INSERT ON {table} EXECUTE FUNCTION fails()",
    )


def at_desk(cast: Cast) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(cast.ana)
    client.get("/desk/")
    return client


def test_public_pages_are_served_from_a_database_that_is_read_only(db: None) -> None:
    with read_only():
        assert [Client().get(path).status_code for path in ("/", "/risks/", "/reports/", "/raise/")] == [
            200
        ] * 4


def test_the_desk_says_that_nothing_can_be_recorded(cast: Cast) -> None:
    client = at_desk(cast)
    with read_only():
        page = signing_in(client)

    assert page.status_code == 503
    assert READ_ONLY.heading in page.content.decode()
    assert (page.headers["Retry-After"], page.headers["Cache-Control"]) == ("30", "no-store")


@pytest.mark.parametrize("code", ["25006", "53100", "57014", "57P01"])
def test_a_concern_that_could_not_be_kept_is_never_said_to_be_received(
    vault_of_three: Vault, code: str
) -> None:
    client = Client()
    token, _receipt = to_review(client, said=answers())
    with failing("remedies_message", code):
        page = post(client, "/raise/en/", step="send", token=token, **answers())

    assert page.status_code == 503
    assert "Not received" in page.content.decode()
    assert "We received your message" not in page.content.decode()
    assert Case.objects.count() == 0
    again = post(client, "/raise/en/", step="send", token=token, **answers())
    assert "We received your message" in again.content.decode()  # the same press, once it works again
    assert Case.objects.count() == 1


@pytest.mark.parametrize(("code", "fault"), CODES.items())
def test_whoever_is_signed_in_is_told_what_failed_and_that_nothing_was_kept(
    cast: Cast, code: str, fault: Any
) -> None:
    client = at_desk(cast)
    before = Risk.objects.count()
    with failing("governance_auditevent", code):
        answer = signing_in(client)

    assert answer.status_code == 503
    assert fault.heading in answer.content.decode()
    assert Risk.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_a_role_that_was_never_made_is_no_mistake_of_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OF_SURFACE, Surface.PUBLIC, "hrdd_never_made")
    page = Client(raise_request_exception=False).get("/risks/")
    connection.close()

    assert page.status_code == 503
    assert UNFINISHED.heading in page.content.decode()


def signing_in(client: Client) -> Any:
    return client.post("/sign-in/", {"username": "ana", "password": "x"})


def test_a_program_is_told_the_same_as_a_problem(rf: RequestFactory) -> None:
    try:
        with connection.wrap_database_errors:
            psycopg2.connect("host=127.0.0.1 port=1")
    except OperationalError:
        answer = failed(rf.post("/api/v1/risks/"))

    assert answer.headers["Content-Type"] == "application/problem+json"
    assert GONE.heading.encode() in answer.content


@pytest.mark.parametrize(
    "statement", ["SELECT 1/0", "SELECT * FROM nowhere", "INSERT INTO risks_right (id) VALUES (1)"]
)
def test_a_mistake_of_ours_is_no_fault_of_the_database(db: None, statement: str) -> None:
    with pytest.raises(DatabaseError) as raised, connection.cursor() as cursor:
        cursor.execute(statement)

    assert fault_of(raised.value) is None


def test_what_is_no_error_of_the_database_is_ours() -> None:
    assert [fault_of(error) for error in (None, ValueError(), ProgrammingError())] == [None] * 3
