"""Each list of the desk as a file: exactly what is filtered, on the audit log, and less than the desk shows."""

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from hrdd.governance.models import AuditEvent
from hrdd.governance.rules import Role
from risks.documents import lists
from risks.models import Dilemma, Measure, Partner, StatementOfReasons
from tests.risks.consultation_stage import NOTES, PLACE, Stage, person, stage

__all__ = ["stage"]
EVERY = {of.name: of for of in (lists.MEASURES, lists.DILEMMAS, lists.CONSULTATIONS, lists.STATEMENTS)}


def file(client: Client, name: str, form: str, query: str = "") -> bytes:
    answer: Any = client.get(f"/desk/{name}/export.{form}?{query}")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def rows(client: Client, name: str, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(file(client, name, "json", query))
    return found


def a_dilemma(stage: Stage, question: str, **given: Any) -> Dilemma:
    made = {"risk": stage.risk, "question": question, "kind": "expression_hatred", "facts": "x"}
    at = AuditEvent.objects.order_by("-pk")[0].at
    return Dilemma.objects.create(**made, prepared_by=stage.ana, prepared_at=at, **given)


@pytest.fixture
def kept(stage: Stage) -> Stage:
    stage.plan()
    a_dilemma(stage, "=May they be named?", countries=["KE", "ET"])
    a_dilemma(stage, "Another question", urgency="life")
    StatementOfReasons.objects.create(
        measure=stage.measure,
        puid="0f6e2b9c-9a5d-4a6e-8f0e-2a1c5b7d9e30",
        action="canary-action",
        content={"content_type": ["CONTENT_TYPE_TEXT"], "territorial_scope": ["IE"]},
        text="x",
        ground="DECISION_GROUND_INCOMPATIBLE_CONTENT",
        category="STATEMENT_CATEGORY_VIOLENCE",
        sha256="0" * 64,
        issued_by=stage.ana,
        issued_at=AuditEvent.objects.order_by("-pk")[0].at,
    )
    return stage


@pytest.mark.parametrize("name", EVERY)
def test_the_three_forms_say_the_same_and_are_on_the_audit_log(kept: Stage, name: str) -> None:
    client = kept.by(kept.ana)

    table = list(csv.reader(io.StringIO(file(client, name, "csv").decode("utf-8-sig"), newline="")))
    sheet = load_workbook(io.BytesIO(file(client, name, "xlsx")))[name.capitalize()]
    objects = rows(client, name)

    assert table[0] == [cell.value for cell in sheet[1]] == list(EVERY[name].columns)
    ids = [one["id"] for one in objects]
    assert ids
    assert [int(row[0]) for row in table[1:]] == [row[0].value for row in list(sheet)[1:]] == ids
    logged = AuditEvent.objects.filter(action="exported the register")
    assert [one.detail["format"] for one in logged.order_by("pk")] == ["csv", "xlsx", "json"]
    assert {one.subject for one in logged} == {f"{len(ids)} {name}"}
    assert f"/desk/{name}/export.csv" in client.get(f"/desk/{name}/").content.decode()


def test_a_file_holds_what_the_filters_leave_and_words_stay_off_the_audit_log(kept: Stage) -> None:
    client = kept.by(kept.ana)

    assert [one["question"] for one in rows(client, "dilemmas", "q=another")] == ["Another question"]
    assert rows(client, "measures", "state=proposed") == []
    assert len(rows(client, "measures", "kind=label")) == 1
    assert rows(client, "consultations", "state=closed") == []
    assert rows(client, "statements", "q=canary&first=2020-01-01") == []
    logged = AuditEvent.objects.filter(action="exported the register").order_by("pk")
    filters = [one.detail["filters"] for one in logged]
    assert filters[0] == {"words": "…"}
    assert filters[-1] == {"q": "…", "first": "2020-01-01"}


def test_nothing_in_a_cell_runs_as_a_formula(kept: Stage) -> None:
    said = file(kept.by(kept.ana), "dilemmas", "csv").decode("utf-8-sig")

    assert "'=May they be named?" in said


def test_a_file_never_says_whom_a_measure_or_a_statement_is_about(kept: Stage) -> None:
    Measure.objects.update(target="canary-account")
    client = kept.by(kept.rita)

    for name in EVERY:
        assert b"canary" not in file(client, name, "json")


def test_of_a_guarded_consultation_even_its_team_takes_purpose_and_state_alone(kept: Stage) -> None:
    kept.plan(title="CanaryTitleQzx", risk_to_participants="high")

    for user in (kept.emma, kept.ana):
        told = file(kept.by(user), "consultations", "json").decode()
        assert "CanaryTitleQzx" not in told
        assert PLACE not in told
        assert NOTES not in told
        first = json.loads(told)[0]
        assert (first["guarded"], first["groups"], first["when"], first["people"]) == (True, [], "", "")


def test_a_partner_who_must_not_be_named_is_in_no_file(kept: Stage) -> None:
    Partner.objects.create(name="Canary Cloud", naming_endangers="Its staff.")
    kept.risk.title = "Canary Cloud hands data over"
    kept.risk.save()
    Dilemma.objects.update(question="What of Canary Cloud?")
    client = kept.by(kept.ana)

    for name in EVERY:
        assert b"Canary Cloud" not in file(client, name, "json")


def test_there_is_no_other_form_and_no_file_for_who_reads_no_desk(kept: Stage) -> None:
    olu = person("olu", Role.SYSADMIN)

    for name in EVERY:
        assert kept.by(kept.ana).get(f"/desk/{name}/export.pdf").status_code == 404
        assert kept.by(olu).get(f"/desk/{name}/export.csv").status_code == 403
