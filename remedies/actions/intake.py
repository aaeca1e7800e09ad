"""Take in a concern: sealed before it is written, safe to send twice, without a trace of who sent it (ADR 20).

Nothing here writes to the audit log: the time of an event would tell when somebody wrote.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from hrdd.governance.rules import NotAllowed
from remedies.actions.attachments import GivenFile, Ready, attach, make_ready
from remedies.actions.storing import store_together
from remedies.models import (
    Case,
    CaseKey,
    CaseKeyWrap,
    FormKey,
    IdentityKeyWrap,
    Message,
    RecoveryKey,
    ReplyKey,
    SealedIdentity,
    VaultKey,
)
from remedies.queries.keys import (
    custodian_keys,
    is_vouched_inbox,
    old_form_keys,
    parts_of_inbox,
    parts_of_reply_key,
    recovery_key,
    triage_keys,
)
from remedies.queries.receipts import find_reply_key, lookups
from remedies.rules import places, wraps
from remedies.rules.case import week_of
from remedies.rules.envelope import new_key, seal, seal_bytes
from remedies.rules.receipt import key_of, mark_of
from remedies.rules.submission import Submission
from remedies.rules.voucher import voucher

REPLY = b"reply"


class Received(StrEnum):
    """What became of a press of “send”."""

    NEW = "new"
    AGAIN = "again"
    FURTHER = "further"


class NotOpen(NotAllowed):
    """Nothing can be taken in safely: no recovery key is there to seal to."""


class _Twice(Exception):
    """The same receipt is being stored by another request at this moment."""


@dataclass(frozen=True)
class CaseSecrets:
    """The key of a case in memory, while it is taken in or rotated."""

    row: CaseKey
    key: bytes


@dataclass(frozen=True)
class Outcome:
    """What became of a press of “send”, and how many of its files could not be made safe to open."""

    received: Received
    unsafe: int = 0


def receive(submission: Submission, *, receipt: str, at: datetime) -> Received:
    """Store a concern without files under its receipt; errors as in `receive_with_files`."""
    return receive_with_files(submission, (), receipt=receipt, at=at).received


def receive_with_files(
    submission: Submission, files: tuple[GivenFile, ...], *, receipt: str, at: datetime
) -> Outcome:
    """Store a concern with its files under its receipt, durably, once: all of it or nothing.

    The same again changes nothing; another text under the same receipt becomes a further message.

    Raises:
        NotOpen: there is no recovery key.
        Busy: other files are being made safe; nothing was stored.
        FileRefused: the case holds as many files as fit.
        TooLong: a text does not fit; the form sees to it before.
    """
    recovery = demanded_recovery()
    ready = make_ready(files, receipt=receipt)
    try:
        with transaction.atomic():
            if find_reply_key(receipt) is None:
                _store(submission, ready, receipt=receipt, recovery=recovery, at=at)
                return Outcome(Received.NEW, ready.unsafe)
    except _Twice:
        pass
    return _again(submission, ready, receipt=receipt, recovery=recovery, at=at)


def demanded_recovery() -> RecoveryKey:
    """Return the recovery key, without which nothing is taken in.

    Raises:
        NotOpen: there is none.
    """
    recovery = recovery_key()
    if recovery is None:
        raise NotOpen("This organisation cannot take in messages safely yet.")
    return recovery


def add_message(case: Case, text: bytes, *, mark: bytes, at: datetime) -> tuple[Message, bool]:
    """Seal a further message of the person to the inbox of their case; return it, and whether it is new.

    The caller holds a lock on the case.

    Raises:
        NotOpen: the inbox is not one that the pepper vouches for.
    """
    there = case.messages.filter(mark=mark).first()
    if there is not None:
        return there, False
    key = newest_key(case)
    message = Message(
        case=case,
        number=next_number(case),
        direction=Message.Direction.IN,
        week=week_of(at.date()),
        key_version=key.version,
        to_inbox=True,
        mark=mark,
    )
    message.sealed = wraps.seal_to(
        text, to=bytes(key.inbox_public), place=places.told(message.pk, case.pk, key.version)
    )
    message.save(force_insert=True)
    return message, True


def newest_key(case: Case) -> CaseKey:
    """Return the newest key of a case, whose inbox is good to seal to.

    Raises:
        NotOpen: the inbox is not one that the pepper vouches for.
    """
    key = case.keys.order_by("-version")[0]
    if not is_vouched_inbox(key):
        raise NotOpen("This message cannot be sealed safely.")
    return key


def next_number(case: Case) -> int:
    """Return the number of the next message; the caller holds a lock on the case."""
    return int(case.messages.aggregate(last=Max("number"))["last"] or 0) + 1


def new_case_key(case: Case, *, version: int) -> CaseSecrets:
    """Make a version of a case's key with its inbox; the caller wraps it, and stores both."""
    key, inbox = new_key(), wraps.new_pair()
    row = CaseKey(case=case, version=version, inbox_public=inbox.public)
    row.inbox_private = seal_bytes(inbox.private, key=key, place=places.inbox(row.pk, case.pk, version))
    row.voucher = voucher(settings.RECEIPT_PEPPERS[0], *parts_of_inbox(row))
    return CaseSecrets(row, key)


