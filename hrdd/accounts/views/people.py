"""People and their roles: the list, invitations, changes of roles."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from hrdd.accounts.access.signing_in import begin_session
from hrdd.accounts.actions import people as actions
from hrdd.accounts.actions.sessions import end_sessions_of
from hrdd.accounts.actions.tokens import revoke_tokens_of
from hrdd.accounts.forms import InviteForm, PasswordForm, PeopleFilter, RolesForm, WhyForm
from hrdd.accounts.models import Invitation
from hrdd.accounts.queries import people as queries
from hrdd.accounts.rules.proofs import Factor
from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission

PAGE_SIZE = 50


@require_safe
@requires(Permission.READ_PEOPLE)
def people_list(request: HttpRequest) -> HttpResponse:
    """Everybody with an account, and who is invited."""
    form = PeopleFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    page = Paginator(queries.filtered(wanted), PAGE_SIZE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    now = timezone.now()
    context = {
        "page_obj": page,
        "form": form,
        "counts": queries.counts(),
        "invitations": [
            (one, one.expires_at is not None and one.expires_at <= now) for one in queries.open_invitations()
        ],
        "manages": person(request).may(Permission.MANAGE_PEOPLE),
        "reviews": person(request).may(Permission.REVIEW_ACCESS),
        "review": queries.open_review(),
        "overdue": queries.review_overdue(today=now.date()),
        "querystring": query.urlencode(),
    }
    return render(request, "accounts/people_list.html", context, status=200 if form.is_valid() else 400)


@require_safe_or_post
@requires(Permission.MANAGE_PEOPLE)
@never_cache
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody; the link is shown once."""
    form = InviteForm(request.POST if "username" in request.POST else None)
    if form.is_bound and form.is_valid():
        try:
            invitation, secret = actions.invite(**form.cleaned_data, by=person(request), at=timezone.now())
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            return _link(request, invitation, secret)
    context = {"form": form, "title": "Invite somebody", "send": "Make the link"}
    return render(request, "accounts/people_form.html", context, status=400 if form.errors else 200)


def _link(request: HttpRequest, invitation: Invitation, secret: str) -> HttpResponse:
    address = request.build_absolute_uri(reverse("invitation", args=[secret]))
    return render(request, "accounts/invitation_link.html", {"invitation": invitation, "address": address})


@require_safe_or_post
@requires(Permission.MANAGE_PEOPLE)
def change_roles(request: HttpRequest, pk: int) -> HttpResponse:
    """Give and take roles."""
    user = get_object_or_404(User, pk=pk)
    form = RolesForm(request.POST if "why" in request.POST else None, initial={"roles": user.roles})
    if form.is_bound and form.is_valid():
        try:
            actions.change_roles(user, **form.cleaned_data, by=person(request), at=timezone.now())
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.info(request, f"{user.display_name} has other roles now, and signs in anew.")
            return redirect("person", pk=user.pk)
    context = {
        "form": form,
        "whom": user,
        "title": f"Roles of {user.display_name}",
        "send": "Change the roles",
    }
    return render(request, "accounts/people_form.html", context, status=400 if form.errors else 200)


@require_safe_or_post
@requires(Permission.MANAGE_PEOPLE)
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a new way in for somebody who lost every factor."""
    user = get_object_or_404(User, pk=pk)
    form = WhyForm(request.POST if "why" in request.POST else None)
    if form.is_bound and form.is_valid():
        try:
            actions.ask_renewal(user, why=form.cleaned_data["why"], by=person(request), at=timezone.now())
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.info(
                request, "A second person confirms it, in the list of people, and hands out the link."
            )
            return redirect("people-list")
    context = {
        "form": form,
        "whom": user,
        "title": f"A new way in for {user.display_name}",
        "lead": "For somebody whose device and codes are gone. A second person, who has spoken with them, confirms "
        "it and hands out the link. Whoever accepts it sets everything anew; keys of the vault stay closed without "
        "their own passphrase.",
        "send": "Ask for it",
    }
    return render(request, "accounts/people_form.html", context, status=400 if form.errors else 200)


@require_POST
@requires(Permission.MANAGE_PEOPLE, Permission.REVIEW_ACCESS)
@never_cache
def confirm_renewal(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm a new way in; the link is shown once."""
    invitation = get_object_or_404(Invitation, pk=pk)
    try:
        secret = actions.confirm_renewal(invitation, by=person(request), at=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return redirect("people-list")
    return _link(request, invitation, secret)


@require_POST
@requires(Permission.MANAGE_PEOPLE)
def withdraw_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw an invitation."""
    try:
        actions.withdraw_invitation(
            get_object_or_404(Invitation, pk=pk), by=person(request), at=timezone.now()
        )
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.info(request, "The link is void.")
    return redirect("people-list")


@require_POST
@requires(Permission.MANAGE_PEOPLE)
def sign_out_person(request: HttpRequest, pk: int) -> HttpResponse:
    """End every session of somebody."""
    user = get_object_or_404(User, pk=pk)
    by, now = person(request).username, timezone.now()
    ended = end_sessions_of(user, by=by, at=now)
    revoke_tokens_of(user, by=by, at=now)
    messages.info(request, f"{ended} session{'' if ended == 1 else 's'} of {user.display_name} ended.")
    return redirect("person", pk=user.pk)


@require_safe_or_post
@never_cache
@sensitive_post_parameters("password")
def accept(request: HttpRequest, secret: str) -> HttpResponse:
    """Show what one is invited to; open the account with a first factor."""
    now = timezone.now()
    try:
        invitation = actions.invitation_of(secret, at=now)
    except NotAllowed as refusal:
        return render(request, "accounts/invitation.html", {"refusal": str(refusal)}, status=404)
    invited = User(username=invitation.username, display_name=invitation.display_name)
    form = PasswordForm(request.POST or None, user=invited)
    context: dict[str, Any] = {"form": form, "invitation": invitation}
    if request.method == "POST" and form.is_valid():
        try:
            user = actions.accept(secret, password=form.cleaned_data["password"], at=now)
        except NotAllowed as refusal:
            return render(request, "accounts/invitation.html", {"refusal": str(refusal)}, status=404)
        begin_session(request, user, {Factor.PASSWORD})
        return redirect("account")
    return render(request, "accounts/invitation.html", context, status=400 if form.errors else 200)
