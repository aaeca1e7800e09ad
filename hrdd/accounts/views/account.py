"""One's own account: ways to prove who one is, and sessions."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from hrdd.accounts.access.guards import ask_for_proof, own_account
from hrdd.accounts.access.signing_in import (
    FACTORS,
    is_strong,
    key_hash,
    prove_again,
    proved,
    remember_challenge,
    site_of,
    take_challenge,
)
from hrdd.accounts.actions import factors as actions
from hrdd.accounts.actions import people
from hrdd.accounts.actions.passkeys import add_passkey, begin_to_add, begin_to_prove
from hrdd.accounts.actions.proving import prove_password
from hrdd.accounts.actions.sessions import end_session, end_sessions_of
from hrdd.accounts.forms import AppForm, LanguageForm, NewPasswordForm
from hrdd.accounts.models import Passkey, Session
from hrdd.accounts.queries.factors import factors_of, sessions_of
from hrdd.accounts.queries.pictures import picture_of
from hrdd.accounts.rules.proofs import Factor, new_totp_secret, totp_address
from hrdd.accounts.views.sign_in import safe_onward
from hrdd.governance.access import first_page, person, require_safe_or_post
from hrdd.governance.rules import NotAllowed
from hrdd.tongues import languages

SECRET = "_new_app"  # noqa: S105  # where the session keeps it


@require_safe
@own_account
@never_cache
def account(request: HttpRequest) -> HttpResponse:
    """What one has set, and where one is signed in."""
    return _show(request)


def _show(request: HttpRequest, refusal: str = "") -> HttpResponse:
    user = person(request)
    context = {
        "factors": factors_of(user),
        "sessions": sessions_of(user),
        "this_one": key_hash(request),
        "strong": is_strong(request),
        "enough": settings.PASSWORD_IS_ENOUGH,
        "organisation_signs_in": bool(settings.OIDC),
        "refusal": refusal,
        "languages": languages(),
    }
    return render(request, "accounts/account.html", context, status=400 if refusal else 200)


@require_safe_or_post
@own_account
@never_cache
@sensitive_post_parameters("code")
def set_app(request: HttpRequest) -> HttpResponse:
    """Set an authenticator app; its secret is shown until its first code came back."""
    user = person(request)
    secret = request.session.setdefault(SECRET, new_totp_secret())
    form = AppForm(request.POST if "code" in request.POST else None)
    if form.is_bound and form.is_valid():
        try:
            codes = actions.set_totp(user, secret=secret, code=form.cleaned_data["code"], at=timezone.now())
        except NotAllowed as refusal:
            form.add_error("code", str(refusal))
        else:
            return _now_stronger(request, Factor.TOTP, codes)
    address = totp_address(secret, account=user.username, issuer=settings.ORGANISATION)
    context = {"form": form, "secret": secret, "address": address, "picture": picture_of(address)}
    return render(request, "accounts/app.html", context, status=400 if form.errors else 200)


def _now_stronger(request: HttpRequest, factor: Factor, codes: list[str]) -> HttpResponse:
    """Go on under a new key, with the new factor proved, and show the codes once."""
    request.session.pop(SECRET, None)
    request.session.cycle_key()
    request.session[FACTORS] = sorted(proved(request) | {str(factor)})
    user = person(request)
    end_sessions_of(user, by=user.username, at=timezone.now(), but=key_hash(request))
    return render(request, "accounts/codes.html", {"codes": codes, "onward": first_page(user)})


@require_POST
@own_account
@never_cache
def new_codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes, and show them once."""
    codes = actions.new_recovery_codes(person(request), at=timezone.now())
    return render(request, "accounts/codes.html", {"codes": codes, "onward": ""})


@require_POST
@own_account
def remove_app(request: HttpRequest) -> HttpResponse:
    """Remove the authenticator app."""
    try:
        actions.remove_totp(person(request), at=timezone.now())
    except NotAllowed as refusal:
        return _show(request, str(refusal))
    messages.info(request, "The app is removed. Its codes prove nothing any more.")
    return redirect("account")


