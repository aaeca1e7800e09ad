"""The tokens of one's own programs."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from hrdd.accounts.access.guards import own_account
from hrdd.accounts.actions import tokens as actions
from hrdd.accounts.forms import TokenForm
from hrdd.accounts.models import ApiToken
from hrdd.accounts.queries.factors import tokens_of
from hrdd.governance.access import person
from hrdd.governance.rules import NotAllowed


@require_safe
@own_account
@never_cache
def tokens(request: HttpRequest) -> HttpResponse:
    """List them, and offer to make one."""
    return _show(request, TokenForm())


@require_POST
@own_account
@never_cache
def token_new(request: HttpRequest) -> HttpResponse:
    """Make one, and show it once."""
    form = TokenForm(request.POST)
    if form.is_valid():
        try:
            token, secret = actions.make_token(by=person(request), at=timezone.now(), **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            context = {"token": token, "secret": secret}
            return render(request, "accounts/token.html", context)
    return _show(request, form)


@require_POST
@own_account
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke one."""
    token = get_object_or_404(ApiToken, pk=pk, user=person(request))
    try:
        actions.revoke_token(token, by=person(request), at=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.info(request, f"The token “{token.name}” is revoked. It opens nothing any more.")
    return redirect("account-tokens")


def _show(request: HttpRequest, form: TokenForm) -> HttpResponse:
    context = {"form": form, "tokens": tokens_of(person(request), at=timezone.now())}
    return render(request, "accounts/tokens.html", context, status=400 if form.errors else 200)
