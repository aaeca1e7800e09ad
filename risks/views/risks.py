"""One risk: its page, its steps, its owner, its plans and its evidence."""

from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import plans as plan_actions
from risks.actions import salience as actions
from risks.actions.evidence import record_evidence
from risks.forms.risks import (
    ControlTestForm,
    EvidenceForm,
    OwnerForm,
    PlanDecisionForm,
    PlanForm,
    ReasonsForm,
)
from risks.models import MitigationPlan, Risk
from risks.queries import story
from risks.queries.changes import changes_of_risk
from risks.queries.clocks import clocks_of
from risks.queries.consultations import consultations_of
from risks.queries.dilemmas import dilemmas_of_risk
from risks.queries.experts import accesses_of
from risks.queries.gaps import gaps_of
from risks.queries.involvement import involvements_of
from risks.queries.model_reviews import model_reviews_of_risk
from risks.queries.register import standings
from risks.queries.time_to_change import clocks_of_risk, undated_of_risk
from risks.queries.timeline import timeline_of
from risks.rules.risk_workflow import BUTTONS, RISK_STEPS, refusals
from risks.views.form_page import form_page
from risks.views.row_cell import in_a_row, row_cell

LEADS = {
    "confirm": "A second person confirms that the severity is judged soundly, before the risk is worked on (SD1).",
    "manage": "The risk has an owner and an approved plan, and is worked on from now on (UNGP 19).",
    "reassess": "The judgement is put in question: something changed, or its time is over (UNGP 18).",
    "close": "The harm was put right, or is remote and its controls were tested (UNGP 20). It stays on record.",
}


@require_safe
@requires(Permission.READ_DESK)
def risk_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One risk with everything on record that the reader may see."""
    risk = get_object_or_404(Risk.objects.select_related("owner", "held"), pk=pk)
    user, now = person(request), timezone.now()
    restricted = user.may(Permission.READ_RESTRICTED)
    consultations = consultations_of(risk, user, on=now.date())
    evidence, kept = story.evidence_of(risk, restricted=restricted)
    context = {
        "risk": risk,
        "standing": standings([risk])[0],
        "story": story.story_of(risk),
        "assessments": story.assessments_of(risk, restricted=restricted),
        "evidence": evidence,
        "evidence_kept": kept,
        "measures": risk.measures.all(),
        "plans": risk.plans.select_related("owner", "proposed_by", "decided_by"),
        "rights": risk.touches.select_related("right"),
        "partner_clocks": clocks_of_risk(risk, on=now.date()),
        "undated_partners": undated_of_risk(risk),
        "lowering": risk.lowering_proposals.filter(state="asked").first(),
        "involvements": involvements_of(risk, now.date()),
        "may_propose_involvement": user.may(Permission.PROPOSE_INVOLVEMENT) and risk.status != "closed",
        "experts": accesses_of(risk=risk, on=now.date()),
        "share_at": reverse("share-risk", args=[pk]) if user.may(Permission.SHARE_WITH_EXPERT) else "",
        "clocks": clocks_of(risk, at=now),
        "consultations": consultations,
        "changes": changes_of_risk(risk),
        "dilemmas": dilemmas_of_risk(risk, at=now),
        "model_reviews": model_reviews_of_risk(risk),
        "timeline": timeline_of(risk, consultations),
        "gaps": gaps_of(risk, at=now),
        "steps": _steps(risk, user),
        "may": _may(user),
        "today": now.date(),
    }
    return render(request, "risks/risk_detail.html", context)


def _may(user: User) -> dict[str, bool]:
    """Return what the reader may do on the page of a risk."""
    return {
        "assess": user.may(Permission.ASSESS_RISK),
        "assign": user.may(Permission.ASSIGN_RISK),
        "correct": user.may(Permission.RECORD_RISK),
        "plan": user.may(Permission.PROPOSE_PLAN),
        "propose_measure": user.may(Permission.PROPOSE_MEASURE),
        "dilemma": user.may(Permission.PREPARE_DILEMMA),
        "approve_plan": user.may(Permission.APPROVE_PLAN),
        "test": user.may(Permission.CONFIRM_RISK),
        "publish": user.may(Permission.PUBLISH_RISK) or user.may(Permission.WITHHOLD_RISK),
    }


def _steps(risk: Risk, user: User) -> list[tuple[str, str, list[str]]]:
    """Return the next steps that the reader's roles may take, each with why not yet."""
    facts = actions.facts_of(risk)
    return [
        (name, RISK_STEPS[name].label, refusals(name, facts, by=user.username))
        for name in BUTTONS
        if risk.status in RISK_STEPS[name].before and user.may(RISK_STEPS[name].permission)
    ]


