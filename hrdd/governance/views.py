"""The audit log, to be read."""

import csv
from collections.abc import Iterator

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from hrdd.governance.access import person, requires
from hrdd.governance.actions import record_event
from hrdd.governance.forms import AuditFilter
from hrdd.governance.models import AuditEvent
from hrdd.governance.queries import (
    checked_links,
    exported_events,
    last_verification,
    search_events,
    told_events,
)
from hrdd.governance.rules import Permission

PAGE_SIZE = 50


@require_safe
@requires(Permission.READ_AUDIT)
def audit_list(request: HttpRequest) -> HttpResponse:
    """Every act that is looked for, the latest first, with the check of each link on the page."""
    form = AuditFilter(request.GET)
    page = Paginator(_found(form), PAGE_SIZE).get_page(request.GET.get("page"))
    shown = page.object_list
    assert isinstance(shown, QuerySet)  # noqa: S101  # a page of a queryset is one
    links = checked_links(shown)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "page_obj": page,
        "links": links,
        "broken": [link.event.pk for link in links if not link.intact],
        "form": form,
        "looked_for": any(request.GET.get(name) for name in form.fields),
        "querystring": query.urlencode(),
        "verification": last_verification(),
    }
    return render(request, "governance/audit_list.html", context, status=200 if form.is_valid() else 400)


@require_safe
@requires(Permission.READ_AUDIT)  # type: ignore[arg-type]  # a file streams, so it is no HttpResponse to the types
def audit_export(request: HttpRequest) -> StreamingHttpResponse:
    """What is looked for as a table, the earliest first, streamed; no cell is computed by a sheet."""
    found = _taken(request, "csv")
    rows = csv.writer(_Echo())
    return _file((rows.writerow(row) for row in exported_events(found)), "text/csv", "audit.csv")


@require_safe
@requires(Permission.READ_AUDIT)  # type: ignore[arg-type]  # as above
def audit_export_json(request: HttpRequest) -> StreamingHttpResponse:
    """What is looked for as lines of JSON, byte for byte what the hashes are made of."""
    return _file(told_events(_taken(request, "jsonl")), "application/jsonl", "audit.jsonl")


def _taken(request: HttpRequest, form_of_file: str) -> QuerySet[AuditEvent]:
    """Return what somebody takes along; that they did is on record before the first byte leaves."""
    form = AuditFilter(request.GET)
    found = _found(form)
    asked = {name: str(said) for name, said in form.cleaned_data.items() if said}
    record_event(
        by=person(request).username,
        at=timezone.now(),
        action="exported the audit log",
        subject="Audit",
        detail=asked | {"format": form_of_file},
    )
    return found


def _file(lines: Iterator[str], kind: str, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(lines, content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


class _Echo:
    """A file that gives back each line instead of keeping it."""

    def write(self, line: str) -> str:
        """Return the line."""
        return line


def _found(form: AuditFilter) -> QuerySet[AuditEvent]:
    return search_events(**form.cleaned_data) if form.is_valid() else AuditEvent.objects.none()
