"""Come back with a receipt: a status, unread answers, a further message, forgetting (reliability.md 2.2; ADR 20)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from uuid import UUID, uuid4

from django.db import transaction

from remedies.actions.attachments import GivenFile, attach, make_ready
from remedies.actions.intake import REPLY, Outcome, Received, add_message, demanded_recovery, newest_key
from remedies.models import Case, Message, ReplyKey, RetaliationCheck, SealedIdentity
from remedies.queries.receipts import find_reply_key
from remedies.rules import places
from remedies.rules.case import CaseState, week_of
from remedies.rules.envelope import open_bytes, seal_bytes
from remedies.rules.receipt import key_of, mark_of, new_receipt
from remedies.rules.submission import further, told_further
from remedies.rules.wraps import KeyPair, checked_pair, new_pair, open_sealed_to


@dataclass(frozen=True)
class Answer:
    """An answer that was not hidden yet, as the person reads it."""

    id: UUID
    week: date
    text: str


@dataclass(frozen=True)
class Mailbox:
    """What a receipt shows; `state` is None when it finds nothing."""

    state: CaseState | None
    answers: tuple[Answer, ...] = ()
    is_asked: bool = False
    has_identity: bool = False


@transaction.atomic
def open_mailbox(receipt: str, *, at: datetime) -> Mailbox:
    """Return where a case stands and the answers that were not read yet, never what was told.

    A receipt that finds nothing takes the same path with a decoy. Answers hide themselves a week after they
    were first shown, or at most two.
    """
    found = find_reply_key(receipt)
    pair = _pair_of(receipt, found)
    case_id = found.case_id if found is not None and found.case_id else uuid4()
    case = Case.objects.filter(pk=case_id).first()
    week = week_of(at.date())
    messages = Message.objects.filter(
        case_id=case_id,
        direction=Message.Direction.OUT,
        for_person__isnull=False,
    )
    messages.filter(first_shown_week__lt=week - timedelta(weeks=1)).update(for_person=None)
    answers = tuple(
        Answer(message.pk, message.week, _text(message, pair)) for message in messages.order_by("number")
    )
    messages.filter(first_shown_week__isnull=True).update(first_shown_week=week)
    asked = RetaliationCheck.objects.filter(
        case_id=case_id, case__state="closed", word="", due__lte=at.date()
    ).exists()
    identity = SealedIdentity.objects.filter(case_id=case_id).exists()
    return Mailbox(CaseState(case.state) if case else None, answers, asked, identity)


def send_message(receipt: str, text: str, *, nonce: str, at: datetime) -> Received | None:
    """Add a further message without files; see `send_with_files`."""
    sent = send_with_files(receipt, text, (), nonce=nonce, at=at)
    return sent.received if sent else None


def send_with_files(
    receipt: str, text: str, files: tuple[GivenFile, ...], *, nonce: str, at: datetime
) -> Outcome | None:
    """Add a further message; the same press of the button twice adds one. None when the receipt finds nothing.

    Raises:
        NotOpen: the message cannot be sealed safely.
        Busy: other files are being made safe; nothing was stored.
        FileRefused: the case holds as many files as fit.
    """
    found = find_reply_key(receipt)
    ready = make_ready(files if found and found.case_id else (), receipt=receipt)
    with transaction.atomic():
        case = locked_case(receipt)
        if case is None:
            return None
        mark = mark_of(receipt, further(text, nonce))
        message, added = add_message(case, told_further(text), mark=mark, at=at)
        if ready.files:
            attach(message, ready, key=newest_key(case), recovery=demanded_recovery())
    return Outcome(Received.FURTHER if added else Received.AGAIN, ready.unsafe)


@transaction.atomic
def answer_remedy(receipt: str, *, agrees: bool, today: date) -> None:
    """Agree to a remedy that was offered, or contest it; the person's word, so nobody else's step (M1)."""
    case = locked_case(receipt)
    if case is None or case.state != CaseState.REMEDY_PROPOSED:
        return
    after = CaseState.REMEDY_AGREED if agrees else CaseState.REMEDY_CONTESTED
    Case.objects.filter(pk=case.pk).update(state=str(after))
    offered = case.remedies.filter(agreed_on__isnull=True, contested_on__isnull=True)
    offered.update(**{"agreed_on" if agrees else "contested_on": today})


@transaction.atomic
def hide_answers(receipt: str, ids: tuple[str, ...]) -> None:
    """Remove the person's copy of answers that they said they read; the team keeps its own."""
    case = locked_case(receipt)
    if case is not None:
        case.messages.filter(pk__in=ids, direction=Message.Direction.OUT).update(for_person=None)


@transaction.atomic
def delete_answers(receipt: str) -> None:
    """Remove every answer from what this receipt can show: “delete what I was told”."""
    case = locked_case(receipt)
    if case is not None:
        case.messages.filter(direction=Message.Direction.OUT).update(for_person=None)


@transaction.atomic
def forget_receipt(receipt: str, *, today: date) -> None:
    """Make a receipt useless for ever: its key goes, and for two days a mark stays so that no old page revives it."""
    delete_answers(receipt)
    found = find_reply_key(receipt)
    if found is not None:
        ReplyKey.objects.filter(pk=found.pk, case__isnull=False).update(
            case=None, public=None, private=None, voucher=None, forgotten_on=today
        )


def locked_case(receipt: str) -> Case | None:
    """Return the case of a receipt, held until the end of the transaction; None when it finds nothing."""
    found = find_reply_key(receipt)
    case_id = uuid4() if found is None or found.case_id is None else found.case_id
    return Case.objects.select_for_update().filter(pk=case_id).first()


def _pair_of(receipt: str, found: ReplyKey | None) -> KeyPair:
    """Return the pair that a receipt opens; what finds nothing opens a decoy, which costs as much."""
    if found is None or found.case_id is None or found.public is None or found.private is None:
        return _opened(*_decoy())
    return _opened(receipt, found.case_id, bytes(found.public), bytes(found.private))


def _opened(receipt: str, case_id: UUID, public: bytes, private: bytes) -> KeyPair:
    found = open_bytes(private, key=key_of(receipt, REPLY), place=places.reply_key(case_id))
    return checked_pair(found, public=public)


@cache
def _decoy() -> tuple[str, UUID, bytes, bytes]:
    receipt, pair, case = new_receipt(), new_pair(), uuid4()
    private = seal_bytes(pair.private, key=key_of(receipt, REPLY), place=places.reply_key(case))
    return receipt, case, pair.public, private


def _text(message: Message, pair: KeyPair) -> str:
    place = places.answer(message.pk, message.case_id)
    return open_sealed_to(bytes(message.for_person or b""), pair=pair, place=place).decode()
