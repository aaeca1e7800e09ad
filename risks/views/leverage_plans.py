"""Plans for leverage, and what partners undertake and others verify."""

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import Permission
from risks.actions import corrective_plans, leverage_plans
from risks.forms.leverage import (
    CorrectivePlanForm,
    MilestoneForm,
    OpenPlanForm,
    PlanForm,
    PlanReasonsForm,
    VerificationForm,
    plan_initial,
)
from risks.models import CorrectivePlan, LeveragePlan, Milestone, RelationshipRisk
from risks.models.exits import EXIT_OVER
from risks.rules.leverage_plan import LEVERAGE_STEPS, STEP_LEADS
from risks.views.form_page import form_page


def _tied(pk: int) -> RelationshipRisk:
    return get_object_or_404(RelationshipRisk.objects.select_related("relationship__partner", "risk"), pk=pk)


@require_safe_or_post
@requires(Permission.LOG_LEVERAGE)
def open_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the plan of one harm."""
    tied = _tied(pk)
    return form_page(
        request,
        OpenPlanForm(request.POST or None),
        act=partial(leverage_plans.open_plan, tied, by=person(request), at=timezone.now()),
        title="Plan the leverage",
        lead=f"{tied.relationship}. {tied.risk}",
        button="Open the plan",
        back=reverse("clock-detail", args=[pk]),
        done="The plan is open. Next: say what leverage there is, and what lacks.",
    )


@require_safe_or_post
@requires(Permission.LOG_LEVERAGE)
def edit_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what leverage there is, what lacks, how it can be increased, and what happens next."""
    plan = get_object_or_404(
        LeveragePlan.objects.select_related("tied__relationship__partner", "tied__risk"), pk=pk
    )
    return form_page(
        request,
        PlanForm(request.POST or None, initial=plan_initial(plan)),
        act=partial(leverage_plans.edit_plan, plan, by=person(request), at=timezone.now()),
        title="The leverage we have, and what we lack",
        lead="Who has leverage uses it; who lacks it increases it (UNGP 19).",
        button="Keep the plan",
        back=reverse("clock-detail", args=[plan.tied_id]),
        done="The plan is on record.",
    )


@require_safe_or_post
@requires(*{one.permission for one in LEVERAGE_STEPS.values()})
def take_plan_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take one step of the loop; considering exit leads on to its page."""
    if step not in LEVERAGE_STEPS:
        raise Http404
    plan = get_object_or_404(LeveragePlan.objects.select_related("tied__relationship__partner"), pk=pk)
    return form_page(
        request,
        PlanReasonsForm(request.POST or None),
        act=partial(leverage_plans.take_plan_step, plan, step, by=person(request), at=timezone.now()),
        title=LEVERAGE_STEPS[step].label,
        lead=f"{plan.tied.relationship}. {STEP_LEADS[step]}",
        button=LEVERAGE_STEPS[step].label,
        back=_after(plan, step) if request.method == "POST" else reverse("clock-detail", args=[plan.tied_id]),
        done="The plan moved on.",
    )


def _after(plan: LeveragePlan, step: str) -> str:
    """Return where a step leads: to the page of the exit where exit is considered, else back to the clock."""
    if step != "consider_exit":
        return reverse("clock-detail", args=[plan.tied_id])
    opened = plan.tied.relationship.exits.exclude(state__in=EXIT_OVER).first()
    if opened:
        return reverse("exit-detail", args=[opened.pk])
    return reverse("consider-exit", args=[plan.tied.relationship_id])


@require_safe_or_post
@requires(Permission.LOG_LEVERAGE)
def record_corrective_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what the partner undertook."""
    tied = _tied(pk)
    return form_page(
        request,
        CorrectivePlanForm(request.POST or None),
        act=partial(corrective_plans.record_corrective_plan, tied, by=person(request), at=timezone.now()),
        title="Record a corrective plan",
        lead=f"{tied.relationship}. {tied.risk}",
        button="Record the plan",
        back=reverse("clock-detail", args=[pk]),
        done="The plan is on record. Add its milestones, each with a day.",
    )


@require_safe_or_post
@requires(Permission.LOG_LEVERAGE)
def add_milestone(request: HttpRequest, pk: int) -> HttpResponse:
    """Add one promise to a corrective plan."""
    plan = get_object_or_404(CorrectivePlan, pk=pk)
    return form_page(
        request,
        MilestoneForm(request.POST or None),
        act=partial(corrective_plans.add_milestone, plan, by=person(request), at=timezone.now()),
        title="Add a milestone",
        lead=plan.agreed,
        button="Add the milestone",
        back=reverse("clock-detail", args=[plan.tied_id]),
        done="The milestone is on record. Another person verifies it.",
    )


@require_safe_or_post
@requires(Permission.ASSESS_RISK)
def verify_milestone(request: HttpRequest, pk: int) -> HttpResponse:
    """Verify a promise that another person logged."""
    milestone = get_object_or_404(Milestone.objects.select_related("plan"), pk=pk)
    return form_page(
        request,
        VerificationForm(request.POST or None),
        act=partial(corrective_plans.verify_milestone, milestone, by=person(request), at=timezone.now()),
        title="Verify a milestone",
        lead=milestone.what,
        button="Record the verification",
        back=reverse("clock-detail", args=[milestone.plan.tied_id]),
        done="The milestone is verified.",
    )


@require_safe_or_post
@requires(Permission.ASSESS_RISK)
def close_corrective_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a corrective plan whose every milestone is verified."""
    plan = get_object_or_404(CorrectivePlan, pk=pk)
    return form_page(
        request,
        PlanReasonsForm(request.POST or None),
        act=partial(corrective_plans.close_corrective_plan, plan, by=person(request), at=timezone.now()),
        title="Close the corrective plan",
        lead="At level 4 and 5 each milestone is verified independently, or confirmed by rightsholders.",
        button="Close the plan",
        back=reverse("clock-detail", args=[plan.tied_id]),
        done="The corrective plan is closed.",
    )
