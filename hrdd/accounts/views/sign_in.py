"""Sign in: a passkey, or a name and a password, and then a code."""

from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from hrdd.accounts.access.signing_in import (
    begin_session,
    pending,
    remember_challenge,
    remember_pending,
    site_of,
    take_challenge,
)
from hrdd.accounts.actions.passkeys import begin_to_prove, prove_passkey
from hrdd.accounts.actions.proving import prove_code, prove_password
from hrdd.accounts.forms import CodeForm, NameAndPassword
from hrdd.accounts.queries.factors import factors_of
from hrdd.accounts.rules.proofs import Factor
from hrdd.governance.access import first_page, require_safe_or_post
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed


@method_decorator(sensitive_post_parameters("password"), name="dispatch")
class SignIn(LoginView):
    """The sign-in page; it leads each person to where they were going, or the first page that opens for them."""

    http_method_names = ["get", "post", "head", "options"]
    authentication_form = NameAndPassword
    refusal = ""
    refused_passwords: tuple[str, ...] = ()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page; where only a part of another was asked for, lead the browser here and then back there."""
        if request.headers.get("HX-Request") == "true":
            stood_on = urlsplit(request.headers.get("HX-Current-URL", ""))
            onward = urlencode({"next": urlunsplit(("", "", stood_on.path, stood_on.query, ""))})
            return HttpResponseClientRedirect(f"{reverse('login')}?{onward}")
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """Check the name and the password; ask for a code where an app is set."""
        now, given = timezone.now(), form.cleaned_data
        try:
            user = prove_password(given["username"], given["password"], at=now, allowed=self._allowed)
        except NotAllowed as refusal:
            self.refusal = str(refusal)
            return self.form_invalid(form)
        if factors_of(user).second:
            remember_pending(self.request, user, Factor.PASSWORD, at=now, onward=self.get_redirect_url())
            return redirect("login-code")
        begin_session(self.request, user, {Factor.PASSWORD})
        return redirect(self.get_redirect_url() or first_page(user))

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the page again, with what was wrong."""
        return self.render_to_response(self.get_context_data(form=form, refusal=self.refusal))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return what the page shows."""
        return super().get_context_data(**{"organisation_signs_in": bool(settings.OIDC), **kwargs})

    def _allowed(self, user: User) -> bool:
        """Whether a password that is published may be used: in a demonstration alone."""
        return settings.DEMONSTRATION or not any(user.check_password(one) for one in self.refused_passwords)


@require_safe_or_post
@sensitive_post_parameters("code")
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Take the code of somebody whose password was right."""
    now = timezone.now()
    held = pending(request, at=now)
    if held is None:
        return redirect("login")
    user, factor, onward = held
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            second = prove_code(user, form.cleaned_data["code"], at=now)
        except NotAllowed as refusal:
            form.add_error("code", str(refusal))
        else:
            begin_session(request, user, {factor, second})
            return redirect(onward or first_page(user))
    status = 400 if form.errors else 200
    return render(request, "accounts/code.html", {"form": form}, status=status)


@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    """Answer what a passkey is asked to sign; it names no account."""
    options, state = begin_to_prove(site_of(request))
    remember_challenge(request, "sign in", state)
    return JsonResponse(options)


@require_POST
@sensitive_post_parameters("passkey")
def sign_in_passkey(request: HttpRequest) -> HttpResponse:
    """Sign in whoever's passkey answered the challenge of this session."""
    try:
        user = prove_passkey(
            site_of(request),
            state=take_challenge(request, "sign in"),
            said=request.POST.get("passkey", ""),
            at=timezone.now(),
        )
    except NotAllowed as refusal:
        form = NameAndPassword(request)
        return render(request, "registration/login.html", {"form": form, "refusal": str(refusal)}, status=400)
    begin_session(request, user, {Factor.PASSKEY})
    return redirect(safe_onward(request) or first_page(user))


def safe_onward(request: HttpRequest) -> str:
    """Return where a person was going, if that is a page of this site."""
    said = request.POST.get("next", "") or request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        said, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return said if ours else ""
