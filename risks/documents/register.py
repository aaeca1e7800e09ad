"""The register as a file, row by row: CSV, XLSX and JSON of the same columns, which the import reads again."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import IO, Any

from django.db.models import Prefetch, QuerySet
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, WriteOnlyCell
from openpyxl.styles import Font

from risks.models import Risk, RiskRight, SeverityAssessment
from risks.rules.severity import BANDS
from risks.rules.spreadsheet import guarded
from risks.rules.standing import CLOSED, REMEDIED

CHUNK = 2000
LONGEST_CELL = 32_767
TIERS: Mapping[int, str] = {
    **{number: f"P{number}" for number in range(1, 5)},
    REMEDIED: "remedied",
    CLOSED: "closed",
}
TYPES: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
Value = str | int | bool | date | list[str] | None
Record = dict[str, Value]


def records(risks: QuerySet[Risk]) -> Iterator[Record]:
    """Return what each risk has under each column, in memory that does not grow with their number."""
    touched = Prefetch("touches", RiskRight.objects.only("risk_id", "right_id"))
    wanted = risks.select_related("owner", "held").prefetch_related(touched, "products")
    for risk in wanted.defer("search", "imported_record").iterator(chunk_size=CHUNK):
        yield _record(risk)


def _record(risk: Risk) -> Record:
    return {
        "id": risk.pk,
        "title": risk.title,
        "summary": risk.summary,
        "status": risk.status,
        "rights": list(dict.fromkeys(one.right_id for one in risk.touches.all())),
        "affected_groups": [_group(one) for one in risk.affected_groups],
        "vulnerabilities": risk.vulnerabilities,
        "countries": risk.countries,
        "products": [one.name for one in risk.products.all()],
        "activity": risk.activity,
        "source": risk.source,
        "drivers": risk.drivers,
        "context_tags": risk.context_tags,
        "context_until": risk.context_until,
        "threat_to_life": risk.threat_to_life,
        "gross_abuse": risk.gross_abuse,
        "owner": risk.owner.username if risk.owner else "",
        "level": risk.level,
        "band": BANDS[risk.level],
        "tier": TIERS[risk.tier],
        "salient": risk.salient,
        "state_of_harm": risk.state_of_harm,
        "likelihood": _likelihood(risk),
        **_heads(risk.held),
        "assessed_on": risk.assessed_on,
        "next_review": risk.next_review,
        "tie": risk.tie,
    }


def _group(one: Any) -> str:
    return str(one.get("group", "")) if isinstance(one, dict) else str(one)


def _likelihood(risk: Risk) -> int | str:
    """Return 1 to 5; "unknown" of what could happen; nothing of what happened, which has none (domain.md 2.1)."""
    if risk.likelihood:
        return risk.likelihood
    return "unknown" if risk.state_of_harm == "potential" else ""


def _heads(held: SeverityAssessment | None) -> Record:
    """Return what the assessment that holds says; a head that it does not know is "unknown", never 0."""
    if held is None:
        names = ("scale", "scope", "irremediability", "delay_makes_irremediable", "heightened_vulnerability")
        return dict.fromkeys(names, "")
    return {
        "scale": held.scale or "unknown",
        "scope": held.scope or "unknown",
        "irremediability": held.irremediability or "unknown",
        "delay_makes_irremediable": held.delay_makes_irremediable,
        "heightened_vulnerability": held.heightened_vulnerability,
    }


COLUMNS = (
    *("id", "title", "summary", "status", "rights", "affected_groups", "vulnerabilities", "countries"),
    *("products", "activity", "source", "drivers", "context_tags", "context_until", "threat_to_life"),
    *("gross_abuse", "owner", "level", "band", "tier", "salient", "state_of_harm", "likelihood"),
    *("scale", "scope", "irremediability", "delay_makes_irremediable", "heightened_vulnerability"),
    *("assessed_on", "next_review", "tie"),
)


def flat(value: Value) -> str | int:
    """Return what stands in one cell of a table: lists joined by "; ", yes and no, days as year-month-day."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(value)
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else value


def _csv(rows: Iterable[Record], out: IO[bytes]) -> None:
    """Write CSV with the mark by which Excel knows UTF-8; no cell begins like a formula."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    table = csv.writer(text)
    table.writerow(COLUMNS)
    for row in rows:
        cells = (flat(row[name]) for name in COLUMNS)
        table.writerow(guarded(cell) if isinstance(cell, str) else cell for cell in cells)
    text.flush()
    text.detach()


def _xlsx(rows: Iterable[Record], out: IO[bytes]) -> None:
    """Write a workbook in which every text is text, whatever it begins with."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Risks")
    sheet.freeze_panes = "C2"

    def cell(text: str) -> Cell:
        made = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST_CELL])
        made.data_type = "s"
        return made

    head = [cell(name) for name in COLUMNS]
    for one in head:
        one.font = Font(bold=True)
    sheet.append(head)
    for row in rows:
        values = (flat(row[name]) for name in COLUMNS)
        sheet.append([cell(value) if isinstance(value, str) and value else value or None for value in values])
    book.save(out)


def _json(rows: Iterable[Record], out: IO[bytes]) -> None:
    """Write a list of objects, one a line; lists stay lists."""
    many = 0
    for many, row in enumerate(rows, start=1):
        said = json.dumps({name: row[name] for name in COLUMNS}, ensure_ascii=False, default=date.isoformat)
        out.write((("[\n" if many == 1 else ",\n") + said).encode())
    out.write(b"\n]\n" if many else b"[]\n")


WRITERS: Mapping[str, Callable[[Iterable[Record], IO[bytes]], None]] = {
    "csv": _csv,
    "xlsx": _xlsx,
    "json": _json,
}


def write_register(risks: QuerySet[Risk], *, form: str, out: IO[bytes]) -> int:
    """Write risks in their order, and return how many.

    Args:
        risks: as filtered and ordered.
        form: csv, xlsx or json.
        out: where to; it grows, the memory does not.
    """
    many = 0

    def counted() -> Iterator[Record]:
        nonlocal many
        for record in records(risks):
            many += 1
            yield record

    WRITERS[form](counted(), out)
    return many
