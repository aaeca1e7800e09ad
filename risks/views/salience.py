"""Judging the severity of a risk, and the proposals that a second person signs."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import lowering as actions
from risks.actions.salience import Judging
from risks.forms.salience import SeverityForm
from risks.models import Evidence, LoweringProposal, Risk
from risks.queries.consultations import grounds_for
from risks.queries.preview import preview_of
from risks.queries.register import standings
from risks.rules.recording import about_the_company
from risks.rules.salience import SalienceError
from risks.rules.scope import ScopeError
from risks.rules.severity import SeverityError


@require_safe_or_post
@requires(Permission.ASSESS_RISK)
def assess_severity(request: HttpRequest, pk: int) -> HttpResponse:
    """The guided form to judge the severity of a risk."""
    risk = get_object_or_404(Risk.objects.select_related("held"), pk=pk)
    given = request.POST if request.method == "POST" else None
    form = _form(request, risk)
    looking = "preview" in request.POST
    if given is not None and not looking and form.is_valid() and _judged(request, risk, form):
        return redirect("risk-detail", risk.pk)
    context = {"standing": standings([risk])[0], "form": form}
    if given is not None:
        form.is_valid()
        context["preview"] = preview_of(risk, form.cleaned_data)
    status = 400 if form.errors and not looking else 200
    return render(request, "risks/assessment_form.html", context, status=status)


@require_POST
@requires(Permission.ASSESS_RISK)
def preview_severity(request: HttpRequest, pk: int) -> HttpResponse:
    """What the judgement comes to so far, as a fragment for the form."""
    risk = get_object_or_404(Risk.objects.select_related("held"), pk=pk)
    form = _form(request, risk)
    form.is_valid()
    return render(request, "risks/_preview.html", {"preview": preview_of(risk, form.cleaned_data)})


def _form(request: HttpRequest, risk: Risk) -> SeverityForm:
    consultations, findings = grounds_for(risk, person(request))
    given = request.POST if request.method == "POST" else None
    return SeverityForm(given, risk=risk, consultations=consultations, findings=findings)


def _judged(request: HttpRequest, risk: Risk, form: SeverityForm) -> bool:
    """Record the judgement or show why not, in the place of the form where it is mended."""
    try:
        found = actions.judge_risk(
            risk,
            Judging(**form.judgement()),
            new_evidence=form.new_evidence(),
            by=person(request),
            at=timezone.now(),
            ignored=about_the_company(request.POST),
        )
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
    except ScopeError as refusal:
        form.add_error("scope", str(refusal))
    except SeverityError as refusal:
        form.add_error("scale", _named("Scale", refusal))
    except SalienceError as refusal:
        form.add_error("likelihood", _named("Likelihood", refusal))
    else:
        messages.info(request, _recorded(found))
        return True
    return False


def _recorded(found: object) -> str:
    if isinstance(found, LoweringProposal):
        return f"Proposed: level {found.level_held} to {found.level_proposed}. It stands once a senior signs (SD5)."
    return f"Recorded: {getattr(found, 'reason', '')}"


def _named(label: str, refusal: Exception) -> str:
    """Return the sentence of a rule under the label of the field, not under the name of its column."""
    return f"{label}: {str(refusal).partition(': ')[2]}"


@require_safe
@requires(Permission.READ_DESK)
def lowering_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal to lower a severe judgement, beside the judgement that it would supersede."""
    proposals = LoweringProposal.objects.select_related("risk__held", "proposed_by", "assessment")
    proposal = get_object_or_404(proposals, pk=pk)
    evidence = proposal.new_evidence.all()
    if not person(request).may(Permission.READ_RESTRICTED):
        evidence = evidence.exclude(disclosure=Evidence.Disclosure.RESTRICTED)
    context = {
        "proposal": proposal,
        "judging": actions.judging_of(proposal),
        "held": proposal.risk.held,
        "new_evidence": evidence,
        "mine": proposal.proposed_by == person(request),
    }
    return render(request, "risks/lowering_detail.html", context)


@require_POST
@requires(Permission.ASSESS_RISK)
def withdraw_lowering(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back one's own proposal."""
    proposal = get_object_or_404(LoweringProposal, pk=pk)
    try:
        actions.withdraw_lowering(proposal, by=person(request), at=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.info(request, "Taken back. The judgement that holds stands.")
    return redirect("lowering-detail", proposal.pk)
