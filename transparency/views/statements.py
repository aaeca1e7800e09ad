"""Statements of reasons: anyone searches and reads them; the desk compares them and sees what left in files."""

from collections.abc import Callable, Iterable, Iterator
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hrdd.governance.access import requires
from hrdd.governance.rules import Permission
from risks.queries.bounded import BoundedPages
from transparency.documents import structured
from transparency.documents.statements import as_csv, as_json
from transparency.forms import PublicStatementFilter, ReferenceFilter
from transparency.queries import public_statements as queries
from transparency.queries import statement_files
from transparency.queries.comparison import comparison, organisations
from transparency.queries.public_statements import PublicStatement
from transparency.queries.statement_numbers import statement_numbers
from transparency.rules.comparison import is_few
from transparency.views.data import site_of
from transparency.views.kept import fresh, kept

PAGE_SIZE = 20


@require_safe
def statement_list(request: HttpRequest) -> HttpResponse:
    """The statements that anyone may read, searched, and what can be counted from all."""
    form = PublicStatementFilter(request.GET)
    filters = form.filters()
    asked = request.GET.get("page", "")
    pages = BoundedPages(queries.listed(**filters), PAGE_SIZE)
    numbers = None if filters or asked else statement_numbers()
    if numbers is not None:
        pages.found = numbers.readable
    page = pages.get_page(asked)
    context = {
        "form": form,
        "page_obj": page,
        "statements": list(queries.told(page.object_list)),
        "filtered": bool(filters),
        "querystring": form.querystring(),
        "numbers": numbers,
        "structured": structured.dataset(site_of(request), "statements"),
    }
    return kept(request, render(request, "transparency/statement_list_public.html", context))


@require_safe
def statement(request: HttpRequest, puid: UUID) -> HttpResponse:
    """One statement, in plain words and by its fields."""
    found = _found(puid)
    context = {
        "statement": found,
        "newer_is_readable": queries.is_readable(found.corrected_by),
        "older_is_readable": queries.is_readable(found.corrects),
    }
    return kept(request, render(request, "transparency/statement_public.html", context))


@require_safe
def statement_data(request: HttpRequest, puid: UUID) -> HttpResponse:
    """The same as data."""
    told = _found(puid).as_data()
    return kept(request, JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 2}))


@require_safe
def statements_json(request: HttpRequest) -> StreamingHttpResponse:
    """Every statement that the filters leave, as JSON."""
    return _streamed(request, as_json, "application/json")


@require_safe
def statements_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The same for a spreadsheet."""
    answer = _streamed(request, as_csv, "text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="statements.csv"'
    return answer


@require_safe
@requires(Permission.READ_DESK)
def reference(request: HttpRequest) -> HttpResponse:
    """Our statements beside those that other organisations published."""
    form = ReferenceFilter(request.GET)
    shown = comparison(form.chosen())
    context = {
        "form": form,
        "comparison": shown,
        "organisations": organisations(),
        "few": is_few(shown.ours) or is_few(shown.theirs),
    }
    return render(request, "transparency/statement_reference.html", context)


@require_safe
@requires(Permission.READ_DESK)
def export_list(request: HttpRequest) -> HttpResponse:
    """The files that were made for the DSA Transparency Database."""
    page = Paginator(statement_files.exports(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "waiting": statement_files.waiting(),
        "corrected": statement_files.corrected_since(),
    }
    return render(request, "transparency/statement_exports.html", context)


def _found(puid: UUID) -> PublicStatement:
    found = queries.one_told(str(puid))
    if found is None:
        raise Http404
    return found


def _streamed(
    request: HttpRequest, form: Callable[[Iterable[PublicStatement]], Iterator[str]], media_type: str
) -> StreamingHttpResponse:
    filters = PublicStatementFilter(request.GET).filters()
    answer = StreamingHttpResponse(form(queries.streamed(queries.listed(**filters))), content_type=media_type)
    fresh(answer)
    return answer
