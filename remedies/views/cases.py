"""The cases of the one who looks: what the database may know of them, and nothing that was told."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from hrdd.governance.access import person, requires
from hrdd.governance.rules import Permission
from remedies.queries.cases import TYPE_WORDS, listed
from remedies.queries.keys import handler_key
from remedies.rules.case import CaseState, CaseType

PAGE_SIZE = 50


@require_GET
@requires(Permission.READ_CASES)
def case_list(request: HttpRequest) -> HttpResponse:
    """Week, kind, state and urgency of the cases that are there for the person."""
    user = person(request)
    page = Paginator(listed(user), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [
        (case, TYPE_WORDS[CaseType(case.type)], CaseState(case.state).replace("_", " ").capitalize())
        for case in page
    ]
    context = {"page_obj": page, "rows": rows, "has_vault": handler_key(user.pk) is not None}
    return render(request, "remedies/case_list.html", context)
