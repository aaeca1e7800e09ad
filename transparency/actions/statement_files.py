"""Statements of reasons leave in a file; nothing is sent from here (DSA 24(5), domain.md 8.4)."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import connection, transaction

from hrdd.governance.actions import record_event
from risks.queries.partners import never_named
from transparency.documents.dsa import Lines
from transparency.models import ExportedStatement, StatementExport
from transparency.queries.statement_files import Window, holding, issued, names_of, superseded
from transparency.rules.dsa import is_outside, payload, refusals

OPERATOR = "OPERATOR (command line)"
CHUNK = 500


@transaction.atomic
def export_statements(
    window: Window,
    *,
    into: Lines,
    refuse: Callable[[str, Sequence[str]], None],
    tell: Callable[[int], None],
    at: datetime,
) -> StatementExport:
    """Write the statements that hold, valid under every rule of the database, and keep on record that they left.

    The files appear last, once the record is written, so that nothing leaves without one; memory does not grow with
    their number.

    Args:
        window: which ones.
        into: opened files.
        refuse: told of each statement that does not leave, by its identifier and with the reasons.
        tell: told how many were looked at.
        at: now.
    """
    hidden = never_named()
    number = _next_number()
    counts = {"written": 0, "refused": 0, "outside": 0}
    left: list[ExportedStatement] = []
    for done, one in enumerate(holding(window).iterator(chunk_size=CHUNK), start=1):
        tell(done)
        if is_outside(one.content):
            counts["outside"] += 1
        elif wrong := refusals(issued(one), known=[*names_of(one.measure), *hidden]):
            counts["refused"] += 1
            refuse(str(one.puid), wrong)
        else:
            into.write(payload(one.content))
            counts["written"] += 1
            left.append(ExportedStatement(statement=one, export_id=number))
        if len(left) == CHUNK:
            _note(left)
    _note(left)
    made = StatementExport(
        pk=number,
        begin=window.begin,
        end=window.end,
        only_new=window.only_new,
        superseded=superseded(window),
        sha256=into.sha256,
        made_by=OPERATOR,
        made_at=at,
        **counts,
    )
    if made.written:
        made.save(force_insert=True)
        record_event(
            by=OPERATOR,
            at=at,
            action="exported statements of reasons",
            subject=f"{made.written} statements",
            detail=counts | {"superseded": made.superseded, "sha256": made.sha256},
        )
    into.keep()
    return made


def _note(left: list[ExportedStatement]) -> None:
    """Keep on record where statements left first; the record of the file itself follows in the same transaction."""
    ExportedStatement.objects.bulk_create(left, ignore_conflicts=True)
    left.clear()


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [StatementExport._meta.db_table])
        return int(cursor.fetchone()[0])
