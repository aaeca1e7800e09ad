"""Audit log: appending through the act's own door, and verifying everything; against reading the same rows.

Verification walks the chain, recomputes every hash and compares each with the commitment in the publication log. The
floor is a server-side cursor that reads the same rows and does nothing with them. Of appending, it is one block that is
written to the same disk and waited for (fdatasync), in turns with the events.
"""

import os
import resource
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.db import connection, transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import AuditEvent
from transparency.actions.publication_log import checkpoint_log
from transparency.queries.verification import Stored, verify_all
from transparency.rules.audit_trail import FIRST_PREVIOUS, AuditRow, row_hash
from transparency.rules.examination import Examined

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
ROUNDS, APPENDED = 10, 200  # turns, events in each
BLOCK = 8192
FILLED_AT_ONCE = 10_000
EMPTIED = "governance_auditevent, transparency_anchorpush, transparency_logcheckpoint, transparency_logentry"


def run(rows: int, data: Path) -> dict[str, float | int | str]:
    """Append some events one transaction each, fill up to `rows`, verify; return rows a second and the ratio.

    Args:
        rows: how many events to verify.
        data: the folder of the servers, on whose disk the floor is written.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"TRUNCATE {EMPTIED} CASCADE")
        cursor.execute("SET session_replication_role = DEFAULT")
    with tempfile.TemporaryDirectory() as folder:
        settings.ANCHORS, settings.LOG_KEY_FILE = [], str(_key(Path(folder) / "key.pem"))
        appending, waiting, processor = _appended(data)
        _fill(rows)
        checkpoint_log(at=BEGIN)
        reading = min(_seconds_to_read() for _ in range(3))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        verifying, found = min((_verified() for _ in range(3)), key=lambda one: one[0])
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert all(line.intact for line in found.lines), found.lines  # noqa: S101  # a figure of a failed run is none
    return {
        "benchmark": "audit",
        "rows": found.events,
        "append_rows_per_second": round(ROUNDS * APPENDED / appending),
        "append_processor_us_each": round(processor / ROUNDS / APPENDED * 1e6),
        "blocks_synced_per_second": round(ROUNDS * APPENDED / waiting),
        "read_seconds": round(reading, 2),
        "verify_seconds": round(verifying, 2),
        "verify_rows_per_second": round(found.events / verifying),
        "ratio_to_reading": round(verifying / reading, 2),
        "memory_grown_kib": grown,
    }


def _verified() -> tuple[float, Examined]:
    began = time.perf_counter()
    found = verify_all(None)
    return time.perf_counter() - began, found


def _appended(data: Path) -> tuple[float, float, float]:
    """Append events, each its own transaction, in turns with blocks on the same disk.

    Returns the seconds of the events, those of the blocks, and the processor time that the events took, in this
    process and in its session of PostgreSQL.
    """
    import psutil  # type: ignore[import-untyped]

    appending = waiting = processor = 0.0
    record_event(by="ana", at=BEGIN, action="noted", subject="Risk")
    session = psutil.Process(connection.connection.info.backend_pid)
    with tempfile.NamedTemporaryFile(dir=data) as file:
        file.write(bytes(BLOCK * APPENDED))
        os.fsync(file.fileno())
        for turn in range(ROUNDS):
            began, used = time.perf_counter(), time.process_time() + sum(session.cpu_times()[:2])
            for number in range(turn * APPENDED, (turn + 1) * APPENDED):
                at = BEGIN + timedelta(seconds=number)
                record_event(by="ana", at=at, action="noted", subject=f"Risk {number}", detail={"n": number})
            appending += time.perf_counter() - began
            processor += time.process_time() + sum(session.cpu_times()[:2]) - used
            began = time.perf_counter()
            for number in range(APPENDED):
                os.pwrite(file.fileno(), bytes(BLOCK), number * BLOCK)
                os.fdatasync(file.fileno())
            waiting += time.perf_counter() - began
    return appending, waiting, processor


def _key(file: Path) -> Path:
    private = Ed25519PrivateKey.generate()
    file.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return file


def _fill(rows: int) -> None:
    """Write the rest of the rows, chained as record_event chains them."""
    last = AuditEvent.objects.order_by("-pk").values_list("hash", flat=True).first()
    previous, waiting = last or FIRST_PREVIOUS, []
    for number in range(AuditEvent.objects.count(), rows):
        at = BEGIN + timedelta(seconds=number, microseconds=number % 1000)
        event = AuditEvent(
            at=at,
            actor="ana",
            action="noted",
            subject=f"Risk {number}",
            detail={"n": number},
            prev_hash=previous,
        )
        told = AuditRow(0, at.isoformat(), "ana", "noted", event.subject, f'{{"n": {number}}}', previous, "")
        event.hash = previous = row_hash(told)
        waiting.append(event)
        if len(waiting) == FILLED_AT_ONCE or number == rows - 1:
            AuditEvent.objects.bulk_create(waiting)
            waiting = []


def _seconds_to_read() -> float:
    began = time.perf_counter()
    with transaction.atomic():
        for _row in Stored().events():
            pass
    return time.perf_counter() - began
