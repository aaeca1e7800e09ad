"""Redaction of single passages on the desk: one person marks, another decides, and each has a reason (8.5)."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from transparency.actions import redactions as actions
from transparency.forms import RedactionForm
from transparency.models import Redaction, Report
from transparency.queries.redactions import redactions_of
from transparency.rules.redaction import fields
from transparency.rules.workflows import State

STEPS = {
    "confirm": lambda one, by, at: actions.review(one, confirm=True, by=by, at=at),
    "refuse": lambda one, by, at: actions.review(one, confirm=False, by=by, at=at),
    "lift": lambda one, by, at: actions.lift(one, by=by, at=at),
}
DONE = {"confirm": "Confirmed", "refuse": "Refused", "lift": "Lifted"}


@require_safe_or_post
@requires(Permission.READ_DESK, acting=[Permission.CLEAR_REPORT, Permission.DRAFT_REPORT])
def redaction_list(request: HttpRequest, pk: int) -> HttpResponse:
    """What was marked, by which two people, and the form to mark a passage of the frozen content."""
    report = get_object_or_404(Report, pk=pk)
    form = _form(request, report)
    if request.method == "POST" and form is None:
        messages.error(
            request, "Nothing is marked here: the report is not frozen, or is cleared (method 16)."
        )
        return redirect("report-redactions", pk)
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            actions.mark(report, **form.cleaned_data, by=person(request), at=timezone.now())
        except NotAllowed as refusal:
            form.add_error("passage", str(refusal))
        else:
            messages.info(request, "Marked. It leaves once a second person has confirmed it.")
            return redirect("report-redactions", pk)
    return _show(request, report, form)


def _form(request: HttpRequest, report: Report) -> RedactionForm | None:
    if report.state not in actions.FROZEN or not _is_one_of_two(person(request)):
        return None
    return RedactionForm(request.POST or None, fields=fields(report.parsed_content))


def _is_one_of_two(user: User) -> bool:
    return user.may(Permission.CLEAR_REPORT) or user.may(Permission.DRAFT_REPORT)


def _show(
    request: HttpRequest, report: Report, form: RedactionForm | None, words: dict[int, str] | None = None
) -> HttpResponse:
    user = person(request)
    mine = user.as_one() if _is_one_of_two(user) else frozenset()
    rows = [
        {
            "one": one,
            "words": (words or {}).get(one.pk, ""),
            "may_review": one.state == Redaction.State.MARKED and mine and one.by.username not in mine,
            "may_lift": one.state == Redaction.State.CONFIRMED
            and user.may(Permission.CLEAR_REPORT)
            and one.by.username not in mine,
        }
        for one in redactions_of(report)
    ]
    context = {
        "report": report,
        "rows": rows,
        "form": form,
        "in_work": report.state in actions.IN_WORK,
        "may_read": bool(mine) and rows and words is None,
        "told": report.parsed_content.get("redactions", []) if report.state != State.DRAFT else [],
    }
    wrong = form is not None and form.errors
    return render(request, "transparency/report_redactions.html", context, status=400 if wrong else 200)


@require_POST
@requires(Permission.CLEAR_REPORT, Permission.DRAFT_REPORT)
def show_words(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the passages themselves to one of the two, once the read stands in the audit log."""
    report = get_object_or_404(Report, pk=pk)
    try:
        words = actions.read_words(report, by=person(request), at=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return redirect("report-redactions", pk)
    response = _show(request, report, None, words)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@requires(Permission.CLEAR_REPORT, Permission.DRAFT_REPORT)
def decide(request: HttpRequest, pk: int, redaction: int, step: str) -> HttpResponse:
    """Confirm, refuse or lift a redaction."""
    act = STEPS.get(step)
    if act is None:
        raise Http404("No such step.")
    report = get_object_or_404(Report, pk=pk)
    found = Redaction.objects.select_related("report", "by").filter(pk=redaction, report=report).first()
    if found is None:
        messages.error(request, "This report has no such redaction. Look at the list again.")
        return redirect("report-redactions", pk)
    try:
        act(found, person(request), timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.info(request, f"{DONE[step]}. It takes effect when the figures are frozen anew.")
    return redirect("report-redactions", pk)
