"""Single sign-on by OpenID Connect: the organisation says who it is, and never what they may (ADR 30).

Code flow with PKCE, state and nonce. The token is checked by `joserfc`; its signature too, though it came over TLS.
"""

import base64
import hashlib
import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.crypto import constant_time_compare
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from hrdd.accounts.models import OrganisationAccount
from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed

SECONDS, MOST_BYTES, LEEWAY = 10, 256 * 1024, 60
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
AT_HOME = {"127.0.0.1", "localhost"}
REFUSED = "The organisation's account did not prove who you are. Start again, or take another way."
NOT_CONNECTED = (
    "No account here is connected with that one. Sign in another way and connect it on the page of your account, or "
    "ask for an invitation."
)
NOT_ANSWERED = "The organisation's sign-in does not answer. Try again later, or take another way."


@dataclass(frozen=True)
class Journey:
    """What one browser has to bring back: kept in a signed cookie for ten minutes."""

    state: str
    nonce: str
    verifier: str
    onward: str
    connects: int = 0


@dataclass(frozen=True)
class Said:
    """What the organisation vouches for: a person, and whether it asked them for two factors."""

    issuer: str
    subject: str
    two_factors: bool


class _NoWayOn(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: what answers is what was configured."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        """Follow nothing."""


def begin(*, back: str, onward: str, connects: int = 0) -> tuple[str, Journey]:
    """Return where the browser goes, and what it has to bring back.

    Args:
        back: our address that it comes back to.
        onward: where the person was going.
        connects: the number of the account to connect, or 0 to sign in.

    Raises:
        NotAllowed: the provider does not answer.
    """
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    journey = Journey(state, nonce, verifier, onward, connects)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(journey.verifier.encode()).digest()).rstrip(b"=")
    asked = {
        "response_type": "code",
        "client_id": settings.OIDC["client_id"],
        "redirect_uri": back,
        "scope": "openid",
        "state": journey.state,
        "nonce": journey.nonce,
        "code_challenge": challenge.decode(),
        "code_challenge_method": "S256",
    }
    return f"{_provider()['authorization_endpoint']}?{urlencode(asked)}", journey


def finish(journey: Journey | None, given: Mapping[str, str], *, back: str, at: datetime) -> Said:
    """Return whom the organisation vouches for.

    Args:
        journey: what this browser set out with.
        given: what came back in the address.
        back: our address.
        at: now.

    Raises:
        NotAllowed: another browser's answer, or a token that is not for us, for this journey, signed and in time.
    """
    if journey is None or not constant_time_compare(journey.state, given.get("state", "")):
        raise NotAllowed(REFUSED)
    if given.get("iss", settings.OIDC["issuer"]) != settings.OIDC["issuer"] or not given.get("code"):
        raise NotAllowed(REFUSED)
    provider = _provider()
    token = _token(provider, given["code"], journey.verifier, back)
    claims = _claims(token, _answer(provider["jwks_uri"]), nonce=journey.nonce, at=at)
    amr = claims.get("amr", [])
    two = bool(frozenset(amr if isinstance(amr, list) else []) & settings.OIDC["two_factors"])
    return Said(str(claims["iss"]), str(claims["sub"]), two)


def account_of(said: Said) -> User:
    """Return whose account is connected; nobody is made by signing in, and no name or address is compared.

    Raises:
        NotAllowed: nobody's.
    """
    found = OrganisationAccount.objects.filter(issuer=said.issuer, subject=said.subject, user__is_active=True)
    connected = found.select_related("user").first()
    if connected is None:
        raise NotAllowed(NOT_CONNECTED)
    return connected.user


@transaction.atomic
def connect(user: User, said: Said, *, at: datetime) -> None:
    """Connect an account of the organisation with one here.

    Raises:
        NotAllowed: it is connected with another, or this one has one.
    """
    try:
        with transaction.atomic():
            OrganisationAccount.objects.create(
                user=user, issuer=said.issuer, subject=said.subject, connected_at=at
            )
    except IntegrityError:
        raise NotAllowed("One of the two is connected already. Disconnect it first.") from None
    record_event(by=user.username, at=at, action="connected an organisation's account", subject=user.username)


@transaction.atomic
def disconnect(user: User, *, at: datetime) -> None:
    """Disconnect the organisation's account."""
    if OrganisationAccount.objects.filter(user=user).delete()[0]:
        record_event(
            by=user.username, at=at, action="disconnected the organisation's account", subject=user.username
        )


def _provider() -> dict[str, Any]:
    found = _answer(f"{settings.OIDC['issuer'].rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != settings.OIDC["issuer"]:
        raise NotAllowed(NOT_ANSWERED)
    if not all(
        isinstance(found.get(name), str) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
    ):
        raise NotAllowed(NOT_ANSWERED)
    return found


def _token(provider: Mapping[str, Any], code: str, verifier: str, back: str) -> str:
    sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    pair = f"{quote_plus(settings.OIDC['client_id'])}:{quote_plus(settings.OIDC['client_secret'])}"
    headers = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    answer = _answer(provider["token_endpoint"], urlencode(sent).encode(), headers)
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise NotAllowed(REFUSED)
    return token


def _claims(token: str, keys: Any, *, nonce: str, at: datetime) -> dict[str, Any]:
    now = int(at.timestamp())
    wanted = jwt.JWTClaimsRegistry(
        now=now,
        leeway=LEEWAY,
        iss={"essential": True, "value": settings.OIDC["issuer"]},
        aud={"essential": True, "value": settings.OIDC["client_id"]},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        claims = jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS).claims
        wanted.validate(claims)
    except (JoseError, ValueError, TypeError, KeyError):
        raise NotAllowed(REFUSED) from None
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != settings.OIDC["client_id"]:
        raise NotAllowed(REFUSED)
    return dict(claims)


def _answer(
    address: str, sent: bytes | None = None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    parts = urlsplit(address)
    # Only a provider at home, as in a test, is asked at home and without TLS.
    both_at_home = {parts.hostname, urlsplit(settings.OIDC["issuer"]).hostname} <= AT_HOME
    if parts.scheme != "https" and not (parts.scheme == "http" and both_at_home):
        raise NotAllowed(NOT_ANSWERED)
    request = urllib.request.Request(address, sent, {"Accept": "application/json", **(headers or {})})  # noqa: S310
    try:
        with urllib.request.build_opener(_NoWayOn).open(request, timeout=SECONDS) as answer:
            found = json.loads(answer.read(MOST_BYTES))
    except urllib.error.HTTPError as failure:
        raise NotAllowed(REFUSED if failure.code < 500 and sent else NOT_ANSWERED) from None
    except (OSError, ValueError):
        raise NotAllowed(NOT_ANSWERED) from None
    return found if isinstance(found, dict) else {}
