"""A register as a file, row by row: CSV, XLSX and JSON of the same columns."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import IO

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, WriteOnlyCell
from openpyxl.styles import Font

from risks.rules.spreadsheet import guarded

LONGEST_CELL = 32_767
TYPES: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
Value = str | int | bool | date | list[str] | None
Record = dict[str, Value]


def flat(value: Value) -> str | int:
    """Return what stands in one cell of a table: lists joined by "; ", yes and no, days as year-month-day."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(value)
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else value


def _csv(rows: Iterable[Record], out: IO[bytes], columns: Sequence[str], _title: str) -> None:
    """Write CSV with the mark by which Excel knows UTF-8; no cell begins like a formula."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    table = csv.writer(text)
    table.writerow(columns)
    for row in rows:
        cells = (flat(row[name]) for name in columns)
        table.writerow(guarded(cell) if isinstance(cell, str) else cell for cell in cells)
    text.flush()
    text.detach()


def _xlsx(rows: Iterable[Record], out: IO[bytes], columns: Sequence[str], title: str) -> None:
    """Write a workbook in which every text is text, whatever it begins with."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "C2"

    def cell(text: str) -> Cell:
        made = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST_CELL])
        made.data_type = "s"
        return made

    head = [cell(name) for name in columns]
    for one in head:
        one.font = Font(bold=True)
    sheet.append(head)
    for row in rows:
        values = (flat(row[name]) for name in columns)
        sheet.append([cell(value) if isinstance(value, str) and value else value or None for value in values])
    book.save(out)


def _json(rows: Iterable[Record], out: IO[bytes], columns: Sequence[str], _title: str) -> None:
    """Write a list of objects, one a line; lists stay lists."""
    many = 0
    for many, row in enumerate(rows, start=1):
        said = json.dumps({name: row[name] for name in columns}, ensure_ascii=False, default=date.isoformat)
        out.write((("[\n" if many == 1 else ",\n") + said).encode())
    out.write(b"\n]\n" if many else b"[]\n")


WRITERS: Mapping[str, Callable[[Iterable[Record], IO[bytes], Sequence[str], str], None]] = {
    "csv": _csv,
    "xlsx": _xlsx,
    "json": _json,
}


def write_table(
    rows: Iterable[Record], *, form: str, out: IO[bytes], columns: Sequence[str], title: str
) -> int:
    """Write rows in their order, and return how many.

    Args:
        rows: what stands under each column.
        form: csv, xlsx or json.
        out: where to; it grows, the memory does not.
        columns: the columns, in order.
        title: what the sheet of a workbook is called.
    """
    many = 0

    def counted() -> Iterator[Record]:
        nonlocal many
        for many, record in enumerate(rows, start=1):  # noqa: B007
            yield record

    WRITERS[form](counted(), out, columns, title)
    return many
