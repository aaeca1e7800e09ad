"""A person puts a measure in force, confirms or lifts an emergency, tells the person, does what accompanies it."""

from collections.abc import Callable
from functools import partial

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import Permission
from risks.actions import measure_enforcement as actions
from risks.actions.measure_proposals import answer_test
from risks.forms.changes import ReasonsForm
from risks.forms.measure_proposals import (
    DutyForm,
    EmergencyForm,
    EnforceForm,
    NoticeForm,
    answers_shown,
)
from risks.forms.three_part_test import FullTestForm
from risks.models import Measure
from risks.rules.measure_workflow import EMERGENCY_HOURS
from risks.views.form_page import form_page


def _measure(pk: int) -> Measure:
    return get_object_or_404(Measure.objects.select_related("risk", "test"), pk=pk)


def _page(
    request: HttpRequest,
    measure: Measure,
    form: forms.Form,
    act: Callable[..., object],
    *,
    title: str,
    lead: str,
    button: str,
    done: str,
) -> HttpResponse:
    return form_page(
        request,
        form,
        act=partial(act, measure, by=person(request), at=timezone.now()),
        title=title,
        lead=f"{measure}. {lead}",
        button=button,
        back=reverse("measure-detail", args=[measure.pk]),
        done=done,
    )


@require_safe_or_post
@requires(Permission.PROPOSE_MEASURE)
def enforce_measure(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an approved measure in force."""
    return _page(
        request,
        _measure(pk),
        EnforceForm(request.POST or None),
        actions.enforce,
        title="Put the measure in force",
        lead="From now on it burdens people. You are its imposer: somebody else re-assesses it (SD2).",
        button="Put in force",
        done="The measure is in force. Its next review is set by its class and the severity of the risk.",
    )


@require_safe_or_post
@requires(Permission.APPROVE_MEASURE, Permission.APPROVE_GRAVE_MEASURE)
def enforce_emergency(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a proposal in force at once because life is in danger."""
    return _page(
        request,
        _measure(pk),
        EmergencyForm(request.POST or None),
        actions.enforce_as_emergency,
        title="Put in force as an emergency",
        lead=f"It stands at once, for {EMERGENCY_HOURS} hours. In that time the full test is answered and somebody "
        "confirms it, or a person lifts it. No machine lifts it: if nobody acts, it turns into an urgent review under "
        "your name.",
        button="Put in force now",
        done=f"In force as an emergency. It is to be confirmed or lifted within {EMERGENCY_HOURS} hours.",
    )


@require_safe_or_post
@requires(Permission.PROPOSE_MEASURE)
def lift_emergency(request: HttpRequest, pk: int) -> HttpResponse:
    """Lift an emergency measure."""
    return _page(
        request,
        _measure(pk),
        ReasonsForm(request.POST or None),
        actions.end_emergency,
        title="Lift the emergency measure",
        lead="It ends now. Undo what it did and tell the people concerned.",
        button="Lift the measure",
        done="The emergency measure is lifted.",
    )


@require_safe_or_post
@requires(Permission.PROPOSE_MEASURE)
def answer_full_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer the full test of an emergency measure."""
    measure = _measure(pk)
    given = request.POST if request.method == "POST" else None
    form = FullTestForm(given, kind=measure.kind, initial=answers_shown(measure.test))

    def act(measure: Measure, **context: object) -> None:
        answer_test(measure, form.given_test(), by=person(request), at=timezone.now())

    return _page(
        request,
        measure,
        form,
        act,
        title="Three-part test",
        lead="Where it passes, an approver is asked to confirm the measure. Unknown is an honest answer.",
        button="Record the test",
        done="The test is recorded.",
    )


@require_safe_or_post
@requires(Permission.PROPOSE_MEASURE)
def record_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Record when the person was told."""
    return _page(
        request,
        _measure(pk),
        NoticeForm(request.POST or None),
        actions.record_notice,
        title="Record the notice",
        lead="Whoever is burdened is told what is done, why, and how to appeal (DSA 17, 20).",
        button="Record the notice",
        done="The notice is recorded. The time to appeal runs.",
    )


@require_safe_or_post
@requires(Permission.PROPOSE_MEASURE)
def record_duty(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that a companion duty was done."""
    measure = _measure(pk)
    waiting = measure.duties.filter(done_at__isnull=True).values_list("kind", flat=True).first()
    return _page(
        request,
        measure,
        DutyForm(request.POST or None, initial={"kind": waiting}),
        actions.do_duty,
        title="Record a duty as done",
        lead="It stays as recorded, under your name.",
        button="Record it",
        done="Recorded.",
    )
