"""The Rabat worksheet: filled in, confirmed by a second assessor, read (SD9; domain.md 4)."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import rabat as actions
from risks.forms.rabat import ConfirmationForm, RabatForm
from risks.models import Dilemma
from risks.queries.rabat import assessments, preview_of, standing_of
from risks.rules.dilemma import ADVISED_IN
from risks.rules.rabat_worksheet import GATE_ANSWERS, GATES, IS_INPUT
from risks.rules.words import said
from risks.views.form_page import form_page


@require_safe_or_post
@requires(Permission.ASSESS_INCITEMENT)
def assess_incitement(request: HttpRequest, pk: int) -> HttpResponse:
    """The worksheet, with what it comes to beside it."""
    dilemma = get_object_or_404(Dilemma.objects.select_related("risk"), pk=pk)
    now = timezone.now()
    form = RabatForm(request.POST if request.method == "POST" else None)
    looking = "preview" in request.POST
    context = {"dilemma": dilemma, "form": form}
    if request.method == "POST":
        if form.is_valid() and not looking:
            try:
                made = actions.assess(dilemma, **form.worksheet(), by=person(request), at=now)
            except NotAllowed as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.info(
                    request, "Recorded. A second assessor confirms it before anything rests on it (SD9)."
                )
                return redirect("rabat-detail", made.pk)
        context["preview"] = preview_of(dilemma, form.cleaned_data, at=now)
    status = 400 if form.errors and not looking else 200
    return render(request, "risks/rabat_form.html", context, status=status)


@require_POST
@requires(Permission.ASSESS_INCITEMENT)
def preview_incitement(request: HttpRequest, pk: int) -> HttpResponse:
    """What the worksheet comes to so far, as a fragment for the form."""
    dilemma = get_object_or_404(Dilemma.objects.select_related("risk"), pk=pk)
    form = RabatForm(request.POST)
    form.is_valid()
    preview = preview_of(dilemma, form.cleaned_data, at=timezone.now())
    return render(request, "risks/_rabat_preview.html", {"preview": preview})


@require_safe
@requires(Permission.READ_DESK)
def rabat_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One worksheet: the outcome, the scores with their anchors, the assessors."""
    return _detail(request, pk)


@require_POST
@requires(Permission.READ_RESTRICTED)
def open_extract(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the words assessed; the read is logged before."""
    assessment = get_object_or_404(assessments(), pk=pk)
    try:
        extract = actions.open_extract(assessment, by=person(request), at=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return redirect("rabat-detail", pk)
    answer = _detail(request, pk, extract=extract)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _detail(request: HttpRequest, pk: int, *, extract: str = "") -> HttpResponse:
    assessment = get_object_or_404(assessments(), pk=pk)
    user = person(request)
    stands = standing_of(assessment, at=timezone.now())
    known = {one.assessor_id for one in stands.confirmations}
    context = {
        "assessment": assessment,
        "standing": stands,
        "gates": [(said(gate), GATE_ANSWERS[one]) for gate, one in zip(GATES, assessment.gates, strict=True)],
        "grounds": [said(one) for one in assessment.grounds],
        "harm_sought": [said(one) for one in assessment.harm_sought],
        "exceptions": [said(one) for one in assessment.exceptions],
        "is_input": IS_INPUT,
        "extract": extract,
        "may_open": user.may(Permission.READ_RESTRICTED),
        "may_confirm": user.may(Permission.ASSESS_INCITEMENT)
        and user.pk not in known
        and assessment.dilemma.state in ADVISED_IN
        and stands.state != "Expired",
    }
    return render(request, "risks/rabat_detail.html", context)


@require_safe_or_post
@requires(Permission.ASSESS_INCITEMENT)
def confirm_incitement(request: HttpRequest, pk: int) -> HttpResponse:
    """Stand behind a worksheet as another assessor, or dissent."""
    assessment = get_object_or_404(assessments(), pk=pk)
    return form_page(
        request,
        ConfirmationForm(request.POST or None),
        act=partial(actions.confirm, assessment, by=person(request), at=timezone.now()),
        title="Confirm the Rabat worksheet",
        lead=f"{assessment.get_outcome_display()}. {assessment.dilemma}",
        button="Record it",
        back=reverse("rabat-detail", args=[pk]),
        done="You stand on record on this worksheet.",
    )
