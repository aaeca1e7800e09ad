"""Who wrote: sealed to custodians, opened to one handler for a day by one of them, with reasons (SD8; ADR 20)."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission, demand_reasons
from remedies.actions.assignment import demand_case, demand_no_conflict
from remedies.actions.reading import CHANGED, log_read, tell
from remedies.actions.vault import demand_custodian
from remedies.forms.told import identity_told
from remedies.models import Case, IdentityKeyWrap, IdentityRequest, ReadLog, SealedIdentity, VaultKey
from remedies.queries.keys import handler_key
from remedies.rules import places
from remedies.rules.case import CaseRole
from remedies.rules.envelope import CannotOpen, open_envelope
from remedies.rules.wraps import KeyPair, unwrap, wrap

GRANT = timedelta(hours=24)
ONLY_READERS = "Only who looks into a case or decides it can be shown who wrote (WB Dir 16)."
NOT_ONES_OWN = "SD8: whoever opens an identity for somebody is not that person."
READERS = [str(CaseRole.GRV_INV), str(CaseRole.GRV_DEC)]


@transaction.atomic
def ask_for_identity(
    case: Case, *, reasons: str, telling_endangers: bool, by: User, at: datetime
) -> IdentityRequest:
    """Ask a custodian to open who wrote (SD8).

    Args:
        case: the case.
        reasons: why, at least 50 characters; custodians and the audit log keep them, so they name nobody.
        telling_endangers: whether telling the person that it was opened would endanger somebody; else they are told.
        by, at: who, and now.

    Raises:
        NotAllowed: who neither investigates nor decides the case, short reasons, no identity, or asked already.
    """
    demand_case(case, by)
    said = demand_reasons(reasons)
    Case.objects.select_for_update().get(pk=case.pk)
    if not case.members.filter(user=by, role__in=READERS, left_at__isnull=True).exists():
        raise NotAllowed(ONLY_READERS)
    if not case.identities.exists():
        raise NotAllowed("This person left no way to reach them but their receipt, or took it back.")
    if case.identity_requests.filter(asked_by=by, answer="").exists():
        raise NotAllowed("You asked already. A custodian has yet to answer.")
    found = IdentityRequest.objects.create(
        case=case, asked_by=by, asked_at=at, reasons=said, telling_endangers=telling_endangers
    )
    record_event(
        by=by.username,
        at=at,
        action="asked for an identity",
        subject=f"case {case.pk}",
        detail={"reasons": said},
    )
    return found


@transaction.atomic
def grant_request(
    asked: IdentityRequest, *, custodian: VaultKey, pair: KeyPair, reasons: str, at: datetime
) -> datetime:
    """Grant what was asked for, for 24 hours; return until when.

    Raises:
        NotAllowed: as in `grant_identity`, or it was answered already.
    """
    _demand_waiting(asked)
    until = grant_identity(
        asked.case, to=asked.asked_by, custodian=custodian, pair=pair, reasons=reasons, at=at
    )
    _answer(asked, IdentityRequest.Answer.GRANTED, by=custodian.user, reasons=reasons, until=until, at=at)
    return until


@transaction.atomic
def refuse_request(asked: IdentityRequest, *, reasons: str, by: User, at: datetime) -> None:
    """Refuse what was asked for, with reasons; it takes no key, so no file.

    Raises:
        NotAllowed: who is no custodian or asked themselves, short reasons, or it was answered already.
    """
    by.demand(Permission.KEEP_IDENTITIES)
    if by.pk == asked.asked_by_id:
        raise NotAllowed(NOT_ONES_OWN)
    demand_no_conflict(asked.case, by)
    _demand_waiting(asked)
    said = demand_reasons(reasons)
    _answer(asked, IdentityRequest.Answer.REFUSED, by=by, reasons=said, until=None, at=at)
    record_event(
        by=by.username,
        at=at,
        action="refused an identity",
        subject=f"case {asked.case_id}",
        detail={"to": asked.asked_by.username, "reasons": said},
    )


@transaction.atomic
def grant_identity(
    case: Case, *, to: User, custodian: VaultKey, pair: KeyPair, reasons: str, at: datetime
) -> datetime:
    """Let an investigator or decider of a case open who wrote, for 24 hours; return until when.

    Args:
        case: the case.
        to: who asked for it.
        custodian, pair: who grants it, with the key pair from their own file.
        reasons: why; they stand in the audit log, so nothing that names anybody belongs there.
        at: now.

    Raises:
        NotAllowed: a rule refuses; the sentence says which.
    """
    demand_custodian(custodian, pair)
    said = demand_reasons(reasons)
    if to.pk == custodian.user_id:
        raise NotAllowed(NOT_ONES_OWN)
    demand_no_conflict(case, custodian.user)
    demand_case(case, to)
    if not case.members.filter(user=to, role__in=READERS, left_at__isnull=True).exists():
        raise NotAllowed(ONLY_READERS)
    holder, until = handler_key(to.pk), at + GRANT
    if holder is None:
        raise NotAllowed("This person has no vault yet.")
    for identity in case.identities.all():
        theirs = IdentityKeyWrap.objects.filter(identity=identity, holder=custodian).first()
        if theirs is None:
            raise NotAllowed(
                "This custodian came after the case. One of those before, or two together, open it."
            )
        key = _opened(theirs, identity, pair)
        wrapped = wrap(key, to=bytes(holder.public), place=places.contact_key(identity.pk, case.pk))
        IdentityKeyWrap.objects.update_or_create(
            identity=identity, holder=holder, defaults={"wrapped": wrapped, "until": until}
        )
    record_event(
        by=custodian.user.username,
        at=at,
        action="granted an identity",
        subject=f"case {case.pk}",
        detail={"to": to.username, "until": until.isoformat(), "reasons": said},
    )
    return until


def read_identity(
    case: Case, *, by: User, pair: KeyPair, purpose: str, request_id: UUID, at: datetime
) -> list[str]:
    """Return how the person can be reached, logged first; arguments as in `read_narrative`.

    Raises:
        NotAllowed: the case is not there for them, or no grant is in force.
    """
    demand_case(case, by)
    grants = IdentityKeyWrap.objects.select_related("identity").filter(
        identity__case=case, holder__user=by, holder__retired_at__isnull=True, until__gte=at
    )
    if not grants.exists():
        raise NotAllowed("Ask a custodian first. They open it for 24 hours, with reasons.")
    log_read(case, by=by, group=ReadLog.Group.IDENTITY, purpose=purpose, request_id=request_id, at=at)
    _tell_once(case, by=by, pair=pair, at=at)
    return [_contact(grant, pair) for grant in grants]


def _tell_once(case: Case, *, by: User, pair: KeyPair, at: datetime) -> None:
    """Tell the person that somebody opened who they are, unless the request said that this endangers somebody (SD8)."""
    granted = case.identity_requests.filter(
        asked_by=by, answer="granted", told=False, telling_endangers=False
    )
    if granted.update(told=True):
        tell(case, identity_told(language=case.language), by=by, pair=pair, at=at)


def end_grants(*, at: datetime) -> int:
    """Delete the wraps whose hour has come; return how many."""
    return IdentityKeyWrap.objects.filter(until__lt=at).delete()[0]


def _demand_waiting(asked: IdentityRequest) -> None:
    held = IdentityRequest.objects.select_for_update().get(pk=asked.pk)
    if held.answer:
        raise NotAllowed("It was answered already. Open the page again to see how.")


def _answer(
    asked: IdentityRequest, answer: str, *, by: User, reasons: str, until: datetime | None, at: datetime
) -> None:
    IdentityRequest.objects.filter(pk=asked.pk).update(
        answer=answer, answered_by=by, answered_at=at, answer_reasons=reasons.strip(), until=until
    )


def _contact(grant: IdentityKeyWrap, pair: KeyPair) -> str:
    identity = grant.identity
    place = places.contact(identity.pk, identity.case_id)
    try:
        return open_envelope(bytes(identity.sealed), key=_opened(grant, identity, pair), place=place).decode()
    except CannotOpen:
        raise NotAllowed(CHANGED) from None


def _opened(found: IdentityKeyWrap, identity: SealedIdentity, pair: KeyPair) -> bytes:
    try:
        return unwrap(
            bytes(found.wrapped), pair=pair, place=places.contact_key(identity.pk, identity.case_id)
        )
    except CannotOpen:
        raise NotAllowed(CHANGED) from None
