"""Make and revoke the tokens of programs."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction

from hrdd.accounts.models import ApiToken
from hrdd.accounts.rules.tokens import (
    LASTS,
    MOST_AT_ONCE,
    USE_NOTED_EVERY,
    demand_scopes,
    hash_of_token,
    new_token,
)
from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission


@transaction.atomic
def make_token(
    *, name: str, scopes: Collection[str], days: int, by: User, at: datetime
) -> tuple[ApiToken, str]:
    """Make a token of a person, for a program of theirs.

    Args:
        name: what the person calls it.
        scopes: what it may, of `SCOPES`; never more than the person may.
        days: how long it lasts, one of `LASTS`.
        by, at: whose it is, and now.

    Returns:
        What is kept of it, and the token, which is kept nowhere.

    Raises:
        NotAllowed: by somebody who does not read the desk, or with the sentence to show.
    """
    by.demand(Permission.READ_DESK)
    if not name.strip():
        raise NotAllowed("Name: say which program it is for, so that you know later which one to revoke.")
    if days not in LASTS:
        raise NotAllowed(f"Lasts: choose one of {', '.join(LASTS.values())}.")
    if ApiToken.objects.filter(user=by, revoked_at__isnull=True, expires_at__gt=at).count() >= MOST_AT_ONCE:
        raise NotAllowed(f"You have {MOST_AT_ONCE} tokens. Revoke one that nothing uses any more.")
    secret = new_token()
    token = ApiToken.objects.create(
        user=by,
        name=name.strip(),
        token_hash=hash_of_token(secret),
        scopes=demand_scopes(scopes),
        made_at=at,
        expires_at=at + timedelta(days=days),
    )
    detail = {"token": token.pk, "scopes": token.scopes, "expires": token.expires_at.isoformat()}
    record_event(by=by.username, at=at, action="made an API token", subject=by.username, detail=detail)
    return token, secret


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User, at: datetime) -> None:
    """Revoke one of one's own tokens; the next request with it is nobody's.

    Raises:
        NotAllowed: it is another person's, or does not stand any more.
    """
    mine = ApiToken.objects.filter(pk=token.pk, user=by, revoked_at__isnull=True)
    if not mine.update(revoked_at=at):
        raise NotAllowed("This token is revoked already, or is not yours.")
    detail = {"token": token.pk}
    record_event(by=by.username, at=at, action="revoked an API token", subject=by.username, detail=detail)


def revoke_tokens_of(user: User, *, by: str, at: datetime) -> int:
    """Revoke every token of a person, in the caller's transaction; return how many stood."""
    revoked = ApiToken.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=at)
    if revoked:
        detail = {"tokens": revoked}
        record_event(by=by, at=at, action="revoked API tokens", subject=user.username, detail=detail)
    return revoked


def note_use(token: ApiToken, *, at: datetime) -> None:
    """Note that a token is in use, once an hour."""
    if token.used_at is None or at - token.used_at >= USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(used_at=at)
