"""Plans for leverage and corrective plans, as pages and rules ask about them (domain.md 5.1, 5.3)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet

from hrdd.governance.models import User
from risks.models import CorrectivePlan, LeverageAction, LeveragePlan, Milestone, RelationshipRisk
from risks.queries.time_to_change import clock_of, going_on
from risks.rules.leverage_plan import LEVERAGE_STEPS, PLAN_OVER, PlanFacts, plan_refusals


def facts_of(plan: LeveragePlan, *, on: date) -> PlanFacts:
    """Return what the steps of a plan ask; after an increase, only what was done since then counts as applied."""
    actions = plan.tied.actions.all()
    increased = plan.moves.filter(state="increased").order_by("-pk").first()
    since = actions.filter(recorded_at__gt=increased.moved_at) if increased else actions
    measured = since.filter(measured_on__isnull=False)
    return PlanFacts(
        assessed=bool(plan.has and plan.lacks and plan.increase),
        actions=since.count(),
        measured=measured.count(),
        best_effect=clock_of(plan.tied, on=on).best_effect,
        open_corrective_plans=plan.tied.corrective_plans.filter(state=CorrectivePlan.State.OPEN).count(),
    )


@dataclass(frozen=True)
class NextStep:
    """A step that a plan could take: its name, its button, and why not yet."""

    name: str
    label: str
    refused: list[str]


def next_steps(plan: LeveragePlan, user: User, *, on: date) -> list[NextStep]:
    """Return the steps that somebody may take from where a plan stands, each with what is missing before it."""
    steps = [
        (name, step)
        for name, step in LEVERAGE_STEPS.items()
        if plan.state in step.before and user.may(step.permission)
    ]
    if not steps:
        return []
    facts = facts_of(plan, on=on)
    return [NextStep(name, step.label, plan_refusals(name, facts)) for name, step in steps]


def open_plan_of(tied: RelationshipRisk) -> LeveragePlan | None:
    """Return the plan that is not over, or None."""
    return tied.plans.exclude(state__in=PLAN_OVER).select_related("owner").first()


def kinds_of(plan: LeveragePlan) -> list[str]:
    """Return the kinds of leverage at hand, for people."""
    return [LeverageAction.Kind(one).label for one in plan.kinds]


def plans_over_of(tied: RelationshipRisk) -> QuerySet[LeveragePlan]:
    """Return the plans that ended, the latest first."""
    return tied.plans.filter(state__in=PLAN_OVER).select_related("owner")


def corrective_plans_of(tied: RelationshipRisk) -> QuerySet[CorrectivePlan]:
    """Return the corrective plans of a harm with their milestones, the latest first."""
    milestones = Milestone.objects.select_related("logged_by", "verified_by").order_by("due", "pk")
    return tied.corrective_plans.select_related("recorded_by", "closed_by").prefetch_related(
        Prefetch("milestones", milestones)
    )


def overdue_milestones(*, on: date) -> QuerySet[Milestone]:
    """Return the milestones that nobody verified by their day, on clocks that run, the oldest first."""
    late = Milestone.objects.filter(
        verification="", due__lt=on, plan__state="open", plan__tied__in=going_on()
    )
    named = late.select_related("plan__tied__relationship__partner")
    return named.only("what", "due", "plan__tied__relationship__partner__name").order_by("due", "pk")


def late_next_steps(*, on: date) -> QuerySet[LeveragePlan]:
    """Return the plans whose next step is late, on clocks that run, the oldest first."""
    late = LeveragePlan.objects.exclude(state__in=PLAN_OVER).filter(next_step_due__lt=on, tied__in=going_on())
    named = late.select_related("tied__relationship__partner", "owner")
    shown = ("next_step", "next_step_due", "tied__relationship__partner__name", "owner__display_name")
    return named.only(*shown).order_by("next_step_due", "pk")
