"""Who holds the key of a case: assign is wrap, bar and leave take wraps away, two custodians recover (ADR 20)."""

from datetime import datetime

from django.db import transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from remedies.actions.intake import CaseSecrets, new_case_key, wrap_case_key
from remedies.models import (
    Case,
    CaseConflict,
    CaseKey,
    CaseKeyWrap,
    CaseMember,
    ReadLog,
    RecoveryKey,
    RecoveryShare,
    VaultKey,
)
from remedies.queries.cases import role_on, visible_to
from remedies.queries.keys import handler_key, identity_wraps_of, recovery_key, wraps_of
from remedies.rules import places, wraps
from remedies.rules.case import CaseRole
from remedies.rules.case_workflow import PERMISSION_OF
from remedies.rules.envelope import CannotOpen
from remedies.rules.wraps import KeyPair

NOT_YOURS = "This case is not there for you."


def key_of_case(case: Case, *, by: User, pair: KeyPair, version: int | None = None) -> CaseSecrets:
    """Return the key of a case, the newest or a version, from the wrap of a handler.

    Raises:
        NotAllowed: the case is not theirs, they are barred, or no wrap opens.
    """
    demand_case(case, by)
    found = CaseKeyWrap.objects.select_related("case_key").filter(
        case_key__case=case, holder__user=by, holder__retired_at__isnull=True
    )
    if version is not None:
        found = found.filter(case_key__version=version)
    wrap = found.order_by("-case_key__version").first()
    if wrap is None:
        raise NotAllowed(NOT_YOURS)
    return CaseSecrets(wrap.case_key, _opened(wrap, pair))


def demand_case(case: Case, by: User) -> None:
    """Refuse a case that somebody may not open, in the words of one that is not there.

    Raises:
        NotAllowed: not theirs, or a conflict bars them.
    """
    if not visible_to(by).filter(pk=case.pk).exists():
        raise NotAllowed(NOT_YOURS)


def held_case(case: Case, by: User) -> Case:
    """Return a case, held until the end of the transaction.

    Raises:
        NotAllowed: the case is not there for them.
    """
    demand_case(case, by)
    return Case.objects.select_for_update().get(pk=case.pk)


def held_by_team(case: Case, by: User, *, does: str = "does this") -> Case:
    """Return a case, held until the end of the transaction, for somebody with a role on it.

    Args:
        case, by: which, and who.
        does: what only the team does, as the refusal says it.

    Raises:
        NotAllowed: the case is not there for them, or they have no role on it.
    """
    held = held_case(case, by)
    if role_on(held, by) is None:
        raise NotAllowed(f"SD3: only the team of the case {does}.")
    return held


def log_on_case(case: Case, action: str, *, by: User, at: datetime, **detail: str) -> None:
    """Write an act on a case to the audit log; nothing that was told belongs into it."""
    record_event(by=by.username, at=at, action=action, subject=f"case {case.pk}", detail=detail)


@transaction.atomic
def assign(
    case: Case, *, to: User, role: CaseRole, by: User, pair: KeyPair, attested: bool, at: datetime
) -> CaseMember:
    """Give somebody a role on a case by wrapping its keys to them (domain.md 0.3, SD3).

    Args:
        case: the case.
        to, role: who, and as what.
        by, pair: who assigns, and their open vault.
        attested: whether `to` stated to have no reporting line into the unit complained of.
        at: now.

    Raises:
        NotAllowed: a rule refuses; the sentence says which.
    """
    by.demand(Permission.TRIAGE_CASE)
    Case.objects.select_for_update().get(pk=case.pk)
    member = _demanded_member(case, to=to, role=role, attested=attested, at=at)
    holder = _demanded_key(to, role)
    versions = case.keys.values_list("version", flat=True)
    for version in versions:
        secret = key_of_case(case, by=by, pair=pair, version=version)
        if not secret.row.wraps.filter(holder=holder).exists():
            wrap_case_key(secret, holders=[holder])
    member.save(force_insert=True)
    record_event(
        by=by.username,
        at=at,
        action="assigned a case",
        subject=f"case {case.pk}",
        detail={"to": to.username, "role": str(role)},
    )
    return member


