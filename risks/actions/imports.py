"""Importing a file of a register: judged row by row, shown, and written whole or not at all (domain.md 1.1, 5)."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.models import RegisterImport
from risks.rules.recording import Problem
from risks.rules.sheets import SheetError, read_table

IMPORT_LOCK = 4102
Header = tuple[tuple[str, ...], list[str], list[str]]


@dataclass
class Row:
    """A row as it is judged: what it gives, what is wrong, the record it repeats, and what it would create."""

    number: int
    given: dict[str, str]
    problems: list[Problem]
    same_as: int | None = None
    will: str = ""
    prepared: dict[str, Any] = field(default_factory=dict)

    def kept(self, title: str) -> dict[str, Any]:
        """Return it as the import keeps it; a cell that may lead to a person at risk is not kept.

        Args:
            title: the column by which people know the row.
        """
        secret = {one.column for one in self.problems if one.secret}
        return {
            "row": self.number,
            "given": {name: said for name, said in self.given.items() if name not in secret},
            "title": "" if title in secret else self.given.get(title, "")[:200],
            "problems": [[one.column, one.sentence] for one in self.problems],
            "same_as": self.same_as,
            "will": self.will,
        }


@dataclass(frozen=True)
class Reader:
    """How the files of one register are read, judged and written.

    `judge` puts problems and what will be recorded into rows, and returns what `write` needs; `write` records one row.
    """

    register: RegisterImport.Register
    permission: Permission
    title: str
    read_header: Callable[[Sequence[str]], Header]
    read_row: Callable[[Sequence[str], Sequence[str]], tuple[dict[str, str], list[Problem]]]
    judge: Callable[[Sequence[Row], datetime], Any]
    write: Callable[[Row, Any, User, datetime], None]


@transaction.atomic
def read_import(reader: Reader, *, filename: str, content: bytes, by: User, at: datetime) -> RegisterImport:
    """Read a file and keep each row with its verdict; the register stays as it is.

    Args:
        reader: of which register.
        filename, content: what was uploaded.
        by, at: who, and now; only they apply it.

    Raises:
        NotAllowed: the file cannot be read, with the sentence to show.
    """
    by.demand(reader.permission)
    try:
        table = read_table(filename, content)
        names, derived, company = reader.read_header(table.header)
    except SheetError as wrong:
        raise NotAllowed(str(wrong)) from None
    rows = [Row(number, *reader.read_row(names, cells)) for number, cells in table.rows]
    reader.judge(rows, at)
    refused = sum(bool(row.problems) for row in rows)
    held = RegisterImport.objects.create(
        register=reader.register,
        filename=filename[-200:],
        digest=hashlib.sha256(content).hexdigest(),
        rows={"derived": derived, "company": company, "judged": [row.kept(reader.title) for row in rows]},
        accepted=len(rows) - refused,
        refused=refused,
        uploaded_by=by,
        uploaded_at=at,
    )
    detail: dict[str, Any] = {"accepted": held.accepted, "refused": refused}
    detail |= {"ignored": company} if company else {}
    record_event(by=by.username, at=at, action="read import", subject=f"import {held.pk}", detail=detail)
    return held


@transaction.atomic
def ask_import(reader: Reader, held: RegisterImport, *, by: User, at: datetime) -> None:
    """Ask for an import to be applied; a worker does, since a thousand rows take longer than a page may.

    Raises:
        NotAllowed: not the person who uploaded it, rows are refused, or it was asked for, applied or discarded before.
    """
    locked = _open_import(reader, held, by=by)
    if locked.refused:
        raise NotAllowed(
            "Rows are refused, and a file is imported whole or not at all. Mend them and upload it again."
        )
    RegisterImport.objects.filter(pk=locked.pk).update(
        state=RegisterImport.State.APPLYING, asked_at=at, stopped_because=""
    )
    record_event(by=by.username, at=at, action="asked to apply import", subject=f"import {locked.pk}")


def apply_asked_import(reader: Reader, held: RegisterImport, *, at: datetime) -> int:
    """Apply an import that was asked for, under the name of who asked; return how many rows were recorded.

    May be run any number of times: what was applied, or stopped, stays so. Where a rule refuses now, nothing is
    written, and the import waits again with the reason why.
    """
    try:
        return apply_import(reader, held, by=held.uploaded_by, at=at)
    except NotAllowed as refusal:
        RegisterImport.objects.filter(pk=held.pk, state=RegisterImport.State.APPLYING).update(
            state=RegisterImport.State.PREVIEWED, stopped_because=str(refusal)
        )
        return 0


def apply_import(reader: Reader, held: RegisterImport, *, by: User, at: datetime) -> int:
    """Write all rows of an import that was asked for, judged again first; return how many were recorded.

    Raises:
        NotAllowed: the role, nobody asked, rows are refused now, or it was applied or discarded before.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORT_LOCK])
        locked = _open_import(reader, held, by=by, state=RegisterImport.State.APPLYING)
        rows = [Row(one["row"], one["given"], []) for one in locked.rows["judged"]]
        known = reader.judge(rows, at)
        refused = sum(bool(row.problems) for row in rows)
        if not refused:
            for row in rows:
                reader.write(row, known, by, at)
            _close(locked, RegisterImport.State.APPLIED, rows=len(rows), by=by, at=at)
            return len(rows)
        locked.rows["judged"] = [row.kept(reader.title) for row in rows]
        locked.accepted, locked.refused = len(rows) - refused, refused
        locked.save(update_fields=["rows", "accepted", "refused"])
    raise NotAllowed(
        "The register changed since the file was read, and rows are refused now. Nothing was written."
    )


