"""What was published is signed, logged and anchored; strangers check it with their own tools (reliability.md 3)."""

import json
import random
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from pytest_django import Settings

from hrdd.governance.actions import record_event
from hrdd.governance.models import AuditEvent, SignOff, Verification
from hrdd.governance.rules import NotAllowed
from tests.cast import NOW, Cast, freeze, publish, sign
from tests.transparency.log_stage import LOG, NAMES, PERIOD, fetched, log_key, new_key, outside
from transparency import tasks
from transparency.actions import reports as actions
from transparency.actions.anchors import push_anchors
from transparency.actions.publication_log import checkpoint_log, rotate_key, seal_publications
from transparency.actions.signer import CannotSign, Signer
from transparency.models import AnchorPush, Document, LogEntry, Manifest, Report
from transparency.queries import log
from transparency.queries.verification import Stored, verify_all
from transparency.rules.audit_trail import row_hash
from transparency.rules.merkle import leaf_hash, root_of
from transparency.rules.notes import open_checkpoint

__all__ = ["log_key", "outside"]
SCRIPT = settings.BASE_DIR / "static" / "verify" / "hrdd_verify.py"


@contextmanager
def as_the_owner_of_the_tables() -> Iterator[Any]:
    """Work as somebody whom no trigger stops."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield cursor
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")


def events(count: int) -> None:
    for number in range(count):
        at = NOW + timedelta(seconds=number, microseconds=number % 3)
        record_event(
            by="ana", at=at, action="noted", subject=f"Nr. {number} „x“", detail={"n": number, "f": 0.5}
        )


@pytest.fixture
def sealed(published: Report, log_key: Path) -> Manifest:
    seal_publications(at=NOW)
    checkpoint_log(at=NOW)
    return Manifest.objects.get()


def verified() -> dict[str, str]:
    """Return what is wrong, by what was looked at."""
    return {line.about: line.said for line in verify_all(None).lines if not line.intact}


def test_stock_tools_check_a_report_and_find_a_changed_byte(
    sealed: Manifest, client: Client, tmp_path: Path
) -> None:
    """The very commands of reliability.md 3.7 and of the page /verify/."""
    for name in NAMES:
        (tmp_path / name).write_bytes(client.get(f"/reports/{PERIOD}/{name}").content)
    for ending in Document.Format.values:
        file = tmp_path / f"report-{PERIOD}.{ending}"
        file.write_bytes(client.get(f"/reports/{PERIOD}.{ending}").content)
    sums = ["sha256sum", "-c", "SHA256SUMS"]
    signature = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin"]
    signature += ["-in", "manifest.json", "-sigfile", "manifest.json.sig"]

    def holds(command: list[str]) -> bool:
        return subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0

    assert holds(sums)
    assert holds(signature)
    page = client.get("/verify/").content.decode().replace(" \\\n  ", " ")
    assert " ".join(sums) in page
    assert " ".join(signature) in page

    file.write_bytes(file.read_bytes() + b" ")
    assert not holds(sums)
    manifest = (tmp_path / "manifest.json").read_bytes()
    (tmp_path / "manifest.json").write_bytes(manifest.replace(b'"edition":1', b'"edition":2'))
    assert not holds(signature)


def tampered(folder: Path, original: dict[Path, bytes], rng: random.Random) -> str:
    """Change one thing that a stranger fetches; return what."""
    file = rng.choice(
        [
            path
            for path in original
            if path.name not in {"key.pem"} and "tlog" not in path.name and "entries" not in str(path)
        ]
    )
    body = bytearray(original[file])
    how = rng.choice(("flip", "cut", "insert", "swap"))
    place = rng.randrange(len(body))
    if how == "flip":
        body[place] ^= 1 << rng.randrange(8)
    elif how == "cut":
        del body[place:]
    elif how == "insert":
        body.insert(place, rng.randrange(256))
    else:
        other = rng.choice([path for path in original if original[path] != original[file]])
        body = bytearray(original[other])
    file.write_bytes(bytes(body))
    return f"{how} {file.relative_to(folder)} at {place}"


def tamper_and_verify(folder: Path, key: str, kept: str, count: int) -> list[str]:
    """Return the tamperings that the stranger's script did not find."""
    verify: Callable[..., str] = runpy.run_path(str(SCRIPT))["verify"]
    original = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    rng = random.Random(19)  # noqa: S311  # to be repeated, not to be secret
    missed = []
    for _ in range(count):
        what = tampered(folder, original, rng)
        changed = {path for path in original if path.read_bytes() != original[path]}
        try:
            verify(folder.as_uri(), PERIOD, [key], kept)
        except (OSError, ValueError, KeyError, TypeError, IndexError):
            pass
        else:
            missed += [what] if changed else []
        for path in changed:
            path.write_bytes(original[path])
    assert verify(folder.as_uri(), PERIOD, [key], kept)
    return missed


