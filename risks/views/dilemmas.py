"""Dilemmas between rights: listed, prepared, advised on, decided."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import dilemma_decisions as decisions
from risks.actions import dilemmas as actions
from risks.actions.lists import open_list
from risks.forms.dilemmas import (
    AdviceForm,
    ConfirmStepForm,
    DilemmaDecisionForm,
    DilemmaFilter,
    DilemmaForm,
    InterimForm,
    OpinionForm,
    OptionForm,
    PrecedentForm,
    StepReasonsForm,
    option_initial,
)
from risks.forms.measure_proposals import answers_shown
from risks.forms.risks import ChosenRiskForm
from risks.forms.three_part_test import FullTestForm
from risks.models import Dilemma, DilemmaDecision, DilemmaOption, RecordEntry, Risk
from risks.queries import dilemmas as queries
from risks.queries.consultations import visible_to
from risks.queries.public_dilemmas import as_public, clearance_of
from risks.queries.rabat import rabat_of
from risks.rules.countries import country_names
from risks.rules.dilemma import (
    ADVISED_IN,
    MAY_DECIDE,
    PREPARED_IN,
    STEPS,
    Side,
    lacking_to_analyse,
    lacking_to_consult,
    permission_to_decide,
)
from risks.rules.rabat_worksheet import IS_INPUT
from risks.views.form_page import form_page
from risks.views.looking import ids_among, offered

PAGE_SIZE = 50


@require_safe
@requires(Permission.READ_DESK)
def dilemma_list(request: HttpRequest) -> HttpResponse:
    """Every dilemma, the latest first, and those that the record of history tells."""
    now = timezone.now()
    form = DilemmaFilter(request.GET)
    found = queries.listed_dilemmas(at=now, **form.chosen())
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "rows": queries.rows_of(list(page.object_list), at=now),
        "page_obj": page,
        "form": form,
        "filtered": bool(form.chosen()),
        "querystring": form.querystring(),
        "list": open_list(person(request), "dilemmas", at=now),
        "counts": queries.state_counts(at=now),
        "told": queries.told_by_dossiers(),
        "may_prepare": person(request).may(Permission.PREPARE_DILEMMA),
    }
    return render(request, "risks/dilemma_list.html", context)


@require_safe
@requires(Permission.READ_DESK)
def dilemma_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One dilemma: the table of options and rights, who was heard, what was decided."""
    dilemma = get_object_or_404(Dilemma.objects.select_related("risk", "prepared_by"), pk=pk)
    user, now = person(request), timezone.now()
    facts = queries.facts_of(dilemma)
    names = country_names() | {queries.ANYWHERE: "Worldwide"}
    context = {
        "dilemma": dilemma,
        "table": queries.weighed(dilemma),
        "due": queries.due_of(dilemma),
        "overdue": queries.is_overdue(dilemma, at=now),
        "places": ", ".join(names.get(place, place) for place in dilemma.countries),
        "needs_rabat": facts.needs_rabat,
        "worksheets": rabat_of(dilemma, at=now),
        "is_input": IS_INPUT,
        "advice": dilemma.advice.select_related("given_by", "favours", "opinion__access__expert"),
        "consultations": dilemma.consultations.filter(pk__in=visible_to(user)),
        "precedents": dilemma.precedents.select_related("of", "cited_by"),
        "followed_by": dilemma.followed_by.select_related("dilemma"),
        "decisions": dilemma.decisions.select_related("option", "decided_by", "test", "rabat"),
        "measures": dilemma.measures.all(),
        "lacking": _lacking(dilemma, facts),
        "may": _may(user, dilemma),
    }
    return render(request, "risks/dilemma_detail.html", context)


def _lacking(dilemma: Dilemma, facts: Any) -> list[str]:
    """Return what the next step still lacks."""
    if dilemma.state in STEPS["analyse"].before:
        return lacking_to_analyse(facts)
    return lacking_to_consult(facts) if dilemma.state in STEPS["consult"].before else []


