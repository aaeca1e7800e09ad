"""Mails that say how many things wait: written once a day to a person, then sent until a server takes them."""

import logging
import smtplib
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from hrdd.governance.models import User
from hrdd.notifications.actions.inbox import note_waiting
from hrdd.notifications.documents import digest
from hrdd.notifications.models import NotificationSettings, OutgoingMail
from hrdd.notifications.queries.waiting import waiting_for
from hrdd.notifications.rules.digest import Counts, Every, is_owed

MOST_TRIES = 12
logger = logging.getLogger(__name__)


def write_mails(*, at: datetime) -> int:
    """Write today's mails to whoever wants one and is owed one; return how many were written now.

    Args:
        at: now.
    """
    wanted = NotificationSettings.objects.exclude(every=Every.NEVER).filter(user__is_active=True)
    written = 0
    for one in wanted.exclude(user__in=_written(at)).select_related("user").order_by("pk"):
        counts = counts_of(one.user, one.muted, at=at)
        if is_owed(one.every, counts, on=at.date()):
            written += _write(one.user, counts, at=at)
    return written


def counts_of(user: User, muted: list[str], *, at: datetime) -> Counts:
    """Return how many things wait for somebody, without the kinds that they want no mail about."""
    items = waiting_for(user, at=at)
    seen = note_waiting(user, items, at=at)
    told = [one for one in items if one.kind not in muted]
    new = sum(seen[one.kind, one.key].seen_at is None for one in told)
    return Counts(waiting=len(told), late=sum(one.late for one in told), new=new)


def send_mails(*, at: datetime) -> int:
    """Send what is due; return how many a server took. A try in vain is tried again, ever later, for a day.

    Args:
        at: now.
    """
    due = OutgoingMail.objects.filter(Q(next_try_at__lte=at), sent_at__isnull=True)
    return sum(_send(pk, at=at) for pk in due.order_by("pk").values_list("pk", flat=True))


def _written(at: datetime) -> list[int]:
    return list(OutgoingMail.objects.filter(day=at.date()).values_list("user", flat=True))


def _write(user: User, counts: Counts, *, at: datetime) -> int:
    try:
        with transaction.atomic():
            OutgoingMail.objects.create(user=user, day=at.date(), **vars(counts), next_try_at=at)
    except IntegrityError:  # another worker wrote it meanwhile
        return 0
    return 1


@transaction.atomic
def _send(pk: int, *, at: datetime) -> bool:
    mail = OutgoingMail.objects.select_for_update(skip_locked=True).filter(pk=pk, sent_at=None).first()
    if mail is None:
        return False
    found = NotificationSettings.objects.filter(user=mail.user_id, user__is_active=True)
    wanted = found.select_related("user").first()
    if wanted is None or not wanted.email or wanted.every == Every.NEVER:
        mail.next_try_at = None
        mail.save(update_fields=["next_try_at"])
        return False
    counts = Counts(mail.waiting, mail.late, mail.new)
    letter = digest(counts, language=wanted.user.language, desk=f"{settings.SITE_URL}/desk/inbox/")
    letter.from_email, letter.to = settings.DEFAULT_FROM_EMAIL, [wanted.email]
    mail.tries += 1
    try:
        letter.send()
    except (OSError, smtplib.SMTPException) as error:
        logger.warning("Mail %s was not taken: %s", mail.pk, type(error).__name__)
        later = at + timedelta(minutes=2**mail.tries)
        mail.next_try_at = later if mail.tries < MOST_TRIES else None
    else:
        mail.sent_at, mail.next_try_at = at, None
    mail.save(update_fields=["tries", "next_try_at", "sent_at"])
    return mail.sent_at is not None
