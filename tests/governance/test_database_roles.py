"""What a stolen password of each surface could do in the database, by trying it (reliability.md 2.6, T11)."""

from collections.abc import Iterator
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.http import StreamingHttpResponse
from django.test import Client, RequestFactory

from hrdd import database_roles
from hrdd.database_grants import append_only_tables, missing_and_surplus, not_set
from hrdd.database_roles import DatabaseRole, SurfaceDoor, in_role
from hrdd.surfaces import Surface
from transparency.models import Document, Report

PUBLIC, INTAKE, STAFF, WORKER, AUDIT = DatabaseRole
DEFINING = (
    "CREATE TABLE x (y int)",
    "CREATE FUNCTION x() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE ROLE x",
    "DROP TABLE risks_risk",
    "ALTER TABLE governance_auditevent DISABLE TRIGGER ALL",
    "ALTER TABLE governance_auditevent DISABLE TRIGGER append_only_rows",
    "DROP TRIGGER append_only_rows ON governance_auditevent",
    "ALTER TABLE transparency_report DISABLE ROW LEVEL SECURITY",
    "DROP POLICY whole ON transparency_report",
    "SET session_replication_role = replica",
    "TRUNCATE governance_auditevent",
    "TRUNCATE risks_risk CASCADE",
    "COPY governance_user TO PROGRAM 'cat'",
    "COPY governance_user FROM '/etc/passwd'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT lo_import('/etc/passwd')",
    "INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'x', now())",
    "UPDATE governance_auditevent SET actor = 'x'",
    "DELETE FROM governance_auditevent",
    "UPDATE remedies_readlog SET purpose = 'x'",
    "DELETE FROM remedies_readlog",
    "UPDATE transparency_document SET sha256 = 'x'",
    "DELETE FROM transparency_logentry",
)
SECRET = (
    "SELECT password FROM governance_user",
    "SELECT username FROM governance_user",
    "SELECT data FROM accounts_session",
    "SELECT * FROM governance_auditevent",
    "SELECT * FROM remedies_readlog",
    "SELECT sealed FROM remedies_sealedidentity",
    "SELECT wrapped FROM remedies_casekeywrap",
    "SELECT wrapped FROM remedies_identitykeywrap",
    "SELECT * FROM remedies_casemember",
    "SELECT * FROM remedies_caseconflict",
    "SELECT * FROM risks_participant",
    "SELECT * FROM risks_partnercontact",
    "SELECT * FROM risks_evidence",
    "SELECT * FROM risks_involvement",
    "INSERT INTO governance_user (username) VALUES ('x')",
    "UPDATE governance_user SET roles = '{}'",
    "UPDATE remedies_vaultkey SET voucher = 'x'",
    "INSERT INTO remedies_vaultkey (kind) VALUES ('x')",
    "DELETE FROM remedies_case",
    "DELETE FROM remedies_message",
)
BARRED = {
    PUBLIC: (
        *SECRET,
        "SELECT id FROM governance_user",
        "SELECT * FROM remedies_case",
        "SELECT * FROM remedies_message",
        "SELECT * FROM remedies_replykey",
        "INSERT INTO remedies_case (type) VALUES ('x')",
        "UPDATE risks_risk SET published = true",
        "DELETE FROM risks_risk",
        "UPDATE transparency_report SET state = 'published'",
        "INSERT INTO transparency_document (sha256) VALUES ('x')",
        "SELECT * FROM risks_emergencystop",
        "SELECT * FROM risks_partnernote",
    ),
    INTAKE: (
        *SECRET,
        "SELECT * FROM risks_risk",
        "SELECT * FROM risks_measure",
        "SELECT * FROM transparency_report",
        "UPDATE remedies_case SET finding = 'upheld'",
        "UPDATE remedies_case SET severity = 1",
        "UPDATE remedies_case SET risk_id = 1",
        "UPDATE remedies_message SET sealed = 'x'",
        "UPDATE remedies_recoverykey SET retired_at = now()",
        "INSERT INTO remedies_recoverykey (public) VALUES ('x')",
        "DELETE FROM remedies_casekeywrap",
        "UPDATE remedies_remedy SET delivered_on = now()",
    ),
    STAFF: (
        "UPDATE risks_severityassessment SET level = 1",
        "DELETE FROM risks_severityassessment",
        "TRUNCATE risks_finding",
        "UPDATE risks_finding SET code = 'x'",
        "UPDATE risks_reassessment SET outcome = 'x'",
        "DELETE FROM risks_statementofreasons",
        "UPDATE risks_clockentry SET kind = 'x'",
        "UPDATE django_content_type SET model = 'x'",
    ),
    WORKER: ("UPDATE risks_finding SET code = 'x'", "DELETE FROM risks_reassessment"),
    AUDIT: (
        *SECRET[:3],
        *SECRET[5:],
        "SELECT * FROM risks_risk",
        "SELECT * FROM remedies_case",
        "SELECT * FROM remedies_message",
        "INSERT INTO governance_auditevent (actor) VALUES ('x')",
    ),
}
FORBIDDEN = [(role, statement) for role in DatabaseRole for statement in (*DEFINING, *BARRED[role])]


