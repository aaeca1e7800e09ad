"""Carrying out an exit in stages, staying again, looking again, and what the public reads of it."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import exit_execution as actions
from risks.actions import exit_narratives, exit_staying
from risks.forms.exits import (
    DutyDoneForm,
    DutyForm,
    ExitReviewForm,
    NarrativeForm,
    StageForm,
    StayAgainForm,
)
from risks.models import ExitDecision, ExitDuty, ExitStage
from risks.rules.exit import ExitKind
from risks.views.exits import show
from risks.views.form_page import form_page


@require_safe_or_post
@requires(Permission.PREPARE_EXIT)
def plan_stage(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a stage."""
    decision = get_object_or_404(ExitDecision, pk=pk)
    return form_page(
        request,
        StageForm(request.POST or None, initial={"begins_on": timezone.now().date()}),
        act=partial(actions.plan_stage, decision, by=person(request), at=timezone.now()),
        title="Add a stage",
        lead="Carry it out step by step, so that nobody is cut off from one day to the next.",
        button="Add the stage",
        back=reverse("exit-detail", args=[pk]),
        done="The stage is planned. Add what is owed to people in it.",
    )


@require_safe_or_post
@requires(Permission.PREPARE_EXIT)
def plan_duty(request: HttpRequest, pk: int) -> HttpResponse:
    """Add what is owed to people in a stage."""
    stage = get_object_or_404(ExitStage.objects.select_related("decision"), pk=pk)
    return form_page(
        request,
        DutyForm(request.POST or None, initial={"due": stage.begins_on}),
        act=partial(actions.plan_duty, stage, by=person(request), at=timezone.now()),
        title=f"Add a duty to stage {stage.number}",
        lead=f"{stage.what.rstrip('.')}. Vulnerable users are made safe before anybody is given notice.",
        button="Add the duty",
        back=reverse("exit-detail", args=[stage.decision_id]),
        done="The duty is planned.",
    )


@require_safe_or_post
@requires(Permission.READ_DESK)
def do_duty(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that a duty was done."""
    duty = get_object_or_404(ExitDuty.objects.select_related("decision"), pk=pk)
    return form_page(
        request,
        DutyDoneForm(request.POST or None, initial={"done_on": timezone.now().date()}),
        act=partial(actions.do_duty, duty, by=person(request), at=timezone.now()),
        title=duty.get_kind_display(),
        lead=f"{duty.what} Seen to by {duty.owner}, due by {duty.due:%-d %B %Y}.",
        button="Record it as done",
        back=reverse("exit-detail", args=[duty.decision_id]),
        done="It is on record, with its proof.",
    )


@require_POST
@requires(Permission.PREPARE_EXIT)
def drop_duty(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a duty off the plan."""
    duty = get_object_or_404(ExitDuty.objects.select_related("decision"), pk=pk)
    try:
        actions.drop_duty(duty, by=person(request), at=timezone.now())
    except NotAllowed as refusal:
        return show(request, duty.decision_id, refusal=str(refusal))
    messages.info(request, "The duty is off the plan.")
    return redirect("exit-detail", duty.decision_id)


@require_safe_or_post
@requires(Permission.PREPARE_EXIT)
def review_exit(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what became of the people affected."""
    decision = get_object_or_404(ExitDecision.objects.select_related("relationship__partner"), pk=pk)
    stays = decision.kind == ExitKind.REMAIN_WITH_CONDITIONS and decision.executed_on is None
    return form_page(
        request,
        ExitReviewForm(request.POST or None, initial={"kind": "staying" if stays else ""}),
        act=partial(actions.record_review, decision, by=person(request), at=timezone.now()),
        title="Record evidence of mitigation" if stays else "Review what was decided",
        lead=f"{decision}. What is recorded stays as it is; it extends no decision.",
        button="Record it",
        back=reverse("exit-detail", args=[pk]),
        done="It is on record.",
    )


@require_safe_or_post
@requires(Permission.PREPARE_EXIT)
def stay_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a further term of staying to a senior."""
    decision = get_object_or_404(ExitDecision.objects.select_related("relationship__partner"), pk=pk)
    return form_page(
        request,
        StayAgainForm(request.POST or None),
        act=partial(exit_staying.ask_again, decision, by=person(request), at=timezone.now()),
        title="Decide again whether to stay",
        lead=f"{decision}. A senior accepts the consequences by name, for one more term (UNGP 19).",
        button="Send it for decision",
        back=reverse("exit-detail", args=[pk]),
        done="It waits for a senior's decision.",
    )


@require_POST
@requires(Permission.PREPARE_EXIT)
def stop_asking_to_stay(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a further term that waits."""
    decision = get_object_or_404(ExitDecision, pk=pk)
    try:
        exit_staying.withdraw_question(decision, by=person(request), at=timezone.now())
    except NotAllowed as refusal:
        return show(request, pk, refusal=str(refusal))
    messages.info(request, "It is taken back.")
    return redirect("exit-detail", pk)


@require_safe_or_post
@requires(Permission.PREPARE_EXIT)
def write_narrative(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what the public may read of a decision."""
    decision = get_object_or_404(ExitDecision.objects.select_related("relationship__partner"), pk=pk)
    return form_page(
        request,
        NarrativeForm(request.POST or None),
        act=partial(exit_narratives.write, decision, by=person(request), at=timezone.now()),
        title="Write what the public may read",
        lead="The figures are public in any case. A story is, only once somebody who guards safety cleared it "
        "(UNGP 21(c)).",
        button="Send it for clearance",
        back=reverse("exit-detail", args=[pk]),
        done="It waits to be cleared for safety.",
    )
