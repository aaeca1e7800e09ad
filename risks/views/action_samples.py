"""A sample of what a rule did: drawn, reviewed one by one, closed."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import action_samples as actions
from risks.forms.action_samples import CloseSampleForm, DrawSampleForm, ReviewActionForm
from risks.models import ActionSample, Measure, SampledAction
from risks.queries.action_samples import standings_of
from risks.rules.action_sample import share
from risks.views.form_page import form_page


@require_safe_or_post
@requires(Permission.REASSESS_MEASURE)
def draw_sample(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw a random sample from the keys of all actions of a period."""
    measure = get_object_or_404(Measure.objects.select_related("risk"), pk=pk)
    return form_page(
        request,
        DrawSampleForm(request.POST or None),
        act=partial(actions.draw_sample, measure, by=person(request), at=timezone.now()),
        title="Draw a sample",
        lead=f"{measure}. A rule that acts on many items is re-assessed by a random sample and its appeals.",
        button="Draw the sample",
        back=reverse("measure-detail", args=[pk]),
        done="The sample is drawn. Review each action, then close it.",
    )


@require_safe
@requires(Permission.READ_DESK)
def sample_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a sample is and what it says so far."""
    sample = get_object_or_404(ActionSample.objects.select_related("measure__risk"), pk=pk)
    [standing] = standings_of(ActionSample.objects.filter(pk=pk))
    decided, upheld = sample.appeals_decided, sample.appeals_upheld
    context = {
        "standing": standing,
        "sample": standing.sample,
        "measure": sample.measure,
        "items": sample.items.select_related("reviewed_by"),
        "next": sample.items.filter(verdict="").first(),
        "appeals": share(upheld, decided) if decided is not None and upheld is not None else None,
        "may_review": person(request).may(Permission.REASSESS_MEASURE) and sample.closed_at is None,
    }
    return render(request, "risks/sample_detail.html", context)


@require_safe_or_post
@requires(Permission.REASSESS_MEASURE)
def review_action(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """Review one action; the next that waits comes up by itself."""
    item = get_object_or_404(
        SampledAction.objects.select_related("sample__measure__risk"), sample=pk, position=position
    )
    form = ReviewActionForm(request.POST or None, initial={"verdict": item.verdict, "note": item.note})
    if request.method == "POST" and form.is_valid():
        try:
            actions.review_action(
                item.sample, position=position, by=person(request), at=timezone.now(), **form.cleaned_data
            )
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.info(request, f"Recorded: {item.reference}.")
            return _next(item.sample)
    context = {
        "item": item,
        "sample": item.sample,
        "measure": item.sample.measure,
        "form": form,
        "size": item.sample.items.count(),
        "waiting": item.sample.items.filter(verdict="").count(),
    }
    return render(request, "risks/sample_review.html", context, status=400 if form.errors else 200)


def _next(sample: ActionSample) -> HttpResponse:
    waiting = sample.items.filter(verdict="").first()
    if waiting is None:
        return redirect("sample-detail", sample.pk)
    return redirect("sample-review", sample.pk, waiting.position)


@require_safe_or_post
@requires(Permission.REASSESS_MEASURE)
def close_sample(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a sample whose every action was reviewed, with the appeals of its period."""
    sample = get_object_or_404(ActionSample.objects.select_related("measure__risk"), pk=pk)
    return form_page(
        request,
        CloseSampleForm(request.POST or None),
        act=partial(actions.close_sample, sample, by=person(request), at=timezone.now()),
        title="Close the sample",
        lead=f"{sample}, of {sample.measure}. It stays as it is from then on.",
        button="Close the sample",
        back=reverse("sample-detail", args=[pk]),
        done="The sample is closed. The measure can be re-assessed on it.",
    )
