"""The plan for leverage on one harm, and the way it goes (UNGP 19; domain.md 5.3)."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from hrdd.governance.actions import move
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission, demand_reasons
from risks.actions.change_clock import log_of_tied
from risks.models import LeveragePlan, LeveragePlanMove, RelationshipRisk
from risks.queries.leverage_plans import facts_of
from risks.rules.leverage_plan import LEVERAGE_STEPS, PLAN_OVER, plan_refusals


@transaction.atomic
def open_plan(
    tied: RelationshipRisk, *, owner: User, next_step: str, next_step_due: date, by: User, at: datetime
) -> LeveragePlan:
    """Open the plan of one harm: who answers for it, and what happens next by when.

    Raises:
        NotAllowed: the role, an owner who may not log leverage, a day that passed, or a plan that is open.
    """
    by.demand(Permission.LOG_LEVERAGE)
    told = _told(owner, next_step, next_step_due, at=at)
    try:
        with transaction.atomic():
            plan = LeveragePlan.objects.create(tied=tied, opened_by=by, opened_at=at, **told)
    except IntegrityError:
        raise NotAllowed("A plan for leverage on this harm is open already. Go on with that one.") from None
    log_of_tied(tied, "opened leverage plan", by=by, at=at, plan=plan.pk)
    return plan


@transaction.atomic
def edit_plan(
    plan: LeveragePlan,
    *,
    kinds: Collection[str],
    has: str,
    lacks: str,
    increase: str,
    owner: User,
    next_step: str,
    next_step_due: date,
    by: User,
    at: datetime,
) -> None:
    """Say what leverage there is, what lacks and how it can be increased, who owns the plan, and what happens next.

    Raises:
        NotAllowed: the role, a plan that is over, or once it was assessed a part left empty.
    """
    by.demand(Permission.LOG_LEVERAGE)
    held = LeveragePlan.objects.select_for_update(of=("self",)).select_related("tied").get(pk=plan.pk)
    if held.state in PLAN_OVER:
        raise NotAllowed("This plan is over and stays as it is. Open a new one.")
    parts = {"has": has.strip(), "lacks": lacks.strip(), "increase": increase.strip()}
    if held.state != "identified" and not all(parts.values()):
        raise NotAllowed("Say what leverage there is, what lacks and how it can be increased; all three.")
    told = _told(owner, next_step, next_step_due, at=at)
    LeveragePlan.objects.filter(pk=held.pk).update(kinds=sorted(set(kinds)), **parts, **told)
    log_of_tied(held.tied, "edited leverage plan", by=by, at=at, plan=held.pk)


@transaction.atomic
def take_plan_step(plan: LeveragePlan, name: str, *, reasons: str, by: User, at: datetime) -> None:
    """Take one step of the loop, with what the rules ask before it.

    Args:
        plan: what moves.
        name: a name of LEVERAGE_STEPS.
        reasons: why, in 50 characters.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, the state, what is missing first, or reasons.
    """
    step = LEVERAGE_STEPS[name]
    by.demand(step.permission)
    said = demand_reasons(reasons)
    held = LeveragePlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    if held.state in step.before and (lacking := plan_refusals(name, facts_of(held, on=at.date()))):
        raise NotAllowed(" ".join(lacking))
    move(held, step, by=by, at=at, called=f"leverage plan {held.pk}")
    LeveragePlanMove.objects.create(plan=held, state=held.state, reasons=said, moved_by=by, moved_at=at)
    plan.refresh_from_db()


def _told(owner: User, next_step: str, next_step_due: date, *, at: datetime) -> dict[str, Any]:
    if not owner.may(Permission.LOG_LEVERAGE):
        raise NotAllowed("Owner: choose somebody who works on leverage.")
    if not next_step.strip():
        raise NotAllowed("Next step: say what happens next.")
    if next_step_due < at.date():
        raise NotAllowed("By: this day has passed. Choose a day from today.")
    return {"owner": owner, "next_step": next_step.strip(), "next_step_due": next_step_due}
