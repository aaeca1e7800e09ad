"""Backups: PostgreSQL's own dump and a census of the same moment, both sealed to keys that are not on this machine.

Three files each: `….dump.age`, `….census.age` and, once both are whole, the note `….json`. What has no note is no
backup.
"""

import hashlib
import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

import psycopg2
import pyrage
from django.conf import settings
from django.db import connection

from hrdd.database_grants import give, make_roles
from hrdd.recovery.census import Census, Held, differences, table_names, take_census
from hrdd.recovery.keys import WrongKey, identities, recipients
from hrdd.recovery.postgres_tools import ended_well, started

KEPT = timedelta(days=35)  # what was erased is out of the backups after so long: a promise (ADR 24)
FORMAT = 1
STAMP = "%Y%m%dT%H%M%SZ"
# Roles and rights belong to the server: they are made again, by the table that the program holds.
PLAIN = ("--no-owner", "--no-privileges")


class NotRestored(Exception):
    """A backup cannot be restored here, or is not what was kept; the message is one sentence for a person."""


@dataclass(frozen=True)
class Backup:
    """What a note says, and where."""

    note: Path
    made_at: datetime
    code_version: str
    tables: int
    sha256: dict[str, str]

    @property
    def dump(self) -> Path:
        """Where the sealed dump lies."""
        return self.note.with_suffix(".dump.age")

    @property
    def census(self) -> Path:
        """Where the sealed census lies."""
        return self.note.with_suffix(".census.age")

    def damage(self) -> list[str]:
        """Return in sentences what is missing or was changed since; needs no key."""
        told = []
        for file in (self.dump, self.census):
            if not file.is_file():
                told.append(f"{file.name} is missing")
            elif _sha256(file) != self.sha256.get(file.name):
                told.append(f"{file.name} is not what was written")
        return told


def take_backup(
    folder: Path, *, sealed_to: Sequence[str], at: datetime, told: Callable[[int], None] = lambda _done: None
) -> tuple[Backup, Census]:
    """Write a backup of the database, as it is at one moment, while others go on writing.

    Args:
        folder: where to; others may not read it.
        sealed_to: public keys of age.
        at: names the backup.
        told: is called with how many tables are counted.

    Raises:
        WrongKey: there is no key to seal to.
        ToolFailed: pg_dump is missing or failed; no note is left.
    """
    keys = recipients(sealed_to)
    while (note := folder / f"hrdd-{at.strftime(STAMP)}.json").exists():
        at += timedelta(seconds=1)  # the name of another
    backup = Backup(note, at, settings.CODE_VERSION, 0, {})
    with one_moment() as (cursor, snapshot), tempfile.TemporaryFile() as complaints:
        with (
            draft(backup.dump) as out,
            started(
                "pg_dump",
                "--format=custom",
                *PLAIN,
                f"--snapshot={snapshot}",
                complaints=complaints,
                stdout=-1,
            ) as child,
        ):
            pyrage.encrypt_io(child.stdout, out, keys)
            ended_well("pg_dump", child, complaints)
        census = take_census(cursor, told)
    with draft(backup.census) as out:
        out.write(pyrage.encrypt(json.dumps(census).encode(), keys))
    sha256 = {file.name: _sha256(file) for file in (backup.dump, backup.census)}
    made = Backup(note, at, settings.CODE_VERSION, len(census), sha256)
    with draft(note) as out:
        out.write(json.dumps(_as_note(made), indent=1).encode() + b"\n")
    return made, census


def backups_in(folder: Path) -> list[Backup]:
    """Return the backups in a folder, the newest last."""
    found = []
    for note in sorted(folder.glob("hrdd-*.json")):
        said = json.loads(note.read_text())
        made_at = datetime.fromisoformat(said["made_at"])
        found.append(Backup(note, made_at, said["code_version"], said["tables"], said["sha256"]))
    return sorted(found, key=lambda one: one.made_at)


def outdated(folder: Path, *, at: datetime) -> list[Backup]:
    """Return the backups older than what was promised."""
    return [one for one in backups_in(folder) if one.made_at < at - KEPT]


def drop(backup: Backup) -> None:
    """Delete a backup, its note first."""
    for file in (backup.note, backup.dump, backup.census):
        file.unlink(missing_ok=True)


def restore(backup: Backup, *, identity: Path) -> Census:
    """Put a backup into this process's database, which has to be empty, and compare it row by row with what was kept.

    Raises:
        WrongKey: the key does not open it; nothing was written.
        NotRestored: the database is not empty, the backup is damaged, or what came back is not what was kept.
        ToolFailed: pg_restore is missing or failed; nothing was written.
    """
    keys = identities(identity)
    if damage := backup.damage():
        raise NotRestored(f"{damage[0]}; nothing was written.")
    kept = _opened_census(backup, keys)
    with connection.cursor() as cursor:
        if there := table_names(cursor):
            raise NotRestored(
                f"This database already holds {len(there)} tables ({there[0]} …): a backup is restored into an empty "
                "one. Nothing was written."
            )
    make_roles()
    with (
        tempfile.TemporaryFile() as complaints,
        backup.dump.open("rb") as sealed,
        started(
            "pg_restore", "--single-transaction", "--exit-on-error", *PLAIN, complaints=complaints, stdin=-1
        ) as child,
    ):
        _pour(sealed, child, keys)
        ended_well("pg_restore", child, complaints)
    with connection.cursor() as cursor:
        found = take_census(cursor)
    if told := differences(kept, found):
        raise NotRestored(
            f"What came back is not what was kept: {'; '.join(told)}. Do not work on this database."
        )
    give()
    return found


def _pour(sealed: IO[bytes], child: subprocess.Popen[bytes], keys: list[pyrage.x25519.Identity]) -> None:
    """Open what is sealed into a program; where that has ended early, it says itself why.

    Raises:
        NotRestored: the seal does not hold to the end. The program is killed before it could commit.
    """
    if child.stdin is None:
        return
    try:
        pyrage.decrypt_io(sealed, child.stdin, keys)
        child.stdin.close()
    except BrokenPipeError:
        return
    except (OSError, pyrage.DecryptError) as refused:
        child.kill()
        raise NotRestored(
            f"The sealed dump cannot be opened whole ({refused}); nothing was written."
        ) from None


def _opened_census(backup: Backup, keys: list[pyrage.x25519.Identity]) -> Census:
    try:
        opened = pyrage.decrypt(backup.census.read_bytes(), keys)
    except pyrage.DecryptError:
        raise WrongKey(f"This key does not open {backup.census.name}; nothing was written.") from None
    return {table: Held(*held) for table, held in json.loads(opened).items()}


@contextmanager
def one_moment() -> Iterator[tuple[Any, str]]:
    """Lend a cursor that sees the database as it is now, and the name by which pg_dump sees the same."""
    own = psycopg2.connect(**connection.get_connection_params())
    try:
        own.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with own.cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot()")
            yield cursor, cursor.fetchone()[0]
    finally:
        own.close()


@contextmanager
def draft(file: Path) -> Iterator[IO[bytes]]:
    """Lend a new file that takes its name once it is whole and on the disk; nobody else may read it."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".draft-")
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
            out.flush()
            os.fsync(handle)
        Path(name).replace(file)
    finally:
        Path(name).unlink(missing_ok=True)


def _as_note(backup: Backup) -> dict[str, Any]:
    said = asdict(backup)
    return {"format": FORMAT, "made_at": said.pop("made_at").isoformat()} | {
        k: v for k, v in said.items() if k != "note"
    }


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
