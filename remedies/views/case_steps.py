"""The acts on a case, each its own page: the steps of its way, answering, assigning, barring."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from remedies.actions import assignment, case_links, case_steps, identities, reading, remedies, watch
from remedies.forms import case_work, desk
from remedies.models import Case
from remedies.queries.case_desk import (
    barrable_people,
    offered_people,
    possible_owners,
    undelivered_options,
    unverified_options,
)
from remedies.rules.case import CaseRole
from remedies.views.desk_page import (
    desk_form,
    never_kept,
    open_pair,
    standing_or_404,
    to_the_vault,
    vault_is_open,
)


@dataclass(frozen=True)
class Page:
    """One act: its form, what it does, what it says, and whether it needs an open vault."""

    title: str
    lead: str
    done: str
    act: Callable[..., object]
    form: Callable[..., forms.Form] = desk.NothingForm
    sealed: bool = True
    options: Callable[[Case], list[tuple[str, str]]] | None = None


PAGES = {
    "acknowledge": Page(
        "Acknowledge the case",
        "You take the case as who sorts it, and tell the person that somebody read it (7 days).",
        "The person reads that it arrived. You sort this case now.",
        case_steps.acknowledge,
        desk.AcknowledgeForm,
    ),
    "screen": Page(
        "Begin screening",
        "Find out whether it can be taken on, and by whom (14 days). It need not name a right (GP29).",
        "Screening began.",
        case_steps.begin_screening,
        sealed=False,
    ),
    "admit": Page(
        "Admit the case",
        "It will be looked into. Whoever only sorts new cases loses its key now; you keep yours.",
        "The case is admitted. Assign an investigator.",
        case_steps.admit,
        desk.AdmitForm,
    ),
    "refuse": Page(
        "Refuse the case",
        "C1: only for a reason of the list. The person is told, and can appeal for 60 days.",
        "The person is told why, and how to appeal.",
        case_steps.refuse,
        desk.RefuseForm,
    ),
    "refer": Page(
        "Refer the case",
        "Somebody else can help better. To whom stands only in what the person reads.",
        "The person is told who can help.",
        case_steps.refer,
        desk.AnswerForm,
    ),
    "investigate": Page(
        "Begin to investigate",
        "A court case elsewhere does not end this one (C5).",
        "The investigation began.",
        case_steps.investigate,
        sealed=False,
    ),
    "draft": Page(
        "Draft the findings",
        "C2: the person gets the evidence summary before the decision. Somebody else decides (SD3).",
        "The person can comment for 14 days. The case waits for who decides it.",
        case_steps.draft_findings,
        desk.DraftForm,
    ),
    "decide": Page(
        "Decide the case",
        "C6: a person decides. Read what the person wrote on the summary first.",
        "The person reads what was decided, why, and how to appeal.",
        case_steps.decide,
        desk.DecideForm,
    ),
    "close": Page(
        "Close the case",
        "C3: nothing is owed any more, and the time to appeal is over. The person can still write.",
        "The case is closed.",
        case_steps.close,
        desk.CloseForm,
        sealed=False,
    ),
    "appeal": Page(
        "Take the appeal",
        "The person wrote within 60 days that they appeal. Somebody who was not involved before hears it (SD3).",
        "The appeal waits. Assign somebody new to it.",
        remedies.take_appeal,
        sealed=False,
    ),
    "decide-appeal": Page(
        "Decide the appeal",
        "Read what was told, what was found and what the person wrote since. The case team does not decide with you.",
        "The person reads what was decided on appeal, and why.",
        remedies.decide_appeal,
        desk.AppealForm,
    ),
    "offer-remedy": Page(
        "Offer a remedy",
        "UNGP 22: make good what was done. The person agrees or contests it behind their receipt.",
        "The person reads the offer, and says whether they agree.",
        remedies.offer_remedy,
        desk.OfferForm,
        options=possible_owners,
    ),
    "deliver": Page(
        "Begin to deliver",
        "The person agreed. The case stays open until everything is delivered and somebody else checked it (C3, M5).",
        "The delivery began.",
        remedies.begin_delivery,
        sealed=False,
    ),
    "delivered": Page(
        "Say that it was delivered",
        "M5: one remedy at a time, each with its evidence.",
        "Recorded. When every remedy is delivered, an investigator verifies.",
        remedies.deliver,
        desk.DeliverForm,
        options=undelivered_options,
    ),
    "verify": Page(
        "Verify the delivery",
        "M5: somebody else than who delivered checks that it reached the person.",
        "Verified.",
        remedies.verify,
        desk.VerifyForm,
        options=unverified_options,
    ),
    "reopen": Page(
        "Open the case again",
        "New facts, what was promised and did not come, or retaliation. It is looked into anew.",
        "The case is open again. Its investigator looks into it, or assign one.",
        case_links.reopen,
        case_work.ReopenForm,
    ),
    "measure": Page(
        "Link to a measure",
        "C4: nothing is paused; the measure is asked to be re-assessed. The number stands in the clear.",
        "Linked. The measure will be re-assessed.",
        case_links.link_measure,
        case_work.MeasureForm,
        sealed=False,
    ),
    "part": Page(
        "Record the part of the company",
        "UNGP 22: who caused or contributed repairs. Who is directly linked says what it does towards a remedy (M3).",
        "Recorded.",
        case_links.record_part,
        case_work.PartForm,
        sealed=False,
    ),
    "proceeding": Page(
        "Note a parallel proceeding",
        "C5: a court or another body ends nothing here. Tell the person how the two go together.",
        "Noted. The case goes on.",
        case_links.note_proceeding,
        case_work.ProceedingForm,
        sealed=False,
    ),
    "lesson": Page(
        "Link to a risk",
        "GP29: what happened to one can happen to others. Within 14 days of the decision, also of a withdrawn case.",
        "Linked to its risk.",
        case_links.keep_lesson,
        case_work.LessonForm,
        sealed=False,
    ),
    "watch": Page(
        "Record whether anybody was punished",
        "Asked behind the receipt 30, 90 and 180 days after closing. Record here what you learned in another way.",
        "Recorded.",
        watch.record_word,
        case_work.WordForm,
        sealed=False,
    ),
    "look": Page(
        "Look into the retaliation",
        "Within 48 hours. Check first whether anybody on the team is part of it, and bar them.",
        "You look into it. Say what you found when you know.",
        watch.take_report,
        sealed=False,
    ),
    "found": Page(
        "Say what was found on the retaliation",
        "Once a disadvantage after the report is shown, the acting side must show other grounds (WB Dir 21(5)).",
        "The person reads what was found.",
        watch.conclude_report,
        case_work.FoundForm,
    ),
    "ask-identity": Page(
        "Ask who wrote",
        "SD8: a custodian opens it for you for 24 hours, or refuses. First ask what you need behind the receipt.",
        "Asked. A custodian answers.",
        identities.ask_for_identity,
        case_work.AskIdentityForm,
        sealed=False,
    ),
    "answer": Page(
        "Answer the person",
        "One copy is locked for the team, one for the receipt of the person. Nothing is sent by e-mail.",
        "The answer waits behind the receipt of the person.",
        reading.answer,
        desk.AnswerForm,
    ),
    "danger": Page(
        "Mark danger to life",
        "The case goes before all others. Aim for an hour, a day at most, from when somebody sees it.",
        "The case goes before all others.",
        case_steps.mark_danger,
        sealed=False,
    ),
    "renew": Page(
        "Renew the key",
        "After somebody was barred or left: what comes later is locked with a key that they never had.",
        "What comes from now on has a new key.",
        lambda case, *, by, pair, at: assignment.renew_case_key(case, by=by, pair=pair),
    ),
}


@require_safe_or_post
@requires(Permission.READ_CASES)
@never_kept
def case_step(request: HttpRequest, pk: UUID, step: str) -> HttpResponse:
    """One act on a case; the action refuses whoever has not the role on it."""
    case = standing_or_404(request, pk).case
    page = PAGES.get(step)
    if page is None:
        raise Http404
    if request.method != "POST" and page.sealed and not vault_is_open(request):
        return to_the_vault(request)
    options = {"options": page.options(case)} if page.options else {}
    return desk_form(
        request,
        page.form(request.POST if request.method == "POST" else None, **options),
        act=partial(_acted, request, case, page),
        title=page.title,
        lead=page.lead,
        back=_detail(case),
        done=page.done,
    )


@require_safe_or_post
@requires(Permission.READ_CASES)
@never_kept
def assign_case(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give somebody a role on the case by wrapping its keys to them."""
    case = standing_or_404(request, pk).case
    if request.method != "POST" and not vault_is_open(request):
        return to_the_vault(request)

    def act(*, who: str, attested: bool) -> None:
        user, role = who.split(":")
        assignment.assign(
            case,
            to=get_object_or_404(User, pk=user),
            role=CaseRole(role),
            by=person(request),
            pair=open_pair(request),
            attested=attested,
            at=timezone.now(),
        )

    return desk_form(
        request,
        desk.AssignForm(request.POST or None, people=offered_people(case)),
        act=act,
        title="Assign the case",
        lead="SD3: nobody holds two roles on one case, and nobody handles a case about those they answer to.",
        back=_detail(case),
        done="Assigned. They can open it with their vault.",
    )


