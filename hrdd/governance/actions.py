"""The only writer of the audit log and of sign-offs."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from hrdd.governance.models import AuditEvent, KeptAnswer, Mandate, SignOff, User
from hrdd.governance.rules import (
    ONLY_TO_REFUSE,
    NotAllowed,
    Permission,
    SignOffReasons,
    Step,
    demand_reasons,
    fingerprints,
    may_sign_off,
)
from hrdd.request_numbers import token_of_the_request

JOB = "JOB (scheduled job)"
IMPORT = "IMPORT (public record)"
AUDIT_LOCK = 4101
SUBJECT_LENGTH = 200
KEPT_FOR = timedelta(hours=24)


# One message to the database (migration 0008); outside a transaction it is one by itself.
APPEND = "SELECT id, prev_hash, hash FROM governance_append_event(%s, %s, %s, %s, %s::jsonb, %s)"


def record_event(
    *, by: str, at: datetime, action: str, subject: str, detail: Mapping[str, Any] | None = None
) -> AuditEvent:
    """Append one event to the audit chain, in the caller's transaction (domain.md 0.1, reliability.md 3.2).

    What a program does with somebody's token is theirs; the event says with which token.
    """
    told = dict(detail or {})
    if token := token_of_the_request():
        told["token"] = token
    event = AuditEvent(at=at, actor=by, action=action, subject=subject[:SUBJECT_LENGTH], detail=told)
    canonical = event.canonical().decode()
    with connection.cursor() as cursor:
        cursor.execute(APPEND, [at, by, action, event.subject, json.dumps(event.detail), canonical])
        event.pk, event.prev_hash, event.hash = cursor.fetchone()
    event._state.adding = False
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
    parts: Mapping[str, Any] | None = None,
    series: str = "",
    answer_by: datetime | None = None,
) -> SignOff:
    """Ask whoever holds the permission to sign a content; the hash binds the answer to it.

    Args:
        subject_kind, subject_id, subject: what is signed: its kind, id and title.
        step, step_label: the step of the subject's workflow that the decision takes.
        permission: who may decide.
        content_hash: SHA-256 of what is signed.
        by: who asks, and so may not sign.
        at: now.
        parts: what is signed, by the name of each part, so that the next request can say what changed.
        series: what is asked about, where each request is of a record of its own; else the subject.
        answer_by: a deadline that the record itself has; else the method's.
    """
    sign_off = SignOff.objects.create(
        subject_kind=subject_kind,
        subject_id=subject_id,
        subject=subject,
        step=step,
        step_label=step_label,
        permission=str(permission),
        content_hash=content_hash,
        series=series or f"{subject_kind} {subject_id}",
        parts=fingerprints(parts or {}),
        answer_by=answer_by,
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
        stands_with=by.stands_with(),
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


@transaction.atomic
def give_mandate(
    *,
    person: User,
    role: str,
    function: str,
    authority: Sequence[str],
    reports_to: str,
    budget_eur_year: int,
    fte: Decimal,
    starts_on: date,
    by: User,
    at: datetime,
    supersedes: Mandate | None = None,
) -> Mandate:
    """Give somebody a mandate: what they answer for, what they may decide, with what budget (UNGP 19(a); 1.10).

    Args:
        person, role: who, in which of their roles.
        function: what they answer for.
        authority: what they may decide alone, one sentence each.
        reports_to: to whom they answer.
        budget_eur_year: euros a year.
        fte: of how many full-time people they dispose.
        starts_on: from when; a superseded mandate ends on that day.
        by, at: who gives it, and now.
        supersedes: the mandate that this one takes the place of.

    Raises:
        NotAllowed: the role, one's own mandate, a role the person does not hold, or an ended mandate.
    """
    by.demand(Permission.GIVE_MANDATE)
    if by == person:
        raise NotAllowed(
            "Person: nobody gives themselves a mandate. Ask the board or another executive (SD1)."
        )
    if not person.is_active or role not in person.roles:
        raise NotAllowed(
            f"Role: {person} does not hold {role}. A mandate needs a role that can carry it out."
        )
    if not authority:
        raise NotAllowed("Authority: name at least one thing that they may decide alone.")
    if supersedes is not None:
        _supersede(supersedes, starts_on, at=at)
    try:
        with transaction.atomic():
            mandate = Mandate.objects.create(
                role=role,
                person=person,
                function=function,
                authority=list(authority),
                reports_to=reports_to,
                budget_eur_year=budget_eur_year,
                fte=fte,
                starts_on=starts_on,
                supersedes=supersedes,
                recorded_by=by,
                recorded_at=at,
            )
    except IntegrityError:
        raise NotAllowed("Somebody superseded this mandate in the meantime. Open it to see how.") from None
    record_event(
        by=by.username,
        at=at,
        action="gave mandate",
        subject=f"mandate {mandate.pk}",
        detail={"person": person.username, "function": function, "from": starts_on.isoformat()},
    )
    return mandate


def _supersede(mandate: Mandate, on: date, *, at: datetime) -> None:
    if on < mandate.starts_on:
        raise NotAllowed("From: a mandate is superseded from the day on which it began, or later.")
    _close(mandate, on, f"Superseded on {at.date().isoformat()}.")


def _close(mandate: Mandate, on: date, reasons: str) -> None:
    found = Mandate.objects.filter(pk=mandate.pk, ended_on__isnull=True)
    if not found.update(ended_on=on, end_reasons=reasons):
        raise NotAllowed("This mandate has ended already. Give a new one.")


@transaction.atomic
def end_mandate(mandate: Mandate, *, ended_on: date, reasons: str, by: User, at: datetime) -> None:
    """End a mandate; what its holder answered for has nobody from that day (G1).

    Raises:
        NotAllowed: the role, one that has ended, a day before it began, or reasons too short.
    """
    by.demand(Permission.GIVE_MANDATE)
    if ended_on < mandate.starts_on:
        raise NotAllowed("Ends on: not before the day on which it began.")
    _close(mandate, ended_on, demand_reasons(reasons))
    record_event(
        by=by.username,
        at=at,
        action="ended mandate",
        subject=f"mandate {mandate.pk}",
        detail={"person": mandate.person.username, "on": ended_on.isoformat()},
    )


@dataclass(frozen=True)
class TakenKey:
    """An Idempotency-Key as it is found: new, or of a request before, be it the same or another."""

    row: KeptAnswer
    is_new: bool
    is_same: bool


def take_key(user: User, key: str, *, asked: str, at: datetime) -> TakenKey:
    """Take an Idempotency-Key of a person, or find what it was taken for; waits while somebody else is taking it.

    Args:
        user: whose key it is.
        key: as it was sent; the database keeps its hash.
        asked: SHA-256 of what is asked.
        at: now; a key that is older than KEPT_FOR is new again.
    """
    hashed = hashlib.sha256(b"hrdd-idempotency\0" + key.encode()).hexdigest()
    KeptAnswer.objects.filter(user=user, key_hash=hashed, taken_at__lt=at - KEPT_FOR).delete()
    row, is_new = KeptAnswer.objects.get_or_create(
        user=user, key_hash=hashed, defaults={"asked_hash": asked, "taken_at": at}
    )
    return TakenKey(row, is_new=is_new, is_same=row.asked_hash == asked)


def keep_answer(row: KeptAnswer, *, status: int, sealed: bytes) -> None:
    """Keep how a request was answered, in the transaction of its act."""
    KeptAnswer.objects.filter(pk=row.pk).update(status=status, sealed=sealed)


def forget_answers(*, at: datetime) -> int:
    """Delete the answers that nobody may ask for again; return how many."""
    return KeptAnswer.objects.filter(taken_at__lt=at - KEPT_FOR).delete()[0]