def _may(user: User, dilemma: Dilemma) -> dict[str, bool]:
    """Return what the reader may do on the page of a dilemma."""
    prepares = user.may(Permission.PREPARE_DILEMMA)
    needed = permission_to_decide(dilemma.options.values_list("kind", flat=True))
    decides = user.may(needed) and user.pk not in decisions.authors_of(dilemma)
    own = dilemma.prepared_by_id == user.pk
    state = dilemma.state
    return {
        "edit": own and prepares and state in PREPARED_IN,
        "options": prepares and state in PREPARED_IN,
        "advise": not own and user.may(Permission.ADVISE_ON_DILEMMA) and state in ADVISED_IN,
        "opinion": prepares and state in ADVISED_IN,
        "cite": prepares and state in ADVISED_IN,
        "assess": user.may(Permission.ASSESS_INCITEMENT) and state in ADVISED_IN,
        "share": user.may(Permission.SHARE_WITH_EXPERT) and state in ADVISED_IN,
        "interim": decides and state in STEPS["decide_interim"].before and dilemma.urgency == "life",
        "decide": decides and state in STEPS["decide"].before,
        "close": decides and state in STEPS["close"].before,
        **{name: prepares and state in STEPS[name].before for name in ("analyse", "consult", "review")},
    }


@require_safe_or_post
@requires(Permission.PREPARE_DILEMMA)
def open_dilemma(request: HttpRequest) -> HttpResponse:
    """Record a dilemma about a risk; without one, ask which. `record` begins with what its dossier tells."""
    asked = request.GET.get("risk", "")
    if "look" in request.GET or not (asked.isascii() and asked.isdecimal() and len(asked) <= 18):
        risks = Risk.objects.all()
        shown = offered(request.GET, risks, kept=[asked])
        which = ChosenRiskForm(initial=request.GET.dict(), among=risks, offered=shown)
        return render(request, "risks/dilemma_risk.html", {"form": which})
    risk = get_object_or_404(Risk, pk=int(asked))
    told = risk.record.filter(kind=RecordEntry.Kind.DILEMMA) if "record" in request.GET else []
    form = DilemmaForm(
        request.POST or None,
        initial=queries.prefilled_from(risk) if told else {"countries": queries.places_of(risk)},
        consultations=visible_to(person(request)).filter(risks=risk),
    )
    return form_page(
        request,
        form,
        act=partial(actions.open_dilemma, risk, taken_up=list(told), by=person(request), at=timezone.now()),
        title="Take up what the record tells" if told else "Open a dilemma",
        lead=f"Rights stand against rights: {risk}",
        button="Open the dilemma",
        back=reverse("dilemma-list"),
        done="The dilemma is open. Put the options now, and say what each does to each right.",
    )