@require_safe_or_post
@requires(Permission.READ_CASES)
@never_kept
def bar_from_case(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Bar somebody with a conflict of interest, also oneself, and renew the key that they held."""
    case, user = standing_or_404(request, pk).case, person(request)
    may_bar_others = user.may(Permission.TRIAGE_CASE)
    people = [(str(one.pk), str(one)) for one in barrable_people(case) if may_bar_others or one == user]
    themselves = request.POST.get("whom") == str(user.pk)

    def act(*, whom: str) -> None:
        barred = get_object_or_404(User, pk=whom)
        assignment.bar(case, whom=barred, by=user, at=timezone.now())
        if barred != user and vault_is_open(request):
            assignment.renew_case_key(case, by=user, pair=open_pair(request))

    return desk_form(
        request,
        desk.BarForm(request.POST or None, people=people),
        act=act,
        title="Bar from the case",
        lead="At once, also with a closed vault. With an open one the key is renewed as well; else renew it after.",
        back=_detail(case),
        done="Barred. The case is not there for them any more.",
        then=reverse("case-list") if themselves else "",
    )


def _acted(request: HttpRequest, case: Case, page: Page, **said: Any) -> None:
    more = {"pair": open_pair(request)} if page.sealed else {}
    page.act(case, **said, **more, by=person(request), at=timezone.now())


def _detail(case: Case) -> str:
    return reverse("case-detail", args=[case.pk])