@pytest.fixture
def copy(sealed: Manifest, client: Client, tmp_path: Path) -> tuple[Path, str, str]:
    """What a stranger fetched after the log grew, the key they trust, and the checkpoint they kept."""
    kept = client.get(f"/{LOG}/checkpoint").content.decode()
    checkpoint_log(at=NOW)
    folder = fetched(client, tmp_path / "site", size=log.log_size())
    return folder, log.log_keys()[-1].line, kept


def test_the_stranger_s_script_finds_200_tamperings(copy: tuple[Path, str, str]) -> None:
    """T19 of reliability.md, in a small size."""
    assert tamper_and_verify(*copy, 200) == []


@pytest.mark.nightly
def test_the_stranger_s_script_finds_1000_tamperings(copy: tuple[Path, str, str]) -> None:
    assert tamper_and_verify(*copy, 1000) == []


def test_the_stranger_s_script_runs_by_itself_and_says_why_not(copy: tuple[Path, str, str]) -> None:
    folder, key, kept = copy
    (folder / "kept").write_text(kept)
    command = [
        sys.executable,
        "-I",
        "-W",
        "error",
        str(SCRIPT),
        folder.as_uri(),
        PERIOD,
        "--kept",
        str(folder / "kept"),
    ]

    def run(*more: str) -> tuple[int, str]:
        done = subprocess.run([*command, *more], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    code, said = run("--key", key)
    assert (code, "4 files hold" in said, "itself" in said) == (0, True, False)
    assert "came from the site itself" in run()[1]
    (folder / f"reports/{PERIOD}.csv").write_bytes(b"x")
    code, said = run("--key", key)
    assert (code, said.strip()) == (1, f"NOT VERIFIED: report-{PERIOD}.csv is not what was published")
    assert len(SCRIPT.read_text().splitlines()) <= 150
    imported = {
        line.split()[1] for line in SCRIPT.read_text().splitlines() if line.startswith(("import", "from"))
    }
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names


def test_a_rewritten_log_is_refused_by_whoever_kept_a_checkpoint(
    sealed: Manifest, client: Client, tmp_path: Path, log_key: Path
) -> None:
    kept = client.get(f"/{LOG}/checkpoint").content.decode()
    with (
        as_the_owner_of_the_tables() as cursor
    ):  # and, which nobody but us can, with the key and without its memory
        for table in ("anchorpush", "logcheckpoint", "manifest", "logentry"):
            cursor.execute(f"DELETE FROM transparency_{table}")  # noqa: S608
    log_key.with_name("log_key.pem.state").unlink()
    seal_publications(at=NOW)
    for _ in range(3):
        checkpoint_log(at=NOW)
    folder = fetched(client, tmp_path / "site", size=log.log_size())
    verify: Callable[..., str] = runpy.run_path(str(SCRIPT))["verify"]

    assert verify(folder.as_uri(), PERIOD)
    with pytest.raises(ValueError, match="rewritten since"):
        verify(folder.as_uri(), PERIOD, [], kept)


def test_a_manifest_lists_what_is_served_and_follows_the_one_before(
    sealed: Manifest, client: Client, cast: Cast
) -> None:
    told = json.loads(bytes(sealed.body))
    served = {
        f"report-{PERIOD}.{one}": client.get(f"/reports/{PERIOD}.{one}") for one in Document.Format.values
    }
    assert {one["name"]: (one["size"], one["media_type"]) for one in told["documents"]} == {
        name: (len(answer.content), answer["Content-Type"]) for name, answer in served.items()
    }
    assert (told["edition"], told["previous_manifest_sha256"]) == (1, "")
    assert seal_publications(at=NOW) == 0

    again = actions.draft_report(
        title="Corrected", begin=sealed.report.period_from, end=sealed.report.period_to, by=cast.pia, at=NOW
    )
    freeze(again, cast.pia)
    publish(again, cast)
    assert client.get(f"/reports/{PERIOD}/manifest.json").status_code == 404
    assert "1 published editions wait" in str(verify_all(None).lines)

    tasks.seal_publications.run()

    second = json.loads(client.get(f"/reports/{PERIOD}/manifest.json").content)
    assert (second["edition"], second["previous_manifest_sha256"]) == (2, sealed.sha256)
    assert client.get(f"/reports/{PERIOD}/manifest.json.tlog-proof").status_code == 200
    assert verified() == {}


def test_nothing_is_signed_without_a_key_and_publication_waits_for_none(
    published: Report, settings: Settings, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    settings.LOG_KEY_FILE = ""
    tasks.seal_publications.run()
    tasks.checkpoint_the_log.run()

    assert "HRDD_LOG_KEY_FILE is not set" in caplog.text
    assert not LogEntry.objects.exists()
    assert client.get(f"/reports/{PERIOD}/").status_code == 200
    assert client.get(f"/{LOG}/checkpoint").status_code == 404
    assert client.get("/verify/").status_code == 200


def test_the_signer_refuses_a_log_that_does_not_grow_out_of_what_it_signed(db: None, log_key: Path) -> None:
    events(3)
    checkpoint_log(at=NOW)
    events(2)
    checkpoint_log(at=NOW)
    with as_the_owner_of_the_tables() as cursor:
        cursor.execute(
            "UPDATE transparency_logentry SET leaf_hash = %s WHERE index = 1", [leaf_hash(b"other")]
        )
    with pytest.raises(CannotSign, match="does not grow"):
        checkpoint_log(at=NOW)
    with as_the_owner_of_the_tables() as cursor:
        cursor.execute("DELETE FROM transparency_logcheckpoint WHERE size > 2")
        cursor.execute("DELETE FROM transparency_logentry WHERE index > 1")
    with pytest.raises(CannotSign, match="does not grow"):
        checkpoint_log(at=NOW)


def test_a_crash_after_signing_loses_nothing(db: None, log_key: Path) -> None:
    events(2)
    checkpoint_log(at=NOW)
    with transaction.atomic():
        events(1)
        last = checkpoint_log(at=NOW)
        with (
            as_the_owner_of_the_tables() as cursor
        ):  # as if the commit of the checkpoint had not come through
            cursor.execute("DELETE FROM transparency_logcheckpoint WHERE size = %s", [last.size])

    checkpoint_log(at=NOW)

    assert verified() == {}


@pytest.mark.parametrize("table", ["logentry", "logcheckpoint", "manifest"])
def test_the_database_keeps_the_log_as_it_is(sealed: Manifest, table: str) -> None:
    column = {"logentry": "entry", "logcheckpoint": "note", "manifest": "sha256"}[table]
    for statement in (
        f"UPDATE transparency_{table} SET {column} = 'x'",  # noqa: S608
        f"DELETE FROM transparency_{table}",  # noqa: S608
        f"TRUNCATE transparency_{table} CASCADE",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(DatabaseError, match="does not follow"), transaction.atomic():
        LogEntry.objects.create(index=99, kind="key", entry="{}", leaf_hash=b"x", made_at=NOW)


def test_the_log_tells_nobody_how_much_was_done(db: None, log_key: Path, client: Client) -> None:
    """An empty quarter of an hour and a busy one cannot be told apart (reliability.md 1, no. 11)."""
    for count in (0, 12, 1):
        events(count)
        checkpoint_log(at=NOW)

    public = [
        json.loads(entry) for entry in LogEntry.objects.filter(kind="audit").values_list("entry", flat=True)
    ]

    assert {tuple(one) for one in public} == {("at", "kind", "rows")}
    assert len({len(one["rows"]) for one in public}) == 1
    assert len({len(bytes(one.rows)) for one in LogEntry.objects.filter(kind="audit")}) == 1
    assert len({one["rows"] for one in public}) == 3


def test_tiles_rebuild_the_tree_that_the_checkpoint_signs(db: None, log_key: Path, client: Client) -> None:
    checkpoint_log(at=NOW)
    begin = log.log_size()
    LogEntry.objects.bulk_create(
        LogEntry(index=nth, kind="publication", entry=f"{nth}", leaf_hash=leaf_hash(b"%d" % nth), made_at=NOW)
        for nth in range(begin, 299)
    )
    checkpoint_log(at=NOW)  # 300 with the commitment

    def tile(path: str) -> bytes:
        answer = client.get(f"/{LOG}/tile/{path}")
        assert answer.status_code == 200
        assert "immutable" in answer["Cache-Control"]
        return answer.content

    leaves = tile("0/000") + tile("0/001.p/44")
    split = [leaves[at : at + 32] for at in range(0, len(leaves), 32)]
    checkpoint, _key = open_checkpoint(client.get(f"/{LOG}/checkpoint").content.decode(), log.log_keys())
    assert (checkpoint.size, checkpoint.root) == (300, root_of(split))
    assert tile("1/000.p/1") == root_of(split[:256])
    bundle, found = tile("entries/001.p/44"), []
    while bundle:
        size = int.from_bytes(bundle[:2], "big")
        found.append(leaf_hash(bundle[2 : 2 + size]))
        bundle = bundle[2 + size :]
    assert found == split[256:]
    assert tile("0/000.p/2") == leaves[:64]
    assert "max-age=5" in client.get(f"/{LOG}/checkpoint")["Cache-Control"]
    for missing in (
        "0/001",
        "0/001.p/45",
        "1/000",
        "2/000.p/1",
        "entries/002.p/1",
        "0/1",
        "8/000",
        "0/000.p/256",
    ):
        assert client.get(f"/{LOG}/tile/{missing}").status_code == 404, missing


def test_each_place_outside_gets_every_checkpoint_and_a_broken_one_loses_none(
    outside: tuple[Path, Path], db: None
) -> None:
    folder, repository = outside
    folder.rename(folder.with_name("unmounted"))
    events(3)
    checkpoint_log(at=NOW)
    assert list(push_anchors(at=NOW)) == [f"dir:{folder}"]
    assert "is not a folder" in AnchorPush.objects.get(done_at__isnull=True).error
    assert "is not a folder" in str(verified())
    folder.with_name("unmounted").rename(folder)
    events(2)
    checkpoint_log(at=NOW)

    assert push_anchors(at=NOW) == {}
    assert push_anchors(at=NOW) == {}

    assert AnchorPush.objects.filter(done_at__isnull=False).count() == 4
    assert len(list(folder.rglob("*.json"))) == 2
    counted = subprocess.run(
        ["git", "-C", str(repository), "rev-list", "--count", "main"], capture_output=True, check=True
    )
    assert counted.stdout.strip() == b"2"
    assert verified() == {}
    assert "all of them are anchored" in verify_all(repository).lines[0].said

    last = max(folder.rglob("*.json"))
    last.write_bytes(last.read_bytes().replace(b"audit", b"Audit"))
    assert list(verified()) == [f"anchor dir:{folder}"]
    AnchorPush.objects.update(done_at=None)
    assert "holds another checkpoint" in push_anchors(at=NOW)[f"dir:{folder}"]


def test_events_are_read_as_they_were_hashed(db: None) -> None:
    events(4)
    record_event(
        by="ana", at=datetime(2026, 1, 1, tzinfo=UTC), action="a", subject="b", detail={"é": [1, 2.5, None]}
    )
    record_event(
        by="ana", at=NOW, action='q"\\', subject="tab\tline\n\x7f", detail={"b": {"z": 1, "a": "ü"}, "a": 1}
    )
    assert [row.hash for row in Stored().events()] == [row_hash(row) for row in Stored().events()]
    assert [one.hash for one in AuditEvent.objects.order_by("pk")] == [
        one.chained_hash() for one in AuditEvent.objects.order_by("pk")
    ]


def test_verify_names_the_first_bad_row_of_each_kind(
    sealed: Manifest, outside: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    push_anchors(at=NOW)
    call_command("verify")
    assert capsys.readouterr().out.count("ok  ") == 6
    assert Verification.objects.get().intact
    third = AuditEvent.objects.order_by("pk")[2]
    document = Document.objects.order_by("pk")[1]
    for statement, arguments, bad in (
        (
            "UPDATE governance_auditevent SET actor = 'm' WHERE id = %s",
            [third.pk],
            f"event no. 3 (id {third.pk})",
        ),
        ("DELETE FROM governance_auditevent WHERE id = %s", [third.pk], "event no. 3 (id "),
        ("DELETE FROM governance_auditevent WHERE id >= %s", [third.pk], "event no. 3 is missing"),
        (
            "UPDATE transparency_logentry SET entry = '{}' WHERE index = 1",
            [],
            "publication log: entry 1 is not",
        ),
        ("UPDATE transparency_logcheckpoint SET note = 'x'", [], "does not hold"),
        (
            "UPDATE transparency_document SET body = 'x' WHERE id = %s",
            [document.pk],
            f"document {document.pk} (",
        ),
        ("UPDATE transparency_manifest SET signature = 'x'", [], "its signature does not hold"),
        ("UPDATE transparency_manifest SET body = body || ' '::bytea", [], "manifest of 2021, edition 1"),
    ):
        with transaction.atomic():
            with as_the_owner_of_the_tables() as cursor:
                cursor.execute(statement, arguments)
            with pytest.raises(CommandError) as refused:
                call_command("verify")
            assert bad in capsys.readouterr().out
            assert refused.value.returncode == 1
            transaction.set_rollback(True)
    with pytest.raises(CommandError) as misused:
        call_command("verify", anchors=Path("/no/such/folder"))
    assert misused.value.returncode == 2


def test_a_whole_rewriting_with_the_stolen_key_is_found_by_a_place_outside_only(
    outside: tuple[Path, Path], db: None, log_key: Path, settings: Settings
) -> None:
    events(6)
    checkpoint_log(at=NOW)
    push_anchors(at=NOW)
    with as_the_owner_of_the_tables() as cursor:
        for table in ("transparency_anchorpush", "transparency_logcheckpoint", "transparency_logentry"):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608
        previous = ""
        for one in AuditEvent.objects.order_by("pk"):
            one.actor = "mallory" if one.subject.startswith("Nr. 3") else one.actor
            one.prev_hash = previous or one.prev_hash
            previous = one.chained_hash()
            cursor.execute(
                "UPDATE governance_auditevent SET actor = %s, prev_hash = %s, hash = %s WHERE id = %s",
                [one.actor, one.prev_hash, previous, one.pk],
            )
    log_key.with_name("log_key.pem.state").unlink()
    checkpoint_log(at=NOW)

    found = verified()

    assert found["audit log"].startswith("event no. 4 (id ")
    assert {name.partition(" ")[0] for name in found} == {"audit", "anchor"}
    settings.ANCHORS = []
    assert verified() == {}


def test_a_new_key_takes_over_only_with_the_signature_of_the_one_before(
    sealed: Manifest, log_key: Path, settings: Settings, client: Client
) -> None:
    after = new_key(log_key.with_name("after.pem"))
    settings.LOG_KEY_FILE = str(after)
    with pytest.raises(CannotSign, match="rotate_log_key"):
        checkpoint_log(at=NOW)
    settings.LOG_KEY_FILE = str(log_key)
    call_command("rotate_log_key", after, by="ada")
    with pytest.raises(CannotSign, match="not the key that the log names last"):
        checkpoint_log(at=NOW)
    settings.LOG_KEY_FILE = str(after)
    checkpoint_log(at=NOW)

    assert verified() == {}
    told = client.get(f"/{LOG}/keys").content.decode().splitlines()
    assert told == [Signer(log.origin(), file).key.line for file in (log_key, after)]
    assert AuditEvent.objects.filter(action="signing key rotated").count() == 1
    with pytest.raises(CannotSign, match="has signed before"):
        rotate_key(log_key, by="ada", at=NOW)


# T20: four eyes, also by direct SQL and in a race -------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE transparency_report SET state = 'published', published_at = now()",
        "UPDATE transparency_report SET approved_by_id = prepared_by_id, approved_at = now(), cleared_at = now(), "
        "cleared_by_id = prepared_by_id, state = 'published', published_at = now()",
        "UPDATE transparency_report SET state = 'approved', cleared_at = now(), approved_at = now(), "
        "cleared_by_id = (SELECT id FROM governance_user WHERE username = 'rex'), "
        "approved_by_id = (SELECT id FROM governance_user WHERE username = 'eve'); "
        "UPDATE transparency_report SET state = 'published', published_at = now()",
        "INSERT INTO transparency_report (title, period, period_from, period_to, edition, state, content, "
        "content_hash, frozen_at, prepared_by_id, prepared_at, cleared_by_id, cleared_at, approved_by_id, "
        "approved_at, published_at) "
        "SELECT 'x', 'y', period_from, period_to, 1, 'published', content, content_hash, frozen_at, "
        "prepared_by_id, now(), "
        "(SELECT id FROM governance_user WHERE username = 'rex'), now(), "
        "(SELECT id FROM governance_user WHERE username = 'eve'), now(), now() FROM transparency_report",
    ],
)
def test_direct_sql_publishes_nothing_that_two_others_did_not_sign(
    rendered: Report, cast: Cast, statement: str
) -> None:
    actions.ask_clearance(rendered, by=cast.pia, at=NOW)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert not Report.objects.filter(state="published").exists()


@pytest.mark.django_db(transaction=True)
def test_in_a_race_each_signature_is_given_once_and_never_by_one_person_twice(
    rendered: Report, cast: Cast
) -> None:
    actions.ask_clearance(rendered, by=cast.pia, at=NOW)
    both = cast.rex
    both.roles = ["REDACTOR", "SENIOR"]
    both.save()

    def decide(_nth: int) -> bool:
        try:
            sign(Report.objects.get(pk=rendered.pk), both)
        except (NotAllowed, SignOff.DoesNotExist, SignOff.MultipleObjectsReturned):
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(16) as threads:
        taken = list(threads.map(decide, range(50)))

    rendered.refresh_from_db()
    assert taken.count(True) == 1
    assert (rendered.state, rendered.approved_by) == ("safety_cleared", None)
    with pytest.raises(NotAllowed):
        actions.publish_report(rendered, by=cast.pia, at=NOW)
    assert SignOff.objects.filter(decision="approved").count() == 1
