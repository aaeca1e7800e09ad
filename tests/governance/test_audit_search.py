"""Who reads the audit finds what they look for, takes it along, and sees when all of it was verified last."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hrdd.governance.actions import record_event
from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import Role
from tests.cast import NOW


@pytest.fixture
def auditor(db: None, client: Client) -> Client:
    client.force_login(User.objects.create_user("audrey", "x", display_name="Audrey", roles=[Role.AUDITOR]))
    return client


def acts(count: int) -> None:
    for number in range(count):
        who = "ana" if number % 2 else "pia"
        record_event(
            by=who,
            at=NOW + timedelta(days=number),
            action="noted" if number % 3 else "=HYPERLINK(1)",
            subject=f"Risk {number}",
            detail={"n": number},
        )


def test_entries_are_found_by_who_what_about_and_day(auditor: Client) -> None:
    acts(8)

    def shown(**asked: str) -> list[int]:
        answer = auditor.get("/desk/audit/", asked)
        assert answer.status_code == 200
        assert b"does not hold" not in answer.content
        assert b"does not match" not in answer.content
        return [int(link.event.subject.removeprefix("Risk ")) for link in answer.context["links"]]

    assert shown() == [7, 6, 5, 4, 3, 2, 1, 0]
    assert shown(actor="ANA") == [7, 5, 3, 1]
    assert shown(action="hyper") == [6, 3, 0]
    assert shown(subject="risk 4") == [4]
    assert shown(day=f"{(NOW + timedelta(days=2)).date()}") == [2]
    assert shown(actor="ana", action="noted") == [7, 5, 1]
    assert shown(actor="nobody") == []
    assert "No entry fits" in auditor.get("/desk/audit/", {"actor": "nobody"}).content.decode()
    wrong = auditor.get("/desk/audit/", {"day": "yesterday"})
    assert (wrong.status_code, "Day (UTC)" in wrong.content.decode()) == (400, True)


def test_the_number_of_queries_does_not_grow_with_the_log(auditor: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            auditor.get("/desk/audit/", {"actor": "a"})
        return len(asked)

    acts(2)
    few = queries()
    acts(40)
    assert queries() == few


def test_the_export_holds_what_was_looked_for_and_nothing_that_a_sheet_computes(auditor: Client) -> None:
    acts(4)

    answer = auditor.get("/desk/audit.csv", {"action": "hyper"})
    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode())))  # type: ignore[arg-type]

    assert [row["subject"] for row in rows] == ["Risk 0", "Risk 3"]
    assert {row["action"] for row in rows} == {"'=HYPERLINK(1)"}
    assert rows[0]["hash"] == AuditEvent.objects.get(subject="Risk 0").hash
    assert answer["Cache-Control"] == "no-store"
    taken = AuditEvent.objects.get(action="exported the audit log")
    assert (taken.actor, taken.detail) == ("audrey", {"action": "hyper"})
    odd = auditor.get("/desk/audit.csv", {"actor": "\0", "day": "never"})
    assert b"".join(odd).count(b"\n") == 1  # type: ignore[arg-type]


def test_the_page_says_what_the_last_verification_found(auditor: Client) -> None:
    acts(3)
    assert "has not been verified yet" in auditor.get("/desk/audit/").content.decode()
    call_command("verify")
    assert "Intact" in auditor.get("/desk/audit/").content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE governance_auditevent SET actor = 'mallory' WHERE subject = 'Risk 1'")
        cursor.execute("SET session_replication_role = DEFAULT")
    with pytest.raises(CommandError, match=r"event no\. 2"):
        call_command("verify")

    page = auditor.get("/desk/audit/").content.decode()

    assert "Not intact" in page
    assert "BAD audit log: event no. 2 (id " in page
