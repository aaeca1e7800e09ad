"""Leverage on a partner: used, measured, and given more time once."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from hrdd.governance.access import person, requires
from hrdd.governance.rules import Permission
from risks.actions import leverage as actions
from risks.forms.leverage import EffectForm, ExtendTimeForm, LeverageForm
from risks.models import LeverageAction, RelationshipRisk
from risks.views.form_page import form_page


@require_http_methods(["GET", "POST"])
@requires(Permission.LOG_LEVERAGE)
def log_leverage(request: HttpRequest, pk: int) -> HttpResponse:
    """Record an attempt to change what the partner does."""
    tied = get_object_or_404(RelationshipRisk.objects.select_related("relationship__partner", "risk"), pk=pk)
    return form_page(
        request,
        LeverageForm(request.POST or None),
        act=partial(actions.log_leverage, tied, by=person(request), at=timezone.now()),
        title="Use leverage",
        lead=f"{tied.relationship}. {tied.risk}",
        button="Record the action",
        back=reverse("partner-detail", args=[tied.relationship_id]),
        done="The action is on record. Measure its effect when its date comes.",
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.LOG_LEVERAGE)
def measure_effect(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what an action changed."""
    action = get_object_or_404(LeverageAction.objects.select_related("tied__relationship"), pk=pk)
    return form_page(
        request,
        EffectForm(request.POST or None),
        act=partial(actions.measure_effect, action, by=person(request), at=timezone.now()),
        title="Measure the effect",
        lead=f"Asked for: {action.requested_change}",
        button="Record the effect",
        back=reverse("partner-detail", args=[action.tied.relationship_id]),
        done="The effect is on record.",
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.DECIDE_EXIT)
def extend_time(request: HttpRequest, pk: int) -> HttpResponse:
    """Grant the one extension."""
    tied = get_object_or_404(RelationshipRisk.objects.select_related("relationship__partner", "risk"), pk=pk)
    return form_page(
        request,
        ExtendTimeForm(request.POST or None),
        act=partial(actions.extend_time, tied, by=person(request), at=timezone.now()),
        title="Give more time, once",
        lead=f"{tied.relationship}. {tied.risk}",
        button="Give more time",
        back=reverse("partner-detail", args=[tied.relationship_id]),
        done="More time was given. There is no second extension.",
    )
