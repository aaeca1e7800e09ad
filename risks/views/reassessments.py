"""One finding to decide on."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import reassessments as actions
from risks.actions.reassessment_preview import Foreseen, foresee
from risks.actions.reassessments import Decision
from risks.forms.reassessments import ReassessmentForm
from risks.models import Reassessment, ReviewTask
from risks.queries import measures as queries
from risks.queries.cycles import what_would_change
from risks.queries.desk import explanations
from risks.queries.reassessments import evidence_for, referrals_of
from risks.rules.measure_workflow import MeasureRefused

TASKS = ReviewTask.objects.select_related(
    *("measure__risk", "measure__test", "measure__proposed_by", "measure__decided_by"),
    *("measure__policy_version__policy", "finding__cycle", "reassessment__proposed"),
)


@require_safe_or_post
@requires(Permission.READ_DESK, acting=[Permission.REASSESS_MEASURE])
def review_task(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding, why it was made, and the form to decide on it.

    “Show what it comes to” and the live preview record nothing.
    """
    task = get_object_or_404(TASKS, pk=pk)
    reader = person(request)
    form = ReassessmentForm(
        request.POST if request.method == "POST" else None,
        measure=task.measure,
        evidence=evidence_for(task.measure.risk, reader),
    )
    live = request.headers.get("HX-Request") == "true"
    looking = live or "preview" in request.POST
    if request.method == "POST" and not looking and form.is_valid():
        recorded = _decided(request, task, form)
        if recorded and recorded.proposed_id is not None:
            return redirect("measure-edit", recorded.proposed_id)
        if recorded:
            return redirect("desk")
    foreseen = _foreseen(request, task, form)
    if live:
        return render(request, "risks/_reassessment_preview.html", {"foreseen": foreseen})
    if looking:
        form.errors.clear()
    context = {
        "task": task,
        "measure": task.measure,
        "form": form if reader.may(Permission.REASSESS_MEASURE) else None,
        "barred": reader.username in actions.deciders_of(task.measure),
        "foreseen": foreseen,
        "explanations": explanations(task.finding),
        "advice": queries.advice_on(task.finding),
        "otherwise": what_would_change(task.finding),
        "reminders": task.reminders.all(),
        "referrals": referrals_of(task),
        "facts": queries.facts_of(task.measure),
        "overdue": task.due_at < timezone.now(),
    }
    return render(request, "risks/finding_detail.html", context, status=400 if form.errors else 200)


def _foreseen(request: HttpRequest, task: ReviewTask, form: ReassessmentForm) -> Foreseen | None:
    if not form.is_bound:
        return None
    form.is_valid()
    return foresee(task.measure, Decision(**form.own()), by=person(request), today=timezone.now().date())


def _decided(request: HttpRequest, task: ReviewTask, form: ReassessmentForm) -> Reassessment | None:
    try:
        recorded = actions.record_reassessment(
            task, Decision(**form.own()), by=person(request), at=timezone.now()
        )
    except MeasureRefused as refused:
        for one in refused.refusals:
            form.add_error(one.field if one.field in form.fields else None, one.sentence)
        return None
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.info(request, f"Recorded: {recorded.get_outcome_display()}. {_next(recorded)}")
    return recorded


def _next(recorded: Reassessment) -> str:
    if recorded.proposed_id is not None:
        return "Answer the test of the proposal now; its approver is asked once it passes."
    if recorded.outcome == Reassessment.Outcome.REFER:
        return f"{recorded.asked} is asked; the task stays open."
    return str(recorded.measure)
