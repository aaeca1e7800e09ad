"""What is owed to leadership, and what waits for an answer (G2; domain.md 1.10)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from hrdd.governance.models import User
from hrdd.governance.queries import name_of
from hrdd.governance.rules import Role
from hrdd.oversight.models import Escalation
from risks.models import MitigationPlan, Risk
from risks.queries.method import method

P1 = 1
PLANS = [MitigationPlan.Kind.MITIGATION, MitigationPlan.Kind.REMEDIATION]
SENTENCES = {
    Escalation.Code.PLAN_TO_SENIOR: "G2: P1, and no plan was approved in {days} days. Ask for it, or decide why not.",
    Escalation.Code.PLAN_TO_BOARD: (
        "G2: P1, and no plan was approved in {days} days, twice the time set. The accountable executive was reminded "
        "before."
    ),
}


@dataclass(frozen=True)
class Owed:
    """A reminder that leadership is owed: of which risk, since when its clock runs, to whom."""

    risk: Risk
    since: datetime
    code: Escalation.Code
    to_role: Role
    sentence: str


def unplanned_p1() -> QuerySet[Risk]:
    """Return the P1 risks without an approved plan, the longest waiting first."""
    approved = MitigationPlan.objects.filter(
        risk=OuterRef("pk"), kind__in=PLANS, state=MitigationPlan.State.APPROVED
    )
    waiting = Risk.objects.filter(~Exists(approved), tier=P1, tier_since__isnull=False)
    return waiting.order_by("tier_since", "pk")


def owed_plan_escalations(*, at: datetime) -> list[Owed]:
    """Return whom P1 risks without a plan are owed to: past the time the executive, past twice the time the board."""
    days = method().plan_days[P1]
    owed = []
    for risk in unplanned_p1().filter(tier_since__lt=at - timedelta(days=days)):
        since = risk.tier_since
        if since is None:
            continue
        owed.append(_owed(risk, since, Escalation.Code.PLAN_TO_SENIOR, Role.SENIOR, days))
        if at - since > timedelta(days=2 * days):
            owed.append(_owed(risk, since, Escalation.Code.PLAN_TO_BOARD, Role.BOARD, 2 * days))
    return owed


def _owed(risk: Risk, since: datetime, code: Escalation.Code, to_role: Role, days: int) -> Owed:
    return Owed(risk, since, code, to_role, SENTENCES[code].format(days=days))


def with_raisers() -> QuerySet[Escalation]:
    """Return every escalation with its risk and `raiser`, the name of who raised it or of the job that did."""
    return Escalation.objects.select_related("risk").annotate(raiser=name_of("raised_by"))


def open_escalations() -> QuerySet[Escalation]:
    """Return what nobody answered yet, the nearest day first."""
    return with_raisers().filter(answered_at__isnull=True)


def escalations_for(user: User) -> QuerySet[Escalation]:
    """Return what waits for an answer of this person's roles, the nearest day first."""
    return open_escalations().filter(to_role__in=user.roles_today).exclude(raised_by=user.username)
