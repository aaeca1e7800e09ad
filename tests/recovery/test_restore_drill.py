"""A backup brings everything back, to whoever holds its key and to nobody else (reliability.md 4.4, T25)."""

import hashlib
import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyrage
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from hrdd.database_grants import missing_and_surplus
from hrdd.governance.actions import record_event
from hrdd.governance.models import AuditEvent
from hrdd.recovery.archive import Backup, backups_in
from hrdd.recovery.census import Held, differences, take_census
from hrdd.recovery.management.commands.backup_check import scratch_database
from hrdd.watch.queries import work_at_hand
from remedies.actions.reading import read_narrative
from remedies.models import Case
from tests.cast import NOW
from tests.remedies.vault_stage import TOLD, Vault, made_vault, received
from tests.transparency.log_stage import log_key
from transparency.actions.publication_log import checkpoint_log, seal_publications
from transparency.models import Report

__all__ = ["log_key"]
# Further rows: few each time, and a million each night (T25).
ROWS = [20, pytest.param(1_000_000, marks=pytest.mark.nightly)]


@pytest.fixture
def key(tmp_path: Path, settings: Any) -> Path:
    identity = pyrage.x25519.Identity.generate()
    settings.BACKUP_RECIPIENTS = [str(identity.to_public())]
    file = tmp_path / "key.txt"
    file.write_text(f"# public key: {identity.to_public()}\n{identity}\n")
    return file


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    found = tmp_path / "backups"
    found.mkdir()
    settings.BACKUP_FOLDER = str(found)
    return found


def said(command: str, *arguments: Any, **options: Any) -> str:
    out = StringIO()
    call_command(command, *map(str, arguments), stdout=out, **options)
    return out.getvalue()


def backed_up(folder: Path) -> Backup:
    said("backup")
    return backups_in(folder)[-1]


@contextmanager
def somebody_writes() -> Iterator[list[int]]:
    """Let the audit log grow in another session, as a working house does; lend how much was written."""
    written: list[int] = []
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            record_event(by="test", at=NOW, action="meanwhile", subject=f"Nr. {len(written)}", detail={})
            written.append(1)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while not written:
            stop.wait(0.01)
        yield written
    finally:
        stop.set()
        writer.join()


