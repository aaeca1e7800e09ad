"""What people said, what it is about, and the answer."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import Permission
from risks.actions import findings as actions
from risks.forms.consultations import AnswerForm, FindingForm, TagForm
from risks.models import ConsultationFinding
from risks.queries.consultations import answerable_by, team_only
from risks.views.consultations import of_my_team
from risks.views.form_page import form_page


def _of_my_team(request: HttpRequest, pk: int) -> ConsultationFinding:
    mine = ConsultationFinding.objects.filter(consultation__in=team_only(person(request)).values("pk"))
    return get_object_or_404(mine.select_related("consultation"), pk=pk)


@require_safe_or_post
@requires(Permission.RUN_CONSULTATION)
def record_finding(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what people said."""
    return form_page(
        request,
        FindingForm(request.POST or None),
        act=partial(actions.record_finding, of_my_team(request, pk), by=person(request), at=timezone.now()),
        title="Record a finding",
        lead="What people said, so that nobody can tell who said it.",
        button="Record the finding",
        back=reverse("consultation-detail", args=[pk]),
        done="The finding is on record. Say which risks and measures it is about.",
    )


@require_safe_or_post
@requires(Permission.RUN_CONSULTATION)
def amend_finding(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a finding in other words."""
    finding = _of_my_team(request, pk)
    kept = {name: getattr(finding, name) for name in ("you_said", "is_quote", "theme", "priority", "owner")}
    return form_page(
        request,
        FindingForm(request.POST or None, initial=kept),
        act=partial(actions.amend_finding, finding, by=person(request), at=timezone.now()),
        title="Put it in other words",
        lead="It is screened again afterwards.",
        button="Record the finding",
        back=reverse("consultation-detail", args=[finding.consultation_id]),
        done="The finding is changed.",
    )


@require_safe_or_post
@requires(Permission.RUN_CONSULTATION)
def tag_finding(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what a finding is about."""
    finding = _of_my_team(request, pk)
    kept = {kind: list(getattr(finding, kind).all()) for kind in ("risks", "measures", "model_reviews")}
    return form_page(
        request,
        TagForm(request.POST or None, initial=kept),
        act=partial(actions.tag_finding, finding, by=person(request), at=timezone.now()),
        title="Say what it is about",
        lead=finding.you_said,
        button="Record the tags",
        back=reverse("consultation-detail", args=[finding.consultation_id]),
        done="Each measure and risk is looked at again.",
    )


@require_safe_or_post
@requires(Permission.ANSWER_FINDING)
def answer_finding(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a finding."""
    finding = get_object_or_404(answerable_by(person(request)), pk=pk)
    kept = {name: getattr(finding, name) for name in ("response", "we_did", "reasons", "owner")}
    return form_page(
        request,
        AnswerForm(request.POST or None, initial=kept),
        act=partial(actions.answer_finding, finding, by=person(request), at=timezone.now()),
        title="Answer what people said",
        lead=finding.you_said,
        button="Record the answer",
        back=reverse("consultation-detail", args=[finding.consultation_id]),
        done="The answer is on record.",
    )
