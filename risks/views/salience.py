"""The register of risks, one risk, and judging its severity."""

from functools import partial

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods

from hrdd.governance.access import person, requires
from hrdd.governance.rules import Permission
from risks.actions.salience import assess_severity
from risks.forms.salience import SeverityForm
from risks.models import RecordEntry, Risk
from risks.queries.gaps import gaps_of
from risks.queries.register import TIERS, register
from risks.queries.salience import ranked_risks
from risks.rules.severity import BANDS
from risks.views.form_page import form_page

PAGE_SIZE = 50
FILTERS = ("q", "tier", "level")


@require_GET
@requires(Permission.READ_DESK)
def risk_list(request: HttpRequest) -> HttpResponse:
    """Every risk, ranked by salience."""
    asked = {name: request.GET.get(name, "").strip() for name in FILTERS}
    found = register(on=timezone.now().date(), words=asked["q"], tier=asked["tier"], level=asked["level"])
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "asked": asked,
        "filtered": any(asked.values()),
        "querystring": urlencode({name: value for name, value in asked.items() if value}),
        "tiers": TIERS,
        "levels": [(str(level), f"{level} {band}") for level, band in sorted(BANDS.items(), reverse=True)],
    }
    return render(request, "risks/risk_list.html", context)


@require_GET
@requires(Permission.READ_DESK)
def risk_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One risk: who is harmed and how, what is done, what is not."""
    risk = get_object_or_404(Risk, pk=pk)
    ranked = ranked_risks(Risk.objects.filter(pk=pk), on=timezone.now().date())
    record = list(risk.record.all())
    context = {
        "risk": risk,
        "ranked": ranked[0] if ranked else None,
        "assessments": [(one, BANDS[one.level]) for one in risk.assessments.all()],
        "touches": risk.touches.select_related("right"),
        "relationships": risk.relationships.select_related("relationship__partner"),
        "consultations": [one for one in record if one.kind == RecordEntry.Kind.CONSULTATION],
        "timeline": [one for one in record if one.kind != RecordEntry.Kind.CONSULTATION],
        "gaps": gaps_of(risk),
        "may_assess": person(request).may(Permission.ASSESS_RISK),
    }
    return render(request, "risks/risk_detail.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.ASSESS_RISK)
def assess(request: HttpRequest, pk: int) -> HttpResponse:
    """Judge how severe a risk is."""
    risk = get_object_or_404(Risk, pk=pk)
    return form_page(
        request,
        SeverityForm(request.POST or None),
        act=partial(assess_severity, risk, by=person(request), at=timezone.now()),
        title="Judge severity",
        lead=f"{risk.title}. Judge the harm to people, not to the company: the worst credible outcome for the most "
        "exposed. Money and reputation do not count, and good done elsewhere takes nothing away.",
        button="Record the judgement",
        back=reverse("risk-detail", args=[pk]),
        done="The judgement is on record.",
    )
