from django.db import models
from django.db.models import F, Q

from transparency.models.reports import Report


class Release(models.Model):
    """Figures that leave, frozen; append-only. Reports, board and public pages read these and count nothing anew.

    `printed` holds no number under `k` but zero. What was counted stands in `sealed`, for one use: to see what changed
    since by few (domain.md 8.5).
    """

    report = models.ForeignKey(Report, models.PROTECT, related_name="releases")
    figures = models.CharField(max_length=60)
    period = models.CharField(max_length=24)
    period_from = models.DateField()
    period_to = models.DateField()
    query_version = models.CharField(max_length=24)
    as_of = models.DateTimeField()
    k = models.PositiveSmallIntegerField()
    row_count = models.PositiveIntegerField(null=True)
    printed = models.JSONField()
    sha256 = models.CharField(max_length=64)
    sealed = models.BinaryField()

    class Meta:
        ordering = ["as_of", "id"]
        constraints = [
            models.UniqueConstraint(fields=["report", "figures", "as_of"], name="release_once"),
            models.CheckConstraint(
                name="release_period_forward", condition=Q(period_to__gte=F("period_from"))
            ),
            models.CheckConstraint(name="release_k_is_five_or_more", condition=Q(k__gte=5)),
            models.CheckConstraint(
                name="release_counts_no_few_rows",
                condition=Q(row_count__isnull=True) | Q(row_count__gte=F("k")),
            ),
            models.CheckConstraint(name="release_hash", condition=Q(sha256__regex="^[0-9a-f]{64}$")),
        ]
        indexes = [models.Index(fields=["figures", "-as_of"], name="release_latest")]

    def __str__(self) -> str:
        return f"{self.figures}, {self.period}"