@require_POST
@own_account
def passkey_to_add(request: HttpRequest) -> HttpResponse:
    """Answer what the device is asked to make a passkey from."""
    try:
        options, state = begin_to_add(person(request), site_of(request))
    except NotAllowed as refusal:
        return JsonResponse({"refusal": str(refusal)}, status=409)
    remember_challenge(request, "add", state)
    return JsonResponse(options)


@require_POST
@own_account
@never_cache
def passkey_add(request: HttpRequest) -> HttpResponse:
    """Keep a new passkey."""
    user, first = person(request), not is_strong(request)
    try:
        add_passkey(
            user,
            site_of(request),
            state=take_challenge(request, "add"),
            said=request.POST.get("passkey", ""),
            name=request.POST.get("name", ""),
            at=timezone.now(),
        )
    except NotAllowed as refusal:
        return _show(request, str(refusal))
    if first or not factors_of(user).codes_left:
        return _now_stronger(request, Factor.PASSKEY, actions.new_recovery_codes(user, at=timezone.now()))
    messages.info(request, "The passkey is added.")
    return redirect("account")


@require_POST
@own_account
def passkey_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove one of one's passkeys."""
    passkey = get_object_or_404(Passkey, pk=pk, user=person(request))
    try:
        actions.remove_passkey(passkey, by=person(request), at=timezone.now())
    except NotAllowed as refusal:
        return _show(request, str(refusal))
    messages.info(request, f"The passkey “{passkey.name}” is removed.")
    return redirect("account")


@require_safe_or_post
@own_account
@never_cache
@sensitive_post_parameters("current", "password")
def new_password(request: HttpRequest) -> HttpResponse:
    """Set a new password in place of the one that is known; the sessions elsewhere end."""
    user, now = person(request), timezone.now()
    form = NewPasswordForm(request.POST if "password" in request.POST else None, user=user)
    if form.is_bound and form.is_valid():
        try:
            prove_password(user.username, form.cleaned_data["current"], at=now)
        except NotAllowed as refusal:
            form.add_error("current", str(refusal))
        else:
            actions.set_password(user, form.cleaned_data["password"], at=now)
            update_session_auth_hash(request, user)
            end_sessions_of(user, by=user.username, at=now, but=key_hash(request))
            messages.info(request, "The new password is set. You are signed out everywhere else.")
            return redirect("account")
    return render(request, "accounts/password.html", {"form": form}, status=400 if form.errors else 200)


@require_POST
@own_account
def set_language(request: HttpRequest) -> HttpResponse:
    """Set in which language one is written to."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return _show(request, str(form.errors["language"][0]))
    people.set_language(person(request), form.cleaned_data["language"])
    messages.info(request, f"Mails to you are in {languages()[form.cleaned_data['language']]} now.")
    return redirect("account")


@require_POST
@own_account
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions."""
    session = get_object_or_404(Session, pk=pk, user=person(request))
    end_session(session, by=person(request), at=timezone.now())
    messages.info(request, "That session is over.")
    return redirect("account")


@require_POST
@own_account
def sessions_end(request: HttpRequest) -> HttpResponse:
    """End every session but this one."""
    user = person(request)
    ended = end_sessions_of(user, by=user.username, at=timezone.now(), but=key_hash(request))
    messages.info(request, f"{ended} other session{'' if ended == 1 else 's'} ended.")
    return redirect("account")


@require_safe_or_post
@own_account
@sensitive_post_parameters("proof_password", "proof_code", "proof_passkey")
def prove(request: HttpRequest) -> HttpResponse:
    """Prove again who one is, and go on to where that was asked."""
    onward = safe_onward(request) or first_page(person(request))
    if request.method == "POST":
        try:
            prove_again(request, at=timezone.now())
        except NotAllowed as refusal:
            return ask_for_proof(request, str(refusal), onward=onward)
        return redirect(onward)
    answer = ask_for_proof(request, onward=onward)
    answer.status_code = 200
    return answer


@require_POST
@own_account
def prove_options(request: HttpRequest) -> HttpResponse:
    """Answer what a passkey signs to prove it again."""
    options, state = begin_to_prove(site_of(request))
    remember_challenge(request, "prove", state)
    return JsonResponse(options)
