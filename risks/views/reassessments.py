"""One finding and the decision on it; one cycle and what it covered."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from hrdd.governance.access import person, requires
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import measures as actions
from risks.forms.measures import ReassessmentForm
from risks.models import Cycle, ReviewTask
from risks.queries.desk import explanations

PAGE_SIZE = 50


@require_http_methods(["GET", "POST"])
@requires(Permission.READ_DESK)
def review_task(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding, why it was made, and the form to decide on it."""
    task = get_object_or_404(ReviewTask.objects.select_related("measure__risk", "finding__cycle"), pk=pk)
    may = person(request).may(Permission.REASSESS_MEASURE)
    form = ReassessmentForm(request.POST or None) if may or request.method == "POST" else None
    if request.method == "POST" and form and form.is_valid() and _decided(request, task, form):
        return redirect("desk")
    context = {"task": task, "form": form, "explanations": explanations(task.finding), "now": timezone.now()}
    return render(request, "risks/finding_detail.html", context, status=400 if form and form.errors else 200)


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
@requires(Permission.READ_DESK)
def cycle_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """How far one re-assessment is, what it found, and what was set aside."""
    cycle = get_object_or_404(Cycle, pk=pk)
    findings = cycle.findings.select_related("measure__risk", "cycle").order_by("pk")
    page = Paginator(findings, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "cycle": cycle,
        "parts": cycle.chunks.aggregate(total=Count("pk"), done=Count("done_at"), assessed=Sum("assessed")),
        "set_aside": cycle.chunks.filter(quarantined=True).count(),
        "counts": cycle.findings.values_list("finding").annotate(many=Count("pk")).order_by("finding"),
        "page_obj": page,
        "rows": [(one, explanations(one)[0].sentence) for one in page.object_list],
    }
    return render(request, "risks/cycle_detail.html", context)
