"""What other programs are told, and how they know who tells it (Standard Webhooks, version 1).

A message says what kind of thing happened, when, and where the public reads it; never a title, a name or a case.
"""

import base64
import hashlib
import hmac
import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

SECRET_PREFIX, SECRET_BYTES = "whsec_", 32
# Five seconds to a day, as Standard Webhooks advises; after the last one a person looks.
WAITS = tuple(
    timedelta(seconds=one) for one in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
LONGEST_URL = 500


@dataclass(frozen=True)
class Event:
    """A kind of thing that is told: its words, and where the public reads of it."""

    label: str
    address: str


EVENTS: Mapping[str, Event] = {
    "report.published": Event("A report was published", "/reports/"),
    "risk.published": Event("A risk was published", "/risks/"),
    "policy.in_force": Event("A policy came into force", "/policies/"),
    "statement.issued": Event("A statement of reasons was issued", "/statements/"),
    "publication.sealed": Event("A publication was signed and logged", "/verify/"),
    "webhook.test": Event("A test, sent by hand", "/"),
}
# What the audit log calls it, whoever did it.
TOLD_BY: Mapping[str, str] = {
    "publish": "report.published",
    "published risk": "risk.published",
    "put policy into force": "policy.in_force",
    "statement of reasons issued": "statement.issued",
    "statements of reasons issued": "statement.issued",
    "signed the manifest": "publication.sealed",
}


def event_of(action: str) -> str:
    """Return the kind of thing that an action of the audit log is told as; empty for what is not told.

    Args:
        action: as the audit log has it.
    """
    return TOLD_BY.get(action.lower(), "")


def body(kind: str, *, event: int, at: datetime) -> bytes:
    """Return what is sent, as canonical JSON.

    Args:
        kind: one of EVENTS.
        event: the number of the audit event, opaque to others.
        at: when it happened.
    """
    told = {
        "type": kind,
        "timestamp": at.isoformat(),
        "data": {"event": event, "address": EVENTS[kind].address},
    }
    return json.dumps(told, sort_keys=True, separators=(",", ":")).encode()


def headers(secret: str, *, message: str, at: datetime, content: bytes) -> dict[str, str]:
    """Return the headers by which a receiver knows that we sent it, when, and that it saw it before.

    Args:
        secret: as it was shown once, `whsec_` and base64.
        message: the number of the message, the same at each try.
        at: now, as receivers refuse what is older than some minutes.
        content: what is sent.
    """
    stamp = str(int(at.timestamp()))
    return {
        "Content-Type": "application/json",
        "User-Agent": "HRDD-Webhooks/1",
        "webhook-id": message,
        "webhook-timestamp": stamp,
        "webhook-signature": signature(secret, message=message, stamp=stamp, content=content),
    }


def signature(secret: str, *, message: str, stamp: str, content: bytes) -> str:
    """Return the signature of a message: HMAC-SHA256 over number, time and content."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = f"{message}.{stamp}.".encode() + content
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def next_try(tries: int, *, at: datetime) -> datetime | None:
    """Return when to try again after so many tries in vain; None once it is given up.

    Args:
        tries: how many were in vain so far, at least one.
        at: now.
    """
    return at + WAITS[tries - 1] if tries <= len(WAITS) else None


def url_refusal(url: str, *, inside: bool) -> str:
    """Return why messages are not sent to an address, empty where they may be.

    Args:
        url: where to.
        inside: whether machines of the own network may be told, and without TLS, as in a trial.
    """
    parts = urlsplit(url)
    if len(url) > LONGEST_URL:
        return f"Address: keep it under {LONGEST_URL} characters."
    if parts.scheme not in ({"https", "http"} if inside else {"https"}):
        return "Address: it must begin with https://."
    if not parts.hostname or parts.username or parts.password:
        return "Address: it needs a host, and holds no user name or password."
    return ""


def is_outside(address: str) -> bool:
    """Whether an IP address is one of the public internet; no other is ever asked, whatever a name resolves to.

    Args:
        address: as text.
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_global and not found.is_multicast
