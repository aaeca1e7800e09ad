"""Measures, and what is new about them."""

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
from risks.actions import measures as actions
from risks.forms.measures import SignalForm
from risks.models import Measure
from risks.queries.measures import answers_of, findings_of, measures
from risks.views.form_page import form_page

PAGE_SIZE = 50
FILTERS = ("q", "state", "kind")


@require_GET
@requires(Permission.READ_DESK)
def measure_list(request: HttpRequest) -> HttpResponse:
    """Every measure with its latest finding."""
    asked = {name: request.GET.get(name, "").strip() for name in FILTERS}
    found = measures(words=asked["q"], state=asked["state"], kind=asked["kind"])
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "asked": asked,
        "filtered": any(asked.values()),
        "querystring": urlencode({name: value for name, value in asked.items() if value}),
        "states": Measure.State.choices,
        "kinds": Measure._meta.get_field("kind").choices,
    }
    return render(request, "risks/measure_list.html", context)


@require_GET
@requires(Permission.READ_DESK)
def measure_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One measure: whom it burdens, on which rule, what was found and decided."""
    measure = get_object_or_404(Measure.objects.select_related("risk"), pk=pk)
    may = person(request).may(Permission.REASSESS_MEASURE)
    context = {
        "measure": measure,
        "task": measure.tasks.filter(closed_at__isnull=True).first(),
        "findings": findings_of(measure),
        "answers": answers_of(measure),
        "decisions": measure.reassessments.all(),
        "signals": measure.signals.all(),
        "may_note": may and measure.state == Measure.State.ACTIVE,
    }
    return render(request, "risks/measure_detail.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.REASSESS_MEASURE)
def note_signal(request: HttpRequest, pk: int) -> HttpResponse:
    """Record something that should make us look again."""
    measure = get_object_or_404(Measure.objects.select_related("risk"), pk=pk)
    return form_page(
        request,
        SignalForm(request.POST or None),
        act=partial(actions.note_signal, measure, by=person(request), at=timezone.now()),
        title="Note something new",
        lead=f"{measure}. It asks for a re-assessment in the next cycle.",
        button="Record the signal",
        back=reverse("measure-detail", args=[pk]),
        done="The signal is on record; the next cycle looks at it.",
    )
