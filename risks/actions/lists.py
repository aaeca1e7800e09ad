"""A person opens a list, and says which columns they want; nothing of it is a record of due diligence."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed
from risks.models import ListUse, SavedView
from risks.queries.saved_views import views_of
from risks.rules.lists import LISTS, DeskList, since_of


@dataclass(frozen=True)
class OpenList:
    """A list as this person keeps it: the columns they see, their views, and since when things are new to them."""

    name: str
    of: DeskList
    shown: frozenset[str]
    since: datetime | None
    views: list[SavedView]


def open_list(user: User, name: str, *, at: datetime) -> OpenList:
    """Return a list as somebody keeps it, and note that they were here.

    Args:
        user: who opens it; the page has asked whether they may.
        name: one of LISTS.
        at: now.
    """
    used = ListUse.objects.filter(user=user, list=name).first()
    since = since_of(seen_at=used.seen_at, since=used.since, at=at) if used else None
    ListUse.objects.bulk_create(
        [ListUse(user=user, list=name, since=since, seen_at=at)],
        update_conflicts=True,
        unique_fields=["user", "list"],
        update_fields=["since", "seen_at"],
    )
    hidden = frozenset(used.hidden) if used else frozenset()
    of = LISTS[name]
    return OpenList(name, of, frozenset(of.columns) - hidden, since, list(views_of(user, name)))


def choose_columns(user: User, name: str, *, shown: Iterable[str], at: datetime) -> None:
    """Keep which columns of a list somebody sees; the first always stays.

    Args:
        user: whose list.
        name: one of LISTS.
        shown: the columns that stay.
        at: now.

    Raises:
        NotAllowed: the list is none of theirs.
    """
    demand_list(user, name)
    hidden = sorted(LISTS[name].columns.keys() - set(shown))
    ListUse.objects.update_or_create(
        user=user,
        list=name,
        defaults={"hidden": hidden},
        create_defaults={"hidden": hidden, "seen_at": at},
    )


def demand_list(user: User, name: str) -> DeskList:
    """Return a list that somebody reads.

    Raises:
        NotAllowed: there is none of this name for them.
    """
    if name not in LISTS or not user.may(LISTS[name].permission):
        raise NotAllowed("There is no such list for you.")
    return LISTS[name]
