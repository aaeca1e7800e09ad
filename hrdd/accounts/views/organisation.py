"""Sign in with the organisation's account, or connect it."""

from dataclasses import asdict

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from hrdd.accounts.access.guards import own_account
from hrdd.accounts.access.signing_in import begin_session, remember_pending
from hrdd.accounts.actions import organisation as actions
from hrdd.accounts.forms import NameAndPassword
from hrdd.accounts.queries.factors import has_second_factor
from hrdd.accounts.rules.proofs import ASKED_FOR_TWO, Factor
from hrdd.accounts.views.sign_in import safe_onward
from hrdd.governance.access import first_page, person
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed

SALT, MOST_SECONDS = "hrdd.accounts.organisation", 600


@require_POST
def set_out(request: HttpRequest) -> HttpResponse:
    """Lead to the organisation's sign-in."""
    return _lead(request, connects=0)


@require_POST
@own_account
def connect(request: HttpRequest) -> HttpResponse:
    """Lead there to connect the account of whoever is signed in."""
    return _lead(request, connects=person(request).pk)


def _lead(request: HttpRequest, *, connects: int) -> HttpResponse:
    if not settings.OIDC:
        raise Http404
    try:
        there, journey = actions.begin(back=_back(request), onward=safe_onward(request), connects=connects)
    except NotAllowed as refusal:
        return _refused(request, str(refusal))
    answer = _onward(request, there, said="You sign in at your organisation")
    answer.set_cookie(
        _cookie(),
        signing.dumps(asdict(journey), salt=SALT),
        max_age=MOST_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",  # the way back begins on the other site
    )
    return answer


@require_safe
@never_cache
def come_back(request: HttpRequest) -> HttpResponse:
    """Take what the organisation says; each journey comes back once."""
    if not settings.OIDC:
        raise Http404
    journey = _journey(request)
    try:
        said = actions.finish(journey, request.GET.dict(), back=_back(request), at=timezone.now())
        answer = _arrive(request, said, journey)
    except NotAllowed as refusal:
        answer = _refused(request, str(refusal))
    answer.delete_cookie(_cookie(), samesite="Lax")
    return answer


def _arrive(request: HttpRequest, said: actions.Said, journey: actions.Journey | None) -> HttpResponse:
    """Go on by a page of ours: a redirect from the other site would leave the session's cookie behind (Strict)."""
    now = timezone.now()
    if journey and journey.connects:
        user = User.objects.filter(pk=journey.connects, is_active=True).first()
        if user is None:
            raise NotAllowed(actions.REFUSED)
        actions.connect(user, said, at=now)
        return _onward(request, reverse("account"))
    user = actions.account_of(said)
    onward = (journey.onward if journey else "") or first_page(user)
    if has_second_factor(user) and not said.two_factors:
        remember_pending(request, user, Factor.ORGANISATION, at=now, onward=onward)
        return _onward(request, reverse("login-code"))
    begin_session(request, user, {Factor.ORGANISATION} | ({ASKED_FOR_TWO} if said.two_factors else set()))
    return _onward(request, onward)


@require_POST
@own_account
def disconnect(request: HttpRequest) -> HttpResponse:
    """Disconnect the organisation's account."""
    actions.disconnect(person(request), at=timezone.now())
    messages.info(request, "The organisation's account opens this one no more.")
    return redirect("account")


def _onward(request: HttpRequest, onward: str, *, said: str = "You proved who you are") -> HttpResponse:
    """Go on by a page: our security policy lets no form lead to another site (form-action)."""
    return render(request, "accounts/onward.html", {"onward": onward, "said": said})


def _refused(request: HttpRequest, refusal: str) -> HttpResponse:
    context = {"form": NameAndPassword(request), "refusal": refusal, "organisation_signs_in": True}
    return render(request, "registration/login.html", context, status=400)


def _journey(request: HttpRequest) -> actions.Journey | None:
    try:
        held = signing.loads(request.COOKIES.get(_cookie(), ""), salt=SALT, max_age=MOST_SECONDS)
    except signing.BadSignature:
        return None
    return actions.Journey(**held)


def _cookie() -> str:
    return "__Host-journey" if settings.SESSION_COOKIE_SECURE else "journey"


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("sign-in-organisation-back"))
