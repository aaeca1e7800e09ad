from uuid import uuid4

from django.db import models
from django.db.models import Q


def _mark_or_none(field: str) -> Q:
    return Q(**{f"{field}__range": (1, 5)}) | Q(**{f"{field}__isnull": True})


class Rating(models.Model):
    """What somebody thought of how we treated them, 1 to 5; tied to no case, so that no handler learns whose it is.

    `mark` is made of the receipt, so that the same person changes their answer; it goes when the quarter is over.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    quarter = models.DateField()
    mark = models.BinaryField(null=True, unique=True, max_length=32)
    satisfaction = models.PositiveSmallIntegerField(null=True)
    fairness = models.PositiveSmallIntegerField(null=True)
    safety = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="rating_quarter_begins_one",
                condition=Q(quarter__day=1, quarter__month__in=[1, 4, 7, 10]),
            ),
            models.CheckConstraint(
                name="rating_is_one_to_five",
                condition=_mark_or_none("satisfaction") & _mark_or_none("fairness") & _mark_or_none("safety"),
            ),
            models.CheckConstraint(
                name="rating_says_something",
                condition=Q(satisfaction__isnull=False) | Q(fairness__isnull=False) | Q(safety__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return "Rating"
