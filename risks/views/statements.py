"""Statements of reasons: issued from a measure, listed, read and printed."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import Permission
from risks.actions import statements as actions
from risks.actions.lists import open_list
from risks.forms.statements import ActionsForm, CorrectionForm, StatementFilter, StatementForm
from risks.models import Measure, StatementOfReasons
from risks.queries import statements as queries
from risks.queries.bounded import said
from risks.views.form_page import form_page

PAGE_SIZE = 25


@require_safe_or_post
@requires(*actions.MAY_ISSUE)
def issue_statement(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue the statement of a measure, or a correction of the last one."""
    measure = get_object_or_404(Measure.objects.select_related("risk", "policy_version", "test"), pk=pk)
    last = queries.last_of(measure)
    shape = CorrectionForm if last else StatementForm
    form = shape(request.POST or None, initial=queries.first_words(measure, last))

    def act(**given: Any) -> None:
        actions.issue_statement(
            measure,
            form.told(),
            correction_reasons=given.get("correction_reasons", ""),
            by=person(request),
            at=timezone.now(),
        )

    return form_page(
        request,
        form,
        act=act,
        title="Correct the statement of reasons" if last else "Issue the statement of reasons",
        lead=f"{measure}. What was decided, the rule or law, where, from when to when, and how automated it was come "
        "out of the measure. Add what it does not hold. Once issued it stays as it is; a correction is a new one.",
        button="Issue it",
        back=reverse("measure-detail", args=[measure.pk]),
        done="The statement of reasons is issued. Send its plain words to the person affected.",
    )


@require_safe_or_post
@requires(*actions.MAY_ISSUE)
def issue_for_actions(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue a statement for each action of a rule over many items."""
    measure = get_object_or_404(Measure.objects.select_related("risk", "policy_version", "test"), pk=pk)
    start = queries.first_words(measure, queries.last_of(measure))
    form = ActionsForm(request.POST or None, initial=start)

    def act(**given: Any) -> None:
        actions.issue_for_actions(
            measure,
            form.told(),
            actions=given["actions"],
            correction_reasons=given["correction_reasons"],
            by=person(request),
            at=timezone.now(),
        )

    return form_page(
        request,
        form,
        act=act,
        title="Issue a statement for each action",
        lead=f"{measure}. A rule over many items burdens many people, and each is owed a statement of their own "
        "(DSA 17(1)). All have the same words and each its own identifier and days. All are issued, or none.",
        button="Issue them",
        back=reverse("measure-detail", args=[measure.pk]),
        done="The statements of reasons are issued. Send each person the plain words of theirs.",
    )


@require_safe
@requires(Permission.READ_DESK)
def statement_list(request: HttpRequest) -> HttpResponse:
    """Every statement, the latest first."""
    form = StatementFilter(request.GET)
    page = Paginator(queries.listed_statements(**form.filters()), PAGE_SIZE).get_page(request.GET.get("page"))
    counts = queries.counts()
    context = {
        "page_obj": page,
        "form": form,
        "filtered": bool(form.chosen()),
        "querystring": form.querystring(),
        "list": open_list(person(request), "statements", at=timezone.now()),
        "counts": counts,
        "owed_said": said(counts["owed"]),
        "sees_actions": person(request).may(Permission.READ_RESTRICTED),
    }
    return render(request, "risks/statement_list.html", context)


@require_safe
@requires(Permission.READ_DESK)
def statement_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One statement: the plain words, its fields, what it supersedes and what supersedes it."""
    found = StatementOfReasons.objects.select_related(
        "measure__risk", "issued_by", "supersedes", "superseded_by"
    )
    context = {
        "statement": get_object_or_404(found, pk=pk),
        "sees_actions": person(request).may(Permission.READ_RESTRICTED),
    }
    return render(request, "risks/statement_detail.html", context)
