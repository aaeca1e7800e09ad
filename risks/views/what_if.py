"""What would be found under other numbers or another level of a risk; an address keeps the question (3.4 to 3.6)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from hrdd.governance.access import requires
from hrdd.governance.rules import Permission
from risks.forms.what_if import OtherLevelForm, OtherMethodForm
from risks.models import Risk
from risks.queries import what_if as queries
from risks.queries.method import method
from risks.queries.register import standings


@require_safe
@requires(Permission.READ_DESK)
def what_if_method(request: HttpRequest) -> HttpResponse:
    """Which findings would change under other intervals."""
    asked = bool(request.GET)
    form = OtherMethodForm(request.GET if asked else None, now=method(), given=settings.METHOD)
    found = None
    if asked and form.is_valid():
        found = queries.other_method(method(), form.cleaned_data["method"], at=timezone.now())
    context = {"form": form, "found": found, "shown": queries.SHOWN}
    return render(request, "risks/what_if.html", context, status=400 if form.errors else 200)


@require_safe
@requires(Permission.READ_DESK)
def what_if_level(request: HttpRequest, pk: int) -> HttpResponse:
    """Which findings on the measures of a risk would change if its severity did."""
    risk = get_object_or_404(Risk.objects.select_related("held"), pk=pk)
    asked = "level" in request.GET
    form = OtherLevelForm(request.GET if asked else None)
    found = None
    if asked and form.is_valid():
        found = queries.other_level(risk, int(form.cleaned_data["level"]), method(), at=timezone.now())
    context = {
        "form": form,
        "found": found,
        "shown": queries.SHOWN,
        "risk": risk,
        "standing": standings([risk])[0],
    }
    return render(request, "risks/what_if.html", context, status=400 if form.errors else 200)
