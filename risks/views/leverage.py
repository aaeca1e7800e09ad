"""Leverage on a partner: used, measured again and again, corrected."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import Permission
from risks.actions import leverage as actions
from risks.forms.leverage import CorrectionForm, EffectForm, LeverageForm
from risks.models import EffectMeasurement, LeverageAction, RelationshipRisk
from risks.views.form_page import form_page


@require_safe_or_post
@requires(Permission.LOG_LEVERAGE)
def log_leverage(request: HttpRequest, pk: int) -> HttpResponse:
    """Record an attempt to change what the partner does."""
    tied = get_object_or_404(RelationshipRisk.objects.select_related("relationship__partner", "risk"), pk=pk)
    return form_page(
        request,
        LeverageForm(request.POST or None, tied=tied),
        act=partial(actions.log_leverage, tied, by=person(request), at=timezone.now()),
        title="Use leverage",
        lead=f"{tied.relationship}. {tied.risk}",
        button="Record the action",
        back=reverse("clock-detail", args=[tied.pk]),
        done="The action is on record. Measure its effect when its date comes.",
    )


@require_safe_or_post
@requires(Permission.LOG_LEVERAGE)
def measure_effect(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what an action changed, as measured on a day."""
    action = get_object_or_404(
        LeverageAction.objects.select_related("tied__relationship", "tied__risk"), pk=pk
    )
    user = person(request)
    return form_page(
        request,
        EffectForm(request.POST or None, action=action, restricted=user.may(Permission.READ_RESTRICTED)),
        act=partial(actions.measure_effect, action, by=user, at=timezone.now()),
        title="Measure the effect",
        lead=f"Asked for: {action.requested_change}",
        button="Record the effect",
        back=reverse("clock-detail", args=[action.tied_id]),
        done="The effect is on record.",
    )


@require_safe_or_post
@requires(Permission.LOG_LEVERAGE)
def correct_effect(request: HttpRequest, pk: int) -> HttpResponse:
    """Replace a measurement that was wrong; it stays on record, and the new one names it."""
    wrong = get_object_or_404(
        EffectMeasurement.objects.select_related("action__tied__relationship", "action__tied__risk"), pk=pk
    )
    user = person(request)
    form = CorrectionForm(
        request.POST or None,
        corrects=wrong,
        action=wrong.action,
        restricted=user.may(Permission.READ_RESTRICTED),
    )
    return form_page(
        request,
        form,
        act=partial(actions.measure_effect, wrong.action, corrects=wrong, by=user, at=timezone.now()),
        title="Correct a measurement",
        lead="The wrong measurement stays on record; this one names it, and the clock counts by it.",
        button="Record the correction",
        back=reverse("clock-detail", args=[wrong.action.tied_id]),
        done="The correction is on record; the clock counts by it.",
    )
