"""All that was recorded can be taken away, read by any program, and brought into an empty installation (ADR 50)."""

import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyrage
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from hrdd.governance.actions import record_event
from hrdd.governance.models import AuditEvent
from hrdd.recovery.census import Held, take_census
from hrdd.recovery.management.commands.backup_check import scratch_database
from hrdd.recovery.portable import CENSUS, LEFT_BEHIND, MANIFEST
from remedies.models import Case
from risks.models import Risk
from tests.cast import NOW
from tests.recovery.test_restore_drill import key, opened, said
from tests.remedies.vault_stage import TOLD, made_vault, received
from tests.template_database import PREFIX, digest_of_migrations
from tests.transparency.log_stage import log_key
from transparency.actions.publication_log import checkpoint_log, seal_publications
from transparency.models import Report

__all__ = ["key", "log_key"]


@contextmanager
def new_installation() -> Iterator[None]:
    """Work in a database that was migrated and never used; one is kept between runs (tests/template_database.py)."""
    name = PREFIX + digest_of_migrations()
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname = %s", [name])
        kept = cursor.fetchone()
    with scratch_database(*(kept or ())):
        call_command("migrate", verbosity=0, interactive=False)
        call_command("load_rights", stdout=io.StringIO())
        yield


def held() -> dict[str, Held]:
    with connection.cursor() as cursor:
        return {table: one for table, one in take_census(cursor).items() if table not in LEFT_BEHIND}


def taken_away(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(said("export_organisation", "--out", out, "--json"))
    return found


def files_in(archive: Path, identity: Path) -> dict[str, bytes]:
    opened_with = pyrage.x25519.Identity.from_str(identity.read_text().splitlines()[-1])
    body = pyrage.decrypt(archive.read_bytes(), [opened_with])
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        return {one.name: file.read() for one in archive if (file := archive.extractfile(one))}


@pytest.mark.django_db(transaction=True)
def test_who_leaves_takes_all_along_and_who_comes_back_finds_it_row_for_row(
    published: Report, log_key: Path, key: Path, tmp_path: Path
) -> None:
    stage = made_vault()
    case, _receipt = received()
    seal_publications(at=NOW)
    checkpoint_log(at=NOW)
    out, again = tmp_path / "everything.tar.gz.age", tmp_path / "again.tar.gz.age"
    counts = taken_away(out)
    before = held()

    files = files_in(out, key)
    told = json.loads(files[MANIFEST])
    assert told["tables"].keys() == before.keys() == json.loads(files[CENSUS]).keys()
    assert [table for table, one in told["tables"].items() if not one["about"]] == []
    lines = b"".join(
        body for name, body in files.items() if name.startswith("tables/risks_risk/")
    ).splitlines()
    assert {json.loads(line)["title"] for line in lines} == set(Risk.objects.values_list("title", flat=True))
    assert not [name for name, body in files.items() if TOLD.encode() in body], "a concern stays sealed"
    with pytest.raises(CommandError, match="is not empty"):
        said("import_organisation", out, "--identity", key)

    with new_installation():
        back = json.loads(said("import_organisation", out, "--identity", key, "--json"))
        assert (back["tables"], back["rows"]) == (counts["tables"], counts["rows"])
        assert held() == before
        said("verify")  # it would raise, and name the first bad row
        assert opened(stage, Case.objects.get(pk=case.pk)) == TOLD
        assert taken_away(again)["rows"] >= counts["rows"]
        with pytest.raises(DatabaseError, match="append-only"):
            AuditEvent.objects.update(action="rewritten")
        newest = AuditEvent.objects.latest("pk").pk
        record_event(by="test", at=NOW, action="went on", subject="x", detail={})
        assert AuditEvent.objects.latest("pk").pk == newest + 1


@pytest.mark.django_db(transaction=True)
def test_a_wrong_key_a_changed_file_or_another_version_brings_nothing_in(
    record: None, key: Path, tmp_path: Path
) -> None:
    out = tmp_path / "everything.tar.gz.age"
    taken_away(out)
    with pytest.raises(CommandError, match="is there already"):
        said("export_organisation", "--out", out)
    wrong = tmp_path / "wrong.txt"
    wrong.write_text(str(pyrage.x25519.Identity.generate()))
    whole = out.read_bytes()
    bent = {
        "cut": whole[: len(whole) * 2 // 3],
        "flipped": whole[:-200] + bytes([whole[-200] ^ 1]) + whole[-199:],
    }

    with new_installation():
        with pytest.raises(CommandError, match="does not open"):
            said("import_organisation", out, "--identity", wrong)
        for name, body in bent.items():
            file = tmp_path / name
            file.write_bytes(body)
            with pytest.raises(CommandError, match="nothing was written"):
                said("import_organisation", file, "--identity", key)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations)")
        with pytest.raises(CommandError, match="install that version, import, and upgrade"):
            said("import_organisation", out, "--identity", key)
        assert not Risk.objects.exists()
