"""The gate before a relationship starts: what was asked, what was found, what was decided."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import onboarding as actions
from risks.forms.onboarding import (
    CloseFindingForm,
    OnboardingDecisionForm,
    OnboardingFindingForm,
    OnboardingForm,
)
from risks.models import Onboarding, OnboardingFinding, Relationship
from risks.rules.countries import country_names
from risks.rules.onboarding import OPEN, SHUTS_AT, OnboardingStatus
from risks.rules.severity import BANDS
from risks.views.form_page import form_page


def _onboarding(pk: int) -> Onboarding:
    wanted = Onboarding.objects.select_related("relationship__partner", "asked_by", "decided_by")
    return get_object_or_404(wanted, pk=pk)


@require_safe_or_post
@requires(Permission.LOG_LEVERAGE)
def ask_onboarding(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the onboarding of a relationship."""
    one = get_object_or_404(Relationship.objects.select_related("partner"), pk=pk)
    return form_page(
        request,
        OnboardingForm(request.POST or None, initial={"country": one.country}),
        act=partial(actions.ask_onboarding, one, by=person(request), at=timezone.now()),
        title=f"Onboarding: {one.partner}",
        lead="Before a relationship starts, leverage is greatest (UNGP 19). An analyst reviews; somebody else decides.",
        button="Ask for the review",
        back=reverse("partner-detail", args=[pk]),
        then=lambda made: reverse("onboarding-detail", args=[made.pk]),
        done="Asked. It waits for its review.",
    )


@require_safe
@requires(Permission.READ_DESK)
def onboarding_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One onboarding with its findings and its decision."""
    one, user = _onboarding(pk), person(request)
    findings = list(one.findings.select_related("found_by", "closed_by"))
    going = one.status in OPEN
    context = {
        "onboarding": one,
        "findings": [(finding, BANDS[finding.level]) for finding in findings],
        "shut": any(each.level >= SHUTS_AT and each.closed_at is None for each in findings),
        "place": country_names().get(one.country, one.country),
        "going": going,
        "may_review": going and user.may(Permission.ASSESS_RISK),
        "may_begin": one.status == OnboardingStatus.ASKED and user.may(Permission.ASSESS_RISK),
        "may_decide": one.status == OnboardingStatus.IN_REVIEW and user.may(Permission.DECIDE_ONBOARDING),
    }
    return render(request, "risks/onboarding_detail.html", context)


@require_POST
@requires(Permission.ASSESS_RISK)
def begin_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the review."""
    try:
        actions.begin_review(_onboarding(pk), by=person(request), at=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.info(request, "The review has begun. Record what you find.")
    return redirect("onboarding-detail", pk)


@require_safe_or_post
@requires(Permission.ASSESS_RISK)
def record_finding(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what the review found."""
    one = _onboarding(pk)
    return form_page(
        request,
        OnboardingFindingForm(request.POST or None),
        act=partial(actions.record_finding, one, by=person(request), at=timezone.now()),
        title=f"Finding: {one.relationship.partner}",
        lead="At the severity that it could have for people (UNGP 14), not for the company.",
        button="Record the finding",
        back=reverse("onboarding-detail", args=[pk]),
        done="The finding is on record.",
    )


@require_safe_or_post
@requires(Permission.ASSESS_RISK)
def close_finding(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a finding with what changed."""
    finding = get_object_or_404(OnboardingFinding.objects.select_related("onboarding"), pk=pk)
    return form_page(
        request,
        CloseFindingForm(request.POST or None),
        act=partial(actions.close_finding, finding, by=person(request), at=timezone.now()),
        title=f"Close the finding of severity {finding.level}",
        lead=finding.says,
        button="Close the finding",
        back=reverse("onboarding-detail", args=[finding.onboarding_id]),
        done="The finding is closed.",
    )


@require_safe_or_post
@requires(Permission.DECIDE_ONBOARDING)
def decide_onboarding(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve, approve with conditions, or refuse."""
    one = _onboarding(pk)
    return form_page(
        request,
        OnboardingDecisionForm(request.POST or None, initial={"seen_hash": actions.content_hash(one)}),
        act=partial(actions.decide, one, by=person(request), at=timezone.now()),
        title=f"Decide on the onboarding: {one.relationship.partner}",
        lead="With an open finding of severity 5 it is not approved, with conditions or without (method 7a).",
        button="Decide",
        back=reverse("onboarding-detail", args=[pk]),
        done="The decision is recorded.",
    )