def run(role: DatabaseRole, statement: str) -> None:
    with transaction.atomic(), in_role(role), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(("role", "statement"), FORBIDDEN)
def test_a_stolen_password_of_a_role_does_not_do_what_the_surface_never_does(
    db: None, role: DatabaseRole, statement: str
) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner|must be superuser"):
        run(role, statement)


def test_the_same_statements_are_not_refused_by_mistake(db: None) -> None:
    """The off-switch: without the roles the database takes most of what they refuse, so it is they that refuse."""
    taken = 0
    for _role, statement in FORBIDDEN:
        with suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            transaction.set_rollback(True)
            taken += 1
    assert taken > len(FORBIDDEN) / 2


def test_a_report_that_is_not_published_does_not_exist_for_the_public(rendered: Report) -> None:
    with transaction.atomic(), in_role(PUBLIC):
        seen = (Report.objects.count(), Document.objects.count())

    assert seen == (0, 0)
    assert Document.objects.exists()


def test_a_published_report_does(published: Report) -> None:
    with transaction.atomic(), in_role(PUBLIC):
        assert list(Report.objects.all()) == [published]
        assert Document.objects.exists()


def test_each_role_may_what_it_should_and_a_difference_is_named(db: None) -> None:
    assert missing_and_surplus() == []
    with connection.cursor() as cursor:
        cursor.execute("GRANT SELECT (password) ON governance_user TO hrdd_public")
        cursor.execute("REVOKE INSERT ON remedies_message FROM hrdd_intake")

    with pytest.raises(CommandError) as told:
        call_command("database_roles", "--check")

    assert str(told.value).splitlines() == [
        "hrdd_intake may not INSERT remedies_message",
        "hrdd_public may SELECT governance_user password",
    ]
    call_command("database_roles", stdout=StringIO())
    assert missing_and_surplus() == []


def test_what_is_append_only_is_read_from_its_triggers(db: None) -> None:
    kept = append_only_tables()

    assert {"governance_auditevent", "remedies_readlog", "risks_severityassessment"} <= kept
    assert "risks_policyversion" not in kept, "a draft is still written"


