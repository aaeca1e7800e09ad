"""Who may what: the list of people, a person's history, invitations, delegations, reviews."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from hrdd.accounts.models import (
    AccessReview,
    Delegation,
    Invitation,
    Passkey,
    ReviewLine,
    RoleChange,
    Session,
    Totp,
)
from hrdd.accounts.rules.people import review_is_overdue
from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import NOT_DELEGABLE_ROLES, Role


def people() -> QuerySet[User]:
    """Return everybody who has or had an account, with whether they set a second factor."""
    second = Exists(Passkey.objects.filter(user=OuterRef("pk"))) | Exists(
        Totp.objects.filter(user=OuterRef("pk"))
    )
    return User.objects.annotate(second=second).order_by("display_name", "pk")


def filtered(wanted: Mapping[str, Any]) -> QuerySet[User]:
    """Return the people that a filter leaves; without one, those whose account is open."""
    found = people()
    if said := wanted.get("q"):
        found = found.filter(Q(username__icontains=said) | Q(display_name__icontains=said))
    if role := wanted.get("role"):
        found = found.filter(roles__contains=[role])
    state = wanted.get("state")
    if state == "weak":
        found = found.filter(passkeys__isnull=True, totp__isnull=True)
    return found if state == "all" else found.filter(is_active=state != "closed")


@dataclass(frozen=True)
class Counts:
    """How many people there are, of what kind."""

    open: int
    closed: int
    weak: int


def counts() -> Counts:
    """Return how many accounts are open, closed, and open without a second factor."""
    found = people().aggregate(
        open=Count("pk", filter=Q(is_active=True)),
        closed=Count("pk", filter=Q(is_active=False)),
        weak=Count("pk", filter=Q(is_active=True, second=False)),
    )
    return Counts(**found)


def open_invitations() -> QuerySet[Invitation]:
    """Return the invitations that nobody accepted or withdrew, those that ran out included."""
    found = Invitation.objects.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)
    return found.select_related("asked_by", "renews", "confirmed_by")


def history_of(user: User) -> QuerySet[RoleChange]:
    """Return how somebody's roles changed, the latest first."""
    return RoleChange.objects.filter(user=user).select_related("by")


def delegations_of(user: User) -> QuerySet[Delegation]:
    """Return what somebody lent and what was lent to them, the latest first."""
    found = Delegation.objects.filter(Q(delegator=user) | Q(delegate=user))
    return found.select_related("delegator", "delegate", "ended_by")


def last_act_of(user: User) -> AuditEvent | None:
    """Return the last act of somebody that is on record."""
    return AuditEvent.objects.filter(actor=user.username).first()


def sessions_open(user: User) -> int:
    """Return in how many places somebody is signed in."""
    return Session.objects.filter(user=user).count()


def delegable_roles(user: User) -> list[str]:
    """Return the roles that somebody may lend."""
    return [one for one in user.roles if Role(one) not in NOT_DELEGABLE_ROLES]


def others_than(user: User) -> list[User]:
    """Return the people to whom somebody may lend a role, by name."""
    return list(User.objects.filter(is_active=True).exclude(pk=user.pk).order_by("display_name", "pk"))


def open_review() -> AccessReview | None:
    """Return the access review that is not signed yet."""
    return AccessReview.objects.filter(signed_at__isnull=True).first()


def review_overdue(*, today: date) -> bool:
    """Whether the access review is late."""
    running = open_review()
    last = AccessReview.objects.filter(signed_at__isnull=False).order_by("-signed_at").first()
    return review_is_overdue(
        last_signed=last.signed_at if last else None, due_on=running.due_on if running else None, today=today
    )


def lines_of(review: AccessReview) -> QuerySet[ReviewLine]:
    """Return the lines of a review, by person and role."""
    return review.lines.select_related("user", "decided_by")
