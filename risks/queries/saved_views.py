"""The views of a list that a person may open: their own, and what others share."""

from django.db.models import Q, QuerySet

from hrdd.governance.models import User
from risks.models import SavedView
from risks.rules.lists import LISTS

RISKS = "risks"


def views_of(reader: User, register: str = RISKS) -> QuerySet[SavedView]:
    """Return the views of a list that somebody may open; another's private one is not among them."""
    return _open_to(reader).filter(register=register)


def all_views_of(reader: User) -> QuerySet[SavedView]:
    """Return the views of every list that somebody reads."""
    return _open_to(reader).filter(
        register__in=[name for name, one in LISTS.items() if reader.may(one.permission)]
    )


def _open_to(reader: User) -> QuerySet[SavedView]:
    mine_or_shared = Q(owner=reader) | Q(shared=True)
    return SavedView.objects.filter(mine_or_shared).select_related("owner")
