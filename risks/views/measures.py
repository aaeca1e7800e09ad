"""The register of measures, one measure, and what is noted about it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from hrdd.governance.access import person, requires
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import measures as actions
from risks.actions.lists import open_list
from risks.actions.reassessments import deciders_of
from risks.forms.measures import MeasureFilter, SignalForm
from risks.models import Measure, Signal
from risks.models.measures import IN_FORCE, NEVER_STOOD, STILL_OPEN
from risks.queries import measures as queries
from risks.queries.action_samples import standings_of
from risks.queries.bounded import BoundedPages
from risks.queries.measure_life import counts_by_state, life_of
from risks.queries.statements import statement_of

PAGE_SIZE = 50
WITH_PEOPLE = Measure.objects.select_related("risk", "proposed_by", "decided_by", "test", "supersedes")


@require_safe
@requires(Permission.READ_DESK)
def measure_list(request: HttpRequest) -> HttpResponse:
    """Every measure, those in force first."""
    form = MeasureFilter(request.GET)
    found = BoundedPages(queries.listed_measures(**form.chosen()), PAGE_SIZE)
    page = found.get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "form": form,
        "filtered": bool(form.chosen()),
        "querystring": form.querystring(),
        "list": open_list(person(request), "measures", at=timezone.now()),
        "counts": counts_by_state(),
        "may_propose": person(request).may(Permission.PROPOSE_MEASURE),
    }
    return render(request, "risks/measure_list.html", context)


@require_safe
@requires(Permission.READ_DESK)
def measure_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One measure: what it is, what was found, what people decided, what is new."""
    measure = get_object_or_404(WITH_PEOPLE, pk=pk)
    return _show(request, measure, SignalForm(initial={"noted_on": timezone.now().date()}))


@require_POST
@requires(Permission.REASSESS_MEASURE)
def note_signal(request: HttpRequest, pk: int) -> HttpResponse:
    """Record something new about a measure."""
    measure = get_object_or_404(WITH_PEOPLE, pk=pk)
    form = SignalForm(request.POST)
    if form.is_valid() and _noted(request, measure, form):
        return redirect("measure-detail", measure.pk)
    return _show(request, measure, form)


def _show(request: HttpRequest, measure: Measure, form: SignalForm) -> HttpResponse:
    samples = standings_of(measure.samples.all()) if measure.unit_of_review == Measure.Unit.RULE_CLASS else []
    may_reassess = person(request).may(Permission.REASSESS_MEASURE)
    context = {
        "measure": measure,
        "facts": queries.facts_of(measure),
        "imposer": queries.imposer(measure),
        "statement": statement_of(measure, person(request)),
        "life": life_of(measure, person(request), at=timezone.now()),
        "answers": queries.answers_of(measure),
        "findings": queries.findings_of(measure),
        "decisions": queries.decisions_of(measure),
        "signals": measure.signals.all(),
        "samples": samples,
        "may_draw": may_reassess
        and measure.ended_on is None
        and all(one.sample.closed_at for one in samples),
        "task": queries.open_task(measure),
        "barred": person(request).username in deciders_of(measure),
        "may_name_policy": person(request).may(Permission.PROPOSE_MEASURE),
        "form": form if may_reassess and (measure.state in STILL_OPEN or form.errors) else None,
        "stood": measure.state not in NEVER_STOOD,
    }
    return render(request, "risks/measure_detail.html", context, status=400 if form.errors else 200)


def _noted(request: HttpRequest, measure: Measure, form: SignalForm) -> bool:
    try:
        signal = actions.note_signal(measure, by=person(request), at=timezone.now(), **form.cleaned_data)
    except NotAllowed as refusal:
        name, _, _said = str(refusal).partition(":")
        field = {"Noted on": "noted_on", "Note": "note"}.get(name)
        form.add_error(field, str(refusal))
        return False
    messages.info(request, f"Recorded: {signal}. {_what_follows(measure, signal)}")
    return True


def _what_follows(measure: Measure, signal: Signal) -> str:
    if measure.state not in IN_FORCE:
        return "The measure is not in force yet; it is looked at again once it is."
    if signal.noted_on < measure.reviewed_on:
        return "It is dated before the last review, so it asks for no new one."
    return "The next re-assessment takes it up within a minute."
