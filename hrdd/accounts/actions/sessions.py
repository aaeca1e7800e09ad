"""End sessions: one's own, or somebody else's by a technical operator."""

from datetime import datetime

from django.db import transaction

from hrdd.accounts.models import Session, TryInVain
from hrdd.accounts.rules import IDLE, TOTAL, TRIES_WITHIN
from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission


@transaction.atomic
def end_session(session: Session, *, by: User, at: datetime) -> None:
    """End one session; the next request in it is nobody's.

    Raises:
        NotAllowed: it is another person's, and this one manages nobody.
    """
    if session.user_id != by.pk and not by.may(Permission.MANAGE_PEOPLE):
        raise NotAllowed("Your role may not end the sessions of others.")
    whose = session.user.username if session.user else "nobody"
    session.delete()
    record_event(by=by.username, at=at, action="ended a session", subject=whose)


@transaction.atomic
def end_sessions_of(user: User, *, by: str, at: datetime, but: str = "") -> int:
    """End every session of a person.

    Args:
        user: whose.
        by: who ends them, by user name.
        at: now.
        but: the hash of the key of the one that stays.

    Returns:
        How many ended.
    """
    ended = Session.objects.filter(user=user).exclude(key_hash=but).delete()[0]
    if ended:
        record_event(by=by, at=at, action="ended sessions", subject=user.username, detail={"sessions": ended})
    return ended


def clear_what_is_over(*, at: datetime) -> int:
    """Delete the sessions that are over and the tries that no longer count; return how many sessions."""
    TryInVain.objects.filter(at__lt=at - TRIES_WITHIN).delete()
    over = Session.objects.filter(seen_at__lt=at - IDLE) | Session.objects.filter(began_at__lt=at - TOTAL)
    return over.delete()[0]