@transaction.atomic
def bar(case: Case, *, whom: User, by: User, at: datetime) -> None:
    """Bar somebody with a conflict from a case: no assignment, no key, no reading from now on.

    Needs no open vault, so that it is quick; if they held the key, `renew_case_key` follows.

    Raises:
        NotAllowed: the case is not there for who bars, or they neither sort cases nor mean themselves.
    """
    demand_case(case, by)
    if whom != by:
        by.demand(Permission.TRIAGE_CASE)
    CaseConflict.objects.get_or_create(case=case, user=whom)
    _take_wraps(case, whom, at=at)
    record_event(
        by=by.username,
        at=at,
        action="barred from a case",
        subject=f"case {case.pk}",
        detail={"whom": whom.username},
    )


@transaction.atomic
def leave(case: Case, *, who: User, by: User, pair: KeyPair, at: datetime) -> None:
    """Take somebody off a case: their wraps go, and a new key serves what comes later.

    They could read what was there until now; the read log says whether they did.

    Raises:
        NotAllowed: the case is not there for who takes off, or nobody else would hold its key.
    """
    by.demand(Permission.TRIAGE_CASE)
    if who == by:
        raise NotAllowed("Somebody else on the case takes you off, so that its key stays with somebody.")
    demand_case(case, by)
    _take_wraps(case, who, at=at)
    renew_case_key(case, by=by, pair=pair)
    record_event(
        by=by.username,
        at=at,
        action="took off a case",
        subject=f"case {case.pk}",
        detail={"who": who.username},
    )


@transaction.atomic
def renew_case_key(case: Case, *, by: User, pair: KeyPair) -> CaseSecrets:
    """Give a case a new key and inbox for what comes later, wrapped to those who hold the present one.

    Raises:
        NotAllowed: the case is not there for whoever renews.
    """
    Case.objects.select_for_update().get(pk=case.pk)
    present = key_of_case(case, by=by, pair=pair).row
    renewed = new_case_key(case, version=present.version + 1)
    renewed.row.save(force_insert=True)
    holders = VaultKey.objects.filter(case_wraps__case_key=present, retired_at__isnull=True)
    wrap_case_key(renewed, holders=list(holders), recovery=recovery_key())
    return renewed


@transaction.atomic
def recover(
    case: Case,
    *,
    to: User,
    role: CaseRole,
    custodians: tuple[tuple[VaultKey, KeyPair], tuple[VaultKey, KeyPair]],
    attested: bool,
    reasons: str,
    at: datetime,
) -> CaseMember:
    """Give a case to a handler with the recovery key, which two custodians open together.

    Args:
        case: the case.
        to, role: who, and as what.
        custodians: the two, each with the key pair from their own file.
        attested: as in `assign`.
        reasons: why; it stands in the audit log, so nothing of the case belongs there.
        at: now.

    Raises:
        NotAllowed: a rule refuses, or the two do not open it.
    """
    for key, _pair in custodians:
        key.user.demand(Permission.KEEP_IDENTITIES)
    demand_no_conflict(case, *(key.user for key, _pair in custodians))
    if to.pk in {key.user_id for key, _pair in custodians}:
        raise NotAllowed("SD8: whoever opens a case for somebody is not that person.")
    member = _demanded_member(case, to=to, role=role, attested=attested, at=at)
    holder = _demanded_key(to, role)
    recoveries = RecoveryKey.objects.filter(case_wraps__case_key__case=case).distinct()
    for recovery in recoveries:
        pair = joined_recovery(recovery, custodians)
        wrapped = CaseKeyWrap.objects.filter(case_key__case=case, recovery=recovery)
        for wrap in wrapped.select_related("case_key"):
            secret = CaseSecrets(wrap.case_key, _opened(wrap, pair))
            if not wrap.case_key.wraps.filter(holder=holder).exists():
                wrap_case_key(secret, holders=[holder])
    member.save(force_insert=True)
    record_event(
        by=" and ".join(sorted(key.user.username for key, _pair in custodians)),
        at=at,
        action="recovered a case",
        subject=f"case {case.pk}",
        detail={"to": to.username, "role": str(role), "reasons": reasons},
    )
    return member


