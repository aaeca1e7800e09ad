"""Which public keys may be sealed to, and which keys open a form."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from hrdd.governance.rules import Role
from remedies.models import (
    CaseKey,
    CaseKeyWrap,
    FormKey,
    IdentityKeyWrap,
    RecoveryKey,
    RecoveryShare,
    ReplyKey,
    SealedIdentity,
    VaultKey,
)
from remedies.rules.form_token import key_of_day
from remedies.rules.voucher import is_vouched


def recovery_key() -> RecoveryKey | None:
    """Return the recovery key in force, if the pepper vouches for it; without one nothing can be taken in."""
    found = RecoveryKey.objects.filter(retired_at__isnull=True).first()
    vouched = found and is_vouched(
        found.voucher, settings.RECEIPT_PEPPERS, b"recovery", found.pk.bytes, bytes(found.public)
    )
    return found if vouched else None


def triage_keys() -> list[VaultKey]:
    """Return the keys of everybody who sorts new cases: active, enrolled, and confirmed for this role."""
    triage = [str(Role.GRV_INTAKE)]
    found = VaultKey.objects.filter(
        kind=VaultKey.Kind.HANDLER,
        retired_at__isnull=True,
        roles__contains=triage,
        user__is_active=True,
        user__roles__contains=triage,
    )
    return [key for key in found if is_vouched_key(key)]


def enrolled_custodian_keys() -> list[VaultKey]:
    """Return the keys of the custodians who can take part in a ceremony: active and enrolled."""
    found = VaultKey.objects.filter(
        kind=VaultKey.Kind.CUSTODIAN,
        retired_at__isnull=True,
        user__is_active=True,
        user__roles__contains=[str(Role.CUSTODIAN)],
    )
    return [key for key in found if is_vouched_key(key)]


def custodian_keys(recovery: RecoveryKey) -> list[VaultKey]:
    """Return the keys of the custodians who took part in the ceremony of a recovery key, and are still there."""
    shares = RecoveryShare.objects.filter(recovery=recovery)
    took_part = {key for share in shares for key in (share.outer_id, share.inner_id)}
    return [key for key in enrolled_custodian_keys() if key.pk in took_part]


def handler_key(user_id: int) -> VaultKey | None:
    """Return the key of a handler, if they enrolled one and a custodian confirmed it."""
    found = VaultKey.objects.filter(
        user_id=user_id, kind=VaultKey.Kind.HANDLER, retired_at__isnull=True
    ).first()
    return found if found and is_vouched_key(found) else None


def custodian_key(username: str) -> VaultKey | None:
    """Return the key of a custodian, if they enrolled one; opening it proves the rest."""
    return VaultKey.objects.filter(
        user__username=username, kind=VaultKey.Kind.CUSTODIAN, retired_at__isnull=True
    ).first()


def unconfirmed_keys() -> list[VaultKey]:
    """Return the keys of handlers that no custodian confirmed yet, the oldest first."""
    found = VaultKey.objects.filter(
        kind=VaultKey.Kind.HANDLER, retired_at__isnull=True, voucher__isnull=True, user__is_active=True
    )
    return list(found.select_related("user").order_by("enrolled_at"))


def parts_of_key(key: VaultKey) -> tuple[bytes, ...]:
    """Return what the voucher of somebody's key binds together."""
    roles = ",".join(sorted(key.roles)).encode()
    whose = str(key.user_id).encode()
    return (b"vault-key", str(key.kind).encode(), roles, key.pk.bytes, whose, bytes(key.public))


def is_vouched_key(key: VaultKey) -> bool:
    """Whether the pepper vouches for somebody's key."""
    return is_vouched(key.voucher, settings.RECEIPT_PEPPERS, *parts_of_key(key))


def parts_of_inbox(key: CaseKey) -> tuple[bytes, ...]:
    """Return what the voucher of an inbox binds together."""
    return (b"inbox", key.pk.bytes, key.case_id.bytes, bytes(key.inbox_public))


def is_vouched_inbox(key: CaseKey) -> bool:
    """Whether the pepper vouches for the inbox of a case."""
    return is_vouched(key.voucher, settings.RECEIPT_PEPPERS, *parts_of_inbox(key))


def parts_of_reply_key(case_id: bytes, public: bytes) -> tuple[bytes, ...]:
    """Return what the voucher of a reply key binds together."""
    return (b"reply", case_id, public)


def is_vouched_reply_key(key: ReplyKey) -> bool:
    """Whether the pepper vouches for the key that answers are sealed to."""
    if key.case_id is None or key.public is None or key.voucher is None:
        return False
    parts = parts_of_reply_key(key.case_id.bytes, bytes(key.public))
    return is_vouched(key.voucher, settings.RECEIPT_PEPPERS, *parts)


def form_keys(*, at: datetime) -> dict[int, bytes]:
    """Return the keys of form tokens of today and yesterday, by day."""
    days = [at.date(), at.date() - timedelta(days=1)]
    pepper = settings.RECEIPT_PEPPERS[0]
    return {
        key.day.toordinal(): key_of_day(bytes(key.secret), pepper=pepper)
        for key in FormKey.objects.filter(day__in=days)
    }


def old_form_keys(today: date) -> QuerySet[FormKey]:
    """Return the halves of form keys that no form of the last 24 hours was made with."""
    return FormKey.objects.filter(day__lt=today - timedelta(days=1))


def wraps_of(case_id: UUID) -> QuerySet[CaseKeyWrap]:
    """Return the wraps of the keys of a case, to be deleted.

    The keys are read first: a delete by a join takes hours where the planner has no statistics, as after a restore.
    """
    keys = CaseKey.objects.filter(case=case_id).values_list("pk", flat=True)
    return CaseKeyWrap.objects.filter(case_key__in=list(keys))


def identity_wraps_of(case_id: UUID) -> QuerySet[IdentityKeyWrap]:
    """Return the wraps of the identities of a case, to be deleted; read first as above."""
    identities = SealedIdentity.objects.filter(case=case_id).values_list("pk", flat=True)
    return IdentityKeyWrap.objects.filter(identity__in=list(identities))
