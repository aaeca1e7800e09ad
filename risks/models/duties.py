from django.conf import settings
from django.db import models
from django.db.models import Q

from risks.rules.measure_workflow import DUTY_LABELS


class CompanionDuty(models.Model):
    """What accompanies a measure, who asked for it, and who did it when (domain.md 3.1); done once, it stays done."""

    measure = models.ForeignKey("risks.Measure", models.PROTECT, related_name="duties")
    kind = models.CharField(
        max_length=20, choices=[(str(kind), label) for kind, label in DUTY_LABELS.items()]
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)
    done_how = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["measure", "kind"], name="duty_once_per_measure"),
            models.CheckConstraint(
                name="duty_done_says_by_whom_and_how",
                condition=Q(done_by__isnull=True, done_at__isnull=True, done_how="")
                | (Q(done_by__isnull=False, done_at__isnull=False) & ~Q(done_how="")),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
