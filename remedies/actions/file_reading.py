"""Open files of a case: rebuilt ones for handlers, after the log; originals for two custodians together (ADR 23)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission, demand_reasons
from remedies.actions.assignment import demand_case, demand_no_conflict, joined_recovery, key_of_case
from remedies.actions.reading import CHANGED, inbox_of, log_read
from remedies.models import Attachment, Case, ReadLog, VaultKey
from remedies.rules import places
from remedies.rules.envelope import CannotOpen
from remedies.rules.files import FileKind, unpack
from remedies.rules.wraps import KeyPair, open_file_sealed_to

UNSAFE = "This file could not be made safe. Only two custodians together can take it out."


@dataclass(frozen=True)
class OpenedFile:
    """A file in memory, with its kind."""

    kind: FileKind
    content: bytes


def read_file(
    case: Case, file: UUID, *, by: User, pair: KeyPair, purpose: str, request_id: UUID, at: datetime
) -> OpenedFile:
    """Return a rebuilt file; arguments as in `read_narrative`.

    Raises:
        NotAllowed: the case or the file is not there for them, it could not be made safe, or it does not open.
    """
    demand_case(case, by)
    found = Attachment.objects.defer("original").filter(case=case, pk=file).first()
    if found is None:
        raise NotAllowed("There is no such file.")
    if found.sealed is None:
        raise NotAllowed(UNSAFE)
    secret = key_of_case(case, by=by, pair=pair, version=found.key_version)
    log_read(
        case, by=by, group=ReadLog.Group.FILE, purpose=purpose, request_id=request_id, at=at, file=found.pk
    )
    place = places.file(found.pk, case.pk, found.key_version)
    try:
        return OpenedFile(
            *unpack(open_file_sealed_to(bytes(found.sealed), pair=inbox_of(secret), place=place))
        )
    except CannotOpen:
        raise NotAllowed(CHANGED) from None


def take_out_original(
    case: Case,
    file: UUID,
    *,
    custodians: tuple[tuple[VaultKey, KeyPair], tuple[VaultKey, KeyPair]],
    reasons: str,
    request_id: UUID,
    at: datetime,
) -> OpenedFile:
    """Return a file as it came, which two custodians open together; it may hold what tells who sent it.

    Args:
        case, file: which.
        custodians: the two, each with the key pair from their own file.
        reasons: why; they stand in the audit log, so nothing of the case belongs there.
        request_id, at: as in `read_narrative`.

    Raises:
        NotAllowed: a rule refuses, nothing was kept as it came, or the two do not open it.
    """
    said, users = demand_reasons(reasons), [key.user for key, _pair in custodians]
    for user in users:
        user.demand(Permission.KEEP_IDENTITIES)
    demand_no_conflict(case, *users)
    found = Attachment.objects.select_related("recovery").defer("sealed").filter(case=case, pk=file).first()
    if found is None or found.recovery is None:
        raise NotAllowed("No such file was kept as it came.")
    pair = joined_recovery(found.recovery, custodians)
    with transaction.atomic(durable=True):
        record_event(
            by=" and ".join(sorted(user.username for user in users)),
            at=at,
            action="took out a file as it came",
            subject=f"case {case.pk}",
            detail={"file": str(found.pk), "reasons": said},
        )
    for user in users:
        log_read(
            case,
            by=user,
            group=ReadLog.Group.FILE,
            purpose="original",
            request_id=request_id,
            at=at,
            file=found.pk,
        )
    try:
        place = places.original(found.pk, case.pk)
        return OpenedFile(*unpack(open_file_sealed_to(bytes(found.original or b""), pair=pair, place=place)))
    except CannotOpen:
        raise NotAllowed(CHANGED) from None
