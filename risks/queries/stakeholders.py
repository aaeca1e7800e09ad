"""Groups of stakeholders, as the desk lists them."""

from django.db.models import QuerySet

from risks.models import StakeholderGroup
from risks.rules.consultation import AFFECTED_VOICES


def listed_groups(*, q: str = "", type: str = "") -> QuerySet[StakeholderGroup]:  # noqa: A002  # the filter's name
    """Return the groups that a filter leaves, by name.

    Args:
        q: words of the name or of what is said about them, each of them.
        type: a stakeholder type, or "affected" for those whose voice counts as affected.
    """
    found = StakeholderGroup.objects.order_by("name")
    for word in q.split()[:10]:
        found = found.filter(name__icontains=word) | found.filter(about__icontains=word)
    if type == "affected":
        return found.filter(type__in=AFFECTED_VOICES)
    return found.filter(type=type) if type else found
