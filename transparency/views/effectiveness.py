"""How well complaints are handled, for staff: this quarter, the last one, and twelve months (UNGP 31)."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from hrdd.governance.access import person, requires
from hrdd.governance.rules import Permission
from remedies.rules.effectiveness import quarter_of, twelve_months_to
from risks.queries.method import method
from transparency.queries.releases import board_of_criteria, last_published


@require_safe
@requires(Permission.READ_EFFECTIVENESS)
def effectiveness(request: HttpRequest) -> HttpResponse:
    """The eight criteria, each by its indicators; exact for who handles cases, else suppressed (domain.md 9)."""
    today = timezone.now().date()
    this = quarter_of(today)
    spans = [
        ("This quarter", (this[0], today)),
        ("Last quarter", quarter_of(this[0] - timedelta(days=1))),
        ("Twelve months", twelve_months_to(today)),
    ]
    exact = person(request).may(Permission.READ_CASES)
    context = {
        "spans": spans,
        "criteria": board_of_criteria([span for _name, span in spans], exact=exact),
        "exact": exact,
        "k": method().smallest_group,
        "last_published": last_published(),
    }
    return render(request, "transparency/effectiveness.html", context)
