"""Partners and the relationships with them, as the desk lists them."""

from django.db.models import Q, QuerySet

from risks.models import Partner, Relationship, RelationshipRisk


def never_named() -> list[str]:
    """Return the names of the partners that are not named outside the desk, as it would endanger people (8.6 N8)."""
    return list(Partner.objects.exclude(naming_endangers="").values_list("name", flat=True))


def relationships(*, words: str = "", status: str = "") -> QuerySet[Relationship]:
    """Return relationships by partner, those whose words or status match.

    Args:
        words: each must occur in the partner's name, what is supplied, or a tied risk's title; empty for all.
        status: a status, or empty for any; another word matches none.
    """
    found = Relationship.objects.select_related("partner").order_by("partner__name", "pk")
    for word in words.split()[:10]:
        found = found.filter(
            Q(partner__name__icontains=word)
            | Q(supplied__icontains=word)
            | Q(pk__in=RelationshipRisk.objects.filter(risk__title__icontains=word).values("relationship"))
        )
    return found.filter(status=status) if status else found
