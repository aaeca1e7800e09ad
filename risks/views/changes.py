"""Changes before the launch gate: proposed, excepted, decided."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from risks.actions import changes as actions
from risks.forms.changes import ChangeFilter, ChangeForm, DecisionForm, ReasonsForm
from risks.models import Change, Risk
from risks.queries import changes as queries
from risks.rules.standing import REMEDIED
from risks.views.form_page import form_page
from risks.views.looking import offered

PAGE_SIZE = 50


@require_safe
@requires(Permission.READ_DESK)
def change_list(request: HttpRequest) -> HttpResponse:
    """Every change, the latest first, with its gate."""
    form = ChangeFilter(request.GET)
    page = Paginator(queries.listed_changes(**form.chosen()), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "rows": queries.passages(list(page.object_list)),
        "page_obj": page,
        "form": form,
        "filtered": bool(form.chosen()),
        "querystring": form.querystring(),
        "may_propose": person(request).may(Permission.PROPOSE_CHANGE),
    }
    return render(request, "risks/change_list.html", context)


@require_safe
@requires(Permission.READ_DESK)
def change_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One change: what it is, how the gate stands now, and what was decided."""
    change = get_object_or_404(
        Change.objects.select_related(
            "proposed_by", "decided_by", "exception_signed_by", "exception_asked_by"
        ),
        pk=pk,
    )
    context = {
        "change": change,
        "passage": queries.passage_of(change),
        "asked": queries.asked_exception(change),
        "decisions": queries.decisions_on(change),
        "products": change.products.all(),
        **_may(person(request), change),
    }
    return render(request, "risks/change_detail.html", context)


def _may(user: User, change: Change) -> dict[str, bool]:
    waits = change.state == Change.State.PROPOSED
    own = change.proposed_by_id == user.pk
    return {
        "may_edit": waits and own and user.may(Permission.PROPOSE_CHANGE),
        "may_decide": waits and not own and user.may(Permission.APPROVE_CHANGE),
        "may_withdraw": waits and user.may(Permission.PROPOSE_CHANGE),
    }


@require_safe_or_post
@requires(Permission.PROPOSE_CHANGE)
def propose_change(request: HttpRequest) -> HttpResponse:
    """Propose a change."""
    return _change_page(
        request,
        initial={},
        act=partial(actions.propose, by=person(request), at=timezone.now()),
        title="Propose a change",
        button="Propose the change",
        back=reverse("change-list"),
        done="The change waits for a decider. The gate shows what would open it.",
    )


@require_safe_or_post
@requires(Permission.PROPOSE_CHANGE)
def edit_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit what is proposed."""
    change = get_object_or_404(Change, pk=pk)
    kept = ("title", "kind", "about", "planned_on", "countries", "no_risk_reasons")
    initial = {name: getattr(change, name) for name in kept}
    initial["products"] = list(change.products.values_list("pk", flat=True))
    initial["risks"] = [str(risk) for risk in change.risks.values_list("pk", flat=True)]
    return _change_page(
        request,
        initial=initial,
        act=partial(actions.edit, change, by=person(request), at=timezone.now()),
        title="Edit the change",
        button="Record the change",
        back=reverse("change-detail", args=[pk]),
        done="Recorded. An exception that was asked for or signed for other content is void.",
    )


def _change_page(
    request: HttpRequest,
    *,
    initial: dict[str, Any],
    act: Callable[..., object],
    title: str,
    button: str,
    back: str,
    done: str,
) -> HttpResponse:
    """Show the form of a change; “Look” offers other risks, keeps what was typed and writes nothing."""
    given = request.POST
    kept = given.getlist("risks") if given else initial.get("risks", [])
    risks = offered(given, Risk.objects.filter(tier__lt=REMEDIED), kept=kept)
    lead = "GP18: look at the risks to people before it starts, with those it would reach."
    if "look" not in given:
        form = ChangeForm(given or None, initial=initial, offered=risks)
        return form_page(
            request,
            form,
            act=act,
            title=title,
            lead=lead,
            button=button,
            back=back,
            done=done,
            template="risks/change_form.html",
        )
    several = ("products", "countries", "risks")
    typed = {
        name: given.getlist(name) if name in several else given.get(name) for name in ChangeForm.base_fields
    }
    context = {
        "form": ChangeForm(initial=typed, offered=risks),
        "heading": title,
        "lead": lead,
        "button": button,
        "back": back,
    }
    return render(request, "risks/change_form.html", context)


@require_safe_or_post
@requires(Permission.APPROVE_CHANGE)
def approve_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a change."""
    return _decision_page(
        request, pk, actions.approve, title="Approve the change", done="The change is approved."
    )


@require_safe_or_post
@requires(Permission.APPROVE_CHANGE)
def refuse_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse a change."""
    return _decision_page(
        request, pk, actions.refuse, title="Refuse the change", done="The change is refused."
    )


def _decision_page(
    request: HttpRequest, pk: int, act: Callable[..., object], *, title: str, done: str
) -> HttpResponse:
    change = get_object_or_404(Change, pk=pk)
    return form_page(
        request,
        DecisionForm(request.POST or None, initial={"seen_hash": actions.content_hash(change)}),
        act=partial(act, change, by=person(request), at=timezone.now()),
        title=title,
        lead=f"{change}. {queries.passage_of(change).gate.sentence}",
        button=title,
        back=reverse("change-detail", args=[pk]),
        done=done,
    )


@require_safe_or_post
@requires(Permission.PROPOSE_CHANGE)
def withdraw_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a change."""
    change = get_object_or_404(Change, pk=pk)
    return form_page(
        request,
        ReasonsForm(request.POST or None),
        act=partial(actions.withdraw, change, by=person(request), at=timezone.now()),
        title="Withdraw the change",
        lead=str(change),
        button="Withdraw the change",
        back=reverse("change-detail", args=[pk]),
        done="The change is withdrawn.",
    )


@require_safe_or_post
@requires(Permission.PROPOSE_CHANGE)
def ask_exception(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a senior for an exception."""
    change = get_object_or_404(Change, pk=pk)
    return form_page(
        request,
        ReasonsForm(request.POST or None),
        act=partial(actions.ask_exception, change, by=person(request), at=timezone.now()),
        title="Ask for an exception",
        lead="It covers the risks that shut the gate now, at their levels now. A senior decides; the board sees it.",
        button="Ask a senior",
        back=reverse("change-detail", args=[pk]),
        done="A senior is asked. A risk that is linked or rises later is not covered.",
    )
