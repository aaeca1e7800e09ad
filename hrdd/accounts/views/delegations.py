"""Lend a role until a day, and take it back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from hrdd.accounts.access.guards import own_account
from hrdd.accounts.actions.delegations import delegate, end_delegation
from hrdd.accounts.forms import DelegationForm
from hrdd.accounts.models import Delegation
from hrdd.accounts.queries.people import delegable_roles, delegations_of, others_than
from hrdd.governance.access import person, require_safe_or_post
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed


@require_safe_or_post
@own_account
def delegations(request: HttpRequest) -> HttpResponse:
    """What one lent and holds; lend a role."""
    user, now = person(request), timezone.now()
    roles = delegable_roles(user)
    given = request.POST if "role" in request.POST else None
    form = DelegationForm(given, roles=roles, people=others_than(user), initial={"starts_on": now.date()})
    if form.is_bound and form.is_valid():
        wanted = form.cleaned_data
        to = get_object_or_404(User, pk=wanted.pop("to"))
        try:
            delegate(**wanted, to=to, by=user, at=now)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.info(request, f"{to.display_name} stands in for you until {wanted['until']:%-d %B %Y}.")
            return redirect("account-delegations")
    context = {"form": form, "roles": roles, "delegations": delegations_of(user), "today": now.date()}
    return render(request, "accounts/delegations.html", context, status=400 if form.errors else 200)


@require_POST
@own_account
def delegation_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a delegation before its day."""
    delegation = get_object_or_404(Delegation.objects.select_related("delegator", "delegate"), pk=pk)
    try:
        end_delegation(delegation, by=person(request), at=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.info(request, "That delegation is over.")
    return redirect("account-delegations")
