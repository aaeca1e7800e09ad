"""A person's page: their roles, what they hold, their history; and what is to hand over when they leave."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from hrdd.accounts.actions.people import leave
from hrdd.accounts.forms import WhyForm
from hrdd.accounts.queries import people as queries
from hrdd.accounts.queries.factors import factors_of
from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.models import Mandate, User
from hrdd.governance.rules import NotAllowed, Permission
from remedies.actions.leaving import close_vault_of
from remedies.queries.holdings import cases_held
from risks.models import Consultation, ExitDuty, LeveragePlan, MitigationPlan, Policy, Risk
from risks.rules.leverage_plan import PLAN_OVER

SHOWN = 100


@dataclass(frozen=True)
class Holding:
    """A kind of thing that a person has in hand, with the ones that are open."""

    label: str
    rows: list[tuple[str, str]]


def _risk(one: Model) -> str:
    return reverse("risk-detail", args=[one.pk])


HELD: tuple[tuple[str, Callable[[User], QuerySet[Model]], Callable[[Model], str]], ...] = (
    ("Risks", lambda user: Risk.objects.filter(owner=user).exclude(status="closed"), _risk),
    (
        "Plans about risks",
        lambda user: MitigationPlan.objects.filter(owner=user, state__in=["proposed", "approved"]),
        lambda one: reverse("risk-detail", args=[one.risk_id]),  # type: ignore[attr-defined]
    ),
    (
        "Plans of leverage",
        lambda user: LeveragePlan.objects.filter(owner=user).exclude(state__in=PLAN_OVER),
        lambda one: reverse("clock-detail", args=[one.tied_id]),  # type: ignore[attr-defined]
    ),
    (
        "Duties of an exit",
        lambda user: ExitDuty.objects.filter(owner=user, done_on__isnull=True),
        lambda one: reverse("exit-detail", args=[one.decision_id]),  # type: ignore[attr-defined]
    ),
    (
        "Policies",
        lambda user: Policy.objects.filter(owner=user),
        lambda one: reverse("policy-detail", args=[one.pk]),
    ),
    (
        "Consultations",
        lambda user: Consultation.objects.filter(organiser=user, closed_on__isnull=True),
        lambda one: reverse("consultation-detail", args=[one.pk]),
    ),
    ("Mandates", lambda user: Mandate.objects.filter(person=user, ended_on__isnull=True), lambda _one: ""),
)


def holdings_of(user: User, *, names: bool) -> list[Holding]:
    """Return what somebody has in hand that others must take over, by kind.

    Args:
        user: whose.
        names: whether the reader may read the desk; a technical operator learns how many, and nothing of what.
    """
    found = []
    for label, rows, address in HELD:
        held = list(rows(user)[:SHOWN])
        if held:
            told = [(str(one), address(one)) for one in held] if names else [(f"{len(held)} in hand", "")]
            found.append(Holding(label, told))
    if cases := cases_held(user):
        found.append(Holding("Cases", [(f"{cases} in hand; assigned anew where cases are handled", "")]))
    return found


@require_safe
@requires(Permission.READ_PEOPLE)
def person_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: roles, ways to sign in, delegations, what they hold, history."""
    user, me = get_object_or_404(User, pk=pk), person(request)
    context = {
        "whom": user,
        "factors": factors_of(user),
        "sessions": queries.sessions_open(user),
        "last_act": queries.last_act_of(user),
        "delegations": queries.delegations_of(user),
        "history": queries.history_of(user),
        "holdings": holdings_of(user, names=me.may(Permission.READ_DESK)),
        "manages": me.may(Permission.MANAGE_PEOPLE) and me.pk != user.pk and user.is_active,
        "today": timezone.now().date(),
    }
    return render(request, "accounts/person_detail.html", context)


@require_safe_or_post
@requires(Permission.MANAGE_PEOPLE)
def person_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the account of somebody who leaves, and their keys of the vault; what they held is listed."""
    user, me, now = get_object_or_404(User, pk=pk), person(request), timezone.now()
    form = WhyForm(request.POST if "why" in request.POST else None)
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                leave(user, why=form.cleaned_data["why"], by=me, at=now)
                only_theirs = close_vault_of(user, by=me, at=now)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.info(
                request, f"The account of {user.display_name} is closed; the record keeps the name."
            )
            if only_theirs:
                said = "1 case was" if only_theirs == 1 else f"{only_theirs} cases were"
                messages.error(request, f"{said} in their hands alone: two custodians open the key again.")
            return redirect("person", pk=user.pk)
    context = {
        "form": form,
        "whom": user,
        "holdings": holdings_of(user, names=me.may(Permission.READ_DESK)),
        "leaves": True,
        "title": f"{user.display_name} leaves",
        "lead": "Sessions, factors, delegations and keys of the vault end at once. The account stays, closed, under "
        "its name.",
        "send": "Close the account",
    }
    return render(request, "accounts/people_form.html", context, status=400 if form.errors else 200)
