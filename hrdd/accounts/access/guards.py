"""Guards: one's own account, a fresh proof before what weighs, and no step further without a second factor."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from hrdd.accounts.access.signing_in import is_lately_proved, is_strong, prove_again
from hrdd.accounts.queries.factors import factors_of, has_second_factor
from hrdd.governance.access import person
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, RoleMayNot
from hrdd.problems import Problem, is_of_the_api, problem_answer
from hrdd.surfaces import Surface, surface_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
PROOF = ("proof", "proof_password", "proof_code", "proof_passkey", "csrfmiddlewaretoken")
# All that somebody may open who has not set a second factor yet.
TO_SET_ONE = {
    *("login", "login-code", "login-passkey", "login-passkey-options", "logout", "invitation"),
    *("sign-in-organisation", "sign-in-organisation-back"),
    *("account", "account-app", "account-passkey-options", "account-passkey-add", "account-prove-options"),
}

# Where a person proves again who they are, if that was too long ago: what is signed or exported in their name, whose
# identity they open, who may what, and what they prove it with.
ASKED_AGAIN = {
    *("sign-off-decide", "audit-export", "audit-export-json", "risk-export", "partner-export"),
    *("measure-export", "dilemma-export", "consultation-export", "statement-export"),
    *("case-identity", "custody-answer", "webhook-new"),
    *("account-app", "account-app-remove", "account-codes", "account-passkey-add", "account-passkey-remove"),
    *("person-invite", "person-roles", "person-renew", "person-leave", "renewal-confirm"),
    *("access-review-sign", "account-delegations"),
    *("account-password", "account-organisation", "account-organisation-remove"),
    *("account-session-end", "account-sessions-end", "account-token-new"),
}
WITH_A_FILE = {"custody-answer"}
WITH_PASSWORDS = {"account-password"}


def own_account(view: View[P]) -> View[P]:
    """Open a page for whoever is signed in, about themselves and nobody else."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        return view(request, *args, **kwargs)

    guarded.own_account = True  # type: ignore[attr-defined]  # read by the access sweep
    return guarded  # type: ignore[return-value]  # login_required widens the type


def demand_fresh(request: HttpRequest) -> None:
    """Refuse an act of the API that signs something when the person did not prove lately who they are.

    Raises:
        RoleMayNot: they prove it on the page of their account, then ask again; a token proves nobody, ever.
    """
    if getattr(request, "auth", None) is not None:
        raise RoleMayNot("A token signs nothing: do this yourself, signed in.")
    if not is_lately_proved(request, at=timezone.now()):
        raise RoleMayNot(
            f"Prove again who you are at {reverse('account-prove')}, then ask again: this signs in your name."
        )


def ask_for_proof(request: HttpRequest, refusal: str = "", *, onward: str = "") -> HttpResponse:
    """Show the page that asks for a proof; it holds what was posted and sends it on.

    Args:
        request: what was asked.
        refusal: why the proof before did not do.
        onward: where to go after it, instead of sending on what was posted.
    """
    posted = request.method == "POST" and not onward
    held = (
        [(name, value) for name, values in request.POST.lists() if name not in PROOF for value in values]
        if posted
        else []
    )
    context = {
        "refusal": refusal,
        "held": held,
        "target": request.get_full_path() if posted else reverse("account-prove"),
        "onward": "" if posted else onward or request.get_full_path(),
        "factors": factors_of(person(request)),
    }
    return render(request, "accounts/prove.html", context, status=403)


class ProofGate:
    """Leads whoever proved one factor to set a second, and asks again before what weighs (reliability.md 2.9)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponseBase | None:
        """Answer in place of a page that may not open yet."""
        name = str(request.resolver_match.url_name) if request.resolver_match else ""
        if surface_of(request.path_info) is not Surface.STAFF:
            return None
        return _too_weak(request, name) or _too_long_ago(request, name)


def _too_weak(request: HttpRequest, name: str) -> HttpResponseBase | None:
    """Answer whoever proved one factor where two are asked for."""
    if settings.PASSWORD_IS_ENOUGH or not isinstance(request.user, User) or is_strong(request):
        return None
    if has_second_factor(request.user):  # set elsewhere meanwhile: this session proved too little to go on
        logout(request)
        return redirect("login")
    if name in TO_SET_ONE:
        return None
    if is_of_the_api(request):
        return problem_answer(Problem.NOT_ALLOWED, "Set a second factor on the page of your account first.")
    return redirect("account")


def _too_long_ago(request: HttpRequest, name: str) -> HttpResponseBase | None:
    """Ask again; what was typed is kept while they prove it, and goes on with the proof."""
    now = timezone.now()
    if name not in ASKED_AGAIN or not isinstance(request.user, User) or is_lately_proved(request, at=now):
        return None
    # A file cannot be held by a page and a password must not be: both are asked for after the proof.
    if name in WITH_A_FILE or (name in WITH_PASSWORDS and request.method == "POST"):
        return redirect(f"{reverse('account-prove')}?{urlencode({'next': request.path})}")
    if request.method != "POST" or not request.POST.get("proof"):
        return ask_for_proof(request)
    try:
        prove_again(request, at=now)
    except NotAllowed as refusal:
        return ask_for_proof(request, str(refusal))
    return None