@pytest.mark.parametrize(
    ("path", "role"), [("/raise/", INTAKE), ("/risks/", PUBLIC), ("/desk/", STAFF), ("/sign-in/", STAFF)]
)
def test_a_request_is_answered_in_the_role_of_its_surface_and_leaves_none_behind(
    db: None, path: str, role: DatabaseRole, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[Any] = []
    set_role = database_roles._set
    monkeypatch.setattr(database_roles, "_set", lambda one: (taken.append(one), set_role(one)))

    Client().get(path)

    assert taken == [role, None]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user = session_user")
        assert cursor.fetchone() == (True,)


def current_role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def test_what_is_sent_piece_by_piece_is_read_in_the_role_too(db: None) -> None:
    def pieces() -> Iterator[str]:
        yield current_role()

    door = SurfaceDoor(lambda _request: StreamingHttpResponse(pieces()))

    answer = door(RequestFactory().get("/statements.csv"))

    assert isinstance(answer, StreamingHttpResponse)
    assert b"".join(answer) == PUBLIC.encode()  # type: ignore[arg-type]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_opened_meanwhile_takes_the_role() -> None:
    with in_role(STAFF):
        connection.close()
        assert current_role() == STAFF

    assert current_role() not in list(DatabaseRole)


def test_a_task_works_as_the_worker(db: None) -> None:
    from hrdd.celery import app

    assert app.task(current_role)() == WORKER


@pytest.mark.parametrize("surface", [Surface.PUBLIC, Surface.INTAKE, Surface.STAFF])
def test_a_process_of_one_surface_knows_no_address_of_another(
    db: None, surface: Surface, settings: Any
) -> None:
    settings.SURFACE = str(surface)
    answers = {
        path: Client().get(path).status_code
        for path in ("/", "/raise/", "/desk/", "/livez", "/api/v1/risks/")
    }
    own = {Surface.PUBLIC: {"/"}, Surface.INTAKE: {"/raise/"}, Surface.STAFF: {"/desk/", "/api/v1/risks/"}}[
        surface
    ]

    assert {path for path, status in answers.items() if status != 404} == own | {"/livez"}


def test_a_role_signs_in_once_its_password_is_in_a_file(db: None, tmp_path: Path) -> None:
    (tmp_path / INTAKE).write_text("a long password\n")
    (tmp_path / "secret_key").write_text("not a role")
    said = StringIO()

    call_command("database_roles", logins=tmp_path, stdout=said)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolcanlogin, left(rolpassword, 14) FROM pg_authid WHERE rolname = %s", [str(INTAKE)]
        )
        assert cursor.fetchone() == (True, "SCRAM-SHA-256$")
    assert "May sign in: hrdd_intake." in said.getvalue()


def test_a_folder_that_is_not_there_is_named(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="none is not a folder"):
        call_command("database_roles", logins=tmp_path / "none")


@pytest.fixture
def owner_who_is_no_superuser(db: None) -> Iterator[None]:
    """Own every table as an operator of a managed PostgreSQL does: CREATEROLE, and nothing above."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE managed CREATEROLE")
        for role in DatabaseRole:
            cursor.execute(f"ALTER ROLE {role} RESET ALL")
            cursor.execute(f"GRANT {role} TO managed WITH ADMIN OPTION")
        cursor.execute("ALTER SCHEMA public OWNER TO managed")
        cursor.execute(
            "SELECT oid::regclass FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} OWNER TO managed")
        cursor.execute("SET SESSION AUTHORIZATION managed")
        yield
        cursor.execute("RESET SESSION AUTHORIZATION")


def test_an_owner_who_is_no_superuser_grants_all_and_is_told_what_to_set(
    owner_who_is_no_superuser: None,
) -> None:
    err = StringIO()
    call_command("database_roles", stdout=StringIO(), stderr=err)

    assert missing_and_surplus() == []
    warnings = err.getvalue().splitlines()
    assert len(warnings) == 1
    assert "log_parameter_max_length is -1 for hrdd_intake, hrdd_staff" in warnings[0]
    assert "GRANT SET ON PARAMETER log_parameter_max_length" in warnings[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolconfig FROM pg_roles WHERE rolname = 'hrdd_worker'")
        assert "lock_timeout=30s" in cursor.fetchone()[0]
        cursor.execute("RESET SESSION AUTHORIZATION")
        cursor.execute("GRANT SET ON PARAMETER log_parameter_max_length TO managed")
        cursor.execute("SET SESSION AUTHORIZATION managed")
    err = StringIO()
    call_command("database_roles", stdout=StringIO(), stderr=err)

    assert (err.getvalue(), not_set()) == ("", [])
