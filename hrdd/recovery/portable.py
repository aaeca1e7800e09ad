"""Leaving must be easy: everything that an organisation recorded, as files that any program reads, and the way back.

A sealed archive (age) holds a tar of `manifest.json` (what each table and column is), `tables/<table>/<part>.jsonl` (a
row a line, by PostgreSQL's own JSON) and `census.json` (how many rows, and a sum that any changed row changes). Who
leaves opens it with `age` and `tar`; who comes back imports it into an empty installation, row for row. What people
told in a concern stays sealed to its handlers, inside as outside (ADR 20).
"""

import io
import json
import os
import tarfile
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyrage
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from psycopg2 import sql

from hrdd.recovery.archive import NotRestored, draft, one_moment
from hrdd.recovery.census import SAME_WORDS, Census, Held, differences, take_census
from hrdd.recovery.keys import WrongKey, identities, recipients

FORMAT = 1
MANIFEST, CENSUS = "manifest.json", "census.json"
A_PART = 2000  # rows
# Of the machine and the moment, not of the organisation: who is signed in, what the framework keeps of itself.
LEFT_BEHIND = frozenset(
    {
        *("accounts_session", "django_session", "django_migrations", "django_content_type"),
        *("auth_group", "auth_group_permissions", "auth_permission", "watch_heartbeat"),
    }
)
# What an empty installation holds already: the catalogue of rights, which the archive brings along.
GIVEN = frozenset({"risks_right"})
COLUMNS = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
  (SELECT r.relname FROM pg_constraint k JOIN pg_class r ON r.oid = k.confrelid
   WHERE k.conrelid = a.attrelid AND k.contype = 'f' AND k.conkey = ARRAY[a.attnum] LIMIT 1)
FROM pg_attribute a
WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum
"""
COUNTED_ON = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attidentity <> ''"
GO_ON = """
SELECT setval(pg_get_serial_sequence({of}, {called}),
  greatest(coalesce(max({column}), 0), 1), max({column}) IS NOT NULL) FROM {table}
"""


@dataclass(frozen=True)
class Column:
    """A column: its type in PostgreSQL, whether it may be empty, and of which table it names a row."""

    name: str
    type: str
    empty: bool
    names_a_row_of: str | None


def export_organisation(
    out: Path, *, sealed_to: Sequence[str], told: Callable[[int], None] = lambda _done: None
) -> Census:
    """Write everything as it is at one moment, while others go on writing; nothing lies open on the disk.

    Args:
        out: the new file.
        sealed_to: public keys of age.
        told: is called with how many tables are written.

    Raises:
        WrongKey: there is no key to seal to.
    """
    keys = recipients(sealed_to)
    with one_moment() as (cursor, _snapshot), draft(out) as sealed:
        reading, writing = os.pipe()
        census: dict[str, Held] = {}
        failed: list[BaseException] = []

        def write() -> None:
            try:
                with os.fdopen(writing, "wb") as pipe, tarfile.open(fileobj=pipe, mode="w|gz") as archive:
                    census.update(_write(archive, cursor, told))
            except BaseException as error:  # raised below, in the thread that asked
                failed.append(error)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            with os.fdopen(reading, "rb") as pipe:
                pyrage.encrypt_io(pipe, sealed, keys)
        finally:
            writer.join()
        if failed:
            raise failed[0]
    return census


def _write(archive: tarfile.TarFile, cursor: Any, told: Callable[[int], None]) -> Census:
    census = _census(cursor)
    tables = {table: columns_of(cursor, table) for table in census}
    _add(archive, MANIFEST, manifest(cursor, tables))
    for done, (table, columns) in enumerate(tables.items(), start=1):
        query = sql.SQL("SELECT row_to_json(t)::text FROM (SELECT {} FROM {} ORDER BY 1) t")
        cursor.execute(query.format(_named(columns), sql.Identifier(table)))
        part = 0
        while rows := cursor.fetchmany(A_PART):
            part += 1
            body = "".join(f"{row}\n" for (row,) in rows).encode()
            _add_bytes(archive, f"tables/{table}/{part:05}.jsonl", body)
        told(done)
    _add(archive, CENSUS, census)
    return census


def _census(cursor: Any) -> dict[str, Held]:
    return {table: held for table, held in take_census(cursor).items() if table not in LEFT_BEHIND}


def _named(columns: Iterable[Column]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(one.name) for one in columns)


def manifest(cursor: Any, tables: dict[str, list[Column]]) -> dict[str, Any]:
    """Return what the archive says of itself: version, state of the tables, and what each table and column is."""
    models = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    return {
        "format": FORMAT,
        "organisation": settings.ORGANISATION,
        "code_version": settings.CODE_VERSION,
        "migrations": migrations(cursor),
        "tables": {
            table: {"about": _about(models.get(table)), "columns": [asdict(one) for one in columns]}
            for table, columns in tables.items()
        },
    }


def _about(model: Any) -> str:
    if model is None or model._meta.auto_created:
        return "Which rows of one table belong to which of another."
    return " ".join((model.__doc__ or "").split("\n\n")[0].split())


def migrations(cursor: Any) -> list[str]:
    """Return the migrations that made these tables."""
    cursor.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
    return [name for (name,) in cursor.fetchall()]


def columns_of(cursor: Any, table: str) -> list[Column]:
    """Return the columns of a table that are written; the database computes the others itself."""
    cursor.execute(COLUMNS, [f'"{table}"'])
    return [Column(*row) for row in cursor.fetchall()]


def import_organisation(
    archive: Path, *, identity: Path, told: Callable[[int], None] = lambda _done: None
) -> Census:
    """Bring an archive into an empty installation, all or nothing, and compare every table with what was kept.

    Run by the owner of the tables. What triggers refuse or fill in was refused or filled in when it was recorded.

    Args:
        archive: the sealed file.
        identity: a file with a private key of age.
        told: is called with how many parts are read.

    Raises:
        WrongKey: the key does not open it.
        NotRestored: the installation is not empty or of another version, or the archive is damaged; nothing is written.
    """
    keys = identities(identity)
    with transaction.atomic(), connection.cursor() as cursor:
        for setting in SAME_WORDS:
            cursor.execute(setting)
        kept: Census = {}
        tables: dict[str, sql.Composed] = {}
        for done, (name, body) in enumerate(_members(archive, keys)):
            if name == MANIFEST:
                tables = _begin(cursor, json.loads(body))
            elif name == CENSUS:
                kept = {table: Held(*held) for table, held in json.loads(body).items()}
            else:
                table = _table_of(name, tables)
                _insert(cursor, table, tables[table], body)
            told(done)
        if not kept:
            raise NotRestored("The archive ends before its census; nothing was written.")
        _end(cursor, tables)
        found = _census(cursor)
        if wrong := differences(kept, found):
            raise NotRestored(f"What came in is not what was kept: {'; '.join(wrong)}. Nothing was written.")
    return found


def _members(archive: Path, keys: list[pyrage.x25519.Identity]) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each file, in order; the archive is opened while it is read and lies nowhere open."""
    reading, writing = os.pipe()
    failed: list[Exception] = []

    def pour() -> None:
        try:
            with archive.open("rb") as sealed, os.fdopen(writing, "wb") as pipe:
                pyrage.decrypt_io(sealed, pipe, keys)
        except (OSError, pyrage.DecryptError) as error:
            failed.append(error)

    opener = threading.Thread(target=pour)
    opener.start()
    try:
        with os.fdopen(reading, "rb") as pipe, tarfile.open(fileobj=pipe, mode="r|gz") as held:
            for member in held:
                body = held.extractfile(member)
                yield member.name, body.read() if body else b""
            while pipe.read(io.DEFAULT_BUFFER_SIZE):
                pass  # to the end, so that the seal is checked whole
    except (tarfile.TarError, EOFError, OSError) as error:
        failed.append(error)
    finally:
        opener.join()
    if any(isinstance(one, pyrage.DecryptError) for one in failed):
        raise WrongKey(
            f"This key does not open {archive.name}, or the file was changed; nothing was written."
        )
    if failed:
        raise NotRestored(f"{archive.name} cannot be read whole ({failed[0]}); nothing was written.")