@require_safe_or_post
@requires(Permission.PREPARE_DILEMMA)
def edit_dilemma(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the question, the rights and the people."""
    dilemma = get_object_or_404(Dilemma, pk=pk)
    form = DilemmaForm(
        request.POST or None,
        initial=_initial(dilemma),
        consultations=visible_to(person(request)).filter(risks=dilemma.risk_id),
    )
    return _page(
        request,
        dilemma,
        form,
        act=partial(actions.edit_dilemma, dilemma, by=person(request), at=timezone.now()),
        title="Edit the dilemma",
        button="Record it",
        done="Recorded. Say what each option does to rights that are new.",
    )


def _initial(dilemma: Dilemma) -> dict[str, Any]:
    kept = ("question", "kind", "facts", "urgency", "decide_by", "countries", "demand_authority")
    initial: dict[str, Any] = {name: getattr(dilemma, name) for name in (*kept, "demand_legal_basis")}
    for name in ("people_protected", "people_burdened"):
        initial[name] = "\n".join(getattr(dilemma, name))
    for name in ("demand_in_writing", "demand_narrowed", "demand_challenged"):
        initial[name] = {True: "yes", False: "no"}.get(getattr(dilemma, name), "")
    for side in Side:
        initial[f"rights_{side}"] = list(dilemma.stakes.filter(side=side).values_list("right", flat=True))
    initial["consultations"] = list(dilemma.consultations.values_list("pk", flat=True))
    return initial


@require_safe_or_post
@requires(Permission.PREPARE_DILEMMA)
def put_option(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an option."""
    dilemma = get_object_or_404(Dilemma, pk=pk)
    return _option_page(request, dilemma, None, title="Put an option")


@require_safe_or_post
@requires(Permission.PREPARE_DILEMMA)
def change_option(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an option."""
    option = get_object_or_404(DilemmaOption.objects.select_related("dilemma"), pk=pk)
    return _option_page(request, option.dilemma, option, title="Change the option")


def _option_page(
    request: HttpRequest, dilemma: Dilemma, option: DilemmaOption | None, *, title: str
) -> HttpResponse:
    stakes = list(dilemma.stakes.select_related("right"))
    initial = option_initial(option) if option else {}
    form = OptionForm(request.POST or None, initial=initial, stakes=stakes)
    act = partial(actions.put_option, dilemma, option=option, by=person(request), at=timezone.now())
    return _page(
        request,
        dilemma,
        form,
        act=act,
        title=title,
        button="Record the option",
        done="The option is recorded.",
    )


@require_safe_or_post
@requires(Permission.PREPARE_DILEMMA)
def test_option(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer the three-part test of an option."""
    option = get_object_or_404(DilemmaOption.objects.select_related("dilemma", "test"), pk=pk)
    if not option.kind:
        raise Http404
    form = FullTestForm(request.POST or None, kind=option.kind, initial=answers_shown(option.test))

    def keep(**_cleaned: Any) -> None:
        actions.test_option(option, form.given_test(), by=person(request), at=timezone.now())

    return _page(
        request,
        option.dilemma,
        form,
        act=keep,
        title="Three-part test",
        lead=f"{option}. ICCPR 19(3): an honest “unknown” is better than a hopeful yes.",
        button="Record the test",
        done="The test is recorded, with what it says.",
    )


@require_safe_or_post
@requires(Permission.ADVISE_ON_DILEMMA)
def advise(request: HttpRequest, pk: int) -> HttpResponse:
    """Advise on a dilemma."""
    dilemma = get_object_or_404(Dilemma, pk=pk)
    return _page(
        request,
        dilemma,
        AdviceForm(request.POST or None, dilemma=dilemma),
        act=partial(actions.advise, dilemma, by=person(request), at=timezone.now()),
        title="Advise on the dilemma",
        button="Record the advice",
        done="The advice is on record, word by word.",
    )


@require_safe_or_post
@requires(Permission.PREPARE_DILEMMA)
def take_opinion(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an expert's opinion on the risk into the advice."""
    dilemma = get_object_or_404(Dilemma, pk=pk)
    form = OpinionForm(request.POST or None, dilemma=dilemma, opinions=queries.possible_opinions(dilemma))
    return _page(
        request,
        dilemma,
        form,
        act=partial(actions.take_opinion, dilemma, by=person(request), at=timezone.now()),
        title="Take in an expert's opinion",
        button="Take it in",
        done="The opinion is part of the advice, word by word.",
    )


@require_safe_or_post
@requires(Permission.PREPARE_DILEMMA)
def cite_precedent(request: HttpRequest, pk: int) -> HttpResponse:
    """Cite an earlier decision; “Look” offers others, keeps what was typed and writes nothing."""
    dilemma = get_object_or_404(Dilemma, pk=pk)
    given = request.POST
    words = given.get("look_for", "").replace("\0", "")[:200]
    found = queries.possible_precedents(dilemma, words=words)
    decided = queries.offered_precedents(dilemma, found, kept=ids_among([given.get("of", "")]))
    many, offers = found.count(), queries.PRECEDENTS_OFFERED
    which = f"The latest {offers} of {many:,}. “Look” finds others by their words." if many > offers else ""
    page = partial(
        _page,
        request,
        dilemma,
        act=partial(actions.cite, dilemma, by=person(request), at=timezone.now()),
        title="Cite a precedent",
        button="Cite it",
        done="The precedent is cited.",
        template="risks/dilemma_precedent.html",
    )
    if "look" not in given:
        return page(PrecedentForm(given or None, decided=decided, which=which))
    typed = {name: given.get(name) for name in PrecedentForm.base_fields}
    context = {
        "form": PrecedentForm(initial=typed, decided=decided, which=which),
        "heading": "Cite a precedent",
        "lead": dilemma.question,
        "button": "Cite it",
        "back": reverse("dilemma-detail", args=[pk]),
    }
    return render(request, "risks/dilemma_precedent.html", context)


@require_safe_or_post
@requires(*MAY_DECIDE)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide a dilemma."""
    dilemma = get_object_or_404(Dilemma, pk=pk)
    initial = {"seen_hash": queries.content_hash(dilemma)}
    return _deciding(
        request,
        dilemma,
        DilemmaDecisionForm(request.POST or None, initial=initial, dilemma=dilemma),
        decisions.decide,
        title="Decide the dilemma",
        lead="No figure decides between rights. Say why, to those it burdens as well.",
        done="Decided. What is on the ladder waits as a proposed measure.",
    )


@require_safe_or_post
@requires(*MAY_DECIDE)
def decide_interim(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide for 72 hours, while life is at risk."""
    dilemma = get_object_or_404(Dilemma, pk=pk)
    initial = {"seen_hash": queries.content_hash(dilemma)}
    return _deciding(
        request,
        dilemma,
        InterimForm(request.POST or None, initial=initial, dilemma=dilemma),
        decisions.decide_interim,
        title="Decide for the interim",
        lead="It stands for 72 hours at most. The analysis follows.",
        done="Decided for 72 hours. The analysis follows.",
    )


@require_safe_or_post
@requires(*MAY_DECIDE)
def close_dilemma(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a dilemma in review."""
    dilemma = get_object_or_404(Dilemma, pk=pk)
    return _deciding(
        request,
        dilemma,
        StepReasonsForm(request.POST or None),
        decisions.close,
        title="Close the dilemma",
        lead="The question does not arise any more. Its decisions stay on record as precedents.",
        done="The dilemma is closed.",
    )


def _deciding(
    request: HttpRequest,
    dilemma: Dilemma,
    form: Any,
    act: Callable[..., object],
    *,
    title: str,
    lead: str,
    done: str,
) -> HttpResponse:
    """Show a form that only those see who may decide this dilemma; options of class I5 ask for a senior."""
    needed = permission_to_decide(dilemma.options.values_list("kind", flat=True))
    try:
        person(request).demand(needed)
    except NotAllowed as refusal:
        return _refused(request, dilemma, str(refusal))
    return _page(
        request,
        dilemma,
        form,
        act=partial(act, dilemma, by=person(request), at=timezone.now()),
        title=title,
        lead=lead,
        button=title,
        done=done,
    )


def _refused(request: HttpRequest, dilemma: Dilemma, refusal: str) -> HttpResponse:
    form = ConfirmStepForm({})
    form.full_clean()
    form.add_error(None, refusal)
    context = {
        "form": form,
        "heading": "This is not yours to decide",
        "lead": dilemma.question,
        "back": reverse("dilemma-detail", args=[dilemma.pk]),
    }
    return render(request, "risks/form_page.html", context, status=400)


TAKEN: dict[str, tuple[Callable[..., object], type[Any], str, str]] = {
    "analyse": (
        actions.analyse,
        ConfirmStepForm,
        "What is weighed stays as it is from now on.",
        "Analysed. An expert or the engagement lead is heard next.",
    ),
    "consult": (
        actions.consult,
        ConfirmStepForm,
        "Everybody who should be heard was heard.",
        "It waits for somebody who did not prepare it.",
    ),
    "review": (
        actions.review,
        StepReasonsForm,
        "Its day has come, or something is new. The decision stands until another replaces it.",
        "Opened for review.",
    ),
}


@require_safe_or_post
@requires(Permission.PREPARE_DILEMMA)
def take_dilemma_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Close the analysis or the consultation, or open a decided dilemma for review."""
    if step not in TAKEN:
        raise Http404
    dilemma = get_object_or_404(Dilemma, pk=pk)
    act, shape, lead, done = TAKEN[step]
    return _page(
        request,
        dilemma,
        shape(request.POST if request.method == "POST" else None),
        act=partial(act, dilemma, by=person(request), at=timezone.now()),
        title=STEPS[step].label,
        lead=lead,
        button=STEPS[step].label,
        done=done,
    )


def _page(
    request: HttpRequest,
    dilemma: Dilemma,
    form: Any,
    *,
    act: Callable[..., object],
    title: str,
    button: str,
    done: str,
    lead: str = "",
    template: str = "risks/form_page.html",
) -> HttpResponse:
    return form_page(
        request,
        form,
        act=act,
        title=title,
        lead=lead or dilemma.question,
        button=button,
        back=reverse("dilemma-detail", args=[dilemma.pk]),
        done=done,
        template=template,
    )


@require_safe
@requires(Permission.READ_DESK)
def public_reasons(request: HttpRequest, pk: int) -> HttpResponse:
    """The reasons of a decision exactly as the public would read them, and whether they were cleared."""
    found = DilemmaDecision.objects.filter(interim=False).select_related("dilemma__risk", "option", "test")
    decision = get_object_or_404(found, pk=pk)
    context = {
        "decision": decision,
        "told": as_public(decision),
        "clearance": clearance_of(decision),
        "published": decision.dilemma.risk.published,
    }
    return render(request, "risks/public_reasons.html", context)
