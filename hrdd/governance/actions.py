"""The only writer of the audit log."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import rfc8785
from django.db import connection, transaction

from hrdd.governance.models import AuditEvent

JOB = "JOB (scheduled job)"
IMPORT = "IMPORT (public record)"
AUDIT_LOCK = 4101


@transaction.atomic
def record_event(
    *, by: str, at: datetime, action: str, subject: str, detail: Mapping[str, Any] | None = None
) -> AuditEvent:
    """Append one event to the audit chain, in the caller's transaction (domain.md 0.1, reliability.md 3.2)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [AUDIT_LOCK])
    last = AuditEvent.objects.order_by("-id").values_list("hash", flat=True).first()
    event = AuditEvent(
        at=at, actor=by, action=action, subject=subject, detail=dict(detail or {}), prev_hash=last or "0" * 64
    )
    event.hash = chained_hash(event)
    event.save(force_insert=True)
    return event


def chained_hash(event: AuditEvent) -> str:
    """Return the SHA-256 that binds an event to the one before it."""
    row = {
        "at": event.at.isoformat(),
        "actor": event.actor,
        "action": event.action,
        "subject": event.subject,
        "detail": event.detail,
    }
    return hashlib.sha256(b"hrdd-audit-v1\0" + event.prev_hash.encode() + rfc8785.dumps(row)).hexdigest()
