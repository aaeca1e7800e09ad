"""What ends for a handler who leaves: their keys, and the wraps of cases where another can still read (ADR 20)."""

from datetime import datetime

from django.db import transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from remedies.models import CaseKey, CaseKeyWrap, CaseMember, IdentityKeyWrap, VaultKey, VaultUnlock


@transaction.atomic
def close_vault_of(user: User, *, by: User, at: datetime) -> int:
    """Retire the keys of somebody who left, and forget what was wrapped to them.

    Returns:
        How many cases nobody else has a wrap of: two custodians recover those.
    """
    keys = VaultKey.objects.filter(user=user, retired_at__isnull=True)
    if not keys.exists():
        return 0
    wrapped = CaseKeyWrap.objects.filter(holder__user=user)
    others = CaseKeyWrap.objects.filter(holder__isnull=False, holder__retired_at__isnull=True).exclude(
        holder__user=user
    )
    mine = CaseKey.objects.filter(pk__in=wrapped.values("case_key"))
    alone = mine.exclude(pk__in=others.values("case_key")).values("case").distinct().count()
    wrapped.delete()
    IdentityKeyWrap.objects.filter(holder__user=user).delete()
    CaseMember.objects.filter(user=user, left_at__isnull=True).update(left_at=at)
    VaultUnlock.objects.filter(key__user=user).delete()
    keys.update(retired_at=at)
    record_event(
        by=by.username,
        at=at,
        action="closed a vault",
        subject=user.username,
        detail={"in their hands alone": alone},
    )
    return alone
