"""Whether the public reads of a risk: what it would read, and the decisions."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import publications as actions
from risks.forms.publications import WithholdForm
from risks.models import Risk
from risks.queries.publications import preview
from risks.rules.publication import (
    READS_REASONS,
    SEVERE,
    permission_to_leave_off,
    permission_to_publish,
    refusals_to_publish,
)


@require_safe_or_post
@requires(Permission.READ_DESK, acting=[Permission.PUBLISH_RISK, Permission.WITHHOLD_RISK])
def publication(request: HttpRequest, pk: int) -> HttpResponse:
    """What the public would read of a risk, what was decided on that, and the forms to decide anew."""
    risk = get_object_or_404(Risk.objects.prefetch_related("rights"), pk=pk)
    publishes = request.POST.get("decision") == "publish"
    form = WithholdForm(request.POST if request.method == "POST" and not publishes else None)
    refusal = ""
    if request.method == "POST":
        refusal = _decided(request, risk, form, publishes=publishes)
        if not refusal and not form.errors:
            return redirect("publication", risk.pk)
    status = 400 if refusal or form.errors else 200
    return render(request, "risks/publication.html", _context(request, risk, form, refusal), status=status)


def _decided(request: HttpRequest, risk: Risk, form: WithholdForm, *, publishes: bool) -> str:
    """Decide, or return why not; what is wrong in the form stands in the form."""
    by, now = person(request), timezone.now()
    try:
        if publishes:
            actions.publish_risk(risk, by=by, at=now)
            messages.info(request, "Published: the public reads of this risk.")
        elif form.is_valid():
            actions.withhold_risk(risk, reasons=form.cleaned_data["reasons"], by=by, at=now)
            messages.info(request, "Left off the published list. The reasons are on record.")
    except NotAllowed as refusal:
        return str(refusal)
    return ""


def _context(request: HttpRequest, risk: Risk, form: WithholdForm, refusal: str) -> dict[str, object]:
    user = person(request)
    decisions = list(risk.publications.order_by("-pk").select_related("decided_by"))
    left_off_at = decisions[0].level if decisions and not decisions[0].publish else None
    return {
        "risk": risk,
        "card": preview(risk, on=timezone.now().date()),
        "decisions": decisions,
        "replaced": risk.replaced_words.all(),
        "reads_reasons": reads_reasons(user),
        "form": form,
        "refusal": refusal,
        "barred": refusals_to_publish(actions.text_of(risk)),
        "severe": risk.level >= SEVERE,
        "may_publish": user.may(permission_to_publish(left_off_at)) and not risk.published,
        "may_withhold": user.may(permission_to_leave_off(risk.level)) or user.may(Permission.WITHHOLD_RISK),
    }


def reads_reasons(user: User) -> bool:
    """Whether somebody may read why risks are left off the published list."""
    return any(user.may(one) for one in READS_REASONS)
