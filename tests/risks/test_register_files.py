# ruff: noqa: F811  # the fixtures of the register are arguments here
"""The register as a file: exactly what is filtered, on the audit log, and nothing that a spreadsheet runs."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from hrdd.governance.models import AuditEvent
from risks.documents.register import COLUMNS, write_register
from risks.models import Partner, Product, Risk, SeverityAssessment
from risks.queries.partners import WITHHELD
from risks.rules.spreadsheet import is_formula
from tests.risks.test_register import TODAY, ana, desk, one_of_each, risk, rob, titles  # noqa: F401

STARTS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"


def body(answer: Any) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def from_csv(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def from_xlsx(raw: bytes) -> list[list[Any]]:
    return [list(row) for row in load_workbook(io.BytesIO(raw))["Risks"].iter_rows(values_only=True)]


@pytest.mark.parametrize("query", ["", "level=5", "sort=title", "q=arrests", "owner=nobody"])
def test_a_file_holds_exactly_what_the_page_lists_in_its_order(
    one_of_each: Risk, desk: Client, query: str
) -> None:
    listed = titles(desk, query)

    table = from_csv(body(desk.get(f"/desk/risks/export.csv?{query}")))
    sheet = from_xlsx(body(desk.get(f"/desk/risks/export.xlsx?{query}")))
    objects = json.loads(body(desk.get(f"/desk/risks/export.json?{query}")))

    assert table[0] == sheet[0] == list(COLUMNS)
    assert [row[1] for row in table[1:]] == [row[1] for row in sheet[1:]] == listed
    assert [one["title"] for one in objects] == listed


def test_a_text_that_names_a_partner_whose_name_endangers_people_is_withheld(
    one_of_each: Risk, desk: Client
) -> None:
    Partner.objects.create(name="Northern Telecom", naming_endangers="Those who told us work there.")
    Partner.objects.create(name="Southern Telecom")
    said = {"title": "Northern  telecom cuts off a town", "summary": "Asked of northern telecom by phone"}
    Risk.objects.filter(pk=one_of_each.pk).update(
        **said, affected_groups=[{"group": "Staff of NORTHERN TELECOM"}, "Users of Southern Telecom"]
    )
    one_of_each.products.add(Product.objects.create(name="Northern Telecom shop"))

    table = from_csv(body(desk.get("/desk/risks/export.csv")))
    sheet = from_xlsx(body(desk.get("/desk/risks/export.xlsx")))
    objects = json.loads(body(desk.get("/desk/risks/export.json")))
    [row] = [one for one in objects if one["id"] == one_of_each.pk]

    assert "northern" not in f"{table}{sheet}{objects}".lower()
    assert (row["title"], row["summary"], row["products"]) == (WITHHELD, WITHHELD, ["Mail", WITHHELD])
    assert row["affected_groups"] == [WITHHELD, "Users of Southern Telecom"]


def test_a_row_says_what_is_on_record(one_of_each: Risk, desk: Client) -> None:
    held = SeverityAssessment.objects.create(
        risk=one_of_each, scale=5, scope=None, irremediability=4, level=5, incomplete=True, reason="x",
        holds_from=TODAY, recorded_at=datetime.now(tz=UTC), recorded_by="ana", delay_makes_irremediable=True,
    )  # fmt: skip
    Risk.objects.filter(pk=one_of_each.pk).update(
        held=held, affected_groups=[{"group": "Editors"}, "Readers"]
    )

    head, row = from_csv(body(desk.get("/desk/risks/export.csv?level=5")))
    said = dict(zip(head, row, strict=True))

    assert said | {
        "rights": "LIBERTY", "affected_groups": "Editors; Readers", "countries": "KE; UG", "products": "Mail",
        "owner": "ana", "level": "5", "band": "critical", "tier": "P1", "salient": "yes", "scale": "5",
        "scope": "unknown", "likelihood": "3", "delay_makes_irremediable": "yes", "gross_abuse": "no",
        "tie": "directly_linked", "next_review": (TODAY - timedelta(days=1)).isoformat(),
    } == said  # fmt: skip


def test_an_export_is_on_the_audit_log_without_the_words_that_were_searched(
    one_of_each: Risk, desk: Client
) -> None:
    body(desk.get("/desk/risks/export.json?q=arrests&level=5"))

    [event] = AuditEvent.objects.filter(action="exported the register")
    assert event.actor == "ana"
    assert event.detail == {"format": "json", "rows": 1, "filters": {"q": "…", "level": "5"}}


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_an_empty_export_is_a_file_too(desk: Client, form: str) -> None:
    raw = body(desk.get(f"/desk/risks/export.{form}"))
    read: dict[str, Callable[[bytes], Any]] = {"csv": from_csv, "xlsx": from_xlsx, "json": json.loads}

    assert read[form](raw) == ([] if form == "json" else [list(COLUMNS)])


def test_a_form_that_is_not_offered_is_not_found(desk: Client) -> None:
    assert desk.get("/desk/risks/export.exe").status_code == 404
    assert not AuditEvent.objects.exists()


def test_a_csv_begins_with_the_mark_by_which_excel_knows_utf_8(desk: Client) -> None:
    risk("Ärzte und أطباء")
    answer = desk.get("/desk/risks/export.csv")

    raw = body(answer)

    assert raw.startswith(b"\xef\xbb\xbf")
    assert "Ärzte und أطباء".encode() in raw
    assert f'filename="risks-{TODAY}.csv"' in answer.headers["Content-Disposition"]


HOSTILE = st.text(
    st.sampled_from(f"{STARTS}abc;\"', \u0000\u0007") | st.characters(exclude_categories=["Cs"]), max_size=20
).map(lambda said: said.replace("\0", ""))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=HOSTILE, group=HOSTILE, product=HOSTILE)
def test_no_cell_of_a_file_can_start_a_formula(db: None, title: str, group: str, product: str) -> None:
    one = risk(title, summary=title, affected_groups=[group, {"group": title}])
    one.products.add(Product.objects.get_or_create(name=product)[0])
    found = Risk.objects.filter(pk=one.pk)
    table, sheet = io.BytesIO(), io.BytesIO()

    write_register(found, form="csv", out=table)
    write_register(found, form="xlsx", out=sheet)

    cells = [cell for row in from_csv(table.getvalue()) for cell in row]
    kinds = {cell.data_type for row in load_workbook(sheet)["Risks"].iter_rows() for cell in row}
    assert [cell for cell in cells if is_formula(cell)] == []
    assert "f" not in kinds


def test_an_export_costs_the_same_queries_a_chunk(one_of_each: Risk, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(4):  # the names that are withheld are read once
        assert write_register(Risk.objects.order_by("pk"), form="json", out=io.BytesIO()) == 2
    for number in range(100):
        risk(f"Risk {number}")
    with django_assert_num_queries(4):
        assert write_register(Risk.objects.order_by("pk"), form="json", out=io.BytesIO()) == 102


def test_a_day_is_written_as_year_month_day(desk: Client) -> None:
    risk("One", context_until=date(2026, 3, 1))
    [one] = json.loads(body(desk.get("/desk/risks/export.json")))
    assert (one["context_until"], one["next_review"], one["likelihood"]) == ("2026-03-01", None, "")
