"""How people prove who they are, and for how long that holds (reliability.md 2.9, NIST SP 800-63B-4)."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from hrdd.governance.rules import NotAllowed


class Factor(StrEnum):
    """What somebody proves who they are with."""

    PASSWORD = "password"  # noqa: S105  # the name of a factor
    PASSKEY = "passkey"
    TOTP = "totp"
    RECOVERY = "recovery"
    ORGANISATION = "organisation"


ASKED_FOR_TWO = "organisation asked for two"
IDLE, TOTAL = timedelta(minutes=30), timedelta(hours=12)
UNKNOWN_TOTAL = timedelta(minutes=15)  # of a session in which nobody has signed in yet
TOUCHED_EVERY = timedelta(minutes=1)
TRIES, TRIES_WITHIN = 5, timedelta(minutes=15)
TRIES_OF_ALL, ALL_WITHIN = 60, timedelta(minutes=1)
MOST_FAILURES = 100
PASSWORD_LEAST = 15
TOTP_SECONDS, TOTP_DIGITS, TOTP_SECRET_BYTES = 30, 6, 20
RECOVERY_CODES, RECOVERY_GROUPS, RECOVERY_GROUP = 8, 6, 4
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
TOO_MANY = (
    f"After {TRIES} tries in vain an account waits {TRIES_WITHIN.seconds // 60} minutes; after {MOST_FAILURES} in a "
    "row this way stays closed, and a technical operator invites you anew. A passkey opens it meanwhile."
)
BUSY = "Too many people try to sign in at once. Wait a minute, or use a passkey."
NOT_YOU = "That did not prove who you are. Check what you typed, or take another way."


def session_ended(*, began: datetime, seen: datetime, at: datetime, known: bool) -> bool:
    """Whether a session is over: 30 minutes without a use or 12 hours in all (reliability.md 2.9).

    Args:
        began: when the person signed in.
        seen: when it was used last.
        at: now.
        known: whether somebody has signed in; if not, a quarter of an hour is all there is.
    """
    return at - seen >= IDLE or at - began >= (TOTAL if known else UNKNOWN_TOTAL)


def is_fresh(*, proved: datetime | None, at: datetime, minutes: int) -> bool:
    """Whether a person proved who they are lately enough to sign, to export, to change roles (reliability.md 2.9)."""
    return proved is not None and timedelta(0) <= at - proved < timedelta(minutes=minutes)


def are_two(factors: Iterable[str]) -> bool:
    """Whether what was proved counts as two factors; a passkey does, for it asks who touches it (AAL2)."""
    proved = frozenset(factors)
    if Factor.PASSKEY in proved:
        return True
    return bool(proved & {Factor.PASSWORD, Factor.ORGANISATION}) and bool(
        proved & {Factor.TOTP, Factor.RECOVERY, ASKED_FOR_TWO}
    )


def demand_try(*, of_account: int, of_all: int) -> None:
    """Refuse a try when the account, or all of them together, had too many in vain (reliability.md 2.9).

    Args:
        of_account: tries in vain of this account and factor within TRIES_WITHIN.
        of_all: those of everybody within ALL_WITHIN.

    Raises:
        NotAllowed: wait.
    """
    if of_account >= TRIES:
        raise NotAllowed(TOO_MANY)
    if of_all >= TRIES_OF_ALL:
        raise NotAllowed(BUSY)


def new_totp_secret() -> str:
    """Return a new secret for an authenticator app, in base 32."""
    return base64.b32encode(secrets.token_bytes(TOTP_SECRET_BYTES)).decode()


def totp_address(secret: str, *, account: str, issuer: str) -> str:
    """Return the otpauth:// address that an app reads from the picture."""
    return _totp(secret).get_provisioning_uri(account, issuer)


def totp_code(secret: str, *, step: int) -> str:
    """Return the six digits of a step of 30 seconds (RFC 6238)."""
    return _totp(secret).generate(step * TOTP_SECONDS).decode()


def step_of(at: datetime) -> int:
    """Return the number of the step of 30 seconds."""
    return int(at.timestamp()) // TOTP_SECONDS


def matching_step(secret: str, code: str, *, at: datetime, after: int) -> int | None:
    """Return the step that a code belongs to: this one or a neighbour, and later than the last that was used.

    A code is good once (RFC 6238, 5.2): whoever reads it over a shoulder finds it spent.
    """
    said, now = code.replace(" ", ""), step_of(at)
    found = [
        step
        for step in (now - 1, now, now + 1)
        if hmac.compare_digest(totp_code(secret, step=step).encode(), said.encode())
    ]
    return next((step for step in found if step > after), None)


def _totp(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), TOTP_DIGITS, SHA1(), TOTP_SECONDS)  # noqa: S303  # what every app computes


def new_recovery_code() -> str:
    """Return a code of 120 random bits in groups that can be written down."""
    groups = ("".join(secrets.choice(BASE32) for _ in range(RECOVERY_GROUP)) for _ in range(RECOVERY_GROUPS))
    return "-".join(groups)


def hash_of_code(said: str) -> str:
    """Return the SHA-256 of a recovery code or of a link's secret, however it was typed (ASVS 6.5.2)."""
    plain = "".join(sign for sign in said.upper() if sign.isalnum())
    return hashlib.sha256(b"hrdd-code\0" + plain.encode()).hexdigest()


def device_of(agent: str) -> str:
    """Return in two words what kind of browser asks, for the list of sessions; the header itself is not kept."""
    browsers = (
        ("Edg/", "Edge"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("Python", "A program"),
    )
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    browser = next((name for mark, name in browsers if mark in agent), "An unknown browser")
    system = next((name for mark, name in systems if mark in agent), "")
    return f"{browser} on {system}" if system else browser
