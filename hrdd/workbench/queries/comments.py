"""Comments on records, for whoever may see the record, and what of them asks for somebody."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from hrdd.governance.models import User
from hrdd.governance.queries import people_of_the_desk
from hrdd.governance.rules import Permission
from hrdd.workbench.models import Comment, Mention
from risks.models import Consultation, Dilemma, Measure, Relationship, Risk
from risks.queries.consultations import open_to


@dataclass(frozen=True)
class Commented:
    """A kind of record that is commented on: its page, its name for people, and which of them a person sees."""

    page: str
    label: str
    seen: Callable[[User], QuerySet[Any]]


RECORDS: Mapping[str, Commented] = {
    "risk": Commented("risk-detail", "risk", lambda _user: Risk.objects.all()),
    "partner": Commented("partner-detail", "partner", lambda _user: Relationship.objects.all()),
    "dilemma": Commented("dilemma-detail", "dilemma", lambda _user: Dilemma.objects.all()),
    "measure": Commented("measure-detail", "measure", lambda _user: Measure.objects.all()),
    "consultation": Commented(
        "consultation-detail",
        "consultation",
        lambda user: Consultation.objects.filter(open_to(user)),
    ),
}


def is_seen(user: User, kind: str, record: int) -> bool:
    """Whether somebody sees a record, and so what is said about it."""
    if kind not in RECORDS or not user.may(Permission.READ_DESK):
        return False
    return RECORDS[kind].seen(user).filter(pk=record).exists()


def comments_on(kind: str, record: int) -> QuerySet[Comment]:
    """Return what was said about a record, the earliest first; the caller asked whether it may be seen."""
    said = Comment.objects.filter(kind=kind, record=record)
    return said.select_related("by").prefetch_related("mentions")


def readers_of(kind: str, record: int) -> list[User]:
    """Return the active people who see a record, by name: only they can be mentioned about it."""
    people = people_of_the_desk()
    return [one for one in people if is_seen(one, kind, record)] if kind == "consultation" else people


def address_of(kind: str, record: int, comment: int | None = None) -> str:
    """Return where a record stands, or a comment on it."""
    page = reverse(RECORDS[kind].page, args=[record])
    return page if comment is None else f"{page}#comment-{comment}"


def open_mentions(user: User) -> list[Mention]:
    """Return the mentions that somebody is not done with, of records that they still see, the earliest first."""
    waiting = Mention.objects.filter(user=user, done_at=None).select_related("comment__by").order_by("pk")
    return list(_of_seen(user, waiting))


def _of_seen(user: User, mentions: Iterable[Mention]) -> Iterable[Mention]:
    if not user.may(Permission.READ_DESK):
        return
    held = list(mentions)
    seen = {
        kind: set(of.seen(user).filter(pk__in=wanted).values_list("pk", flat=True))
        for kind, of in RECORDS.items()
        if (wanted := {one.comment.record for one in held if one.comment.kind == kind})
    }
    yield from (one for one in held if one.comment.record in seen.get(one.comment.kind, ()))
