"""Pages that compose what the apps offer: the desk, the board, one task."""

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from hrdd.celery import queue_answers
from hrdd.governance.access import person, requires
from hrdd.governance.queries import database_answers
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import measures as actions
from risks.forms.measures import ReassessmentForm
from risks.models import Cycle, ReviewTask
from risks.queries.desk import explanations, open_tasks, severity_counts


@require_GET
def livez(_request: HttpRequest) -> HttpResponse:
    """Whether the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_GET
def readyz(_request: HttpRequest) -> HttpResponse:
    """Whether the database and the queue answer, one line each; 503 when one does not."""
    answers = {"database": database_answers(), "queue": queue_answers()}
    lines = "".join(f"{name} {'ok' if well else 'down'}\n" for name, well in answers.items())
    return HttpResponse(lines, content_type="text/plain", status=200 if all(answers.values()) else 503)


@require_GET
@requires(Permission.READ_DESK)
def desk(request: HttpRequest) -> HttpResponse:
    """What needs me today, in order of clock."""
    now = timezone.now()
    tasks = open_tasks()
    overdue = sum(task.due_at < now for task in tasks)
    cycle = Cycle.objects.first()
    return render(request, "desk.html", {"tasks": tasks, "now": now, "overdue": overdue, "cycle": cycle})


@require_http_methods(["GET", "POST"])
@requires(Permission.READ_DESK)
def review_task(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding, why it was made, and the form to decide on it."""
    task = get_object_or_404(ReviewTask.objects.select_related("measure__risk", "finding__cycle"), pk=pk)
    form = ReassessmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _decided(request, task, form):
        return redirect("desk")
    context = {"task": task, "form": form, "explanations": explanations(task.finding), "now": timezone.now()}
    return render(request, "review_task.html", context, status=400 if form.errors else 200)


def _decided(request: HttpRequest, task: ReviewTask, form: forms.Form) -> bool:
    try:
        decision = actions.record_reassessment(
            task, by=person(request), at=timezone.now(), **form.cleaned_data
        )
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.info(request, f"Recorded: {decision.get_outcome_display()}. {task.measure}")
    return True


@require_GET
@requires(Permission.READ_BOARD)
def board(request: HttpRequest) -> HttpResponse:
    """What leadership sees: severity, clocks, and the latest re-assessment."""
    now = timezone.now()
    counts = ReviewTask.objects.filter(closed_at__isnull=True).aggregate(
        waiting=Count("pk"),
        overdue=Count("pk", filter=Q(due_at__lt=now)),
        intrusive_overdue=Count("pk", filter=Q(due_at__lt=now, measure__intrusion__gte=4)),
    )
    context = {"counts": counts, "levels": severity_counts(on=now.date()), "cycle": Cycle.objects.first()}
    return render(request, "board.html", context)
