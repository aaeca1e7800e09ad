"""Lend a role until a day, and take it back (domain.md 0.2)."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from hrdd.accounts.models import Delegation
from hrdd.accounts.rules.people import JOB, demand_delegation, demand_why
from hrdd.governance.actions import JOB as JOB_NAME
from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission, Role


@transaction.atomic
def delegate(
    *, role: str, to: User, starts_on: date, until: date, why: str, by: User, at: datetime
) -> Delegation:
    """Lend one of one's own roles to another person.

    Args:
        role: what is lent.
        to: who stands in.
        starts_on, until: the first and the last day.
        why: for the record.
        by: whose role it is.
        at: now.

    Raises:
        NotAllowed: the roles or the days do not allow it.
    """
    if role not in set(Role):
        raise NotAllowed("Choose one of your roles.")
    if to.pk == by.pk or not to.is_active:
        raise NotAllowed("Choose another person, whose account is open.")
    locked = User.objects.select_for_update().get(pk=to.pk)
    demand_delegation(
        delegator=frozenset(Role(one) for one in by.roles),
        delegate=frozenset(Role(one) for one in [*locked.roles, *(one["role"] for one in locked.delegated)]),
        role=Role(role),
        starts_on=starts_on,
        until=until,
        today=at.date(),
        job=locked.username == JOB_NAME or locked.username.lower() == JOB,
    )
    try:
        with transaction.atomic():
            given = Delegation.objects.create(
                delegator=by,
                delegate=to,
                role=role,
                starts_on=starts_on,
                until=until,
                why=demand_why(why),
                given_at=at,
            )
    except IntegrityError:
        raise NotAllowed("This role is delegated to them already.") from None
    _told_to(to, on=at.date())
    record_event(
        by=by.username,
        at=at,
        action="delegated a role",
        subject=to.username,
        detail={"role": role, "from": starts_on.isoformat(), "until": until.isoformat(), "why": given.why},
    )
    return given


@transaction.atomic
def end_delegation(delegation: Delegation, *, by: User, at: datetime) -> None:
    """Take a role back before its day, or give it back.

    Raises:
        NotAllowed: by neither of the two nor somebody who manages people, or it is over.
    """
    if by.pk not in (delegation.delegator_id, delegation.delegate_id) and not by.may(
        Permission.MANAGE_PEOPLE
    ):
        raise NotAllowed("Only the two of them, or who manages people, ends this.")
    if not Delegation.objects.filter(pk=delegation.pk, ended_at__isnull=True).update(
        ended_at=at, ended_by=by
    ):
        raise NotAllowed("It is over already.")
    _told_to(delegation.delegate, on=at.date())
    record_event(
        by=by.username,
        at=at,
        action="ended a delegation",
        subject=delegation.delegate.username,
        detail={"role": delegation.role, "of": delegation.delegator.username},
    )


def end_delegations_of(user: User, *, by: User, at: datetime, role: str = "") -> None:
    """End what a person lent, or all that they lent and hold when no role is named."""
    lent = Delegation.objects.filter(ended_at__isnull=True, delegator=user)
    found = (
        lent.filter(role=role)
        if role
        else lent | Delegation.objects.filter(ended_at__isnull=True, delegate=user)
    )
    for one in found.select_related("delegator", "delegate"):
        Delegation.objects.filter(pk=one.pk).update(ended_at=at, ended_by=by)
        _told_to(one.delegate, on=at.date())


def _told_to(user: User, *, on: date) -> None:
    """Write beside a person's own roles what they stand in for, so that each request knows without asking further."""
    held = Delegation.objects.filter(delegate=user, ended_at__isnull=True, until__gte=on)
    told: list[dict[str, Any]] = [
        {
            "role": one.role,
            "of": one.delegator.username,
            "from": one.starts_on.isoformat(),
            "until": one.until.isoformat(),
        }
        for one in held.select_related("delegator").order_by("pk")
    ]
    User.objects.filter(pk=user.pk).update(delegated=told)
    user.delegated = told
