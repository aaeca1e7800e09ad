"""The only writer of the publication log: keys, commitments to the audit log, manifests; then checkpoints over them.

Entries are committed first and signed after, so that no crash leaves a signature on what the database lost.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import rfc8785
from django.db import connection, transaction

from hrdd.governance.actions import AUDIT_LOCK, JOB, record_event
from hrdd.governance.models import AuditEvent
from hrdd.sealing import seal
from transparency.actions.anchors import queue_pushes
from transparency.actions.signer import CannotSign, Signer, signer
from transparency.documents.manifest import render_manifest
from transparency.models import LogCheckpoint, LogEntry, Manifest, Report
from transparency.queries import log
from transparency.rules.audit_trail import commit
from transparency.rules.merkle import consistency_proof, leaf_hash, root_of
from transparency.rules.notes import Checkpoint, key_statement

LOG_LOCK = 4102
COMMITTED_AT_ONCE = 1000  # an entry's commitments are pushed as one piece


@transaction.atomic
def seal_publications(*, at: datetime) -> int:
    """Give each published edition that has none its signed manifest, and log it; return how many.

    Safe to repeat and to run twice at once: this is also how editions published before there was a log get theirs.

    Raises:
        CannotSign: there is no key.
    """
    if not log.without_manifest().exists():
        return 0
    with_key = signer(log.origin())
    _lock()
    _demand_current(with_key, at=at)
    reports = list(log.without_manifest())
    for report in reports:
        _seal(report, with_key, at=at)
    return len(reports)


def _seal(report: Report, with_key: Signer, *, at: datetime) -> None:
    previous = Manifest.objects.order_by("-entry").values_list("sha256", flat=True).first() or ""
    body = render_manifest(report, previous=previous)
    sha256 = hashlib.sha256(body).hexdigest()
    record_event(
        by=JOB, at=at, action="signed the manifest", subject=str(report), detail={"manifest": sha256}
    )
    Manifest.objects.create(
        report=report,
        entry=_append(LogEntry.Kind.PUBLICATION, body.decode(), at=at),
        body=body,
        signature=with_key.sign(body),
        public_key=with_key.key.public,
        sha256=sha256,
        made_at=at,
    )


def checkpoint_log(*, at: datetime) -> LogCheckpoint:
    """Commit to the audit log as it is now, sign the tree, and queue the checkpoint for every place outside.

    Raises:
        CannotSign: there is no key, or the log is not an extension of what was signed before.
    """
    with_key = signer(log.origin())
    with transaction.atomic():
        _lock()
        _demand_current(with_key, at=at)
        _commit_to_audit(at=at)
    return _sign(with_key, at=at)


@transaction.atomic
def _sign(with_key: Signer, *, at: datetime) -> LogCheckpoint:
    _lock()
    leaves = list(log.leaf_hashes())
    checkpoint = Checkpoint(with_key.key.name, len(leaves), root_of(leaves))
    note = with_key.sign_checkpoint(checkpoint, grown_from=lambda size: consistency_proof(size, leaves))
    kept, _made = LogCheckpoint.objects.get_or_create(
        size=checkpoint.size, defaults={"note": note, "made_at": at}
    )
    queue_pushes()
    return kept


@transaction.atomic
def rotate_key(file: Path, *, by: str, at: datetime) -> None:
    """Have the key in use sign the next one, and log it; from then on only the next one may sign.

    Args:
        file: the next key; HRDD_LOG_KEY_FILE must name it from now on.
        by: who asks for it.
        at: now.

    Raises:
        CannotSign: a key is missing, or the next one signed before.
    """
    with_key = signer(log.origin())
    _lock()
    _demand_current(with_key, at=at)
    after = with_key.hand_over(file)
    statement = key_statement(after.key, follows=with_key.key.line)
    record_event(by=by, at=at, action="signing key rotated", subject=after.key.line)
    _append_key(after, with_key.sign(statement), at=at)


def _demand_current(with_key: Signer, *, at: datetime) -> None:
    """Let only the key sign that the log names last; a new log begins with its key, signed by itself."""
    keys = log.log_keys()
    if not keys:
        _append_key(with_key, with_key.sign(key_statement(with_key.key, follows="")), at=at)
    elif keys[-1] != with_key.key:
        raise CannotSign(
            f"{with_key.file} is not the key that the log names last ({keys[-1].line}). "
            "A new key takes over by manage.py rotate_log_key."
        )


def _append_key(of: Signer, signature: bytes, *, at: datetime) -> None:
    told = {
        "kind": LogEntry.Kind.KEY.value,
        "name": of.key.name,
        "public": _base64(of.key.public),
        "signature": _base64(signature),
    }
    _append(LogEntry.Kind.KEY, _canonical(told), at=at)


def _commit_to_audit(*, at: datetime) -> None:
    """Append commitments to the audit events since the last; one even where nothing happened, which nobody can tell."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [AUDIT_LOCK])
    before = log.last_batch()
    start = before.start + before.count if before else 1
    last = log.last_event_committed()
    while True:
        found = list(
            AuditEvent.objects.filter(pk__gt=last)
            .order_by("pk")
            .values_list("pk", "hash")[:COMMITTED_AT_ONCE]
        )
        last = found[-1][0] if found else last
        batch = commit(
            index=log.log_size(),
            start=start,
            hashes=[hash_ for _pk, hash_ in found],
            blind=secrets.token_bytes(32),
            padding=secrets.token_bytes,
        )
        told = {"kind": LogEntry.Kind.AUDIT.value, "at": at.isoformat(), "rows": batch.root.hex()}
        sealed = seal({"start": str(start), "count": str(batch.count), "blind": batch.blind.hex()})
        _append(LogEntry.Kind.AUDIT, _canonical(told), at=at, rows=batch.rows, sealed=sealed, last_event=last)
        start += batch.count
        if len(found) < COMMITTED_AT_ONCE:
            return


def _append(kind: LogEntry.Kind, entry: str, *, at: datetime, **more: Any) -> LogEntry:
    """Append one leaf under the lock that the caller holds."""
    return LogEntry.objects.create(
        index=log.log_size(),
        kind=kind,
        entry=entry,
        leaf_hash=leaf_hash(entry.encode()),
        made_at=at,
        **more,
    )


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOG_LOCK])


def _canonical(told: Mapping[str, str]) -> str:
    return rfc8785.dumps(dict(told)).decode()


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
