"""The re-assessments that ran, one of them, and another try for what was set aside."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from hrdd.governance.access import person, requires
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions.proportionality import retry_quarantined
from risks.models import Cycle
from risks.queries import cycles as queries
from risks.queries.desk import finding_counts
from risks.queries.measures import explained, progress_of

PAGE_SIZE = 50


@require_safe
@requires(Permission.READ_DESK)
def cycle_list(request: HttpRequest) -> HttpResponse:
    """Every re-assessment, the latest day first."""
    page = Paginator(queries.listed_cycles(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "risks/cycle_list.html", {"page_obj": page})


@require_safe
@requires(Permission.READ_DESK)
def cycle_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One re-assessment: how far it is, what it found, what changed, what was set aside."""
    cycle = get_object_or_404(Cycle, pk=pk)
    findings = cycle.findings.select_related("measure__risk").order_by("pk")
    page = Paginator(findings, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "cycle": cycle,
        "progress": progress_of(cycle),
        "ready_at": queries.ready_at(cycle, now=timezone.now()),
        "changed": queries.changed_by(cycle),
        "set_aside": cycle.chunks.filter(quarantined=True, done_at__isnull=True),
        "may_retry": person(request).may(Permission.REASSESS_MEASURE),
        "counts": finding_counts(cycle),
        "findings": explained(list(page.object_list)),
        "page_obj": page,
    }
    return render(request, "risks/cycle_detail.html", context)


@require_POST
@requires(Permission.REASSESS_MEASURE)
def retry_cycle(request: HttpRequest, pk: int) -> HttpResponse:
    """Give what was set aside another three attempts; beat rings for it within a minute."""
    cycle = get_object_or_404(Cycle, pk=pk)
    try:
        retried = retry_quarantined(cycle, by=person(request), at=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.info(request, f"Parts to be tried again within a minute: {retried}.")
    return redirect("cycle-detail", cycle.pk)
