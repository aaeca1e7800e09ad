"""Other programs that are told of what was published: whom, and that each message goes out until it is taken."""

import secrets
from base64 import b64encode
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import NotAllowed, Permission
from hrdd.notifications.actions.posting import post
from hrdd.notifications.models import WebhookDelivery, WebhookEndpoint
from hrdd.notifications.rules import webhooks as rules
from hrdd.sealing import open_sealed, seal

TEST = "webhook.test"
CHUNK, LEASE = 500, timedelta(minutes=2)


@transaction.atomic
def add_endpoint(
    *, url: str, about: str, events: Collection[str], by: User, at: datetime
) -> tuple[WebhookEndpoint, str]:
    """Record a program that is told from now on; return it with its secret, which is shown this once.

    Args:
        url: where messages go.
        about: whose program it is.
        events: kinds of rules.EVENTS.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, an address that is not told, nobody named, or no kind that is known.
    """
    by.demand(Permission.MANAGE_WEBHOOKS)
    if refusal := rules.url_refusal(url, inside=settings.WEBHOOKS_INSIDE):
        raise NotAllowed(refusal)
    if not about.strip():
        raise NotAllowed("Whose program it is: name it.")
    known = set(rules.EVENTS) - {TEST}
    if not events or set(events) - known:
        raise NotAllowed(f"Told of: choose from {', '.join(sorted(known))}.")
    secret = rules.SECRET_PREFIX + b64encode(secrets.token_bytes(rules.SECRET_BYTES)).decode()
    made = WebhookEndpoint.objects.create(
        url=url,
        about=about.strip(),
        events=sorted(events),
        secret=seal({"secret": secret}),
        after=_latest_event(),
        recorded_by=by,
        recorded_at=at,
    )
    _log(made, "added a webhook", by=by, at=at)
    return made, secret


@transaction.atomic
def end_endpoint(endpoint: WebhookEndpoint, *, by: User, at: datetime) -> None:
    """Tell a program nothing any more; what it was told stays on record.

    Raises:
        NotAllowed: the role, or it was ended before.
    """
    by.demand(Permission.MANAGE_WEBHOOKS)
    if not WebhookEndpoint.objects.filter(pk=endpoint.pk, ended_at=None).update(ended_at=at):
        raise NotAllowed("This webhook was ended before.")
    endpoint.deliveries.filter(taken_at=None).update(next_try_at=None)
    _log(endpoint, "ended a webhook", by=by, at=at)


@transaction.atomic
def pause_endpoint(endpoint: WebhookEndpoint, *, pause: bool, by: User, at: datetime) -> None:
    """Hold messages back, or let them go again; what happened meanwhile is told then.

    Raises:
        NotAllowed: the role, or it was ended.
    """
    by.demand(Permission.MANAGE_WEBHOOKS)
    held = WebhookEndpoint.objects.filter(pk=endpoint.pk, ended_at=None)
    if not held.update(paused_at=at if pause else None):
        raise NotAllowed("This webhook was ended. Add a new one.")
    _log(endpoint, "paused a webhook" if pause else "resumed a webhook", by=by, at=at)


@transaction.atomic
def send_test(endpoint: WebhookEndpoint, *, by: User, at: datetime) -> WebhookDelivery:
    """Write a message by hand, so that a receiver can be tried.

    Raises:
        NotAllowed: the role, or it was ended.
    """
    by.demand(Permission.MANAGE_WEBHOOKS)
    if endpoint.ended_at is not None:
        raise NotAllowed("This webhook was ended. Add a new one.")
    return _message(endpoint, TEST, _latest_event(), happened=at, at=at)


@transaction.atomic
def send_again(delivery: WebhookDelivery, *, by: User, at: datetime) -> None:
    """Try a message again that was given up; it keeps its number, so that a receiver knows it.

    Raises:
        NotAllowed: the role, or it was taken or is still tried.
    """
    by.demand(Permission.MANAGE_WEBHOOKS)
    again = WebhookDelivery.objects.filter(
        pk=delivery.pk, taken_at=None, next_try_at=None, endpoint__ended_at=None
    )
    if not again.update(next_try_at=at, tries=0):
        raise NotAllowed("Only a message that was given up is sent again.")
    _log(delivery.endpoint, "sent a webhook again", by=by, at=at)


def write_messages(*, at: datetime) -> int:
    """Write a message for each thing that was published since, to each program that is told of it; return how many.

    Args:
        at: now.
    """
    active = WebhookEndpoint.objects.filter(ended_at=None).values_list("pk", flat=True)
    return sum(_write(pk, at=at) for pk in active.order_by("pk"))


def send_messages(*, at: datetime) -> int:
    """Send what is due; return how many were taken.

    Args:
        at: now.
    """
    due = WebhookDelivery.objects.filter(
        next_try_at__lte=at, taken_at=None, endpoint__paused_at=None, endpoint__ended_at=None
    )
    return sum(_send(pk, at=at) for pk in due.order_by("pk").values_list("pk", flat=True)[:CHUNK])


@transaction.atomic
def _write(pk: int, *, at: datetime) -> int:
    endpoint = WebhookEndpoint.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
    if endpoint is None:
        return 0
    # Events come in the order of their numbers: each is written under the lock of the log (reliability.md 3.2).
    since = AuditEvent.objects.filter(pk__gt=endpoint.after).order_by("pk")[:CHUNK]
    written, last = 0, endpoint.after
    for event in since:
        last = event.pk
        kind = rules.event_of(event.action)
        if kind in endpoint.events:
            _message(endpoint, kind, event.pk, happened=event.at, at=at)
            written += 1
    WebhookEndpoint.objects.filter(pk=pk).update(after=last)
    return written


def _message(
    endpoint: WebhookEndpoint, kind: str, event: int, *, happened: datetime, at: datetime
) -> WebhookDelivery:
    return WebhookDelivery.objects.create(
        endpoint=endpoint,
        kind=kind,
        event=event,
        happened_at=happened,
        message=f"msg_{uuid4().hex}",
        next_try_at=at,
    )


def _send(pk: int, *, at: datetime) -> bool:
    """Take a message on for a while, ask without holding a lock, and keep the answer."""
    mine = WebhookDelivery.objects.filter(pk=pk, next_try_at__lte=at, taken_at=None)
    if not mine.update(next_try_at=at + LEASE):
        return False
    one = WebhookDelivery.objects.select_related("endpoint").get(pk=pk)
    secret = open_sealed(bytes(one.endpoint.secret))["secret"]
    content = rules.body(one.kind, event=one.event, at=one.happened_at)
    asked = rules.headers(secret, message=one.message, at=at, content=content)
    taken, answer = post(one.endpoint.url, content, asked, inside=settings.WEBHOOKS_INSIDE)
    one.tries += 1
    one.answer, one.taken_at = answer, at if taken else None
    one.next_try_at = None if taken else rules.next_try(one.tries, at=at)
    one.save(update_fields=["tries", "answer", "taken_at", "next_try_at"])
    return taken


def _latest_event() -> int:
    return AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _log(endpoint: WebhookEndpoint, action: str, *, by: User, at: datetime) -> None:
    record_event(by=by.username, at=at, action=action, subject=f"webhook {endpoint.pk}")
