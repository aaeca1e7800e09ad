"""Sections of a report on the desk: whose each is, what it says, what colleagues ask, and what is still owed."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import NotAllowed, Permission
from transparency.actions import sections as actions
from transparency.forms import CommentForm, OwnerForm, SectionForm
from transparency.models import Report, SectionComment
from transparency.queries.coverage import questions_told_in
from transparency.queries.sections import Listed, listed_sections, owed
from transparency.rules.coverage import section_place
from transparency.rules.sections import SectionState
from transparency.rules.workflows import State

COMMENT_STEPS = {"resolve": actions.resolve_comment, "reopen": actions.reopen_comment}


@require_safe
@requires(Permission.READ_DESK)
def section_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Every section, who answers for it, how far it is, and who still owes what."""
    report = get_object_or_404(Report, pk=pk)
    every = listed_sections(report)
    mine = request.GET.get("show") == "mine"
    context = {
        "report": report,
        "sections": [one for one in every if not mine or one.owner == person(request)],
        "many": len(every),
        "own": sum(one.owner == person(request) for one in every),
        "mine": mine,
        "debts": owed(report) if report.state == State.DRAFT else [],
    }
    return render(request, "transparency/report_sections.html", context)


@require_safe_or_post
@requires(Permission.READ_DESK, acting=[Permission.WRITE_IN_REPORT])
def section(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """One section: its text and the form to write it, its comments, its owner, and what it said before."""
    report, one = _found(pk, section)
    form = _form(request, report, one)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.write_section(
                report, code=one.kind.code, risk=one.risk, by=person(request), at=timezone.now(), **given
            )
        except NotAllowed as refusal:
            form.add_error("text", str(refusal))
        else:
            messages.info(request, f"{one.title}: recorded.")
            return redirect("report-section", pk, section)
    return _show(request, report, one, form=form)


def _found(pk: int, slug: str) -> tuple[Report, Listed]:
    report = get_object_or_404(Report, pk=pk)
    for one in listed_sections(report):
        if one.slug == slug:
            return report, one
    raise Http404("The report has no such section.")


def _form(request: HttpRequest, report: Report, one: Listed) -> SectionForm:
    initial = {
        "text": one.row.text if one.row else "",
        "ready": one.state == SectionState.READY,
        "answers": questions_told_in(report, section_place(one.kind.code), one.risk),
    }
    return SectionForm(request.POST or None, initial=initial, questions=one.kind.questions)


def _show(
    request: HttpRequest,
    report: Report,
    one: Listed,
    *,
    form: SectionForm | None = None,
    owner_form: OwnerForm | None = None,
    comment_form: CommentForm | None = None,
) -> HttpResponse:
    user, draft = person(request), report.state == State.DRAFT
    publisher = user.may(Permission.DRAFT_REPORT)
    comments = one.row.comments.select_related("by", "resolved_by") if one.row else []
    revisions = one.row.revisions.select_related("by") if one.row else []
    context: dict[str, Any] = {
        "report": report,
        "one": one,
        "may_write": draft and (publisher or one.owner == user),
        "may_give": draft and publisher,
        "draft": draft,
        "may_comment": draft and user.may(Permission.WRITE_IN_REPORT),
        "form": form or _form(request, report, one),
        "owner_form": owner_form or OwnerForm(initial={"owner": one.owner.pk if one.owner else None}),
        "comment_form": comment_form or CommentForm(),
        "comments": [(said, draft and (publisher or user in (said.by, one.owner))) for said in comments],
        "revisions": revisions,
    }
    wrong = any(bound.errors for bound in (form, owner_form, comment_form) if bound is not None)
    return render(request, "transparency/report_section.html", context, status=400 if wrong else 200)


@require_POST
@requires(Permission.DRAFT_REPORT)
def give(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """Let somebody answer for a section, or nobody."""
    report, one = _found(pk, section)
    form = OwnerForm(request.POST)
    if form.is_valid():
        owner = form.cleaned_data["owner"]
        try:
            actions.give_section(
                report, code=one.kind.code, risk=one.risk, owner=owner, by=person(request), at=timezone.now()
            )
        except NotAllowed as refusal:
            form.add_error("owner", str(refusal))
        else:
            messages.info(request, f"{one.title}: {owner or 'nobody'} answers for it now.")
            return redirect("report-section", pk, section)
    return _show(request, report, one, owner_form=form)


@require_POST
@requires(Permission.WRITE_IN_REPORT)
def comment(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """Comment on a section."""
    report, one = _found(pk, section)
    form = CommentForm(request.POST)
    if form.is_valid():
        try:
            actions.comment(
                report,
                code=one.kind.code,
                risk=one.risk,
                text=form.cleaned_data["comment"],
                by=person(request),
                at=timezone.now(),
            )
        except NotAllowed as refusal:
            form.add_error("comment", str(refusal))
        else:
            return redirect("report-section", pk, section)
    return _show(request, report, one, comment_form=form)


@require_POST
@requires(Permission.WRITE_IN_REPORT)
def move_comment(request: HttpRequest, pk: int, comment: int, step: str) -> HttpResponse:
    """Resolve a comment, or open it again."""
    act = COMMENT_STEPS.get(step)
    if act is None:
        raise Http404("No such step.")
    report = get_object_or_404(Report, pk=pk)
    of_it = SectionComment.objects.select_related("section__report", "by")
    found = of_it.filter(pk=comment, section__report=report).first()
    if found is None:
        messages.error(request, "This report has no such comment. Open its section again.")
        return redirect("report-sections", pk)
    try:
        act(found, by=person(request), at=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect("report-section", pk, found.section.slug)
