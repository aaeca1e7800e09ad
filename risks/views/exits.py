"""Exit decisions: considered, assessed, proposed; decided in the inbox of sign-offs; carried out, reviewed."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hrdd.governance.access import person, requires
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import exits as actions
from risks.forms.exits import ConsiderExitForm, ExitReviewForm, ImpactAssessmentForm, ProposeExitForm
from risks.models import ExitDecision, Relationship
from risks.queries.time_to_change import clocks_of
from risks.rules.exit import EXIT_STEPS, STEPS_BY_BUTTON, ExitState
from risks.views.form_page import form_page

WAY = (
    *(
        ExitState.CONSIDERING,
        ExitState.ASSESSING,
        ExitState.CONSULTED,
        ExitState.PROPOSED,
        ExitState.APPROVED,
    ),
    *(ExitState.EXECUTING, ExitState.EXECUTED, ExitState.POST_EXIT_REVIEW, ExitState.CLOSED),
)


@require_http_methods(["GET", "POST"])
@requires(Permission.PREPARE_EXIT)
def consider_exit(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the question whether to leave."""
    relationship = get_object_or_404(Relationship.objects.select_related("partner"), pk=pk)
    return form_page(
        request,
        ConsiderExitForm(request.POST or None),
        act=partial(actions.consider_exit, relationship, by=person(request), at=timezone.now()),
        title="Consider exit",
        lead=f"{relationship}. The answer may be to stay; either way the harm of leaving is assessed first (UNGP 19).",
        button="Open the question",
        back=reverse("partner-detail", args=[pk]),
        done="The question is open. Next: the exit impact assessment.",
    )


@require_GET
@requires(Permission.READ_DESK)
def exit_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a decision stands and what it rests on."""
    return _show(request, pk)


def _show(request: HttpRequest, pk: int, refusal: str = "") -> HttpResponse:
    decision = get_object_or_404(
        ExitDecision.objects.select_related(
            "relationship__partner", "impact_assessment__assessor", "proposed_by", "approved_by"
        ),
        pk=pk,
    )
    user = person(request)
    state = ExitState(decision.state)
    passed = WAY.index(state) if state in WAY else -1
    context = {
        "decision": decision,
        "clocks": clocks_of(decision.relationship, on=timezone.now().date()),
        "way": [(one.replace("_", " ").capitalize(), number <= passed) for number, one in enumerate(WAY)],
        "buttons": [
            (name, EXIT_STEPS[name])
            for name in STEPS_BY_BUTTON
            if state in EXIT_STEPS[name].before and user.may(EXIT_STEPS[name].permission)
        ],
        "may_assess": user.may(Permission.PREPARE_EXIT)
        and state in {ExitState.CONSIDERING, ExitState.ASSESSING},
        "may_propose": user.may(Permission.PREPARE_EXIT) and state is ExitState.CONSULTED,
        "may_review": user.may(Permission.PREPARE_EXIT) and decision.approved_on is not None,
        "refusal": refusal,
    }
    return render(request, "risks/exit_detail.html", context, status=400 if refusal else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.PREPARE_EXIT)
def assess_exit(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the exit impact assessment."""
    decision = get_object_or_404(ExitDecision.objects.select_related("relationship__partner"), pk=pk)
    return form_page(
        request,
        ImpactAssessmentForm(request.POST or None),
        act=partial(actions.write_impact_assessment, decision, by=person(request), at=timezone.now()),
        title="Exit impact assessment",
        lead="Whom would leaving harm, how gravely, and how would that be softened? Judge it as you judge any harm.",
        button="Complete the assessment",
        back=reverse("exit-detail", args=[pk]),
        done="The exit impact assessment is complete.",
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.PREPARE_EXIT)
def propose_exit(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose what to do."""
    decision = get_object_or_404(ExitDecision.objects.select_related("relationship__partner"), pk=pk)
    return form_page(
        request,
        ProposeExitForm(request.POST or None),
        act=partial(actions.propose_exit, decision, by=person(request), at=timezone.now()),
        title="Propose a decision",
        lead=f"{decision.relationship}. A senior who neither proposed nor assessed it decides.",
        button="Send it for decision",
        back=reverse("exit-detail", args=[pk]),
        done="The proposal waits for a senior's decision.",
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.PREPARE_EXIT)
def review_exit(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what became of the people affected."""
    decision = get_object_or_404(ExitDecision.objects.select_related("relationship__partner"), pk=pk)
    return form_page(
        request,
        ExitReviewForm(request.POST or None),
        act=partial(actions.record_review, decision, by=person(request), at=timezone.now()),
        title="Review what was decided",
        lead=str(decision),
        button="Record the review",
        back=reverse("exit-detail", args=[pk]),
        done="The review is on record.",
    )


@require_POST
@requires(Permission.READ_DESK)
def take_exit_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take the next step, or say why not."""
    if step not in STEPS_BY_BUTTON:
        raise Http404("No such step.")
    decision = get_object_or_404(ExitDecision.objects.select_related("relationship"), pk=pk)
    try:
        actions.take_step(decision, step, by=person(request), at=timezone.now())
    except NotAllowed as refusal:
        return _show(request, pk, refusal=str(refusal))
    messages.info(request, f"{EXIT_STEPS[step].label}: done.")
    return redirect("exit-detail", pk)
