"""Exit decisions: listed, considered, proposed; decided in the inbox of sign-offs; their steps."""

from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import exits as actions
from risks.actions.exit_assessments import MAY_BE_ASSESSED
from risks.actions.exit_execution import DONE_IN, PLANNED_IN
from risks.forms.exits import ConsiderExitForm, ExitFilter, ProposeExitForm
from risks.models import ExitDecision, Relationship
from risks.queries import exits as queries
from risks.rules.exit import EXIT_STEPS, STEPS_BY_BUTTON, ExitKind, ExitState, state_label, step_label
from risks.rules.exit_execution import DUTIES, OWED, missing_duties, reviews_due
from risks.views.form_page import form_page

PAGE_SIZE = 50
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


@require_safe
@requires(Permission.READ_DESK)
def exit_list(request: HttpRequest) -> HttpResponse:
    """Every question whether to leave, the latest first, and what is due."""
    today = timezone.now().date()
    form = ExitFilter(request.GET)
    found = queries.with_level(ExitDecision.objects.filter(**form.chosen()), on=today)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "filter": form,
        "querystring": form.querystring(),
        "due": queries.exits_due(on=today),
    }
    return render(request, "risks/exit_list.html", context)


@require_safe_or_post
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


@require_safe
@requires(Permission.READ_DESK)
def exit_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Leaving and staying side by side, who must sign, and how it is carried out."""
    return show(request, pk)


def show(request: HttpRequest, pk: int, refusal: str = "") -> HttpResponse:
    """Show a decision, with the sentence of a rule that refused."""
    decision = get_object_or_404(queries.decision_page(pk))
    user, today = person(request), timezone.now().date()
    state = ExitState(decision.state)
    passed = WAY.index(state) if state in WAY else -1
    brief = queries.side_by_side(decision, on=today)
    kinds = [one.kind for one in decision.duties.all()]
    context = {
        "decision": decision,
        "brief": brief,
        "clock": queries.staying_clock(decision, on=today, level=brief.level),
        "assessments": queries.assessments_beside(brief),
        "terms": decision.terms.select_related("accepted_by", "asked_by"),
        "reviews_due": _reviews(decision),
        "missing_duties": missing_duties(ExitKind(decision.kind), kinds) if decision.kind else [],
        "owed": [DUTIES[one] for one in OWED[ExitKind(decision.kind)]] if decision.kind else [],
        "way": [(state_label(one, decision.kind), number <= passed) for number, one in enumerate(WAY)],
        "narratives": decision.narratives.select_related("written_by", "cleared_by"),
        "earns": decision.relationship.revenue_owners.filter(pk=user.pk).exists(),
        "today": today,
        "refusal": refusal,
        **_may(decision, state, user),
    }
    return render(request, "risks/exit_detail.html", context, status=400 if refusal else 200)


def _may(decision: ExitDecision, state: ExitState, user: User) -> dict[str, object]:
    prepares = user.may(Permission.PREPARE_EXIT)
    return {
        "aside": {"withdraw", "suspend", "abandon"},
        "buttons": [
            (name, step_label(name, decision.kind))
            for name in STEPS_BY_BUTTON
            if state in EXIT_STEPS[name].before and user.may(EXIT_STEPS[name].permission)
        ],
        "may_assess": prepares and state in MAY_BE_ASSESSED,
        "may_propose": prepares and state is ExitState.CONSULTED,
        "may_plan": prepares and state in PLANNED_IN,
        "may_do": state in DONE_IN,
        "prepares": prepares,
        "may_review": prepares and decision.approved_on is not None and state is not ExitState.WITHDRAWN,
        "may_stay": prepares
        and decision.kind == ExitKind.REMAIN_WITH_CONDITIONS
        and state in queries.STAYING_STATES,
    }


def _reviews(decision: ExitDecision) -> list[tuple[int, object, bool]]:
    if decision.executed_on is None:
        return []
    done = {one.kind for one in decision.reviews.all()}
    return [(days, day, f"after_{days}" in done) for days, day in reviews_due(decision.executed_on)]


@require_safe_or_post
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


@require_POST
@requires(*{EXIT_STEPS[one].permission for one in STEPS_BY_BUTTON})
def take_exit_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take the next step, or say why not."""
    if step not in STEPS_BY_BUTTON:
        raise Http404("No such step.")
    decision = get_object_or_404(ExitDecision, pk=pk)
    try:
        actions.take_step(decision, step, by=person(request), at=timezone.now())
    except NotAllowed as refusal:
        return show(request, pk, refusal=str(refusal))
    messages.info(request, f"{step_label(step, decision.kind)}: done.")
    return redirect("exit-detail", pk)
