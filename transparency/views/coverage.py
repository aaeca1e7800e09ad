"""The index of the Reporting Framework on the desk: each question answered somewhere, or why not."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import NotAllowed, Permission
from risks.models import Risk
from transparency.actions import coverage as actions
from transparency.forms import AnswerForm, ReasonForm
from transparency.models import Report
from transparency.queries.coverage import Coverage, Row, coverage_of
from transparency.rules.coverage import BY_CODE
from transparency.rules.workflows import State

SHOWN = (("", "All"), ("open", "Open"), ("answered", "Answered"), ("reasoned", "Not answered, with a reason"))


@require_safe
@requires(Permission.READ_DESK)
def coverage_index(request: HttpRequest, pk: int) -> HttpResponse:
    """Every question of the framework, where it is answered, and which are open."""
    return _show_index(request, get_object_or_404(Report, pk=pk), ReasonForm())


def _show_index(request: HttpRequest, report: Report, form: ReasonForm) -> HttpResponse:
    found = coverage_of(report)
    kept = {name: [row for row in found.rows if _belongs(row, name)] for name, _label in SHOWN}
    chosen = request.GET.get("show", "")
    chosen = chosen if chosen in kept else ""
    context = {
        "report": report,
        "coverage": found,
        "rows": kept[chosen],
        "views": [(name, label, len(kept[name])) for name, label in SHOWN],
        "chosen": chosen,
        "may_answer": _may_answer(request, report),
        "form": form,
    }
    status = 400 if form.errors else 200
    return render(request, "transparency/report_coverage.html", context, status=status)


def _belongs(row: Row, name: str) -> bool:
    answered = not row.is_open and not row.reasoned
    return {"open": row.is_open, "answered": answered, "reasoned": row.reasoned}.get(name, True)


def _may_answer(request: HttpRequest, report: Report) -> bool:
    return report.state == State.DRAFT and person(request).may(Permission.DRAFT_REPORT)


@require_POST
@requires(Permission.DRAFT_REPORT)
def leave_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Give one reason for every supporting question that is open."""
    report = get_object_or_404(Report, pk=pk)
    form = ReasonForm(request.POST)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            many = actions.leave_open_unanswered(report, reason=reason, by=person(request), at=timezone.now())
        except NotAllowed as refusal:
            form.add_error("reason", str(refusal))
        else:
            messages.info(request, f"{many} supporting questions now give this reason.")
            return redirect("report-coverage", pk)
    return _show_index(request, report, form)


@require_safe_or_post
@requires(Permission.READ_DESK, acting=[Permission.DRAFT_REPORT])
def question(request: HttpRequest, pk: int, question: str) -> HttpResponse:
    """One question: what the record and people say of it, and the form to say where it is answered, or why not."""
    report = get_object_or_404(Report, pk=pk)
    found = coverage_of(report)
    row = _row(found, question)
    form = AnswerForm(request.POST or None, question=row.question, risks=found.risks)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.answer_question(
                report,
                question=question,
                risk=_risk(given.get("risk")),
                told_in=given["told_in"],
                reason=given["reason"],
                by=person(request),
                at=timezone.now(),
            )
        except NotAllowed as refusal:
            form.add_error("reason" if given["reason"] else "told_in", str(refusal))
        else:
            messages.info(request, f"{question}: recorded.")
            return redirect(_following(report, question))
    context: dict[str, Any] = {
        "report": report,
        "row": row,
        "coverage": found,
        "form": form,
        "may_answer": _may_answer(request, report),
    }
    status = 400 if form.errors else 200
    return render(request, "transparency/report_question.html", context, status=status)


@require_POST
@requires(Permission.DRAFT_REPORT)
def forget(request: HttpRequest, pk: int, question: str) -> HttpResponse:
    """Take back what was said of a question."""
    report = get_object_or_404(Report, pk=pk)
    if question not in BY_CODE:
        raise Http404("The framework has no such question.")
    said = request.POST.get("risk", "")
    risk = _risk(int(said)) if said.isdecimal() else None
    try:
        actions.forget_answer(report, question=question, risk=risk, by=person(request), at=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.info(request, f"{question}: taken back.")
    return redirect("report-question", pk, question)


def _row(found: Coverage, code: str) -> Row:
    try:
        return found.row(code)
    except KeyError:
        raise Http404("The framework has no such question.") from None


def _risk(key: int | None) -> Risk | None:
    return get_object_or_404(Risk, pk=key) if key else None


def _following(report: Report, code: str) -> str:
    """Return the next open question, so that one goes through them; the index when none is left."""
    codes = [row.question.code for row in coverage_of(report).open]
    order = list(BY_CODE)
    later = [one for one in codes if order.index(one) >= order.index(code)]
    if not codes:
        return f"/desk/reports/{report.pk}/coverage/"
    return f"/desk/reports/{report.pk}/coverage/{(later or codes)[0]}/"
