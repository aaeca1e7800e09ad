"""Whether a frozen report suffices, judged criterion by criterion by people (UNGP 21)."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import NotAllowed, Permission
from transparency.actions import sufficiency as actions
from transparency.forms import JudgementForm
from transparency.models import Report
from transparency.queries.sufficiency import judged
from transparency.rules.sufficiency import CRITERIA

OTHERS = tuple(name for code, name in settings.LANGUAGES if not code.startswith("en"))


@require_safe_or_post
@requires(Permission.READ_DESK, acting={one.permission for one in CRITERIA})
def sufficiency(request: HttpRequest, pk: int) -> HttpResponse:
    """Each criterion with what the record gives to think about, what was judged, and the form to judge it."""
    report = get_object_or_404(Report, pk=pk)
    asked = request.POST.get("criterion", "")
    forms = {
        one.code: JudgementForm(request.POST if one.code == asked else None, prefix=one.code)
        for one in CRITERIA
    }
    form = forms.get(asked)
    if request.method == "POST" and form is None:
        messages.error(request, "Criterion: there is no such criterion.")
        return redirect("report-sufficiency", pk)
    if form is not None and form.is_valid():
        try:
            actions.judge_sufficiency(
                report, criterion=asked, **form.judgement(), by=person(request), at=timezone.now()
            )
        except NotAllowed as refusal:
            form.add_error("reasons", str(refusal))
        else:
            messages.info(request, "Judged. It holds for this content and no other.")
            return redirect("report-sufficiency", pk)
    user = person(request)
    open_to_judge = report.state in actions.JUDGED
    found = judged(report, today=timezone.now().date(), languages=OTHERS)
    rows = [
        (one, forms[one.criterion.code] if open_to_judge and user.may(one.criterion.permission) else None)
        for one in found
    ]
    wrong = form is not None and form.errors
    context = {"report": report, "rows": rows, "open_to_judge": open_to_judge}
    return render(request, "transparency/report_sufficiency.html", context, status=400 if wrong else 200)
