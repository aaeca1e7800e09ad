"""Reading a table of texts out of a CSV, XLSX or JSON file that anybody may have made, and writing one."""

import csv
import io
import json
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from defusedxml.common import DefusedXmlException
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

MOST_BYTES, MOST_UNPACKED, MOST_PARTS = 5 * 1024 * 1024, 40 * 1024 * 1024, 1000
MOST_ROWS, MOST_COLUMNS, MOST_SHEET_ROWS = 1000, 100, 1_048_576
FORMULA = ("=", "+", "-", "@", "\t", "\r")
BROKEN = "This is no XLSX file that can be read. Open it in a spreadsheet and save it again, or save it as CSV (UTF-8)."
ENTITIES = "The file defines XML entities, which no spreadsheet needs. Open it and save it again."

A_LIST = "Write a list of objects, one a record, with texts, numbers, yes and no, or lists of texts in them."


class SheetError(ValueError):
    """The file cannot be read as a table; the text says why and what to do."""


@dataclass(frozen=True)
class Table:
    """A header, and rows of texts, each with the number that a spreadsheet shows beside it."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_table(name: str, content: bytes) -> Table:
    """Return the table of a file: the first sheet of an XLSX, a CSV in UTF-8 with commas, semicolons or tabs, or JSON.

    JSON is a list of objects, as the export writes it: their names are the header, and a value is a text, a number,
    true, false, null or a list of texts.

    Nothing is computed: a formula is the value that the spreadsheet saved, and text that looks like one is text.

    Args:
        name: the file's name, whose ending says what it is.
        content: its bytes, at most MOST_BYTES.

    Raises:
        SheetError: with the sentence to show.
    """
    if len(content) > MOST_BYTES:
        raise SheetError("The file is larger than 5 MB. Split it into several.")
    if not content.strip():
        raise SheetError("The file is empty. Start from the template.")
    if name.lower().endswith(".csv"):
        return _table(_csv_rows(content))
    if name.lower().endswith(".xlsx"):
        return _table(_xlsx_rows(content))
    if name.lower().endswith(".json"):
        return _table(_json_rows(content))
    raise SheetError(
        "The name of the file must end in .csv, .xlsx or .json. Save it in one of these formats."
    )


def _table(rows: Iterable[tuple[int, tuple[str, ...]]]) -> Table:
    """Return header and rows without the empty ones.

    Raises:
        SheetError: no rows, too many, or too wide.
    """
    kept: list[tuple[int, tuple[str, ...]]] = []
    for number, cells in rows:
        if len(cells) > MOST_COLUMNS:
            raise SheetError(
                f"Row {number} goes on for more than {MOST_COLUMNS} columns. Remove the empty ones."
            )
        if any(cells):
            kept.append((number, cells))
        if len(kept) > MOST_ROWS + 1:
            raise SheetError(f"The file has more than {MOST_ROWS:,} rows. Split it into several.")
    if len(kept) < 2:
        raise SheetError(
            "The file has no row under its header. Write one record a row, as the template shows."
        )
    return Table(kept[0][1], tuple(kept[1:]))


def _csv_rows(content: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = content[: wrong.start].count(b"\n") + 1
        raise SheetError(
            f"Line {line} is not UTF-8. Save the file as “CSV UTF-8” and upload it again."
        ) from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise SheetError(
            f"Line {line} holds a NUL byte, so this is no CSV file. Save it again as “CSV UTF-8”."
        )
    first = text.lstrip("\r\n").splitlines()[0] if text.strip() else ""
    between = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, tuple(as_text(cell) for cell in cells)
    except csv.Error:
        raise SheetError(
            f"Line {reader.line_num} is no CSV: a quotation mark is not closed, or a cell is too long. Mend it."
        ) from None


def _json_rows(content: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    try:
        records = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_each_once)
        json.dumps(records, ensure_ascii=False).encode()  # a half of a pair of surrogates is no text
    except SheetError:
        raise
    except UnicodeDecodeError:
        raise SheetError("The file is not UTF-8. Save it as UTF-8 and upload it again.") from None
    except json.JSONDecodeError as wrong:
        raise SheetError(f"Line {wrong.lineno} is no JSON: {wrong.msg}. Mend it.") from None
    except (RecursionError, ValueError):  # nested without end, or a number of thousands of digits
        raise SheetError(f"This is no table. {A_LIST}") from None
    if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
        raise SheetError(f"This is no table. {A_LIST}")
    header = tuple(dict.fromkeys(name for one in records for name in one))
    yield 0, header
    for number, one in enumerate(records, start=1):
        yield number, tuple(_json_cell(one.get(name), f"Record {number}, {name[:60]}") for name in header)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise SheetError("A record names something twice. Keep one.")
    return found


def _json_cell(value: object, place: str) -> str:
    """Return a value as the cell that says the same; nothing in JSON runs, so an apostrophe is one."""
    if isinstance(value, list):
        if not all(isinstance(one, str) for one in value) or any(";" in one for one in value):
            raise SheetError(f"{place}: a list holds texts without semicolons. Mend it.")
        return "; ".join(one.replace("\0", "").strip() for one in value)
    if isinstance(value, dict):
        raise SheetError(f"{place}: {A_LIST}")
    return value.replace("\0", "").strip() if isinstance(value, str) else as_text(value)


def _xlsx_rows(content: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    _refuse_bombs(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            sheet: Any = book.worksheets[0]
            sheet.reset_dimensions()
            for number, cells in enumerate(
                sheet.iter_rows(max_row=MOST_SHEET_ROWS, values_only=True), start=1
            ):
                yield number, _trimmed(tuple(as_text(cell) for cell in cells))
    except Exception as wrong:  # openpyxl raises whatever a broken file leads it to
        raise SheetError(ENTITIES if _is_defused(wrong) else BROKEN) from None


def _is_defused(wrong: BaseException | None) -> bool:
    """Whether defusedxml refused the file, under whatever openpyxl made of that."""
    while wrong is not None and not isinstance(wrong, DefusedXmlException):
        wrong = wrong.__cause__ or wrong.__context__
    return wrong is not None


def _refuse_bombs(content: bytes) -> None:
    """Refuse a file that unpacks to far more than it is; unpacking never reads past the sizes added up here.

    Raises:
        SheetError: it is no zip file, or unpacks to too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
    except Exception:  # zipfile raises whatever a broken directory leads it to
        raise SheetError(BROKEN) from None
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise SheetError(
            "The file unpacks to more than 40 MB. Copy the rows into the template and upload that."
        )


