"""Who wrote: sealed to custodians, opened to one handler for a day by one of them, with reasons (SD8; ADR 20)."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, demand_reasons
from remedies.actions.assignment import demand_case
from remedies.actions.reading import CHANGED, log_read
from remedies.actions.vault import demand_custodian
from remedies.models import Case, IdentityKeyWrap, ReadLog, SealedIdentity, VaultKey
from remedies.queries.keys import handler_key
from remedies.rules import places
from remedies.rules.case import CaseRole
from remedies.rules.envelope import CannotOpen, open_envelope
from remedies.rules.wraps import KeyPair, unwrap, wrap

GRANT = timedelta(hours=24)
READERS = [str(CaseRole.GRV_INV), str(CaseRole.GRV_DEC)]


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
        raise NotAllowed("SD8: whoever opens an identity for somebody is not that person.")
    demand_case(case, to)
    if not case.members.filter(user=to, role__in=READERS, left_at__isnull=True).exists():
        raise NotAllowed("Only who looks into a case or decides it can be shown who wrote (domain.md 6.7).")
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
    return [_contact(grant, pair) for grant in grants]


def end_grants(*, at: datetime) -> int:
    """Delete the wraps whose hour has come; return how many."""
    return IdentityKeyWrap.objects.filter(until__lt=at).delete()[0]


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