@transaction.atomic
def discard_import(reader: Reader, held: RegisterImport, *, by: User, at: datetime) -> None:
    """Throw an import away, with what its rows gave.

    Raises:
        NotAllowed: not the person who uploaded it, or it was applied or discarded before.
    """
    _close(_open_import(reader, held, by=by), RegisterImport.State.DISCARDED, rows=0, by=by, at=at)


def _open_import(
    reader: Reader, held: RegisterImport, *, by: User, state: str = RegisterImport.State.PREVIEWED
) -> RegisterImport:
    by.demand(reader.permission)
    locked = RegisterImport.objects.select_for_update().get(pk=held.pk, register=reader.register)
    if locked.uploaded_by_id != by.pk:
        raise NotAllowed("Only the person who uploaded this file applies or discards it.")
    if locked.state == RegisterImport.State.APPLYING != state:
        raise NotAllowed("This file is being applied. Wait until it stands in the register, or was stopped.")
    if locked.state == RegisterImport.State.PREVIEWED != state:
        raise NotAllowed("Nobody asked for this file to be applied.")
    if locked.state != state:
        raise NotAllowed(
            f"This file was {locked.get_state_display().lower()} already. Upload it again if need be."
        )
    return locked


def _close(held: RegisterImport, state: str, *, rows: int, by: User, at: datetime) -> None:
    """Close an import; what its rows gave now stands in the register, or nowhere."""
    held.state = state
    held.applied_at = at if state == RegisterImport.State.APPLIED else None
    held.rows["judged"] = []
    held.save(update_fields=["state", "applied_at", "rows"])
    record_event(
        by=by.username, at=at, action=f"{state} import", subject=f"import {held.pk}", detail={"rows": rows}
    )


def same(said: str) -> str:
    """Return a name as it is compared: however it is spaced and capitalised."""
    return " ".join(said.split()).casefold()


def with_column(found: Sequence[Problem]) -> list[Problem]:
    """Name the column of the file, in place of the field of the form."""
    return [
        Problem(one.column, f"{one.column}: {one.sentence.partition(': ')[2]}", secret=one.secret)
        for one in found
    ]


def judge_owner(row: Row, owners: Mapping[str, User]) -> None:
    """Refuse an owner who does not open the desk."""
    owner = row.given.get("owner", "")
    if owner and owner not in owners:
        row.problems.append(
            Problem(
                "owner", f"owner: nobody with the user name “{owner[:60]}” opens the desk. Leave it empty."
            )
        )


def possible_owners() -> dict[str, User]:
    """Return who may own a record, by user name."""
    return {one.username: one for one in User.objects.filter(is_active=True) if one.may(Permission.READ_DESK)}
