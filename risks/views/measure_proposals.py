"""A measure is proposed on a ladder, with its test; edited and withdrawn while nobody decided on it."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import measure_proposals as actions
from risks.actions.measure_preview import Preview, preview_of, rungs_for
from risks.actions.measure_proposals import Proposal
from risks.forms.changes import ReasonsForm
from risks.forms.measure_proposals import MeasureProposalForm, initial_of
from risks.models import Measure, Right, Risk
from risks.queries.register import standings
from risks.rules.ladder import LADDER
from risks.rules.measure_workflow import MeasureRefused
from risks.views.form_page import form_page

LONGEST_ID = 18


@require_safe_or_post
@requires(Permission.PROPOSE_MEASURE)
def propose_measure(request: HttpRequest) -> HttpResponse:
    """Choose a rung for a risk, then propose it with its test; nothing is chosen without a risk."""
    risk = _risk(request.GET.get("risk", ""))
    if risk is None:
        return render(request, "risks/measure_ladder.html", {"risk": None})
    kind = request.GET.get("kind", "")
    if kind not in LADDER:
        titles = dict(Right.objects.values_list("code", "title"))
        context = {"risk": risk, "standing": standings([risk])[0], "rungs": rungs_for(risk, titles)}
        return render(request, "risks/measure_ladder.html", context)
    form = MeasureProposalForm(request.POST if request.method == "POST" else None, kind=kind)
    return _proposal_page(request, form, risk, act=partial(actions.propose, risk))


@require_safe_or_post
@requires(Permission.PROPOSE_MEASURE)
def edit_measure(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one's own proposal; a signature asked for other content falls."""
    measure = get_object_or_404(Measure.objects.select_related("risk", "test"), pk=pk)
    given = request.POST if request.method == "POST" else None
    form = MeasureProposalForm(given, kind=measure.kind, initial=initial_of(measure))
    return _proposal_page(request, form, measure.risk, act=partial(actions.edit, measure), measure=measure)


def _proposal_page(
    request: HttpRequest,
    form: MeasureProposalForm,
    risk: Risk,
    *,
    act: Callable[..., Measure],
    measure: Measure | None = None,
) -> HttpResponse:
    """Show the form with what it comes to so far; “Show what it comes to” and the live preview record nothing."""
    looking = "preview" in request.POST or request.headers.get("HX-Request") == "true"
    if request.method == "POST" and not looking and form.is_valid():
        recorded = _recorded(request, form, act)
        if recorded:
            return redirect("measure-detail", recorded.pk)
    context = {
        "form": form,
        "risk": risk,
        "measure": measure,
        "standing": standings([risk])[0],
        "label": LADDER[form.kind].label,
        "intrusion": LADDER[form.kind].intrusion,
        "preview": _preview(form, risk),
    }
    if request.headers.get("HX-Request") == "true":
        return render(request, "risks/_measure_preview.html", context)
    if looking:
        form.errors.clear()
    return render(request, "risks/measure_form.html", context, status=400 if form.errors else 200)


def _recorded(request: HttpRequest, form: MeasureProposalForm, act: Callable[..., Measure]) -> Measure | None:
    proposal = Proposal(kind=form.kind, test=form.given_test(), **form.own())
    try:
        measure = act(proposal, by=person(request), at=timezone.now())
    except MeasureRefused as refused:
        for one in refused.refusals:
            form.add_error(one.field if one.field in form.fields else None, one.sentence)
        return None
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.info(request, _what_follows(measure))
    return measure


def _what_follows(measure: Measure) -> str:
    if measure.test and measure.test.outcome == "passes":
        return "Proposed. An approver is asked; nobody is burdened before a person puts it in force."
    return "Kept as a proposal. Nobody is asked to approve it until the three-part test passes."


def _preview(form: MeasureProposalForm, risk: Risk) -> Preview:
    """Return what the fields given so far come to; a form that was not sent counts by its initial values."""
    if form.is_bound:
        form.is_valid()
        given, test = form.own(), form.given_test()
    else:
        shown = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
        copy = MeasureProposalForm(
            {name: value for name, value in shown.items() if value is not None}, kind=form.kind
        )
        copy.is_valid()
        given, test = copy.own(), copy.given_test()
    proposal = Proposal(**{"target": "", "target_type": ""} | given, kind=form.kind, test=test)
    facts = proposal.facts(level=risk.level, today=timezone.now().date())
    return preview_of(risk, proposal, facts)


def _risk(said: str) -> Risk | None:
    """Return the open risk of an address, or nothing where none is named.

    Raises:
        Http404: there is no such risk.
    """
    if not said:
        return None
    if not said.isascii() or not said.isdecimal() or len(said) > LONGEST_ID:
        raise Http404
    return get_object_or_404(Risk.objects.select_related("held"), pk=int(said))


@require_safe_or_post
@requires(Permission.PROPOSE_MEASURE)
def withdraw_measure(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a measure back before it stands."""
    measure = get_object_or_404(Measure.objects.select_related("risk"), pk=pk)
    return form_page(
        request,
        ReasonsForm(request.POST or None),
        act=partial(actions.withdraw, measure, by=person(request), at=timezone.now()),
        title="Withdraw the measure",
        lead=f"{measure}. It never stood; what was asked for it is no longer asked. It stays on record.",
        button="Withdraw the measure",
        back=reverse("measure-detail", args=[pk]),
        done="The measure is withdrawn.",
    )
