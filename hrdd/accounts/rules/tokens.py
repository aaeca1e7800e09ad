"""Tokens of programs: what one may, how long it lasts, what is kept of it."""

import hashlib
import secrets
from collections.abc import Collection, Mapping
from datetime import timedelta

from hrdd.governance.rules import NotAllowed

PREFIX = "hrdd_"  # so that scanners of published code know one
LASTS: Mapping[int, str] = {7: "7 days", 30: "30 days", 90: "90 days", 365: "A year"}
MOST_AT_ONCE = 20
USE_NOTED_EVERY = timedelta(hours=1)
# By app of the API: reading, and acting.
SCOPES: Mapping[str, str] = {
    "risks:read": "Read the registers: risks, measures, partners, consultations and what belongs to them",
    "risks:write": "Record and act there, as far as your role may",
    "oversight:read": "Read the records of oversight and the board's figures",
}


def new_token() -> str:
    """Return a token: 256 bits at random behind our prefix."""
    return PREFIX + secrets.token_urlsafe(32)


def hash_of_token(token: str) -> str:
    """Return what the database keeps of a token."""
    return hashlib.sha256(b"hrdd-token\0" + token.encode(errors="surrogatepass")).hexdigest()


def demand_scopes(scopes: Collection[str]) -> list[str]:
    """Return scopes in their order.

    Raises:
        NotAllowed: none, or one that is not there.
    """
    if not scopes or set(scopes) - set(SCOPES):
        raise NotAllowed(f"Scopes: choose among {', '.join(SCOPES)}.")
    return [one for one in SCOPES if one in scopes]


def opens(scopes: Collection[str], area: str, *, acting: bool) -> bool:
    """Whether scopes open an app of the API; to act includes to read, and what belongs to no app is read by all.

    Args:
        scopes: those of a token.
        area: the app, or nothing for what tells of the API itself.
        acting: whether something is sent.
    """
    wanted = {f"{area}:write"} if acting else {f"{area}:write", f"{area}:read"}
    return (not area and not acting) or bool(wanted & set(scopes))
