"""The register of risks, one risk, and the judgement of its severity."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from hrdd.governance.access import person, requires
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import salience as actions
from risks.forms.salience import RiskFilter, SeverityForm
from risks.models import Risk
from risks.queries import register
from risks.queries.consultations import consultations_of
from risks.queries.gaps import gaps_of
from risks.rules.salience import SalienceError
from risks.rules.severity import SeverityError

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


@require_GET
@requires(Permission.READ_DESK)
def risk_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One risk with everything on record."""
    risk = get_object_or_404(Risk, pk=pk)
    [standing] = register.standings([risk])
    context = {
        "risk": risk,
        "standing": standing,
        "story": register.story_of(risk),
        "assessments": register.assessments_of(risk),
        "measures": risk.measures.all(),
        "rights": risk.touches.select_related("right"),
        "involvements": risk.involvements.all(),
        "relationships": risk.relationships.select_related("relationship__partner"),
        "consultations": consultations_of(risk, person(request), on=timezone.now().date()),
        "gaps": gaps_of(risk),
        "may_assess": person(request).may(Permission.ASSESS_RISK),
    }
    return render(request, "risks/risk_detail.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.ASSESS_RISK)
def assess_severity(request: HttpRequest, pk: int) -> HttpResponse:
    """The form to judge the severity of a risk."""
    risk = get_object_or_404(Risk, pk=pk)
    form = SeverityForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _assessed(request, risk, form):
        return redirect("risk-detail", risk.pk)
    [standing] = register.standings([risk])
    context = {"standing": standing, "form": form}
    return render(request, "risks/assessment_form.html", context, status=400 if form.errors else 200)


def _assessed(request: HttpRequest, risk: Risk, form: SeverityForm) -> bool:
    try:
        judged = actions.assess_severity(risk, by=person(request), at=timezone.now(), **form.cleaned_data)
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
    except SeverityError as refusal:
        form.add_error("scale", _named("Scale", refusal))
    except SalienceError as refusal:
        form.add_error("likelihood", _named("Likelihood", refusal))
    else:
        messages.info(request, f"Recorded: {judged.reason}")
        return True
    return False


def _named(label: str, refusal: Exception) -> str:
    """Return the sentence of a rule under the label of the field, not under the name of its column."""
    return f"{label}: {str(refusal).partition(': ')[2]}"