def fill(rows: int) -> None:
    """Give the database so many more rows, of every kind of value that a table of ours holds but bytes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO governance_verification (at, intact, events, said) "
            "SELECT now() - n * interval '1 s', n %% 2 = 0, n, jsonb_build_array('line ' || n, md5(n::text)) "
            "FROM generate_series(1, %s) n",
            [rows],
        )


def opened(stage: Vault, case: Case) -> str:
    pair = stage.pair(stage.grace)
    return read_narrative(
        case, by=stage.grace, pair=pair, purpose="screening", request_id=uuid4(), at=NOW
    ).what


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.django_db(transaction=True)
def test_what_was_backed_up_while_others_wrote_comes_back_row_for_row(
    published: Report, log_key: Path, key: Path, folder: Path, tmp_path: Path, rows: int
) -> None:
    stage = made_vault()
    case, _receipt = received()
    seal_publications(at=NOW)
    checkpoint_log(at=NOW)
    fill(rows)
    began = time.monotonic()
    with somebody_writes() as written:
        backup = backed_up(folder)
    took = time.monotonic() - began
    events = AuditEvent.objects.count()
    said("backup", "--keys", tmp_path)

    began = time.monotonic()
    with scratch_database():
        counts = json.loads(said("restore", backup.note, "--identity", key, "--json"))
        back = time.monotonic() - began
        assert counts["tables"] == backup.tables > 100
        assert counts["rows"] > rows
        assert AuditEvent.objects.filter(action="meanwhile").count() < len(written)
        assert AuditEvent.objects.count() < events
        said("verify")  # it would raise, and name the first bad row
        assert opened(stage, Case.objects.get(pk=case.pk)) == TOLD
        assert missing_and_surplus() == []
        with pytest.raises(CommandError, match="already holds"):
            said("restore", backup.note, "--identity", key)
    assert TOLD.encode() not in backup.dump.read_bytes()
    # For docs/operations/restore-drill.md; `pytest -s` shows it.
    sys.stdout.write(
        f"drill: {counts['tables']} tables, {counts['rows']} rows, {backup.dump.stat().st_size} bytes sealed; written "
        f"in {took:.1f} s while {len(written)} events were recorded, back and compared in {back:.1f} s\n"
    )


@pytest.mark.django_db(transaction=True)
def test_a_backup_is_fresh_whole_and_has_its_keys_or_the_check_fails(
    key: Path, folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match="No backup is in"):
        said("backup_check")
    at = datetime.now(UTC)
    assert work_at_hand().backup is None
    backup = backed_up(folder)
    assert at <= (work_at_hand().backup or at - timedelta(1)) <= datetime.now(UTC)
    with pytest.raises(CommandError, match="without them a backup is none"):
        said("backup_check")
    with pytest.raises(CommandError, match="Keys beside the backups open the backups"):
        said("backup", "--keys", folder)
    said("backup", "--keys", tmp_path)

    assert "fresh and whole" in said("backup_check")
    assert "restored: " in said("backup_check", "--identity", key)
    with pytest.raises(CommandError, match="already holds"):  # where everybody works, nothing is overwritten
        said("restore", backup.note, "--identity", key)
    rewritten(backup, made_at=datetime.now(UTC) - timedelta(days=2))
    with pytest.raises(CommandError, match="older than 1 day, 2:00:00"):
        said("backup_check")
    body = bytearray(backup.dump.read_bytes())
    body[len(body) // 2] ^= 1
    backup.dump.write_bytes(body)
    with pytest.raises(CommandError, match=r"dump\.age is not what was written"):
        said("backup_check", "--hours", 100)
    backup.dump.unlink()
    with pytest.raises(CommandError, match=r"dump\.age is missing"):
        said("backup_check", "--hours", 100)


@pytest.mark.django_db(transaction=True)
def test_a_wrong_key_or_a_dump_that_was_cut_brings_nothing_back(
    key: Path, folder: Path, tmp_path: Path
) -> None:
    backup = backed_up(folder)
    wrong = tmp_path / "wrong.txt"
    wrong.write_text(str(pyrage.x25519.Identity.generate()))
    whole = backup.dump.read_bytes()

    with scratch_database(), connection.cursor() as cursor:
        with pytest.raises(CommandError, match="does not open"):
            said("restore", backup.note, "--identity", wrong)
        backup.dump.write_bytes(whole[: len(whole) * 2 // 3])
        rewritten(backup, sha256={file.name: sha256(file) for file in (backup.dump, backup.census)})
        with pytest.raises(CommandError, match="cannot be opened whole"):
            said("restore", backup.note, "--identity", key)
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        )
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db(transaction=True)
def test_a_backup_goes_after_35_days_and_not_before(key: Path, folder: Path) -> None:
    first, second = backed_up(folder), None
    rewritten(first, made_at=datetime.now(UTC) - timedelta(days=34, hours=23))
    second = backed_up(folder)
    assert first.dump.exists()
    rewritten(first, made_at=datetime.now(UTC) - timedelta(days=35, minutes=1))
    with pytest.raises(CommandError, match="kept longer than the 35 days promised"):
        said("backup_check")

    backed_up(folder)

    assert {file.name[:21] for file in folder.iterdir()} == {one.note.name[:21] for one in backups_in(folder)}
    assert first.note not in {one.note for one in backups_in(folder)}
    assert second.note in {one.note for one in backups_in(folder)}


def test_nothing_is_written_unsealed(db: None, folder: Path, settings: Any) -> None:
    settings.BACKUP_RECIPIENTS = []
    with pytest.raises(CommandError, match="HRDD_BACKUP_RECIPIENTS is not set"):
        said("backup")
    settings.BACKUP_RECIPIENTS = ["ssh-ed25519 AAAA"]
    with pytest.raises(CommandError, match="not a public key of age"):
        said("backup")

    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ({"a": Held(2, "5")}, []),
        ({"a": Held(3, "5")}, ["a holds 3 rows, not 2"]),
        ({"a": Held(2, "6")}, ["a holds as many rows, but not the same"]),
        ({}, ["a is missing"]),
        ({"a": Held(2, "5"), "b": Held(0, "0")}, ["b is not in the backup"]),
    ],
)
def test_two_databases_differ_where_a_row_does(found: dict[str, Held], told: list[str]) -> None:
    assert differences({"a": Held(2, "5")}, found) == told


def test_one_changed_row_changes_the_census_and_the_order_of_rows_does_not(db: None) -> None:
    fill(50)
    with connection.cursor() as cursor:
        before = take_census(cursor)["governance_verification"]
        cursor.execute("CREATE TABLE again AS SELECT * FROM governance_verification ORDER BY id DESC")
        assert take_census(cursor)["again"] == before
        cursor.execute("UPDATE again SET events = events + 1 WHERE events = 7")
        changed = take_census(cursor)["again"]

    assert (changed.rows, changed.hash != before.hash) == (before.rows, True)


def rewritten(backup: Backup, **changed: Any) -> None:
    said_before = json.loads(backup.note.read_text())
    if "made_at" in changed:
        changed["made_at"] = changed["made_at"].isoformat()
    backup.note.write_text(json.dumps(said_before | changed))


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
