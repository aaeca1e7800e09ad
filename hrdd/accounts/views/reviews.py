"""The access review: every role of every person, kept or removed, and signed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from hrdd.accounts.actions import reviews as actions
from hrdd.accounts.models import AccessReview
from hrdd.accounts.queries import people as queries
from hrdd.accounts.queries.factors import tokens_that_stand
from hrdd.governance.access import person, requires
from hrdd.governance.rules import NotAllowed, Permission


@require_safe
@requires(Permission.READ_PEOPLE)
def review_list(request: HttpRequest) -> HttpResponse:
    """The reviews so far, and whether one is due."""
    context = {
        "reviews": AccessReview.objects.select_related("opened_by", "signed_by"),
        "running": queries.open_review(),
        "overdue": queries.review_overdue(today=timezone.now().date()),
        "may_review": person(request).may(Permission.REVIEW_ACCESS),
    }
    return render(request, "accounts/review_list.html", context)


@require_POST
@requires(Permission.REVIEW_ACCESS)
def review_open(request: HttpRequest) -> HttpResponse:
    """Open a review."""
    try:
        review = actions.open_review(by=person(request), at=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return redirect("access-review-list")
    return redirect("access-review", pk=review.pk)


@require_safe
@requires(Permission.READ_PEOPLE)
def review_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The lines of a review."""
    return _show(request, get_object_or_404(AccessReview, pk=pk))


def _show(request: HttpRequest, review: AccessReview, refusal: str = "") -> HttpResponse:
    lines = list(queries.lines_of(review))
    me = person(request)
    context = {
        "review": review,
        "lines": lines,
        "left": sum(not one.verdict for one in lines),
        "kept": sum(one.verdict == "keep" for one in lines),
        "removed": sum(one.verdict == "remove" for one in lines),
        "may_review": me.may(Permission.REVIEW_ACCESS) and review.signed_at is None,
        "tokens": () if review.signed_at else tokens_that_stand(at=timezone.now()),
        "refusal": refusal,
        "why": request.POST.get("why", "") if refusal else "",
        "chosen": {int(one) for one in request.POST.getlist("line") if one.isdecimal()} if refusal else set(),
    }
    return render(request, "accounts/review_detail.html", context, status=400 if refusal else 200)


@require_POST
@requires(Permission.REVIEW_ACCESS)
def review_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep or remove the lines that were ticked, or the one whose button was pressed."""
    review, me = get_object_or_404(AccessReview, pk=pk), person(request)
    verdict, _of, one = request.POST.get("verdict", "").partition(" ")
    chosen = [one] if one else request.POST.getlist("line")
    if verdict == "keep-rest":
        verdict = "keep"
        chosen = [
            str(line.pk) for line in queries.lines_of(review) if not line.verdict and line.user_id != me.pk
        ]
    try:
        decided = actions.decide_lines(
            review,
            lines=[int(line) for line in chosen if line.isdecimal()],
            verdict=verdict,
            why=request.POST.get("why", ""),
            by=me,
            at=timezone.now(),
        )
    except NotAllowed as refusal:
        return _show(request, review, str(refusal))
    messages.info(request, f"{decided} {'role' if decided == 1 else 'roles'}: {verdict}.")
    return redirect("access-review", pk=review.pk)


@require_POST
@requires(Permission.REVIEW_ACCESS)
def review_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign a review: what was to be removed is removed."""
    review = get_object_or_404(AccessReview, pk=pk)
    try:
        actions.sign_review(review, by=person(request), at=timezone.now())
    except NotAllowed as refusal:
        return _show(request, review, str(refusal))
    messages.info(request, "The review is signed. Whose roles changed signs in anew.")
    return redirect("access-review", pk=review.pk)
