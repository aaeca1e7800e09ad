"""The public pages as data and as tables, what the files hold, and a page that lists them."""

import csv
import io
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from risks.rules.spreadsheet import guarded
from transparency.documents import structured
from transparency.documents.pieces import json_object
from transparency.documents.statements import COLUMNS, MARK
from transparency.queries import public_data
from transparency.queries.public_risks import streamed
from transparency.queries.reports import published_reports
from transparency.rules import told_figures
from transparency.rules.public_schemas import SCHEMAS
from transparency.views.feeds import FEEDS
from transparency.views.kept import fresh, kept


@require_safe
def data_page(request: HttpRequest) -> HttpResponse:
    """Every public address for machines: data, tables, what they hold, feeds, reports, the log."""
    context = {
        "sets": public_data.SETS.values(),
        "columns": {"figures": told_figures.COLUMNS, "statements": COLUMNS},
        "feeds": [(name, feed.label) for name, feed in FEEDS.items()],
        "licence": settings.DATA_LICENCE,
        "licence_url": settings.DATA_LICENCE_URL,
        "latest": published_reports().first(),
        "structured": structured.catalogue(site_of(request)),
    }
    return kept(request, render(request, "transparency/data_public.html", context))


@require_safe
def data(request: HttpRequest, name: str) -> HttpResponse:
    """One set of data by its name."""
    return _data(request, public_data.WITHOUT_A_DAY[name]())


@require_safe
def risks(_request: HttpRequest) -> StreamingHttpResponse:
    """The salient list as it stands today."""
    today = timezone.now().date()
    told = map(public_data.risk_data, streamed(on=today))
    pieces = json_object(public_data.about_the_risks(on=today), "risks", told)
    answer = StreamingHttpResponse(pieces, content_type="application/json")
    fresh(answer)
    return answer


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """Every edition that can be read, with its files."""
    return _data(request, public_data.reports_data(site_of(request)))


@require_safe
def figures_table(request: HttpRequest) -> HttpResponse:
    """Every published number, a row each, for a spreadsheet."""
    out = io.StringIO(MARK)
    out.seek(len(MARK))
    table = csv.writer(out)
    table.writerow(told_figures.COLUMNS)
    for row in public_data.figures():
        table.writerow(guarded(_cell(row[name])) for name in told_figures.COLUMNS)
    answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="figures.csv"'
    return kept(request, answer)


@require_safe
def schema(request: HttpRequest, name: str) -> HttpResponse:
    """What a file holds, as JSON Schema."""
    if name not in SCHEMAS:
        raise Http404
    found = _data(request, {"$id": f"{site_of(request)}{request.path}", **SCHEMAS[name]})
    found["Content-Type"] = "application/schema+json"
    return found


def site_of(request: HttpRequest) -> str:
    """Return where these pages stand, such as https://example.org."""
    return f"{request.scheme}://{request.get_host()}"


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _data(request: HttpRequest, told: dict[str, Any]) -> HttpResponse:
    page = JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 2})
    return kept(request, page)
