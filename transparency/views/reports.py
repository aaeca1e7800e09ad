"""Reports on the desk: drafted, frozen, sent to be signed, published."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from hrdd.celery import ring
from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import NotAllowed, Permission
from transparency.actions import reports as actions
from transparency.actions.sufficiency import JUDGED
from transparency.forms import DraftReportForm
from transparency.models import Document, Report
from transparency.queries.coverage import coverage_of
from transparency.queries.reports import current_documents, progress, staff_reports
from transparency.queries.sections import owed
from transparency.queries.sufficiency import last_judgements
from transparency.queries.withdrawals import withdrawal_of
from transparency.rules.sufficiency import unmet
from transparency.rules.workflows import BUTTONS, REPORT_STEPS, State
from transparency.tasks import render_report, seal_publications
from transparency.views.public import document_response

STEPS = {
    "freeze": actions.freeze_figures,
    "thaw": actions.thaw_figures,
    "ask-clearance": actions.ask_clearance,
    "publish": actions.publish_report,
}


@require_safe_or_post
@requires(Permission.READ_DESK, acting=[Permission.DRAFT_REPORT])
def report_list(request: HttpRequest) -> HttpResponse:
    """Every report and where it stands; the form to draft one, for whoever may."""
    drafts = person(request).may(Permission.DRAFT_REPORT)
    form = DraftReportForm(request.POST or None) if drafts or request.method == "POST" else None
    if request.method == "POST" and form and form.is_valid():
        given = form.cleaned_data
        try:
            report = actions.draft_report(**given, by=person(request), at=timezone.now())
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("report-detail", report.pk)
    context = {"reports": staff_reports(), "form": form}
    status = 400 if form and form.errors else 200
    return render(request, "transparency/report_list_staff.html", context, status=status)


@require_safe
@requires(Permission.READ_DESK)
def report_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Where one report stands, its documents, and what this person may do next."""
    return shown(request, pk)


def shown(request: HttpRequest, pk: int, refusal: str = "") -> HttpResponse:
    """Return the page of a report, with a refusal where there was one."""
    report = get_object_or_404(
        Report.objects.select_related("prepared_by", "cleared_by", "approved_by"), pk=pk
    )
    user = person(request)
    buttons = [
        REPORT_STEPS[name]
        for name in BUTTONS
        if report.state in REPORT_STEPS[name].before and user.may(REPORT_STEPS[name].permission)
    ]
    found = {one.format: one for one in current_documents(report)} if report.content_hash else {}
    context = {
        "report": report,
        "steps": progress(report),
        "buttons": buttons,
        "documents": [(one, found.get(one)) for one in Document.Format],
        "refusal": refusal,
        "coverage": coverage_of(report),
        "unmet": unmet(last_judgements(report)) if report.state in JUDGED else [],
        "withdrawal": withdrawal_of(report, user),
        "debts": owed(report) if report.state == State.DRAFT else [],
    }
    return render(request, "transparency/report_detail_staff.html", context, status=400 if refusal else 200)


@require_POST
@requires(*{REPORT_STEPS[one].permission for one in BUTTONS})
def take_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take the next step of a report, or say why not."""
    act = STEPS.get(step)
    if act is None:
        raise Http404("No such step.")
    report = get_object_or_404(Report, pk=pk)
    try:
        act(report, by=person(request), at=timezone.now())
    except NotAllowed as refusal:
        return shown(request, pk, refusal=str(refusal))
    if step == "freeze":
        ring(render_report, report.pk)
    if step == "publish":
        ring(seal_publications)
    messages.info(request, f"{REPORT_STEPS[step].label}: done.")
    return redirect("report-detail", pk)


@require_safe
@requires(Permission.READ_DESK)
def report_preview(request: HttpRequest, pk: int, format: str) -> HttpResponse:  # noqa: A002  # the URL's word
    """One document as it would be published, for those who must read it before."""
    report = get_object_or_404(Report, pk=pk)
    document = get_object_or_404(report.documents, format=format, content_hash=report.content_hash or "-")
    response = document_response(document, report)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
