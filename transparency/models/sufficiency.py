from django.conf import settings
from django.db import models
from django.db.models import Q

from transparency.models.reports import Report
from transparency.rules.sufficiency import CRITERIA


class SufficiencyAnswer(models.Model):
    """A person's judgement of one frozen content on one criterion of UNGP 21; append-only, the latest holds."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="sufficiency")
    content_hash = models.CharField(max_length=64)
    criterion = models.SlugField(max_length=12, choices=[(one.code, one.asks) for one in CRITERIA])
    suffices = models.BooleanField()
    reasons = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(name="sufficiency_has_reasons", condition=~Q(reasons="")),
            models.CheckConstraint(
                name="sufficiency_of_a_content", condition=Q(content_hash__regex="^[0-9a-f]{64}$")
            ),
        ]

    def __str__(self) -> str:
        return self.get_criterion_display()
