"""The only writer of the audit log and of sign-offs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from hrdd.governance.models import AuditEvent, SignOff, User
from hrdd.governance.rules import ONLY_TO_REFUSE, NotAllowed, Permission, SignOffReasons, Step, may_sign_off

JOB = "JOB (scheduled job)"
IMPORT = "IMPORT (public record)"
AUDIT_LOCK = 4101
SUBJECT_LENGTH = 200


@transaction.atomic
def record_event(
    *, by: str, at: datetime, action: str, subject: str, detail: Mapping[str, Any] | None = None
) -> AuditEvent:
    """Append one event to the audit chain, in the caller's transaction (domain.md 0.1, reliability.md 3.2)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [AUDIT_LOCK])
    last = AuditEvent.objects.order_by("-id").values_list("hash", flat=True).first()
    event = AuditEvent(
        at=at,
        actor=by,
        action=action,
        subject=subject[:SUBJECT_LENGTH],
        detail=dict(detail or {}),
        prev_hash=last or "0" * 64,
    )
    event.hash = event.chained_hash()
    event.save(force_insert=True)
    return event


@transaction.atomic
def move(
    subject: Model,
    step: Step,
    *,
    by: User,
    at: datetime,
    called: str,
    field: str = "state",
    detail: Mapping[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Take one step of a workflow by a conditional UPDATE, and log it in the same transaction.

    Args:
        subject: what moves; it is read again afterwards.
        step: the step, which names who may.
        by, at: who, and now.
        called: what the audit log calls the subject; never a name that may endanger somebody.
        field: the column of the state.
        detail: what else to log.
        changes: further columns of the subject.

    Raises:
        NotAllowed: the role may not, or the step is not the next one.
    """
    by.demand(step.permission)
    allowed = {"pk": subject.pk, f"{field}__in": step.before}
    if not type(subject)._default_manager.filter(**allowed).update(**{field: step.after}, **changes):
        raise NotAllowed(
            f"“{step.label}” is not the next step here. Open the page again to see where it stands."
        )
    subject.refresh_from_db()
    record_event(by=by.username, at=at, action=step.label.lower(), subject=called, detail=detail)


@transaction.atomic
def ask_sign_off(
    *,
    subject_kind: str,
    subject_id: int,
    subject: str,
    step: str,
    step_label: str,
    permission: Permission,
    content_hash: str,
    by: User,
    at: datetime,
) -> SignOff:
    """Ask whoever holds the permission to sign a content; the hash binds the answer to it.

    Args:
        subject_kind, subject_id, subject: what is signed: its kind, id and title.
        step, step_label: the step of the subject's workflow that the decision takes.
        permission: who may decide.
        content_hash: SHA-256 of what is signed.
        by: who asks, and so may not sign.
        at: now.
    """
    sign_off = SignOff.objects.create(
        subject_kind=subject_kind,
        subject_id=subject_id,
        subject=subject,
        step=step,
        step_label=step_label,
        permission=str(permission),
        content_hash=content_hash,
        asked_by=by,
        asked_at=at,
    )
    record_event(
        by=by.username,
        at=at,
        action="asked for sign-off",
        subject=str(sign_off),
        detail={"hash": content_hash},
    )
    return sign_off


def void_sign_offs(*, subject_kind: str, subject_id: int, at: datetime) -> None:
    """Ask no longer for what is still open on a subject that was refused or withdrawn."""
    SignOff.objects.filter(subject_kind=subject_kind, subject_id=subject_id, decided_at__isnull=True).update(
        decision=SignOff.Decision.VOID, decided_at=at
    )


@transaction.atomic
def decide_sign_off(
    sign_off: SignOff,
    *,
    by: User,
    at: datetime,
    approve: bool,
    reasons: str,
    seen_hash: str,
    authors: frozenset[str],
    least: SignOffReasons = ONLY_TO_REFUSE,
) -> None:
    """Record one person's decision on a sign-off, once; the caller moves the subject in the same transaction.

    Args:
        sign_off: what is asked.
        by: who decides; needs its permission, and must be none of the authors.
        at: now.
        approve: whether they approve.
        reasons: why.
        seen_hash: SHA-256 of the content on the page they decided from.
        authors: further people who may not sign.
        least: how much of reasons this kind of sign-off asks for.

    Raises:
        NotAllowed: a rule refuses, or somebody decided meanwhile.
    """
    by.demand(Permission(sign_off.permission))
    may_sign_off(
        decider=by.username,
        authors=authors | {sign_off.asked_by.username},
        approve=approve,
        reasons=reasons,
        seen_hash=seen_hash,
        content_hash=sign_off.content_hash,
        least=least,
    )
    decision = SignOff.Decision.APPROVED if approve else SignOff.Decision.REFUSED
    decided = SignOff.objects.filter(pk=sign_off.pk, decided_at__isnull=True).update(
        decision=decision, reasons=reasons.strip(), decided_by=by, decided_at=at
    )
    if not decided:
        raise NotAllowed("Somebody decided on this in the meantime. Open it to see how.")
    record_event(
        by=by.username,
        at=at,
        action=f"sign-off {decision}: {sign_off.step_label.lower()}",
        subject=sign_off.subject,
        detail={"hash": sign_off.content_hash},
    )
