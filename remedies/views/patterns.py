"""Patterns in what was upheld: counts and reviews, never a case."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import NotAllowed, Permission
from remedies.actions import patterns as actions
from remedies.forms.patterns import ConclusionForm
from remedies.models import PatternReview
from remedies.queries.patterns import digest


@require_safe
@requires(Permission.REVIEW_MODEL)
def pattern_list(request: HttpRequest) -> HttpResponse:
    """What was upheld within a year by root cause, and the reviews that this asks for."""
    held = PatternReview.objects.select_related("concluded_by", "model_review")
    today = timezone.now().date()
    context = {
        "told": digest(on=today),
        "open": held.filter(concluded_on__isnull=True),
        "concluded": held.filter(concluded_on__isnull=False).order_by("-concluded_on", "-pk"),
        "today": today,
    }
    return render(request, "remedies/patterns.html", context)


@require_safe_or_post
@requires(Permission.REVIEW_MODEL)
def pattern_conclude(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what lies behind a pattern."""
    review = get_object_or_404(PatternReview, pk=pk)
    form = ConclusionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.conclude_review(review, by=person(request), at=timezone.now(), **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.info(
                request, "Concluded. It stays as it is; a new review opens when the pattern goes on."
            )
            return redirect("pattern-list")
    context = {
        "form": form,
        "heading": f"What lies behind it: {str(review).lower()}",
        "lead": f"{review.get_why_display()} Ask what would have prevented them all (GP29).",
        "button": "Record the conclusion",
        "back": reverse("pattern-list"),
    }
    return render(request, "risks/form_page.html", context, status=400 if form.errors else 200)