@require_safe_or_post
@requires(*{RISK_STEPS[one].permission for one in BUTTONS})
def take_risk_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take one step of a risk's way, with the reasons."""
    if step not in BUTTONS:
        raise Http404
    risk = get_object_or_404(Risk, pk=pk)
    return form_page(
        request,
        ReasonsForm(request.POST or None),
        act=partial(actions.take_step, risk, step, by=person(request), at=timezone.now()),
        title=f"{RISK_STEPS[step].label}: {risk.title}",
        lead=LEADS[step],
        button=RISK_STEPS[step].label,
        back=reverse("risk-detail", args=[risk.pk]),
        done=f"{risk.title}: {RISK_STEPS[step].after}.",
    )


@require_safe_or_post
@requires(Permission.ASSIGN_RISK)
def assign_risk(request: HttpRequest, pk: int) -> HttpResponse:
    """Name who answers for a risk, on a page of its own or in the row of the register."""
    risk = get_object_or_404(Risk.objects.select_related("owner"), pk=pk)
    held = risk.owner.username if risk.owner else ""
    form = OwnerForm(request.POST or None, initial={"owner": held, "seen": held}, auto_id=f"id_{risk.pk}_%s")

    def act(**given: Any) -> None:
        try:
            actions.assign_owner(risk, **given, by=person(request), at=timezone.now())
        except NotAllowed:
            risk.refresh_from_db(fields=["owner"])
            form.see_again(risk.owner)
            raise
        risk.owner = given["owner"]

    if in_a_row(request):
        return row_cell(request, form, act=act, cell="risks/_owner_of_risk.html", context={"risk": risk})
    return form_page(
        request,
        form,
        act=act,
        title=f"Owner: {risk.title}",
        lead="Who answers for what is done about this risk. No salient risk is without one (UNGP 19(a)).",
        button="Assign",
        back=reverse("risk-detail", args=[risk.pk]),
        done="The owner is recorded.",
    )


@require_safe_or_post
@requires(Permission.ASSESS_RISK)
def add_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a piece of evidence."""
    risk = get_object_or_404(Risk, pk=pk)
    return form_page(
        request,
        EvidenceForm(request.POST or None),
        act=partial(record_evidence, risk, by=person(request), at=timezone.now()),
        title=f"Evidence: {risk.title}",
        lead="What comes after a judgement makes the risk due again. It is never edited, only recorded anew.",
        button="Record the evidence",
        back=reverse("risk-detail", args=[risk.pk]),
        done="The evidence is recorded.",
    )


@require_safe_or_post
@requires(Permission.PROPOSE_PLAN)
def propose_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose what to do about a risk."""
    risk = get_object_or_404(Risk, pk=pk)
    return form_page(
        request,
        PlanForm(request.POST or None),
        act=partial(plan_actions.propose_plan, risk, by=person(request), at=timezone.now()),
        title=f"Plan: {risk.title}",
        lead="What will change for the people affected, by whom and by when. Somebody else approves it (SD1).",
        button="Propose the plan",
        back=reverse("risk-detail", args=[risk.pk]),
        done="The plan is proposed and waits for a decider.",
    )


@require_safe_or_post
@requires(Permission.APPROVE_PLAN)
def decide_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or refuse a plan."""
    plan = get_object_or_404(MitigationPlan.objects.select_related("risk", "proposed_by", "owner"), pk=pk)

    def act(*, decision: str, reasons: str) -> None:
        plan_actions.decide_plan(
            plan, approve=decision == "approve", reasons=reasons, by=person(request), at=timezone.now()
        )

    return form_page(
        request,
        PlanDecisionForm(request.POST or None),
        act=act,
        title=str(plan),
        lead=f"{plan.actions} It works when: {plan.target} {plan.owner} does it by {plan.due:%-d %B %Y}.",
        button="Decide",
        back=reverse("risk-detail", args=[plan.risk_id]),
        done="The decision on the plan is recorded.",
    )


@require_safe_or_post
@requires(Permission.APPROVE_PLAN)
def end_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """End an approved plan that no longer stands."""
    plan = get_object_or_404(MitigationPlan.objects.select_related("risk"), pk=pk)
    return form_page(
        request,
        ReasonsForm(request.POST or None),
        act=partial(plan_actions.end_plan, plan, by=person(request), at=timezone.now()),
        title=f"End the plan: {plan.risk}",
        lead="From then on the risk has no such plan; what depends on it is blocked again (G4).",
        button="End the plan",
        back=reverse("risk-detail", args=[plan.risk_id]),
        done="The plan is ended.",
    )


@require_safe_or_post
@requires(Permission.CONFIRM_RISK)
def record_plan_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Record whether a plan works."""
    plan = get_object_or_404(MitigationPlan.objects.select_related("risk"), pk=pk)
    return form_page(
        request,
        ControlTestForm(request.POST or None),
        act=partial(plan_actions.record_test, plan, by=person(request), at=timezone.now()),
        title=f"Test: {plan}",
        lead="Whether it works for the people affected, by somebody who neither proposed nor owns it (UNGP 20).",
        button="Record the test",
        back=reverse("risk-detail", args=[plan.risk_id]),
        done="The test is recorded.",
    )
