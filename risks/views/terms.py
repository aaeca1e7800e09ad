"""What partners agreed to."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import Permission
from risks.actions import terms as actions
from risks.forms.terms import EndTermsForm, TermsForm
from risks.models import AgreedTerms, Relationship
from risks.views.form_page import form_page


@require_safe_or_post
@requires(Permission.LOG_LEVERAGE)
def agree_terms(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what a partner agreed to."""
    one = get_object_or_404(Relationship.objects.select_related("partner"), pk=pk)
    return form_page(
        request,
        TermsForm(request.POST or None),
        act=partial(actions.agree_terms, one, by=person(request), at=timezone.now()),
        title=f"Terms: {one.partner}",
        lead="Leverage begins with what was agreed: a rule that the partner never accepted is hard to enforce.",
        button="Record the terms",
        back=reverse("partner-detail", args=[pk]),
        done="The terms are on record.",
    )


@require_safe_or_post
@requires(Permission.LOG_LEVERAGE)
def end_terms(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that terms no longer stand."""
    terms = get_object_or_404(AgreedTerms.objects.select_related("policy_version"), pk=pk)
    return form_page(
        request,
        EndTermsForm(request.POST or None),
        act=partial(actions.end_terms, terms, by=person(request), at=timezone.now()),
        title=f"End: {terms}",
        lead="They stay on record as they were agreed, with the day on which they end.",
        button="Record the end",
        back=reverse("partner-detail", args=[terms.relationship_id]),
        done="The end of the terms is on record.",
    )
