"""Begin a session, prove again in it, and know what was proved."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest
from django.utils import timezone

from hrdd.accounts.access.session_store import BEGAN, DEVICE, PROVED, SessionStore, hash_of_key, moment
from hrdd.accounts.actions.passkeys import Site, prove_passkey
from hrdd.accounts.actions.proving import prove_code, prove_password
from hrdd.accounts.queries.factors import factors_of
from hrdd.accounts.rules import Factor, are_two, device_of, is_fresh
from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed

BACKEND = "django.contrib.auth.backends.ModelBackend"
FACTORS, PENDING, CHALLENGE = "_factors", "_pending", "_challenge"
PENDING_SECONDS = 300


def begin_session(request: HttpRequest, user: User, factors: Iterable[str]) -> None:
    """Sign somebody in under a new key, whatever the session held before (fixation, reliability.md T5)."""
    request.session.flush()
    login(request, user, backend=BACKEND)
    request.session[FACTORS] = sorted(str(one) for one in factors)
    request.session[DEVICE] = device_of(request.headers.get("User-Agent", ""))
    request.session[PROVED] = timezone.now().isoformat()
    record_event(
        by=user.username,
        at=timezone.now(),
        action="signed in",
        subject=user.username,
        detail={"by": request.session[FACTORS]},
    )


def proved(request: HttpRequest) -> frozenset[str]:
    """Return the factors that were proved in this session."""
    return frozenset(request.session.get(FACTORS, ()))


def is_strong(request: HttpRequest) -> bool:
    """Whether two factors were proved, or a password is enough here."""
    return settings.PASSWORD_IS_ENOUGH or are_two(proved(request))


def is_lately_proved(request: HttpRequest, *, at: datetime) -> bool:
    """Whether the person proved who they are within the last minutes."""
    return is_fresh(proved=moment(request.session, PROVED), at=at, minutes=settings.FRESH_MINUTES)


def prove_again(request: HttpRequest, *, at: datetime) -> None:
    """Take the proof out of what was posted; the session goes on under a new key.

    A passkey is enough. A password is where nothing else is set; else it goes with a code.

    Raises:
        NotAllowed: what was given does not prove who they are.
    """
    user, given = cast("User", request.user), request.POST
    found = _proof(request, user, given, at=at)
    began = request.session.get(BEGAN)
    request.session.cycle_key()
    request.session[BEGAN] = began
    request.session[PROVED] = at.isoformat()
    request.session[FACTORS] = sorted(proved(request) | found)
    record_event(
        by=user.username,
        at=at,
        action="proved again who they are",
        subject=user.username,
        detail={"by": sorted(found)},
    )


def _proof(request: HttpRequest, user: User, given: Any, *, at: datetime) -> frozenset[str]:
    if said := given.get("proof_passkey"):
        prove_passkey(site_of(request), state=take_challenge(request, "prove"), said=said, at=at, of=user)
        return frozenset({Factor.PASSKEY.value})
    prove_password(user.username, given.get("proof_password", ""), at=at)
    factors = factors_of(user)
    if factors.totp is None:
        if factors.passkeys and not settings.PASSWORD_IS_ENOUGH:
            raise NotAllowed("Use your passkey: a password alone is not enough for this.")
        return frozenset({Factor.PASSWORD.value})
    return frozenset({Factor.PASSWORD.value, prove_code(user, given.get("proof_code", ""), at=at).value})


def remember_pending(request: HttpRequest, user: User, factor: Factor, *, at: datetime, onward: str) -> None:
    """Remember who proved a first factor; they are not signed in by it."""
    request.session.flush()
    request.session[PENDING] = {
        "user": user.pk,
        "factor": str(factor),
        "at": at.isoformat(),
        "onward": onward,
        "password": user.get_session_auth_hash(),
    }


def pending(request: HttpRequest, *, at: datetime) -> tuple[User, str, str] | None:
    """Return who still has to give a code, what they proved, and where they were going."""
    held = request.session.get(PENDING)
    if not held or (at - datetime.fromisoformat(held["at"])).total_seconds() > PENDING_SECONDS:
        return None
    user = User.objects.filter(pk=held["user"], is_active=True).first()
    if user is None or user.get_session_auth_hash() != held["password"]:
        return None
    return user, held["factor"], held["onward"]


def remember_challenge(request: HttpRequest, purpose: str, state: dict[str, Any]) -> None:
    """Remember what a passkey has to answer: to sign in, to prove again, or to be added."""
    request.session[f"{CHALLENGE}_{purpose}"] = dict(state)


def take_challenge(request: HttpRequest, purpose: str) -> dict[str, Any] | None:
    """Return the challenge for a purpose and forget it: each is good once."""
    return cast("dict[str, Any] | None", request.session.pop(f"{CHALLENGE}_{purpose}", None))


def site_of(request: HttpRequest) -> Site:
    """Return the site that a passkey is bound to: the host that was asked for, one of ALLOWED_HOSTS."""
    host = request.get_host()
    return Site(host.rsplit(":", 1)[0], f"{request.scheme}://{host}", settings.ORGANISATION)


def key_hash(request: HttpRequest) -> str:
    """Return the hash under which this very session is kept."""
    return hash_of_key(cast("SessionStore", request.session).session_key or "")
