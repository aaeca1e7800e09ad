"""What stays of an edition that was withdrawn: that it was, why by a code, and two people (reliability.md 3.8)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from transparency.models.reports import Report
from transparency.rules.withdrawal import REASONS


class Withdrawal(models.Model):
    """One edition, withdrawn for the safety of people; append-only. The public reads this in place of the report."""

    report = models.OneToOneField(Report, models.PROTECT, related_name="withdrawal")
    period = models.CharField(max_length=24)
    edition = models.PositiveSmallIntegerField()
    content_hash = models.CharField(max_length=64)
    reason = models.CharField(max_length=20, choices=list(REASONS.items()))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField()

    class Meta:
        ordering = ["-withdrawn_at", "-id"]
        constraints = [
            models.CheckConstraint(name="withdrawal_by_two_people", condition=~Q(asked_by=F("decided_by"))),
            models.CheckConstraint(name="withdrawal_for_safety", condition=Q(reason__in=list(REASONS))),
            models.UniqueConstraint(fields=["period", "edition"], name="withdrawal_once"),
        ]

    def __str__(self) -> str:
        return f"{self.period}, edition {self.edition}"
