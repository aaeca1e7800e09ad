"""Consultations: the list, each as a story with its next step, and the steps themselves."""

from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import consultations as actions
from risks.actions.lists import open_list
from risks.actions.screening import all_texts_of, content_hash
from risks.forms.consultations import (
    ConsultationFilter,
    HoldForm,
    PlanForm,
    SummaryForm,
    TeamForm,
    ValidateForm,
    initial_plan,
)
from risks.models import Consultation
from risks.queries import consultations as queries
from risks.queries.consultation_steps import offers_of, way_of
from risks.queries.experts import accesses_of
from risks.rules.consultation import CONSULTATION_STEPS, SILENCE, safeguards_advised, safeguards_missing
from risks.rules.words import said
from risks.views.form_page import form_page

PAGE_SIZE = 50
DONE = {
    "summarise": "The summary is closed. Ask those who took part whether it says what they said.",
    "respond": "The answers are closed. Tell those who took part.",
    "tell": "Everybody is on record as told.",
    "publish": "It is on the public page.",
    "unpublish": "It is no longer on the public page.",
    "close": "The consultation is closed.",
}


@require_safe
@requires(Permission.READ_DESK)
def consultation_list(request: HttpRequest) -> HttpResponse:
    """Every consultation, the latest first."""
    form, today = ConsultationFilter(request.GET), timezone.now().date()
    user = person(request)
    found = queries.listed(user, on=today, **form.chosen())
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "rows": queries.rows_of(page.object_list, user, on=today),
        "page_obj": page,
        "form": form,
        "filtered": bool(form.chosen()),
        "querystring": form.querystring(),
        "list": open_list(person(request), "consultations", at=timezone.now()),
        "may_run": user.may(Permission.RUN_CONSULTATION),
    }
    return render(request, "risks/consultation_list.html", context)


@require_safe
@requires(Permission.READ_DESK)
def consultation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One consultation, as much of it as this person may see."""
    return show(request, pk)


def show(request: HttpRequest, pk: int, refusal: str = "") -> HttpResponse:
    """Show a consultation, with why a step was refused."""
    user = person(request)
    found = get_object_or_404(queries.visible_to(user), pk=pk)
    today = timezone.now().date()
    page = queries.page_of(found, user, on=today)
    shareable = found.screened_at is not None and user.may(Permission.SHARE_WITH_EXPERT)
    context = {
        "page": page,
        "offers": offers_of(found, user) if page.inside else [],
        "way": way_of(found.state),
        "silence": SILENCE,
        "may_run": user.may(Permission.RUN_CONSULTATION),
        "may_answer": user.may(Permission.ANSWER_FINDING),
        "experts": accesses_of(consultation=found, on=today),
        "share_at": reverse("share-consultation", args=[pk]) if shareable else "",
        "refusal": refusal,
    }
    return render(request, "risks/consultation_detail.html", context, status=400 if refusal else 200)


def of_my_team(request: HttpRequest, pk: int) -> Consultation:
    """Return a consultation of this person's teams; for everybody else it is not there."""
    return get_object_or_404(queries.team_only(person(request)), pk=pk)


@require_safe_or_post
@requires(Permission.RUN_CONSULTATION)
def plan_consultation(request: HttpRequest) -> HttpResponse:
    """Plan a consultation."""
    about = {kind: request.GET.getlist(kind[:-1]) for kind in PlanForm.LINKS}
    return form_page(
        request,
        PlanForm(request.POST or None, initial=about),
        act=partial(actions.plan_consultation, by=person(request), at=timezone.now()),
        title="Plan a consultation",
        lead="Ask those who could be harmed before you decide, in a way that is safe for them (UNGP 18).",
        button="Record the plan",
        back=reverse("consultation-list"),
        done="The plan is on record. Next: somebody checks the safeguards.",
    )


