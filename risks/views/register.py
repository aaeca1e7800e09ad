"""The register of risks."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from hrdd.governance.access import requires
from hrdd.governance.rules import Permission
from risks.forms.salience import RiskFilter
from risks.queries import register

PAGE_SIZE = 50


@require_GET
@requires(Permission.READ_DESK)
def risk_list(request: HttpRequest) -> HttpResponse:
    """Every risk, the first to be acted on first."""
    form = RiskFilter(request.GET)
    found = Paginator(register.listed_risks(**form.chosen()), PAGE_SIZE)
    page = found.get_page(request.GET.get("page"))
    context = {
        "rows": register.standings(list(page.object_list)),
        "page_obj": page,
        "form": form,
        "filtered": bool(form.chosen()),
        "querystring": form.querystring(),
        "tiers": register.TIERS,
    }
    return render(request, "risks/risk_list.html", context)
