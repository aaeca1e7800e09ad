"""What will be done about a risk: proposed, approved by somebody else, tested (UNGP 19; domain.md 2.4, I1, G4)."""

from datetime import date, datetime

from django.db import transaction

from hrdd.governance.actions import move, record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission, Role, demand_reasons
from risks.models import MitigationPlan, Risk
from risks.rules.plan_workflow import PLAN_STEPS


@transaction.atomic
def propose_plan(
    risk: Risk, *, kind: str, actions: str, target: str, owner: User, due: date, by: User, at: datetime
) -> MitigationPlan:
    """Propose what to do about a risk.

    Args:
        risk: an open risk.
        kind: interim, mitigation or remediation.
        actions: what will be done.
        target: by what people affected would notice that it works.
        owner: who does it.
        due: by when, today at the earliest.
        by, at: who, and now.

    Raises:
        NotAllowed: with the sentence to show.
    """
    by.demand(Permission.PROPOSE_PLAN)
    if risk.status == Risk.Status.CLOSED:
        raise NotAllowed("This risk is closed. Put it up for re-assessment before a plan is made for it.")
    if due < at.date():
        raise NotAllowed(f"Due: choose {at.date():%-d %B %Y} or later.")
    if not owner.may(Permission.READ_DESK):
        raise NotAllowed("Owner: choose somebody who works on the desk.")
    plan = MitigationPlan.objects.create(
        risk=risk,
        kind=kind,
        actions=demand_reasons(actions, about="What will be done"),
        target=target.strip(),
        owner=owner,
        due=due,
        proposed_by=by,
        proposed_at=at,
    )
    record_event(
        by=by.username,
        at=at,
        action="proposed plan",
        subject=f"risk {risk.pk}",
        detail={"plan": plan.pk, "kind": kind},
    )
    return plan


@transaction.atomic
def decide_plan(plan: MitigationPlan, *, approve: bool, reasons: str, by: User, at: datetime) -> None:
    """Approve or refuse a plan: a decider other than its author (SD1).

    Raises:
        NotAllowed: the role, the author, too few reasons, or it was decided meanwhile.
    """
    if plan.proposed_by.username in by.as_one():
        raise NotAllowed("SD1: whoever proposed a plan does not approve it. Ask another decider.")
    move(
        plan,
        PLAN_STEPS["approve" if approve else "refuse"],
        by=by,
        at=at,
        called=f"plan {plan.pk}",
        detail={"risk": plan.risk_id},
        decided_by=by,
        decided_at=at,
        reasons=demand_reasons(reasons),
    )


@transaction.atomic
def end_plan(plan: MitigationPlan, *, reasons: str, by: User, at: datetime) -> None:
    """End an approved plan that no longer stands.

    Raises:
        NotAllowed: the role, too few reasons, or it does not stand.
    """
    move(
        plan,
        PLAN_STEPS["end"],
        by=by,
        at=at,
        called=f"plan {plan.pk}",
        detail={"risk": plan.risk_id, "reasons": demand_reasons(reasons)},
    )


@transaction.atomic
def record_test(plan: MitigationPlan, *, works: bool, test_result: str, by: User, at: datetime) -> None:
    """Record a test of whether an approved plan works for the people affected (UNGP 20).

    Args:
        plan: an approved plan.
        works: whether the test showed that it works.
        test_result: what was tested and found, at least 50 characters.
        by: a reviewer who did not propose the plan.
        at: now.

    Raises:
        NotAllowed: with the sentence to show.
    """
    by.demand(Permission.CONFIRM_RISK)
    if {plan.proposed_by.username, plan.owner.username} & by.as_one() or Role.REVIEWER not in by.roles_today:
        raise NotAllowed("UNGP 20: a reviewer who neither proposed nor owns the plan tests whether it works.")
    found = demand_reasons(test_result, about="What was tested and found")
    approved = MitigationPlan.objects.filter(pk=plan.pk, state=MitigationPlan.State.APPROVED)
    if not approved.update(tested_on=at.date(), tested_by=by.username, test_result=found, works=works):
        raise NotAllowed("Only an approved plan is tested.")
    record_event(
        by=by.username, at=at, action="tested plan", subject=f"plan {plan.pk}", detail={"works": works}
    )
