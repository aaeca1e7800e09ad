"""People say something about a record, call others to it, and are done with what called them."""

from datetime import datetime

from django.db import transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from hrdd.workbench.models import Comment, Mention
from hrdd.workbench.queries.comments import RECORDS, is_seen, readers_of
from hrdd.workbench.rules.mentions import LONGEST, mentioned


@transaction.atomic
def comment(kind: str, record: int, *, text: str, by: User, at: datetime) -> Comment:
    """Say something about a record; whoever is called with @ finds it in the inbox.

    Args:
        kind, record: one of RECORDS, and its number.
        text: what is said; it is never changed.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, a record that they do not see, no words, or a name that reads no such record.
    """
    by.demand(Permission.COMMENT)
    if not is_seen(by, kind, record):
        raise NotAllowed("There is no such record for you.")
    said = text.strip()
    if not said or len(said) > LONGEST:
        raise NotAllowed(f"Comment: say something, in at most {LONGEST} characters.")
    readers = {one.username: one for one in readers_of(kind, record)}
    called = mentioned(said)
    if unknown := [name for name in called if name not in readers]:
        raise NotAllowed(f"Comment: nobody called {', '.join(unknown)} reads this record.")
    made = Comment.objects.create(kind=kind, record=record, text=said, by=by, at=at)
    Mention.objects.bulk_create(
        Mention(comment=made, user=readers[name]) for name in called if name != by.username
    )
    _done(by, kind=kind, record=record, at=at)
    called_in_the_log = (
        RECORDS[kind].seen(by).model._meta.model_name
    )  # the page of a partner is of a relationship
    record_event(
        by=by.username,
        at=at,
        action="commented",
        subject=f"{called_in_the_log} {record}",
        detail={"comment": made.pk},
    )
    return made


def finish_mention(mention: Mention, *, by: User, at: datetime) -> None:
    """Be done with a comment that called one.

    Raises:
        NotAllowed: it called somebody else.
    """
    if mention.user_id != by.pk:
        raise NotAllowed("This comment called somebody else.")
    Mention.objects.filter(pk=mention.pk, done_at=None).update(done_at=at)


def _done(user: User, *, kind: str, record: int, at: datetime) -> None:
    """Whoever answers is done with what called them to the record."""
    called = Mention.objects.filter(user=user, done_at=None, comment__kind=kind, comment__record=record)
    called.update(done_at=at)
