"""Business-model reviews: the drivers with what asks for a review, one review, and the form of each step."""

from collections.abc import Callable
from functools import partial

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import model_reviews as actions
from risks.forms.model_reviews import (
    ConcludeForm,
    ConsultForm,
    EvidenceForm,
    OutcomeForm,
    ReadingForm,
    ScopeForm,
    concluded_before,
)
from risks.models import ModelReview
from risks.queries import model_reviews as queries
from risks.rules.model_review import REVIEW_STEPS
from risks.views.form_page import form_page

FORM_OF_STEP = {
    "scope": "model-review-scope",
    "evidence": "model-review-evidence",
    "consult": "model-review-consult",
    "conclude": "model-review-conclude",
    "close": "model-review-close",
}


@require_safe
@requires(Permission.READ_DESK)
def model_review_list(request: HttpRequest) -> HttpResponse:
    """Every driver of the business model, with its risks, its last review and what asks for one."""
    return _list(request)


def _list(request: HttpRequest, refusal: str = "") -> HttpResponse:
    today = timezone.now().date()
    counted = queries.risks_by_driver(on=today)
    rows = queries.driver_rows(on=today, counted=counted)
    context = {
        "rows": [row for row in rows if not row.is_quiet],
        "quiet": [row.label for row in rows if row.is_quiet],
        "gaps": queries.review_gaps(on=today, counted=counted),
        "may_review": person(request).may(Permission.REVIEW_MODEL),
        "refusal": refusal,
    }
    return render(request, "risks/model_review_list.html", context, status=400 if refusal else 200)


@require_POST
@requires(Permission.REVIEW_MODEL)
def open_model_review(request: HttpRequest) -> HttpResponse:
    """Open a review of a driver for which a trigger fires."""
    try:
        review = actions.open_review(
            driver=request.POST.get("driver", ""), by=person(request), at=timezone.now()
        )
    except NotAllowed as refusal:
        return _list(request, str(refusal))
    messages.info(request, "The review is open. Next: say what it looks at.")
    return redirect("model-review-detail", review.pk)


@require_safe
@requires(Permission.READ_DESK)
def model_review_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One review: why it was opened, what it rests on, what it concluded, what was measured."""
    review = get_object_or_404(
        ModelReview.objects.select_related("opened_by", "concluded_by", "signed_by"), pk=pk
    )
    today, may = timezone.now().date(), person(request).may
    context = {
        "review": review,
        "triggers": queries.in_words(review.triggers),
        "overdue": queries.overdue(review, on=today),
        "last_day": queries.last_day(review),
        "way": queries.way_of(review),
        "risks": review.risks.all(),
        "metrics": queries.metrics_of(review),
        "decisions": queries.decisions_on(review),
        "steps": [
            (REVIEW_STEPS[name].label, reverse(page, args=[pk]))
            for name, page in FORM_OF_STEP.items()
            if review.state in REVIEW_STEPS[name].before and may(REVIEW_STEPS[name].permission)
        ],
        "may_read": review.state == "tracked" and may(Permission.REVIEW_MODEL),
    }
    return render(request, "risks/model_review_detail.html", context)


@require_safe_or_post
@requires(Permission.REVIEW_MODEL)
def scope_model_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what is looked at."""
    review = get_object_or_404(ModelReview, pk=pk)
    form = ScopeForm(request.POST or None, offered=queries.choices_for(review.driver))
    return _step_page(request, review, form, actions.scope, "scope", "Next: the evidence.")


@require_safe_or_post
@requires(Permission.REVIEW_MODEL)
def record_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the evidence."""
    review = get_object_or_404(ModelReview, pk=pk)
    before = {"evidence": review.evidence, "internal_research": review.internal_research}
    form = EvidenceForm(request.POST or None, initial=before)
    return _step_page(request, review, form, actions.record_evidence, "evidence", "Next: whom to hear on it.")


@require_safe_or_post
@requires(Permission.REVIEW_MODEL)
def record_consultation(request: HttpRequest, pk: int) -> HttpResponse:
    """Record who was heard."""
    review = get_object_or_404(ModelReview, pk=pk)
    before = {"consulted": review.consulted, "why_not_consulted": review.why_not_consulted}
    form = ConsultForm(request.POST or None, initial=before)
    return _step_page(request, review, form, actions.record_consultation, "consult", "Next: the conclusion.")


@require_safe_or_post
@requires(Permission.REVIEW_MODEL)
def conclude_model_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Conclude, and ask the board to sign."""
    review = get_object_or_404(ModelReview, pk=pk)
    form = ConcludeForm(request.POST or None, initial=concluded_before(review))
    return _step_page(request, review, form, actions.conclude, "conclude", "The board is asked to sign.")


@require_safe_or_post
@requires(Permission.REVIEW_MODEL)
def close_model_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Close with the outcome."""
    review = get_object_or_404(ModelReview, pk=pk)
    form = OutcomeForm(request.POST or None)
    return _step_page(request, review, form, actions.close, "close", "The review is closed.")


def _step_page(
    request: HttpRequest,
    review: ModelReview,
    form: forms.Form,
    act: Callable[..., object],
    name: str,
    done: str,
) -> HttpResponse:
    return form_page(
        request,
        form,
        act=partial(act, review, by=person(request), at=timezone.now()),
        title=REVIEW_STEPS[name].label,
        lead=f"{review}. It ends with the board's signature.",
        button=REVIEW_STEPS[name].label,
        back=reverse("model-review-detail", args=[review.pk]),
        done=done,
    )


@require_safe_or_post
@requires(Permission.REVIEW_MODEL)
def record_reading(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what a metric showed."""
    review = get_object_or_404(ModelReview, pk=pk)
    return form_page(
        request,
        ReadingForm(request.POST or None, metrics=review.metrics),
        act=partial(actions.record_reading, review, by=person(request), at=timezone.now()),
        title="Read a metric",
        lead=f"{review}. Readings are added, never replaced.",
        button="Record the reading",
        back=reverse("model-review-detail", args=[pk]),
        done="The reading is on record.",
    )
