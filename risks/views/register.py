"""The register of risks: the list, the map, and what is taken away as a file."""

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from hrdd.governance.access import person, requires
from hrdd.governance.queries import people_of_the_desk
from hrdd.governance.rules import Permission
from risks.actions import register as actions
from risks.actions.lists import open_list
from risks.documents.register import write_register
from risks.queries import register
from risks.queries.register_filter import RegisterFilter
from risks.queries.register_map import map_of
from risks.queries.register_pages import in_order, page_of
from risks.views.list_files import as_file


def _filters(request: HttpRequest) -> RegisterFilter:
    return RegisterFilter(request.GET, reader=person(request), at=timezone.now())


def _shown(request: HttpRequest, filters: RegisterFilter) -> dict[str, Any]:
    user = person(request)
    return {
        "filters": filters,
        "querystring": filters.querystring,
        "list": open_list(user, "risks", at=filters.at),
        "may_assign": user.may(Permission.ASSIGN_RISK),
        "may_assess": user.may(Permission.ASSESS_RISK),
        "may_record": user.may(Permission.RECORD_RISK),
    }


@require_safe
@requires(Permission.READ_DESK)
def risk_list(request: HttpRequest) -> HttpResponse:
    """Every risk, the first to be acted on first, or as filtered and ordered."""
    filters = _filters(request)
    after = request.GET.get("after", "")
    page = page_of(
        filters.qs.select_related("owner"), order=filters.order, after=after, few="q" in filters.chosen
    )
    context = {
        **_shown(request, filters),
        "page": page,
        "rows": register.standings(page.rows, on=filters.on, with_judgement=False),
        "tiers": register.tiers(),
        "owners": people_of_the_desk() if person(request).may(Permission.ASSIGN_RISK) else [],
    }
    return render(request, "risks/risk_list.html", context)


@require_safe
@requires(Permission.READ_DESK)
def risk_map(request: HttpRequest) -> HttpResponse:
    """The filtered risks by severity and likelihood."""
    filters = _filters(request)
    return render(request, "risks/risk_map.html", {**_shown(request, filters), "map": map_of(filters)})


@require_safe
@requires(Permission.READ_DESK)  # type: ignore[arg-type]  # a file streams, so it is no HttpResponse to the types
def risk_export(request: HttpRequest, format: str) -> FileResponse:  # noqa: A002  # the address calls it so
    """The filtered risks as a file. It is whole, and on the audit log, before its first byte leaves."""
    filters, by = _filters(request), person(request)
    return as_file(
        format,
        name="risks",
        on=filters.on,
        write=lambda out: write_register(in_order(filters.qs, filters.order), form=format, out=out),
        note=lambda rows: actions.note_export(
            form=format, rows=rows, filters=filters.chosen, by=by, at=filters.at
        ),
    )
