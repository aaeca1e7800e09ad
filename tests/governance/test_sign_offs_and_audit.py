"""The inbox of signatures and the audit log, through HTTP."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from hrdd.governance.models import AuditEvent, SignOff, User
from hrdd.governance.rules import Role
from tests.cast import NOW, Cast
from transparency.actions import reports as actions
from transparency.models import Report

INBOX = "/desk/signoffs/"


@pytest.fixture
def asked(rendered: Report, cast: Cast) -> SignOff:
    return actions.ask_clearance(rendered, by=cast.pia, at=NOW)


def test_a_sign_off_waits_in_the_inbox_of_those_who_may_decide_only(
    asked: SignOff, cast: Cast, client: Client
) -> None:
    def waits_for(user: User) -> bool:
        client.force_login(user)
        return asked.content_hash.encode() in client.get(INBOX).content

    assert {one.username: waits_for(one) for one in (cast.pia, cast.rex, cast.eve, cast.ana)} == {
        "pia": False,
        "rex": True,
        "eve": False,
        "ana": False,
    }


def test_a_refusal_without_reasons_keeps_what_was_typed(asked: SignOff, cast: Cast, client: Client) -> None:
    client.force_login(cast.rex)
    answer = client.post(
        f"{INBOX}{asked.pk}/", {"decision": "refuse", "reasons": "too short", "seen_hash": asked.content_hash}
    )

    assert answer.status_code == 400
    assert b"at least 20 characters why you refuse" in answer.content
    assert b">too short</textarea>" in answer.content


@pytest.mark.parametrize("given", [{}, {"decision": "maybe"}, {"decision": "approve", "seen_hash": "x"}])
def test_a_decision_that_is_none_decides_nothing(
    asked: SignOff, cast: Cast, client: Client, given: dict[str, str]
) -> None:
    client.force_login(cast.rex)

    assert client.post(f"{INBOX}{asked.pk}/", given).status_code == 400
    asked.refresh_from_db()
    assert asked.decided_at is None


def test_who_may_not_sign_is_told_so(asked: SignOff, cast: Cast, client: Client) -> None:
    client.force_login(cast.ana)
    answer = client.post(f"{INBOX}{asked.pk}/", {"decision": "approve", "seen_hash": asked.content_hash})

    assert answer.status_code == 400
    assert b"Your role may not clear report for safety." in answer.content


def test_a_signature_moves_the_report_on(asked: SignOff, cast: Cast, client: Client) -> None:
    client.force_login(cast.rex)
    answer = client.post(
        f"{INBOX}{asked.pk}/", {"decision": "approve", "seen_hash": asked.content_hash}, follow=True
    )

    assert b"Approved: Clear for safety" in answer.content
    assert Report.objects.get().state == "safety_cleared"


def test_the_audit_page_names_the_entry_that_was_tampered_with(asked: SignOff, client: Client) -> None:
    audrey = User.objects.create_user("audrey", "x", display_name="Audrey", roles=[Role.AUDITOR])
    client.force_login(audrey)
    assert b"match their hashes" in client.get("/desk/audit/").content

    second = AuditEvent.objects.order_by("id")[1]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE governance_auditevent SET actor = 'mallory' WHERE id = %s", [second.pk])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")

    page = client.get("/desk/audit/").content.decode()
    assert f"does not hold at entry {second.pk}:" in page


@pytest.mark.parametrize("statement", ["DELETE FROM governance_auditevent", "TRUNCATE governance_auditevent"])
def test_the_audit_log_is_not_emptied(asked: SignOff, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_signing_in_needs_the_right_password(cast: Cast, client: Client) -> None:
    wrong = client.post("/sign-in/", {"username": "ana", "password": "y"})
    right = client.post("/sign-in/", {"username": "ana", "password": "x"})

    assert wrong.status_code == 200
    assert b"do not match" in wrong.content
    assert right.headers["Location"] == "/desk/"