def joined_recovery(
    recovery: RecoveryKey, custodians: tuple[tuple[VaultKey, KeyPair], tuple[VaultKey, KeyPair]]
) -> KeyPair:
    """Return the recovery key that two custodians open together.

    Raises:
        NotAllowed: these two do not.
    """
    pairs = {key.pk: pair for key, pair in custodians}
    share = RecoveryShare.objects.filter(recovery=recovery, outer__in=pairs, inner__in=pairs).first()
    if share is None:
        raise NotAllowed("These two custodians do not open this case together.")
    try:
        return wraps.join_shares(
            wraps.Share(share.outer_id, share.inner_id, bytes(share.wrapped)),
            outer=pairs[share.outer_id],
            inner=pairs[share.inner_id],
            recovery=recovery.pk,
            public=bytes(recovery.public),
        )
    except CannotOpen:
        raise NotAllowed("These two custodians do not open this case together.") from None


def demand_no_conflict(case: Case, *users: User) -> None:
    """Refuse whoever opens something of a case that they must not touch, custodians too (SD3).

    Raises:
        NotAllowed: one of them is barred.
    """
    if case.conflicts.filter(user__in=users).exists():
        raise NotAllowed("SD3: a conflict bars one of them from the case. Another custodian opens it.")


def end_triage(case: Case) -> None:
    """Take the wraps of everybody who sorts new cases and has no role on this one, once it is screened."""
    members = case.members.filter(left_at__isnull=True).values("user")
    others = VaultKey.objects.exclude(user__in=members).values_list("pk", flat=True)
    wraps_of(case.pk).filter(holder__in=list(others)).delete()


def _demanded_member(case: Case, *, to: User, role: CaseRole, attested: bool, at: datetime) -> CaseMember:
    to.demand(PERMISSION_OF[role])
    if case.conflicts.filter(user=to).exists():
        raise NotAllowed("SD3: a conflict bars this person from the case.")
    if not attested:
        raise NotAllowed("SD3: they must first state that they do not report into the unit complained of.")
    if case.members.filter(user=to).exists():
        raise NotAllowed("SD3: this person has or had a role on the case. Nobody holds two.")
    if role != CaseRole.GRV_INTAKE and ReadLog.objects.filter(case_id=case.pk, reader=to.username).exists():
        raise NotAllowed("SD3: this person sorted the case on arrival. Nobody holds two roles on one case.")
    return CaseMember(case=case, user=to, role=str(role), attested=True, assigned_at=at)


def _demanded_key(to: User, role: CaseRole) -> VaultKey:
    holder = handler_key(to.pk)
    if holder is None:
        raise NotAllowed(
            "This person has no vault yet. They enrol, a custodian confirms, then you can assign the case."
        )
    if str(role) not in holder.roles:
        raise NotAllowed(
            "A custodian confirmed this person's key for other roles. They enrol anew for this one."
        )
    return holder


def _opened(wrap: CaseKeyWrap, pair: KeyPair) -> bytes:
    row: CaseKey = wrap.case_key
    try:
        return wraps.unwrap(
            bytes(wrap.wrapped), pair=pair, place=places.case_key(row.pk, row.case_id, row.version)
        )
    except CannotOpen:
        raise NotAllowed(NOT_YOURS) from None


def _take_wraps(case: Case, whom: User, *, at: datetime) -> None:
    theirs = list(VaultKey.objects.filter(user=whom).values_list("pk", flat=True))
    wraps_of(case.pk).filter(holder__in=theirs).delete()
    identity_wraps_of(case.pk).filter(holder__in=theirs).delete()
    case.members.filter(user=whom, left_at__isnull=True).update(left_at=at)
