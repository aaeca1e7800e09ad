"""The exit impact assessment: saved as it stands, one more group or source at a time, completed once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import exit_assessments as actions
from risks.forms.exit_assessments import ImpactAssessmentForm, initial_of
from risks.models import ExitDecision, ExitImpactAssessment
from risks.queries.exits import consultations_offered
from risks.rules.exit import INSIDE

ADDED = {"group": "group_rows", "source": "source_rows"}


@require_safe_or_post
@requires(Permission.PREPARE_EXIT)
def assess_exit(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the exit impact assessment; a draft may be incomplete and says what is missing."""
    decision = get_object_or_404(ExitDecision.objects.select_related("relationship__partner"), pk=pk)
    draft = decision.assessments.filter(completed_on__isnull=True).first()
    shown = draft or decision.assessments.first()
    given = request.POST.copy() if request.method == "POST" else None
    act = given.get("act", "draft") if given is not None else ""
    form = ImpactAssessmentForm(
        given,
        offered=consultations_offered(decision),
        groups=len(shown.groups) if shown else 1,
        sources=len(shown.sources) if shown else 2,
        initial=initial_of(shown) if shown else {},
    )
    if given is None or not form.is_valid():
        return _show(request, decision, form, draft)
    return _act(request, decision, form, act)


def _act(request: HttpRequest, decision: ExitDecision, form: ImpactAssessmentForm, act: str) -> HttpResponse:
    by, at = person(request), timezone.now()
    written = form.written()
    if act == "group":
        written["groups"].append({})
    if act == "source":
        written["sources"].append({})
    try:
        draft = actions.save_draft(decision, actions.Written(**written), by=by, at=at)
        if act == "complete":
            actions.complete(decision, by=by, at=at)
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return _show(request, decision, form, decision.assessments.filter(completed_on__isnull=True).first())
    if act == "complete":
        messages.info(request, "The exit impact assessment is complete. It stays as it is from now on.")
        return redirect("exit-detail", decision.pk)
    messages.info(request, "The draft is saved.")
    rows = {"group": len(draft.groups), "source": len(draft.sources)}.get(act)
    here = reverse("assess-exit", args=[decision.pk])
    return redirect(f"{here}#{act}-{rows}" if rows else here)


def _show(
    request: HttpRequest,
    decision: ExitDecision,
    form: ImpactAssessmentForm,
    draft: ExitImpactAssessment | None,
) -> HttpResponse:
    context = {
        "decision": decision,
        "form": form,
        "draft": draft,
        "missing": actions.missing(draft) if draft and not form.errors else [],
        "inside": sorted(INSIDE),
    }
    return render(request, "risks/exit_assessment.html", context, status=400 if form.errors else 200)
