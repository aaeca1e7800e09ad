"""One finding to decide on."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from hrdd.governance.access import person, requires
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import measures as actions
from risks.forms.measures import ReassessmentForm
from risks.models import ReviewTask
from risks.queries import measures as queries
from risks.queries.cycles import what_would_change
from risks.queries.desk import explanations


@require_http_methods(["GET", "POST"])
@requires(Permission.READ_DESK)
def review_task(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding, why it was made, and the form to decide on it."""
    tasks = ReviewTask.objects.select_related("measure__risk", "finding__cycle", "reassessment")
    task = get_object_or_404(tasks, pk=pk)
    given = request.POST if request.method == "POST" else None
    form = ReassessmentForm(given, kind=task.measure.kind)
    if request.method == "POST" and form.is_valid() and _decided(request, task, form):
        return redirect("desk")
    context = {
        "task": task,
        "measure": task.measure,
        "form": form if person(request).may(Permission.REASSESS_MEASURE) else None,
        "explanations": explanations(task.finding),
        "advice": queries.advice_on(task.finding),
        "otherwise": what_would_change(task.finding),
        "reminders": task.reminders.all(),
        "facts": queries.facts_of(task.measure),
        "overdue": task.due_at < timezone.now(),
    }
    return render(request, "risks/finding_detail.html", context, status=400 if form.errors else 200)


def _decided(request: HttpRequest, task: ReviewTask, form: ReassessmentForm) -> bool:
    try:
        given = form.cleaned_data
        decision = actions.record_reassessment(
            task,
            by=person(request),
            at=timezone.now(),
            outcome=given["outcome"],
            reasons=given["reasons"],
            test=form.given_test(),
            lower_kind=given["lower_kind"],
            referred_to=given["referred_to"],
        )
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.info(request, f"Recorded: {decision.get_outcome_display()}. {task.measure}")
    return True
