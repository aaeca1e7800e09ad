"""What a partner undertook to put right: promised by milestones, each verified by somebody else (domain.md 5.1)."""

from datetime import date, datetime

from django.db import transaction

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission, demand_reasons
from risks.actions.change_clock import log_of_tied, refuse_revenue_owner
from risks.models import CorrectivePlan, Milestone, RelationshipRisk
from risks.rules.leverage_plan import corrective_refusals


@transaction.atomic
def record_corrective_plan(
    tied: RelationshipRisk, *, agreed: str, agreed_on: date, by: User, at: datetime
) -> CorrectivePlan:
    """Record what the partner undertook.

    Raises:
        NotAllowed: the role, or a day that is still to come.
    """
    by.demand(Permission.LOG_LEVERAGE)
    if agreed_on > at.date():
        raise NotAllowed("Agreed on: this day is still to come. Record the plan once it is agreed.")
    plan = CorrectivePlan.objects.create(
        tied=tied, agreed=agreed.strip(), agreed_on=agreed_on, recorded_by=by, recorded_at=at
    )
    log_of_tied(tied, "recorded corrective plan", by=by, at=at, plan=plan.pk)
    return plan


@transaction.atomic
def add_milestone(plan: CorrectivePlan, *, what: str, due: date, by: User, at: datetime) -> Milestone:
    """Add one promise, and by when it is kept.

    Raises:
        NotAllowed: the role, a plan that is closed, or a day before the plan was agreed.
    """
    by.demand(Permission.LOG_LEVERAGE)
    held = _open(plan)
    if due < held.agreed_on:
        raise NotAllowed("By: this day lies before the plan was agreed.")
    milestone = Milestone.objects.create(plan=held, what=what.strip(), due=due, logged_by=by, logged_at=at)
    log_of_tied(held.tied, "added milestone", by=by, at=at, plan=held.pk, milestone=milestone.pk)
    return milestone


@transaction.atomic
def verify_milestone(
    milestone: Milestone, *, verification: str, verified_on: date, how: str, by: User, at: datetime
) -> None:
    """Verify that a promise was kept; whoever logged it, or earns by the partner, does not (SD1, SD4).

    Args:
        milestone: the promise.
        verification: how: by the partner's report, documents, remotely, on site, independently, or by rightsholders.
        verified_on: when.
        how: what was seen, by whom.
        by, at: who verifies, and now.

    Raises:
        NotAllowed: the role or person, a day that cannot be, nothing said, or it was verified already.
    """
    by.demand(Permission.ASSESS_RISK)
    plan = _open(milestone.plan)
    if milestone.logged_by.username in by.as_one():
        raise NotAllowed(
            "SD1: whoever logged a milestone, or stands in for them, does not verify it. Ask another person."
        )
    refuse_revenue_owner(plan.tied, by, "does not verify what it promised")
    if not plan.agreed_on <= verified_on <= at.date():
        raise NotAllowed(
            f"Verified on: a day from {plan.agreed_on:%-d %B %Y}, when the plan was agreed, to today."
        )
    if not how.strip():
        raise NotAllowed("What was seen: say in a sentence what was verified, and by whom.")
    changed = Milestone.objects.filter(pk=milestone.pk, verification="").update(
        verification=verification, verified_by=by, verified_on=verified_on, verified_how=how.strip()
    )
    if not changed:
        raise NotAllowed("This milestone was verified already, and stays so.")
    log_of_tied(plan.tied, "verified milestone", by=by, at=at, plan=plan.pk, milestone=milestone.pk)


@transaction.atomic
def close_corrective_plan(plan: CorrectivePlan, *, reasons: str, by: User, at: datetime) -> None:
    """Close a plan whose every milestone is verified; at level 4 or 5 independently, or by rightsholders (5.1).

    Raises:
        NotAllowed: the role, a revenue target on the partner, what is not verified, reasons, or closed before.
    """
    by.demand(Permission.ASSESS_RISK)
    said = demand_reasons(reasons)
    held = _open(plan)
    refuse_revenue_owner(held.tied, by, "does not close its corrective plan")
    verifications = list(held.milestones.values_list("verification", flat=True))
    if refused := corrective_refusals(level=held.tied.risk.level, verifications=verifications):
        raise NotAllowed(" ".join(refused))
    CorrectivePlan.objects.filter(pk=held.pk).update(
        state=CorrectivePlan.State.CLOSED, closed_by=by, closed_at=at, closing_reasons=said
    )
    log_of_tied(held.tied, "closed corrective plan", by=by, at=at, plan=held.pk)
    plan.refresh_from_db()


def _open(plan: CorrectivePlan) -> CorrectivePlan:
    held = (
        CorrectivePlan.objects.select_for_update(of=("self",))
        .select_related("tied__risk", "tied__relationship")
        .get(pk=plan.pk)
    )
    if held.state != CorrectivePlan.State.OPEN:
        raise NotAllowed("This corrective plan is closed and stays as it is. Record a new one.")
    return held
