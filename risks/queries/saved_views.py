"""The views of the register that a person may open: their own, and what others share."""

from django.db.models import Q, QuerySet

from hrdd.governance.models import User
from risks.models import SavedView


def views_of(reader: User) -> QuerySet[SavedView]:
    """Return the views that somebody may open; another's private one is not among them."""
    mine_or_shared = Q(owner=reader) | Q(shared=True)
    return SavedView.objects.filter(mine_or_shared, register="risks").select_related("owner")