def wraps_of_case_key(
    secret: CaseSecrets, *, holders: list[VaultKey], recovery: RecoveryKey | None = None
) -> list[CaseKeyWrap]:
    """Return a case's key wrapped to handlers, and to the recovery key; the caller stores the wraps."""
    row = secret.row
    place = places.case_key(row.pk, row.case_id, row.version)
    made = []
    for holder in holders:
        wrapped = wraps.wrap(secret.key, to=bytes(holder.public), place=place)
        made.append(CaseKeyWrap(case_key=row, holder=holder, wrapped=wrapped))
    if recovery is not None:
        wrapped = wraps.wrap(secret.key, to=bytes(recovery.public), place=place)
        made.append(CaseKeyWrap(case_key=row, recovery=recovery, wrapped=wrapped))
    return made


@transaction.atomic
def renew_form_keys(*, at: datetime) -> None:
    """Make the form key of today where it is missing, and delete those older than yesterday, and old tombstones."""
    today = at.date()
    FormKey.objects.bulk_create([FormKey(day=today, secret=new_key())], ignore_conflicts=True)
    old_form_keys(today).delete()
    ReplyKey.objects.filter(forgotten_on__lt=today - timedelta(days=2)).delete()


def wrap_case_key(
    secret: CaseSecrets, *, holders: list[VaultKey], recovery: RecoveryKey | None = None
) -> None:
    """Wrap the key of a case that is stored already to handlers, and to the recovery key."""
    CaseKeyWrap.objects.bulk_create(wraps_of_case_key(secret, holders=holders, recovery=recovery))


def _store(
    submission: Submission, ready: Ready, *, receipt: str, recovery: RecoveryKey, at: datetime
) -> None:
    case = Case(
        received_week=week_of(at.date()),
        type=str(submission.type),
        channel=str(submission.channel),
        language=submission.language,
        region=str(submission.region),
        identity_mode=str(submission.identity_mode),
        threat_to_life=submission.threat_to_life,
        on_behalf_of=submission.on_behalf_of,
        about_handlers=submission.about_handlers,
    )
    secret = new_case_key(case, version=1)
    holders = [] if submission.about_handlers else triage_keys()
    message = Message(
        case=case,
        number=1,
        direction=Message.Direction.IN,
        week=case.received_week,
        key_version=1,
        mark=mark_of(receipt, submission.whole()),
    )
    message.sealed = seal(
        submission.told(), key=secret.key, place=places.told(message.pk, case.pk, message.key_version)
    )
    wraps_of_key = wraps_of_case_key(secret, holders=holders, recovery=recovery)
    if not store_together([case, _reply_key(case, receipt), secret.row, *wraps_of_key, message]):
        raise _Twice
    attach(message, ready, key=secret.row, recovery=recovery)
    if submission.contact:
        _store_identity(case, submission.contact, recovery)


def _reply_key(case: Case, receipt: str) -> ReplyKey:
    pair = wraps.new_pair()
    return ReplyKey(
        lookup=lookups(receipt)[0],
        case=case,
        public=pair.public,
        private=seal_bytes(pair.private, key=key_of(receipt, REPLY), place=places.reply_key(case.pk)),
        voucher=voucher(settings.RECEIPT_PEPPERS[0], *parts_of_reply_key(case.pk.bytes, pair.public)),
    )


def _store_identity(case: Case, contact: str, recovery: RecoveryKey) -> None:
    key, identity = new_key(), SealedIdentity(case=case)
    identity.sealed = seal(contact.encode(), key=key, place=places.contact(identity.pk, case.pk))
    identity.save(force_insert=True)
    place = places.contact_key(identity.pk, case.pk)
    for holder in custodian_keys(recovery):
        wrapped = wraps.wrap(key, to=bytes(holder.public), place=place)
        IdentityKeyWrap.objects.create(identity=identity, holder=holder, wrapped=wrapped)
    wrapped = wraps.wrap(key, to=bytes(recovery.public), place=place)
    IdentityKeyWrap.objects.create(identity=identity, recovery=recovery, wrapped=wrapped)


@transaction.atomic
def _again(
    submission: Submission, ready: Ready, *, receipt: str, recovery: RecoveryKey, at: datetime
) -> Outcome:
    found = find_reply_key(receipt)
    if found is None or found.case_id is None:
        return Outcome(
            Received.AGAIN
        )  # the receipt was made useless meanwhile; nothing is created from an old page
    case = Case.objects.select_for_update().get(pk=found.case_id)
    message, added = add_message(case, submission.told(), mark=mark_of(receipt, submission.whole()), at=at)
    attach(message, ready, key=newest_key(case), recovery=recovery)
    if not added:
        return Outcome(Received.AGAIN, ready.unsafe)
    if submission.contact:
        _store_identity(case, submission.contact, recovery)
    if submission.threat_to_life:
        Case.objects.filter(pk=case.pk).update(threat_to_life=True)
    return Outcome(Received.FURTHER, ready.unsafe)
