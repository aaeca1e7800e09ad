from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from remedies.models.cases import Case


class IdentityRequest(models.Model):
    """Somebody of a case asks a custodian to open who wrote; reasons name nobody (SD8, reliability.md 2.6)."""

    class Answer(models.TextChoices):
        WAITS = "", "Waits"
        GRANTED = "granted", "Granted"
        REFUSED = "refused", "Refused"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="identity_requests")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reasons = models.TextField()
    telling_endangers = models.BooleanField(default=False)
    answer = models.CharField(max_length=7, choices=Answer, blank=True, db_default="")
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer_reasons = models.TextField(blank=True, db_default="")
    until = models.DateTimeField(null=True)
    told = models.BooleanField(default=False)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "asked_by"], condition=Q(answer=""), name="identity_asked_once_at_a_time"
            ),
            models.CheckConstraint(
                name="identity_answered_by_another",
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True, until__isnull=True)
                | (
                    Q(answer__in=["granted", "refused"], answered_by__isnull=False, answered_at__isnull=False)
                    & ~Q(answered_by=F("asked_by"))
                    & ~Q(answer_reasons="")
                    & (Q(answer="granted", until__isnull=False) | Q(answer="refused", until__isnull=True))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked_by} asks who wrote"
