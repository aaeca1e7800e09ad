"""The desk of cases: the list, one case, and reading what was told. Pages show it once and keep nothing."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import NotAllowed, Permission
from remedies.actions import reading
from remedies.forms.desk import PURPOSES, CaseFilter, ReadForm
from remedies.queries.case_desk import (
    ROLE_LABELS,
    Standing,
    chosen_standings,
    further_acts,
    reads_of,
    standings,
)
from remedies.queries.files import files_of, messages_of
from remedies.queries.keys import handler_key
from remedies.rules.case import CaseRole
from remedies.rules.case_workflow import CASE_STEPS, ENDED
from remedies.views.case_steps import PAGES
from remedies.views.desk_page import never_kept, open_pair, standing_or_404, to_the_vault, vault_is_open
from risks.actions.lists import open_list

PAGE_SIZE = 50
READS_SHOWN = 20
PRESSING = frozenset({"look", "found", "watch", "lesson"})


@require_safe
@requires(Permission.READ_CASES)
@never_kept
def case_list(request: HttpRequest) -> HttpResponse:
    """What waits for the person: danger to life first, then what needs them, by its clock; nothing that was told."""
    user, form = person(request), CaseFilter(request.GET)
    found = standings(user, today=timezone.now().date())
    page = Paginator(chosen_standings(found, form.chosen()), PAGE_SIZE).get_page(request.GET.get("page"))
    going = [one for one in found if not one.shelved]
    context = {
        "page_obj": page,
        "form": form,
        "list": open_list(user, "cases", at=timezone.now()),
        "filtered": bool(form.chosen()),
        "querystring": form.querystring(),
        "counts": {
            "danger": sum(one.urgent for one in going),
            "mine": sum(one.needs_me for one in going),
            "late": sum(one.late for one in going),
            "going": len(going),
        },
        "has_vault": handler_key(user.pk) is not None,
        "vault_open": vault_is_open(request),
        "may_take_in": user.may(Permission.TRIAGE_CASE),
    }
    return render(request, "remedies/case_list.html", context)


@require_safe
@requires(Permission.READ_CASES)
@never_kept
def case_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One case in the clear: facts, deadlines, team, how much was written, who read it; what was told stays sealed."""
    standing = standing_or_404(request, pk)
    case, acts = standing.case, further_acts(standing)
    steps = [(name.removesuffix("-screened"), CASE_STEPS[name].step.label) for name in standing.steps]
    context = {
        "standing": standing,
        "case": case,
        "steps": steps,
        "asks": [one for one in standing.asks if one not in {label for _name, label in steps}],
        "team": [(one, ROLE_LABELS[CaseRole(one.role)]) for one in standing.team],
        "late": [one.due for one in standing.deadlines if one.is_late(standing.today)],
        "messages_in_order": messages_of(case),
        "reads": reads_of(case, shown=READS_SHOWN),
        "remedies": case.remedies.select_related("action__owner", "verified_by"),
        "form": ReadForm(),
        "proceedings": case.proceedings.all(),
        "checks": case.retaliation_checks.all(),
        "asked": case.identity_requests.filter(asked_by=person(request)).last(),
        "granted": case.identity_requests.filter(
            asked_by=person(request), answer="granted", until__gte=timezone.now()
        ).exists(),
        "pressing": [(name, PAGES[name].title) for name in acts if name in PRESSING],
        "acts": [(name, PAGES[name].title) for name in acts if name not in PRESSING],
        "vault_open": vault_is_open(request),
        **_may(request, standing),
    }
    return render(request, "remedies/case_detail.html", context)


@require_safe_or_post
@requires(Permission.READ_CASES)
@never_kept
def read_case(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Log that the person reads, then show what was told or what was written since, once."""
    standing = standing_or_404(request, pk)
    form = ReadForm(request.POST)
    if request.method == "POST" and not form.is_valid():
        messages.error(request, "Choose why you read it; nothing was opened.")
    if request.method != "POST" or not form.is_valid():
        return redirect("case-detail", pk=pk)
    try:
        pair = open_pair(request)
    except NotAllowed:
        return to_the_vault(request)
    purpose, whole = form.cleaned_data["purpose"], request.POST.get("group") != "messages"
    context = {
        "case": standing.case,
        "purpose": dict(PURPOSES)[purpose],
        "purpose_code": purpose,
        "whole": whole,
        "files": files_of(standing.case, first=whole),
    }
    act = reading.read_narrative if whole else reading.read_messages
    try:
        context["read"] = act(
            standing.case,
            by=person(request),
            pair=pair,
            purpose=purpose,
            request_id=uuid4(),
            at=timezone.now(),
        )
    except NotAllowed as refusal:
        context["refusal"] = str(refusal)
    return render(request, "remedies/case_read.html", context, status=403 if "refusal" in context else 200)


def _may(request: HttpRequest, standing: Standing) -> dict[str, bool]:
    going = standing.case.state not in ENDED
    sorts = person(request).may(Permission.TRIAGE_CASE)
    return {
        "may_answer": standing.role is not None,
        "may_assign": going and sorts and standing.role is not None,
        "may_bar": sorts,
    }