def _begin(cursor: Any, said: dict[str, Any]) -> dict[str, sql.Composed]:
    """Check that this is the place for it, and let the tables be filled; return their columns by their names."""
    if said.get("format") != FORMAT:
        raise NotRestored(f"The archive is of format {said.get('format')}, and this code reads {FORMAT}.")
    here = migrations(cursor)
    if said["migrations"] != here:
        raise NotRestored(
            f"The archive was written by version {said['code_version']}, whose tables are not those of here: install "
            "that version, import, and upgrade afterwards."
        )
    held = {table: one.rows for table, one in _census(cursor).items() if one.rows}
    if there := sorted(held.keys() - GIVEN):
        raise NotRestored(
            f"This installation is not empty: {there[0]} holds {held[there[0]]} rows. Import into a new one."
        )
    tables = {table: _named(columns_of(cursor, table)) for table in said["tables"]}
    for table in tables:
        cursor.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
    for table in sorted(GIVEN & tables.keys()):
        cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
    return tables


def _table_of(name: str, tables: Collection[str]) -> str:
    parts = name.split("/")
    if len(parts) != 3 or parts[0] != "tables" or parts[1] not in tables:
        raise NotRestored(f"The archive holds {name}, which belongs to no table; nothing was written.")
    return parts[1]


def _insert(cursor: Any, table: str, names: sql.Composed, body: bytes) -> None:
    insert = sql.SQL(
        "INSERT INTO {0} ({1}) OVERRIDING SYSTEM VALUE SELECT {1} FROM json_populate_recordset(NULL::{0}, %s::json)"
    )
    rows = ",".join(body.decode().splitlines())
    cursor.execute(insert.format(sql.Identifier(table), names), [f"[{rows}]"])


def _end(cursor: Any, tables: Iterable[str]) -> None:
    """Check every reference, let the triggers stand guard again, and count on where the numbers of rows had come to."""
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in tables:
        cursor.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))
        cursor.execute(COUNTED_ON, [f'"{table}"'])
        for (column,) in cursor.fetchall():
            names = {"table": sql.Identifier(table), "column": sql.Identifier(column)}
            texts = {"of": sql.Literal(f'"{table}"'), "called": sql.Literal(column)}
            cursor.execute(sql.SQL(GO_ON).format(**names, **texts))


def _add(archive: tarfile.TarFile, name: str, said: Any) -> None:
    _add_bytes(archive, name, json.dumps(said, indent=1, ensure_ascii=False).encode() + b"\n")


def _add_bytes(archive: tarfile.TarFile, name: str, body: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(body), 0o600
    archive.addfile(member, io.BytesIO(body))
