"""What is kept from being erased, by two people; and what is left once something was erased (domain.md 6.3)."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class LegalHold(models.Model):
    """That a case is kept beyond its day: asked by one person, placed by another, lifted by two.

    It has no foreign key: it outlives the case, and the database refuses to delete a case that it keeps.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case_id = models.UUIDField()
    reasons = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_on = models.DateField()
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    placed_on = models.DateField(null=True)
    refused_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    refused_on = models.DateField(null=True)
    lift_reasons = models.TextField(blank=True, default="")
    lift_asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lift_asked_on = models.DateField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lifted_on = models.DateField(null=True)

    class Meta:
        ordering = ["-asked_on", "id"]
        indexes = [models.Index(fields=["case_id"], name="hold_of_case")]
        constraints = [
            models.CheckConstraint(name="hold_has_reasons", condition=~Q(reasons="")),
            models.CheckConstraint(
                name="hold_placed_by_another",
                condition=Q(placed_by__isnull=True, placed_on__isnull=True)
                | (Q(placed_by__isnull=False, placed_on__gte=F("asked_on")) & ~Q(placed_by=F("asked_by"))),
            ),
            models.CheckConstraint(
                name="hold_refused_or_placed",
                condition=Q(refused_by__isnull=True, refused_on__isnull=True)
                | (
                    Q(refused_by__isnull=False, refused_on__isnull=False, placed_by__isnull=True)
                    & ~Q(refused_by=F("asked_by"))
                ),
            ),
            models.CheckConstraint(
                name="hold_lift_asked_whole",
                condition=Q(lift_asked_by__isnull=True, lift_asked_on__isnull=True, lift_reasons="")
                | (
                    Q(lift_asked_by__isnull=False, lift_asked_on__isnull=False, placed_by__isnull=False)
                    & ~Q(lift_reasons="")
                ),
            ),
            models.CheckConstraint(
                name="hold_lifted_by_another",
                condition=Q(lifted_by__isnull=True, lifted_on__isnull=True)
                | (
                    Q(lifted_by__isnull=False, lift_asked_by__isnull=False)
                    & Q(lifted_on__gte=F("lift_asked_on"))
                    & ~Q(lifted_by=F("lift_asked_by"))
                ),
            ),
            models.UniqueConstraint(
                fields=["case_id"],
                condition=Q(lifted_on__isnull=True, refused_on__isnull=True),
                name="hold_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"Hold on {str(self.case_id)[:8]}"


class Tombstone(models.Model):
    """All that is left of an erased case; the database refuses UPDATE, DELETE and TRUNCATE."""

    case_id = models.UUIDField(primary_key=True, editable=False)
    week = models.DateField()
    category = models.CharField(max_length=30)

    class Meta:
        ordering = ["-week", "case_id"]
        constraints = [
            models.CheckConstraint(name="tombstone_week_is_a_monday", condition=Q(week__iso_week_day=1))
        ]

    def __str__(self) -> str:
        return f"Erased {str(self.case_id)[:8]}"
