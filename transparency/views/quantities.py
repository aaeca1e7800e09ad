"""The quantities of the DSA on the desk: what is counted, what people enter, and what is not recorded."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import NotAllowed, Permission
from transparency.actions import quantities as actions
from transparency.forms import QuantityForm
from transparency.models import Report
from transparency.queries.quantities import Standing, standing_quantities
from transparency.rules.dsa_quantities import BY_CODE, ENTERED, Entry
from transparency.rules.workflows import State

ARTICLES = (("", "All"), ("15", "Article 15"), ("24", "Article 24"), ("42", "Article 42"))


@require_safe
@requires(Permission.READ_DESK)
def quantity_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Every quantity, where it comes from, and how it stands in this report."""
    report = get_object_or_404(Report, pk=pk)
    every = standing_quantities(report)
    kept = {name: [one for one in every if one.quantity.provision.startswith(name)] for name, _ in ARTICLES}
    chosen = request.GET.get("article", "")
    chosen = chosen if chosen in kept else ""
    context = {
        "report": report,
        "rows": kept[chosen],
        "views": [(name, label, len(kept[name])) for name, label in ARTICLES],
        "chosen": chosen,
        "without": sum(one.is_missing for one in every),
        "may_enter": _may_enter(request, report),
    }
    return render(request, "transparency/report_quantities.html", context)


def _may_enter(request: HttpRequest, report: Report) -> bool:
    return report.state == State.DRAFT and person(request).may(Permission.DRAFT_REPORT)


@require_safe_or_post
@requires(Permission.READ_DESK, acting=[Permission.DRAFT_REPORT])
def quantity(request: HttpRequest, pk: int, quantity: str) -> HttpResponse:
    """One quantity that people enter: what stands, and the form to enter it, or say why it is not held."""
    report = get_object_or_404(Report, pk=pk)
    found = _standing(report, quantity)
    form = QuantityForm(request.POST or None, quantity=found.quantity)
    if request.method == "POST" and form.is_valid():
        entry = Entry(**form.entry())
        try:
            actions.enter_quantity(
                report, quantity=quantity, entry=entry, by=person(request), at=timezone.now()
            )
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.info(request, f"{found.quantity.label}: recorded.")
            return redirect("report-quantity", pk, quantity)
    context = {"report": report, "one": found, "form": form, "may_enter": _may_enter(request, report)}
    return render(request, "transparency/report_quantity.html", context, status=400 if form.errors else 200)


def _standing(report: Report, code: str) -> Standing:
    if code not in {one.code for one in ENTERED}:
        raise Http404("People enter no such quantity.")
    return next(one for one in standing_quantities(report) if one.quantity.code == code)


@require_POST
@requires(Permission.DRAFT_REPORT)
def forget(request: HttpRequest, pk: int, quantity: str) -> HttpResponse:
    """Take out one row of a quantity."""
    report = get_object_or_404(Report, pk=pk)
    if quantity not in BY_CODE:
        raise Http404("There is no such quantity.")
    of = request.POST.get("of", "")
    try:
        actions.forget_quantity(report, quantity=quantity, of=of, by=person(request), at=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.info(request, f"{BY_CODE[quantity].label}: taken out.")
    return redirect("report-quantity", pk, quantity)
