"""The clocks of a risk: what its tier asks for, by when, and whether it was done (UNGP 24; domain.md 2.4)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from risks.models import MitigationPlan, Risk
from risks.models.measures import IN_FORCE
from risks.queries.method import method
from risks.queries.register import UNSHOWN
from risks.rules.standing import CLOSED, REMEDIED

PLANS = (MitigationPlan.Kind.MITIGATION, MitigationPlan.Kind.REMEDIATION)


@dataclass(frozen=True)
class RiskClock:
    """One thing a tier asks for."""

    what: str
    due: datetime
    done: bool
    late: bool


def clocks_of(risk: Risk, *, at: datetime) -> list[RiskClock]:
    """Return what the tier of an open risk asks for, the first due first; nothing for what is remedied or closed.

    Args:
        risk: the risk.
        at: now.
    """
    if risk.tier >= REMEDIED or risk.tier_since is None:
        return []
    plans = list(risk.plans.all())
    interim = any(one.kind == MitigationPlan.Kind.INTERIM and one.decided_at for one in plans)
    planned = any(one.kind in PLANS and one.state == MitigationPlan.State.APPROVED for one in plans)
    in_force = risk.measures.filter(state__in=IN_FORCE, intrusion__gte=1).exists()
    limits = method()
    asked = [
        ("Owner", limits.owner_hours.get(risk.tier), risk.owner_id is not None),
        ("Decision on interim measures", limits.interim_hours.get(risk.tier), interim or in_force),
        ("Approved plan", _hours(limits.plan_days.get(risk.tier)), planned),
    ]
    clocks = [
        _clock(what, risk.tier_since + timedelta(hours=hours), done=done, at=at)
        for what, hours, done in asked
        if hours is not None
    ]
    return sorted(clocks, key=lambda one: one.due)


def _hours(days: int | None) -> int | None:
    return None if days is None else days * 24


def _clock(what: str, due: datetime, *, done: bool, at: datetime) -> RiskClock:
    return RiskClock(what, due, done, late=not done and due < at)


def plans_to_decide(user: User) -> QuerySet[MitigationPlan]:
    """Return the plans that wait for this person's decision: not their own, the earliest first."""
    waiting = MitigationPlan.objects.filter(state=MitigationPlan.State.PROPOSED).exclude(proposed_by=user)
    if not user.may(Permission.APPROVE_PLAN):
        return waiting.none()
    return waiting.select_related("risk", "proposed_by").order_by("proposed_at", "pk")


def due_risks(user: User, *, on: date) -> QuerySet[Risk]:
    """Return the risks past their review that this person owns, or nobody does, the longest overdue first."""
    mine = Q(owner=user) | Q(owner__isnull=True)
    late = Risk.objects.filter(mine, tier__lt=CLOSED, held__isnull=False, next_review__lt=on)
    return late.select_related("owner").defer(*UNSHOWN).order_by("next_review", "-rank", "pk")
