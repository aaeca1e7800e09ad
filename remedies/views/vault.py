"""Open and close the vault; it closes with the session, and after half an hour without a use."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from remedies.actions.vault import close_vault
from remedies.actions.vault_tries import try_vault
from remedies.forms.desk import VaultForm
from remedies.queries.keys import handler_key
from remedies.views.desk_page import COOKIE, never_kept, vault_is_open


@require_safe_or_post
@requires(Permission.READ_CASES)
@never_kept
def vault_page(request: HttpRequest) -> HttpResponse:
    """Show whether the vault is open; open it with the passphrase, or close it."""
    user, onward = person(request), _onward(request)
    if request.POST.get("step") == "close":
        close_vault(user)
        messages.info(request, "Your vault is closed.")
        response = redirect("vault")
        response.delete_cookie(COOKIE)
        return response
    form = VaultForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cookie = try_vault(user, passphrase=form.cleaned_data["passphrase"], at=timezone.now())
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            response = redirect(onward or reverse("case-list"))
            response.set_cookie(COOKIE, cookie, secure=True, httponly=True, samesite="Strict")
            return response
    context = {
        "form": form,
        "is_open": vault_is_open(request),
        "has_vault": handler_key(user.pk) is not None,
        "onward": onward,
    }
    return render(request, "remedies/vault.html", context, status=400 if form.errors else 200)


class SignOut(LogoutView):
    """Sign out, and close the vault with it."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Close the vault while it is still known whose it is, then sign out."""
        if isinstance(request.user, User):
            close_vault(request.user)
        response = super().post(request, *args, **kwargs)
        response.delete_cookie(COOKIE)
        response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
        return response


def _onward(request: HttpRequest) -> str:
    """Return where the person was going, if that is a page of cases on this site."""
    said = request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(said, allowed_hosts=None)
    return said if ours and said.startswith(reverse("case-list")) else ""