@require_safe_or_post
@requires(Permission.RUN_CONSULTATION)
def change_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a plan until its safeguards are checked."""
    consultation = of_my_team(request, pk)
    return form_page(
        request,
        PlanForm(request.POST or None, initial=dict(initial_plan(consultation))),
        act=partial(actions.change_plan, consultation, by=person(request), at=timezone.now()),
        title="Change the plan",
        lead="Until the safeguards are checked. What was checked stays as it is.",
        button="Record the plan",
        back=reverse("consultation-detail", args=[pk]),
        done="The plan is changed.",
    )


@require_safe_or_post
@requires(Permission.RUN_CONSULTATION)
def change_team(request: HttpRequest, pk: int) -> HttpResponse:
    """Change who works on it."""
    consultation = of_my_team(request, pk)
    return form_page(
        request,
        TeamForm(request.POST or None, initial={"team": list(consultation.team.all())}),
        act=partial(actions.change_team, consultation, by=person(request), at=timezone.now()),
        title="Change the engagement team",
        lead="Only the team and the organiser see who takes part, and where.",
        button="Record the team",
        back=reverse("consultation-detail", args=[pk]),
        done="The team is changed.",
    )


@require_safe_or_post
@requires(Permission.CHECK_SAFEGUARDS)
def check_safeguards(request: HttpRequest, pk: int) -> HttpResponse:
    """Check whether the safeguards suffice."""
    one, refusal = of_my_team(request, pk), ""
    if request.method == "POST":
        try:
            actions.check_safeguards(one, by=person(request), at=timezone.now())
        except NotAllowed as refused:
            refusal = str(refused)
        else:
            messages.info(request, "The safeguards are checked. People may be asked.")
            return redirect("consultation-detail", pk)
    vulnerable = {each for group in one.groups.all() for each in group.vulnerabilities}
    risk, planned = one.risk_to_participants, one.safeguards
    context = {
        "one": one,
        "refusal": refusal,
        "lacking": safeguards_missing(
            risk_to_participants=risk, vulnerabilities=vulnerable, safeguards=planned
        ),
        "advised": safeguards_advised(vulnerabilities=vulnerable, safeguards=planned),
        "safeguards": [said(one) for one in planned],
    }
    return render(request, "risks/consultation_check.html", context, status=400 if refusal else 200)


@require_safe_or_post
@requires(Permission.RUN_CONSULTATION)
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that it was held."""
    one = of_my_team(request, pk)
    return form_page(
        request,
        HoldForm(request.POST or None, initial={"proxy_reasons": one.proxy_reasons}),
        act=partial(actions.hold, one, by=person(request), at=timezone.now()),
        title="Record that it was held",
        lead=one.title,
        button="Record it",
        back=reverse("consultation-detail", args=[pk]),
        done="It is on record as held. Record what people said.",
    )


@require_safe_or_post
@requires(Permission.RUN_CONSULTATION)
def write_summary(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the summary."""
    one = of_my_team(request, pk)
    return form_page(
        request,
        SummaryForm(request.POST or None, initial={"summary": one.summary}),
        act=partial(actions.write_summary, one, by=person(request), at=timezone.now()),
        title="Write the summary",
        lead=one.title,
        button="Record the summary",
        back=reverse("consultation-detail", args=[pk]),
        done="The summary is on record. Another member of the team screens it.",
    )


@require_safe_or_post
@requires(Permission.CHECK_SAFEGUARDS)
def screen(request: HttpRequest, pk: int) -> HttpResponse:
    """Read all that others will read, and say that it identifies nobody."""
    one, refusal = of_my_team(request, pk), ""
    if request.method == "POST":
        seen = request.POST.get("seen_hash", "")
        try:
            actions.screen(one, seen_hash=seen, by=person(request), at=timezone.now())
        except NotAllowed as refused:
            refusal = str(refused)
        else:
            messages.info(request, "It is screened. Others may read the summary and the findings.")
            return redirect("consultation-detail", pk)
    texts = [(label, words) for label, words in all_texts_of(one).items() if words]
    context = {"one": one, "texts": texts, "hash": content_hash(one), "refusal": refusal}
    return render(request, "risks/consultation_screen.html", context, status=400 if refusal else 200)


@require_safe_or_post
@requires(Permission.RUN_CONSULTATION)
def validate(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that participants agreed to the summary."""
    one = of_my_team(request, pk)
    return form_page(
        request,
        ValidateForm(request.POST or None),
        act=partial(actions.validate, one, by=person(request), at=timezone.now()),
        title="Record that participants agreed",
        lead="Those who took part could correct the summary, in a language and a way that was safe for them.",
        button="Record it",
        back=reverse("consultation-detail", args=[pk]),
        done=f"{CONSULTATION_STEPS['validate'].label}: done.",
    )


@require_POST
@requires(Permission.RUN_CONSULTATION)
def take_consultation_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take the next step, or say why not."""
    if step not in actions.STEPS_BY_BUTTON:
        raise Http404("No such step.")
    one = of_my_team(request, pk)
    try:
        actions.take_step(one, step, by=person(request), at=timezone.now())
    except NotAllowed as refusal:
        return show(request, pk, refusal=str(refusal))
    messages.info(request, DONE[step])
    return redirect("consultation-detail", pk)
