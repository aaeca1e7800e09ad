"""How the company is involved in a harm: the tree, the finding, the challenge (UNGP 13; domain.md 1.2)."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.views.decorators.http import require_POST, require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import involvement as actions
from risks.forms.involvement import (
    ChallengeForm,
    InvolvementFilter,
    ProposeInvolvementForm,
    StopOwnPartForm,
)
from risks.models import Evidence, Involvement, Risk
from risks.queries import involvement as queries
from risks.rules.involvement import CEASES, owed
from risks.rules.words import said
from risks.views.form_page import form_page

PAGE_SIZE = 50
FOR_EXAMINING = (
    *("answers", "factors", "mode", "omission_kinds", "knew_since"),
    *("relationship", "product", "evidence", "reasoning"),
)


@require_safe
@requires(Permission.READ_DESK)
def involvement_list(request: HttpRequest) -> HttpResponse:
    """Proposals, findings and claims; what waits for a person can be filtered out."""
    form, now = InvolvementFilter(request.GET), timezone.now()
    page = Paginator(queries.listed(now, **form.chosen()), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "rows": queries.told(list(page.object_list), at=now),
        "page_obj": page,
        "form": form,
        "filtered": bool(form.chosen()),
        "querystring": form.querystring(),
    }
    return render(request, "risks/involvement_list.html", context)


@require_safe_or_post
@requires(Permission.PROPOSE_INVOLVEMENT)
def propose_involvement(request: HttpRequest, pk: int) -> HttpResponse:
    """The decision tree as a form: see where it leads, then propose it."""
    risk = get_object_or_404(Risk, pk=pk)
    given = request.POST if request.method == "POST" else None
    form = ProposeInvolvementForm(given, risk=risk, initial={"relationship": request.GET.get("relationship")})
    context: dict[str, Any] = {"risk": risk, "form": form}
    if given is not None and form.is_valid():
        try:
            if "preview" not in given:
                proposed = actions.propose_involvement(
                    risk, **form.cleaned_data, by=person(request), at=timezone.now()
                )
                messages.info(request, "The proposal waits for the decision of another person.")
                return redirect("involvement-detail", proposed.pk)
            context |= _preview(form)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
    return render(request, "risks/involvement_form.html", context, status=400 if form.errors else 200)


def _preview(form: ProposeInvolvementForm) -> dict[str, Any]:
    given = {name: form.cleaned_data[name] for name in FOR_EXAMINING}
    found = actions.examine(**given, at=timezone.now())
    return {"found": found, "found_label": Involvement.Tie(found.tie).label, "owed": owed(found.tie)}


@require_safe
@requires(Permission.READ_DESK)
def involvement_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One claim, proposal or finding as a story."""
    return _show(request, pk)


def _show(request: HttpRequest, pk: int, refusal: str = "") -> HttpResponse:
    rows = Involvement.objects.select_related(
        "risk", "relationship__partner", "proposed_by", "decided_by", "supersedes"
    )
    one = get_object_or_404(rows, pk=pk)
    [told] = queries.told([one], at=timezone.now())
    user, restricted = person(request), Evidence.Disclosure.RESTRICTED
    reads_all = user.may(Permission.READ_RESTRICTED)
    evidence = one.evidence.all() if reads_all else one.evidence.exclude(disclosure=restricted)
    open_proposal = one.state == Involvement.State.PROPOSED
    context = {
        "one": one,
        "told": told,
        "path": queries.path_of(one),
        "factors": queries.factors_of(one),
        "kinds": [said(kind) for kind in one.omission_kinds],
        "evidence": evidence,
        "hidden": one.evidence.count() - len(evidence),
        "reads_all": reads_all,
        "challenges": one.challenges.select_related("raised_by"),
        "superseded_by": one.superseded_by.filter(state__in=(*Involvement.STANDING, "superseded")),
        "refusal": refusal,
        "may_withdraw": open_proposal and user.may(Permission.PROPOSE_INVOLVEMENT),
        "may_find": open_proposal and user.may(Permission.FIND_INVOLVEMENT) and user != one.proposed_by,
        "may_challenge": told.stands and user.may(Permission.CHALLENGE_INVOLVEMENT),
        "may_stop": told.stands
        and one.tie in CEASES
        and one.own_part_stopped_on is None
        and user.may(Permission.PROPOSE_INVOLVEMENT),
        "may_propose": not open_proposal and user.may(Permission.PROPOSE_INVOLVEMENT),
    }
    return render(request, "risks/involvement_detail.html", context, status=400 if refusal else 200)


@require_POST
@requires(Permission.PROPOSE_INVOLVEMENT)
def withdraw_involvement(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a proposal."""
    try:
        actions.withdraw_proposal(
            get_object_or_404(Involvement, pk=pk), by=person(request), at=timezone.now()
        )
    except NotAllowed as refusal:
        return _show(request, pk, refusal=str(refusal))
    messages.info(request, "The proposal was withdrawn.")
    return redirect("involvement-detail", pk)


@require_safe_or_post
@requires(Permission.CHALLENGE_INVOLVEMENT)
def challenge_involvement(request: HttpRequest, pk: int) -> HttpResponse:
    """Hold a finding to be wrong."""
    found = get_object_or_404(Involvement.objects.select_related("risk"), pk=pk)
    return form_page(
        request,
        ChallengeForm(request.POST or None),
        act=partial(actions.challenge_finding, found, by=person(request), at=timezone.now()),
        title="Challenge the finding",
        lead=f"{capfirst(str(found))}. {found.risk}. It stands until another person finds again.",
        button="Challenge it",
        back=reverse("involvement-detail", args=[pk]),
        done="The challenge is on record. Next: a new proposal, decided by somebody else.",
    )


@require_safe_or_post
@requires(Permission.PROPOSE_INVOLVEMENT)
def stop_own_part(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that the company's own part stopped."""
    found = get_object_or_404(Involvement.objects.select_related("risk"), pk=pk)
    return form_page(
        request,
        StopOwnPartForm(request.POST or None),
        act=partial(actions.stop_own_part, found, by=person(request), at=timezone.now()),
        title="The own part stopped",
        lead=f"{capfirst(str(found))}. {found.risk}. The company stops its own part whatever the partner does "
        "(UNGP 19).",
        button="Record it",
        back=reverse("involvement-detail", args=[pk]),
        done="It is on record that the own part stopped.",
    )
