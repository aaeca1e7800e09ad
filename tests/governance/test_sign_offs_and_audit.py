"""The inbox of signatures and the audit log, through HTTP."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from hrdd.demo import PASSWORD, create_people
from hrdd.governance.actions import record_event
from hrdd.governance.models import AuditEvent, SignOff, User
from hrdd.governance.rules import NotAllowed, Permission, Role
from hrdd.sign_offs import asked_of
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


def asked_of_a_hundred(cast: Cast) -> SignOff:
    """Return the last asked of a hundred and one, which has the nearest deadline."""
    for number in range(101):
        last = SignOff.objects.create(
            subject_kind="report",
            subject_id=number,
            subject=f"Report number {number}.",
            step="clearance",
            step_label="Clearance",
            permission=str(Permission.CLEAR_REPORT),
            content_hash="x",
            asked_by=cast.pia,
            asked_at=NOW + timedelta(minutes=number),
            answer_by=NOW if number == 100 else None,
        )
    return last


def test_of_many_sign_offs_those_owed_first_are_shown_and_the_others_by_the_page(
    cast: Cast, client: Client
) -> None:
    last = asked_of_a_hundred(cast)
    client.force_login(cast.rex)

    def shown(address: str) -> list[str]:
        return re.findall(r"Report number \d+\.(?=</a></h3>|</a>)", client.get(address).content.decode())

    first, second = shown(INBOX), shown(f"{INBOX}?page=2")
    assert (first[0], len(first)) == (last.subject, 100)
    assert second == ["Report number 99."]
    assert last.subject in shown("/desk/")
    assert "Report number 60." not in shown("/desk/")
    assert b"More, on the page of sign-offs" in client.get("/desk/").content


def test_the_desk_says_of_what_is_late_that_it_is_at_least_so_many_where_it_shows_a_part(
    asked: SignOff, cast: Cast, client: Client
) -> None:
    client.force_login(cast.rex)
    assert b"at least" not in client.get("/desk/").content

    asked_of_a_hundred(cast)

    assert b"<small>at least</small>" in client.get("/desk/").content


def test_a_refusal_from_a_later_page_keeps_what_was_typed(cast: Cast, client: Client) -> None:
    asked_of_a_hundred(cast)
    client.force_login(cast.rex)
    page = client.get(f"{INBOX}?page=2").content.decode()
    action = re.search(r'action="(/desk/signoffs/[^"]*)"', page)
    assert action is not None

    answer = client.post(action[1], {"decision": "", "reasons": "what I typed", "seen_hash": "x"})

    assert answer.status_code == 400
    assert b">what I typed</textarea>" in answer.content


def test_a_refusal_without_reasons_keeps_what_was_typed(asked: SignOff, cast: Cast, client: Client) -> None:
    client.force_login(cast.rex)
    answer = client.post(
        f"{INBOX}{asked.pk}/", {"decision": "refuse", "reasons": "too short", "seen_hash": asked.content_hash}
    )

    assert answer.status_code == 400
    assert b"at least 20 characters why you refuse" in answer.content
    assert b">too short</textarea>" in answer.content


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("report", "At least 20 characters to refuse; welcome to approve."),
        ("salient list", "At least 20 characters to refuse; welcome to approve."),
        ("exit", "At least 50 characters to approve, 20 to refuse."),
        ("lowering", "At least 50 characters to approve, 20 to refuse."),
        ("change", "At least 50 characters to approve, 20 to refuse."),
        ("model_review", "At least 50 characters to approve, 20 to refuse."),
        ("involvement", "At least 50 characters, to approve and to refuse."),
    ],
)
def test_the_inbox_says_how_much_of_reasons_each_kind_asks_for(
    cast: Cast, client: Client, kind: str, told: str
) -> None:
    asked = SignOff.objects.create(
        subject_kind=kind,
        subject_id=1,
        subject="x",
        step="x",
        step_label="x",
        permission=str(Permission.CLEAR_REPORT),
        content_hash="x",
        asked_by=cast.pia,
        asked_at=NOW,
    )
    client.force_login(cast.rex)

    assert told in client.get(INBOX).content.decode()
    least = asked_of(asked)
    for approve, needed in ((True, least.approve), (False, least.refuse)):
        assert least.demand("x" * needed, approve=approve) == "x" * needed
        if needed:
            with pytest.raises(NotAllowed, match=f"at least {needed} characters"):
                least.demand(f" {'x' * (needed - 1)} ", approve=approve)


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


@pytest.mark.parametrize("gone", ["oldest", "before the page"])
def test_the_audit_page_misses_an_event_that_was_taken_out(db: None, client: Client, gone: str) -> None:
    for number in range(60):
        record_event(by="ana", at=NOW, action="acted", subject=str(number))
    pk = AuditEvent.objects.order_by("pk")[0].pk if gone == "oldest" else AuditEvent.objects.all()[50].pk
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM governance_auditevent WHERE id = %s", [pk])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    client.force_login(User.objects.create_user("audrey", "x", display_name="Audrey", roles=[Role.AUDITOR]))

    pages = [client.get("/desk/audit/", {"page": page}).content for page in (1, 2)]

    assert any(b"does not hold" in page for page in pages)


def test_a_decision_with_an_odd_character_is_no_error(asked: SignOff, cast: Cast, client: Client) -> None:
    client.force_login(cast.rex)
    given = {"decision": "approve", "reasons": "a\0b", "seen_hash": asked.content_hash}

    assert client.post(f"{INBOX}{asked.pk}/", given).status_code == 302


def test_the_published_password_opens_nothing_outside_a_demonstration(
    db: None, client: Client, settings: Any
) -> None:
    create_people()
    given = {"username": "eve", "password": PASSWORD}
    settings.DEMONSTRATION = False
    refused = client.post("/sign-in/", given)
    settings.DEMONSTRATION = True
    accepted = client.post("/sign-in/", given)

    assert (refused.status_code, accepted.status_code) == (200, 302)


def test_readyz_says_that_the_queue_is_down(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hrdd.celery import app

    monkeypatch.setattr(app.conf, "broker_url", "redis://127.0.0.1:1/0")
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert b"database ok\n" in answer.content
    assert b"queue down\n" in answer.content


def test_signing_in_needs_the_right_password(cast: Cast, client: Client) -> None:
    wrong = client.post("/sign-in/", {"username": "ana", "password": "y"})
    right = client.post("/sign-in/", {"username": "ana", "password": "x"})

    assert wrong.status_code == 200
    assert b"did not prove who you are" in wrong.content
    assert right.headers["Location"] == "/desk/"
