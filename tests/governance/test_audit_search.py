"""Who reads the audit finds what they look for, takes it along, and sees when all of it was verified last."""

import csv
import io
import json
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hrdd.governance.actions import record_event
from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import READS, Role
from risks.models import Partner, Relationship
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
    assert (taken.actor, taken.detail) == ("audrey", {"action": "hyper", "format": "csv"})
    odd = auditor.get("/desk/audit.csv", {"actor": "\0", "day": "never"})
    assert b"".join(odd).count(b"\n") == 1  # type: ignore[arg-type]


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_stranger_checks_an_export_with_python_alone(auditor: Client, tmp_path: Path, form: str) -> None:
    acts(6)
    record_event(
        by="zoë", at=NOW, action="'=noted", subject="R\u2028isk “7” \t", detail={"é": [1, {"b": 2, "a": "ü"}]}
    )
    script = settings.BASE_DIR / "static" / "verify" / "hrdd_verify_audit.py"
    file = tmp_path / f"audit.{form}"

    def checked(content: bytes) -> tuple[int, str]:
        file.write_bytes(content)
        done = subprocess.run(
            [sys.executable, "-I", script, file], capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout

    whole = b"".join(auditor.get(f"/desk/audit.{form}"))  # type: ignore[arg-type]
    lines = whole.splitlines(keepends=True) if form == "jsonl" else []

    code, said = checked(whole)
    assert (code, said.splitlines()[-1]) == (0, "8 events, 0 not as written, 0 gaps.")
    code, said = checked(whole.replace(b"Risk 3", b"Risk 8"))
    assert (code, "BAD event" in said, "1 not as written" in said) == (1, True, True)
    if lines:
        code, said = checked(b"".join(lines[:2] + lines[3:]))
        assert (code, "GAP before event" in said) == (0, True)
    found = b"".join(auditor.get(f"/desk/audit.{form}", {"actor": "pia"}))  # type: ignore[arg-type]
    code, said = checked(found)
    assert (code, "3 events, 0 not as written, 2 gaps." in said) == (0, True)


def test_reads_and_exports_are_found_by_their_kind(auditor: Client) -> None:
    acts(3)
    partner = Partner.objects.create(name="Northern Cloud", naming_endangers="Staff in the country, x.")
    other = Partner.objects.create(name="Southern Cloud")
    pages = [
        f"/desk/partners/{Relationship.objects.create(partner=one, kind='reseller', supplied='x').pk}/"
        for one in (partner, other)
    ]
    for page in pages:
        assert auditor.get(page).status_code == 200
    b"".join(auditor.get("/desk/audit.jsonl"))  # type: ignore[arg-type]

    shown = auditor.get("/desk/audit/", {"kind": "reads"})

    assert [(one.event.action, one.event.subject) for one in shown.context["links"]] == [
        ("exported the audit log", "Audit"),
        ("read of a partner not to be named", f"partner {partner.pk}"),
    ]
    assert "Northern" not in shown.content.decode()
    taken = [json.loads(line) for line in b"".join(auditor.get("/desk/audit.jsonl?kind=reads")).splitlines()]  # type: ignore[arg-type]
    assert {one["action"] for one in taken} <= READS


def test_the_detail_of_an_entry_is_told_in_plain_words(auditor: Client) -> None:
    record_event(by="ana", at=NOW, action="noted", subject="x", detail={"by": ["code", "key"], "whole": True})

    page = auditor.get("/desk/audit/").content.decode()

    assert "<dt>by</dt><dd>code, key</dd>" in page
    assert "<dt>whole</dt><dd>yes</dd>" in page


def test_every_act_that_is_called_a_read_or_an_export_is_found_as_one() -> None:
    apps = ("hrdd", "risks", "remedies", "transparency")
    words = re.compile(r'"((?:read of|exported|took out a file|opened (?:their|contact|assessed))[^"{]*)"')
    called = {
        said
        for app in apps
        for file in (settings.BASE_DIR / app).rglob("actions/*.py")
        for said in words.findall(file.read_text())
    }

    assert called | {"exported the audit log"} == READS


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
