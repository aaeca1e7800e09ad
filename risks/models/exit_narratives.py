from django.conf import settings
from django.db import models
from django.db.models import F, Q

from risks.models.exits import ExitDecision


class ExitNarrative(models.Model):
    """What the public reads of one decision, once a second person cleared it for safety. Superseded, never edited."""

    decision = models.ForeignKey(ExitDecision, models.PROTECT, related_name="narratives")
    text = models.TextField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    cleared_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="exit_narrative_cleared_by_another",
                condition=Q(cleared_by__isnull=True, cleared_at__isnull=True)
                | (
                    Q(cleared_by__isnull=False, cleared_at__isnull=False, refused_at__isnull=True)
                    & ~Q(cleared_by=F("written_by"))
                ),
            ),
            models.UniqueConstraint(
                fields=["decision"],
                condition=Q(cleared_at__isnull=True, refused_at__isnull=True),
                name="exit_narrative_asked_once",
            ),
        ]

    def __str__(self) -> str:
        return f"Narrative {self.pk}"