def _trimmed(cells: tuple[str, ...]) -> tuple[str, ...]:
    end = max((place for place, cell in enumerate(cells, start=1) if cell), default=0)
    return cells[:end]


def as_text(cell: object) -> str:
    """Return a cell as text; the mark that keeps text from becoming a formula is taken off again."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    said = str(cell).replace("\0", "").strip()
    return said[1:] if said.startswith("'") and said[1:].startswith(FORMULA) else said


def csv_of(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a CSV in UTF-8 with a byte order mark, which spreadsheets need to read it as such."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([header, *rows])
    return out.getvalue().encode("utf-8-sig")


def json_of(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a list of objects, which hold what each row says."""
    said = [{name: cell for name, cell in zip(header, row, strict=True) if cell} for row in rows]
    return (json.dumps(said, ensure_ascii=False, indent=2) + "\n").encode()


def xlsx_of(
    header: Sequence[str], rows: Iterable[Sequence[str]], *, columns: Mapping[str, str], title: str = "Risks"
) -> bytes:
    """Return a workbook: the rows on its first sheet, and on its second what each column asks for."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    explained = book.create_sheet("Columns")
    for one, lines in (
        (sheet, [header, *rows]),
        (explained, [("Column", "What it asks for"), *columns.items()]),
    ):
        for line in lines:
            one.append(list(line))
        for cell in one[1]:
            cell.font = Font(bold=True)
        one.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
