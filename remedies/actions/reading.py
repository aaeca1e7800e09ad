"""Read a case and answer: the log first, committed, then the text (reliability.md 2.7; ADR 20)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed
from remedies.actions.assignment import demand_case, key_of_case
from remedies.actions.intake import CaseSecrets, next_number
from remedies.models import Case, Message, ReadLog, ReplyKey
from remedies.queries.keys import is_vouched_reply_key
from remedies.rules import places, wraps
from remedies.rules.case import week_of
from remedies.rules.envelope import CannotOpen, open_bytes, open_envelope, seal
from remedies.rules.submission import Narrative, narrative_of
from remedies.rules.wraps import KeyPair, checked_pair, open_sealed_to

CHANGED = "What was sealed here does not open. It was changed, or its key is another. Tell the custodians."


@dataclass(frozen=True)
class Read:
    """One message, opened."""

    number: int
    direction: str
    week: date
    text: str


def log_read(
    case: Case,
    *,
    by: User,
    group: ReadLog.Group,
    purpose: str,
    request_id: UUID,
    at: datetime,
    file: UUID | None = None,
) -> None:
    """Commit that somebody is about to read; call it outside of any transaction, before anything is opened.

    Raises:
        RuntimeError: a transaction is open, which could take the row back.
    """
    with transaction.atomic(durable=True):
        event = record_event(
            by=by.username,
            at=at,
            action="read of a case",
            subject=f"case {case.pk}",
            detail={"group": str(group), "purpose": purpose} | ({"file": str(file)} if file else {}),
        )
        ReadLog.objects.create(
            at=at,
            reader=by.username,
            case_id=case.pk,
            group=group,
            purpose=purpose,
            request_id=request_id,
            event=event.hash,
        )


def read_narrative(
    case: Case, *, by: User, pair: KeyPair, purpose: str, request_id: UUID, at: datetime
) -> Narrative:
    """Return what the person told us.

    Args:
        case: the case.
        by, pair: who reads, and their open vault.
        purpose: a code of why, at most 20 characters; nothing of the case.
        request_id: of this request, so that a reload is seen as one.
        at: now.

    Raises:
        NotAllowed: the case is not there for them, or what is sealed does not open.
    """
    demand_case(case, by)
    log_read(case, by=by, group=ReadLog.Group.NARRATIVE, purpose=purpose, request_id=request_id, at=at)
    Case.objects.filter(pk=case.pk, threat_to_life=True, danger_seen_at__isnull=True).update(
        danger_seen_at=at
    )
    first = case.messages.get(number=1)
    return narrative_of(_opened(first, by=by, pair=pair))


def read_messages(
    case: Case, *, by: User, pair: KeyPair, purpose: str, request_id: UUID, at: datetime
) -> list[Read]:
    """Return what was written after the first message, both ways, in order; arguments and errors as above."""
    demand_case(case, by)
    log_read(case, by=by, group=ReadLog.Group.MESSAGES, purpose=purpose, request_id=request_id, at=at)
    return [
        Read(message.number, message.direction, message.week, _said(message, by=by, pair=pair))
        for message in case.messages.filter(number__gt=1)
    ]


@transaction.atomic
def answer(case: Case, text: str, *, by: User, pair: KeyPair, at: datetime) -> Message:
    """Answer the person: one copy for the team, one that only their receipt opens.

    Raises:
        NotAllowed: the case is not there for them, the text is empty, or the receipt was made useless.
        TooLong: it does not fit the largest bucket.
    """
    message = tell(case, text, by=by, pair=pair, at=at)
    if message.for_person is None:
        raise NotAllowed("This person made their receipt useless. No answer can reach them any more.")
    return message


@transaction.atomic
def tell(case: Case, text: str, *, by: User, pair: KeyPair, at: datetime) -> Message:
    """Record what the person is told; without a receipt that is still good, only the team keeps it.

    Raises:
        NotAllowed: the case is not there for them, or the text is empty.
        TooLong: it does not fit the largest bucket.
    """
    if not text.strip():
        raise NotAllowed("Write the answer first.")
    secret = key_of_case(case, by=by, pair=pair)
    Case.objects.select_for_update().get(pk=case.pk)
    message = Message(
        case=case,
        number=next_number(case),
        direction=Message.Direction.OUT,
        week=week_of(at.date()),
        key_version=secret.row.version,
    )
    said = text.strip().encode()
    message.sealed = seal(said, key=secret.key, place=places.told(message.pk, case.pk, message.key_version))
    reply_key = ReplyKey.objects.filter(case=case).first()
    if reply_key is not None and reply_key.public is not None and is_vouched_reply_key(reply_key):
        message.for_person = wraps.seal_to(
            said, to=bytes(reply_key.public), place=places.answer(message.pk, case.pk)
        )
    message.save(force_insert=True)
    Case.objects.filter(pk=case.pk).update(told_on=at.date())
    Case.objects.filter(pk=case.pk, danger_seen_at__isnull=False, danger_answered_at__isnull=True).update(
        danger_answered_at=at
    )
    record_event(by=by.username, at=at, action="answered on a case", subject=f"case {case.pk}")
    return message


def inbox_of(secret: CaseSecrets) -> KeyPair:
    """Return the key pair of a case's inbox.

    Raises:
        CannotOpen: it was changed, or another key is given.
    """
    row = secret.row
    private = open_bytes(
        bytes(row.inbox_private), key=secret.key, place=places.inbox(row.pk, row.case_id, row.version)
    )
    return checked_pair(private, public=bytes(row.inbox_public))


def _opened(message: Message, *, by: User, pair: KeyPair) -> bytes:
    secret = key_of_case(message.case, by=by, pair=pair, version=message.key_version)
    place = places.told(message.pk, message.case_id, message.key_version)
    try:
        if not message.to_inbox:
            return open_envelope(bytes(message.sealed), key=secret.key, place=place)
        return open_sealed_to(bytes(message.sealed), pair=inbox_of(secret), place=place)
    except CannotOpen:
        raise NotAllowed(CHANGED) from None


def _said(message: Message, *, by: User, pair: KeyPair) -> str:
    opened = _opened(message, by=by, pair=pair)
    if message.direction == Message.Direction.OUT:
        return opened.decode()
    told = narrative_of(opened)
    return "\n\n".join(part for part in (told.what, told.where, told.when, told.wish) if part)
