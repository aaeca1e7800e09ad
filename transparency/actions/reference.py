"""The statements of other organisations come in, to compare ours with; they never become measures of ours."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Model

from hrdd.governance.actions import IMPORT, record_event
from transparency.models import ReferenceMeasure, ReferenceOrganisation, ReferenceStatement
from transparency.rules.dump import SHOWN, DumpRefused, Entry, read_row, wrong_header

BATCH = 5000
IMPORT_LOCK = 4117
STATEMENT_COLUMNS = (
    *("uuid", "organisation_id", "puid", "ground", "rule_said", "category", "source_type"),
    *("automated_detection", "automated_decision", "content_date", "application_date"),
)
MEASURE_COLUMNS = ("statement_id", "decision", "kind", "ends_on")
ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
Row = tuple[object, ...]


@dataclass
class Taken:
    """What came in with a dump, and what was there before."""

    statements: int = 0
    measures: int = 0
    organisations: int = 0
    known: int = 0


@dataclass(frozen=True)
class Line:
    """A statement and where its row begins in the dump."""

    number: int
    entry: Entry


@transaction.atomic
def import_statements(path: Path, *, tell: Callable[[int], None], at: datetime) -> Taken:
    """Take a daily dump of the DSA Transparency Database, whole or not at all; taken again, it changes nothing.

    Args:
        path: the CSV as it was downloaded, full or light, with or without the mark of UTF-8.
        tell: told how many bytes were read.
        at: now.

    Raises:
        DumpRefused: what is wrong, with line, column and the fix.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORT_LOCK])
    taken, wrong = Taken(), _Wrong()
    organisations = {one.name: one.pk for one in ReferenceOrganisation.objects.all()}
    batch: list[Line] = []
    with path.open("rb") as raw:
        for line in _lines(raw, wrong):
            if wrong.count:
                continue
            batch.append(line)
            if len(batch) == BATCH:
                tell(raw.tell())
                batch = _take(batch, organisations, taken, wrong)
        _take(batch, organisations, taken, wrong)
        tell(raw.tell())
        wrong.refuse()
        raw.seek(0)
        digest = hashlib.file_digest(raw, "sha256").hexdigest()
    if taken.statements:
        counts = {"statements": taken.statements, "measures": taken.measures, "known": taken.known}
        record_event(
            by=IMPORT,
            at=at,
            action="imported reference statements",
            subject=f"{taken.statements} statements",
            detail=counts | {"sha256": digest},
        )
    return taken


class _Wrong:
    """What is wrong with a dump so far: the first hundred in words, the rest counted."""

    def __init__(self) -> None:
        self.count = 0
        self._said: list[str] = []

    def note(self, line: int, column: str, said: str) -> None:
        self.count += 1
        if len(self._said) < SHOWN:
            where = f", column {column}" if column else ""
            self._said.append(f"line {line}{where}: {said}")

    def refuse(self) -> None:
        if self.count:
            raise DumpRefused(self._said, self.count - len(self._said))


def _lines(raw: io.BufferedReader, wrong: _Wrong) -> Iterator[Line]:
    """Yield the rows of a dump that are right, and note what is wrong with the others."""
    text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
    table = csv.reader(text, strict=True)
    line = 1
    try:
        header = next(table, [])
        if said := wrong_header(header):
            raise DumpRefused([f"line 1: {said}"])
        line = table.line_num + 1
        for cells in table:
            if cells and (entry := _entry(cells, header, line, wrong)):
                yield Line(line, entry)
            line = table.line_num + 1
    except UnicodeDecodeError:
        wrong.note(line, "", "the file is not UTF-8 from about here on. Take it as it was downloaded.")
    except csv.Error as error:
        wrong.note(line, "", f"this is not CSV: {error}. A quote may be open.")
    finally:
        text.detach()


def _entry(cells: list[str], header: list[str], line: int, wrong: _Wrong) -> Entry | None:
    if len(cells) != len(header):
        fix = f"it has {len(cells)} cells, the header {len(header)}. Take the row from the dump again."
        wrong.note(line, "", fix)
        return None
    entry, said_by_column = read_row(dict(zip(header, cells, strict=True)))
    for column, said in said_by_column.items():
        wrong.note(line, column, said)
    return entry


def _take(batch: list[Line], organisations: dict[str, int], taken: Taken, wrong: _Wrong) -> list[Line]:
    """Store what of a batch is not there yet; return an empty batch."""
    if not batch or wrong.count:
        return []
    _add_organisations(batch, organisations, taken)
    uuids, puids = _there_already(batch, organisations)
    statements: list[Row] = []
    measures: list[Row] = []
    for line in batch:
        one = line.entry
        key = (organisations[one.organisation], one.puid)
        if one.uuid in uuids:
            taken.known += 1
            continue
        if key in puids:
            said = f"{one.puid} is the identifier of another statement of {one.organisation}; none is used twice."
            wrong.note(line.number, "platform_uid", said)
            continue
        uuids.add(one.uuid)
        puids.add(key)
        statements.append(_statement(one, key[0]))
        measures += [(one.uuid, each.decision, each.kind, each.ends_on) for each in one.restrictions]
    _copy(ReferenceStatement, STATEMENT_COLUMNS, statements)
    _copy(ReferenceMeasure, MEASURE_COLUMNS, measures)
    taken.statements += len(statements)
    taken.measures += len(measures)
    return []


def _add_organisations(batch: list[Line], organisations: dict[str, int], taken: Taken) -> None:
    for name in dict.fromkeys(line.entry.organisation for line in batch):
        if name not in organisations:
            organisations[name] = ReferenceOrganisation.objects.create(name=name).pk
            taken.organisations += 1


def _there_already(
    batch: list[Line], organisations: dict[str, int]
) -> tuple[set[object], set[tuple[int, str]]]:
    stored = ReferenceStatement.objects
    uuids = stored.filter(uuid__in=[line.entry.uuid for line in batch]).values_list("uuid", flat=True)
    named = {organisations[line.entry.organisation] for line in batch}
    puids = stored.filter(organisation__in=named, puid__in=[line.entry.puid for line in batch])
    return set(uuids), set(puids.values_list("organisation_id", "puid"))


def _statement(one: Entry, organisation: int) -> Row:
    return (
        one.uuid,
        organisation,
        one.puid,
        one.ground,
        one.rule_said,
        one.category,
        one.source_type,
        one.automated_detection,
        one.automated_decision,
        one.content_date,
        one.application_date,
    )


def _copy(model: type[Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Send rows as PostgreSQL takes them fastest; unlike an INSERT, its cost is that of the rows."""
    sent = io.StringIO("".join("\t".join(map(_as_text, row)) + "\n" for row in rows))
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {model._meta.db_table} ({', '.join(columns)}) FROM STDIN", sent)


def _as_text(value: object) -> str:
    if value is None:
        return r"\N"
    return str(value).translate(ESCAPED)
