"""Recording a risk by hand, and correcting what it says."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import recording as actions
from risks.forms.recording import RecordingForm
from risks.models import Risk
from risks.rules.recording import Facts, about_the_company


@require_safe_or_post
@requires(Permission.RECORD_RISK)
def record_risk(request: HttpRequest) -> HttpResponse:
    """The form to record a risk."""

    def record(facts: Facts, owner: User | None) -> Risk:
        ignored = about_the_company(request.POST)
        return actions.record_risk(facts, owner=owner, by=person(request), at=timezone.now(), ignored=ignored)

    form = RecordingForm(request.POST if request.method == "POST" else None)
    said = "The risk is on record as a draft. Assess how severe it is: until then it counts as level 4."
    return _page(request, form, act=record, said=said, back=reverse("risk-list"), risk=None)


@require_safe_or_post
@requires(Permission.RECORD_RISK)
def correct_risk(request: HttpRequest, pk: int) -> HttpResponse:
    """The form to correct the facts of a risk."""
    risk = get_object_or_404(Risk, pk=pk)

    def correct(facts: Facts, owner: None) -> Risk:
        ignored = about_the_company(request.POST)
        actions.correct_facts(risk, facts, by=person(request), at=timezone.now(), ignored=ignored)
        return risk

    form = RecordingForm(request.POST if request.method == "POST" else None, facts=actions.facts_of(risk))
    back = reverse("risk-detail", args=[pk])
    return _page(request, form, act=correct, said="The facts are corrected.", back=back, risk=risk)


def _page(
    request: HttpRequest,
    form: RecordingForm,
    *,
    act: Callable[..., Risk],
    said: str,
    back: str,
    risk: Risk | None,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            recorded = act(**form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.info(request, said)
            return redirect("risk-detail", recorded.pk)
    context = {"form": form, "back": back, "risk": risk}
    return render(request, "risks/recording_form.html", context, status=400 if form.errors else 200)
