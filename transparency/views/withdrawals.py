"""Ask on the desk to withdraw an edition for the safety of people."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from hrdd.governance.access import person, requires
from hrdd.governance.rules import NotAllowed
from transparency.actions.withdrawals import ask_withdrawal
from transparency.models import Report
from transparency.rules.withdrawal import MAY_ASK
from transparency.views import reports


@require_POST
@requires(*MAY_ASK)
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a senior executive to withdraw an edition, or say why not."""
    report = get_object_or_404(Report, pk=pk)
    try:
        ask_withdrawal(report, reason=request.POST.get("reason", ""), by=person(request), at=timezone.now())
    except NotAllowed as refusal:
        return reports.shown(request, pk, refusal=str(refusal))
    messages.info(request, "Asked. A senior executive decides; until then the edition can be read.")
    return redirect("report-detail", pk)
