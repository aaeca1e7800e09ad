from django.conf import settings
from django.db import models
from django.db.models import F, Q


class ExpertAccess(models.Model):
    """One record shared with one outside expert for some time; what was shared is a frozen extract (domain.md 0.2)."""

    expert = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="expert_accesses")
    risk = models.ForeignKey(
        "risks.Risk", models.PROTECT, null=True, blank=True, related_name="expert_accesses"
    )
    consultation = models.ForeignKey(
        "risks.Consultation", models.PROTECT, null=True, blank=True, related_name="expert_accesses"
    )
    question = models.TextField()
    extract = models.JSONField()
    starts_on = models.DateField()
    until = models.DateField()
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-granted_at"]
        constraints = [
            models.CheckConstraint(
                name="expert_access_to_one_record",
                condition=Q(risk__isnull=False, consultation__isnull=True)
                | Q(risk__isnull=True, consultation__isnull=False),
            ),
            models.CheckConstraint(name="expert_access_ends", condition=Q(until__gte=F("starts_on"))),
            models.CheckConstraint(
                name="expert_access_revoked_whole",
                condition=Q(revoked_by__isnull=True, revoked_at__isnull=True)
                | Q(revoked_by__isnull=False, revoked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Shared with an expert until {self.until:%-d %B %Y}"


class ExpertOpinion(models.Model):
    """What an expert answered. Appended, never edited."""

    access = models.ForeignKey(ExpertAccess, models.PROTECT, related_name="opinions")
    text = models.TextField()
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["given_at", "id"]

    def __str__(self) -> str:
        return f"Opinion of {self.given_at:%-d %B %Y}"
