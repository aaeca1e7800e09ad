from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from risks.models.partners import Relationship


class AgreedTerms(models.Model):
    """A version of one of our policies, or of an outside code, that a partner agreed to, from a day to a day.

    Terms are ended once, and never rewritten.
    """

    relationship = models.ForeignKey(Relationship, models.PROTECT, related_name="terms")
    policy_version = models.ForeignKey(
        "risks.PolicyVersion", models.PROTECT, null=True, blank=True, related_name="+"
    )
    code_name = models.CharField(max_length=200, blank=True)
    code_version = models.CharField(max_length=60, blank=True)
    agreed_from = models.DateField(null=True, blank=True)
    agreed_until = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=500, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ending_reasons = models.TextField(blank=True)

    class Meta:
        ordering = [F("agreed_from").desc(nulls_last=True), "-id"]
        verbose_name_plural = "agreed terms"
        constraints = [
            models.CheckConstraint(
                name="terms_are_a_policy_or_a_code",
                condition=Q(policy_version__isnull=False, code_name="", code_version="")
                | (Q(policy_version__isnull=True) & ~Q(code_name="")),
            ),
            models.CheckConstraint(
                name="terms_end_after_they_begin",
                condition=Q(agreed_until__isnull=True)
                | Q(agreed_from__isnull=True)
                | Q(agreed_until__gte=F("agreed_from")),
            ),
            models.CheckConstraint(
                name="terms_ended_by_somebody",
                condition=Q(ended_by__isnull=True) | (Q(agreed_until__isnull=False) & ~Q(ending_reasons="")),
            ),
        ]

    def __str__(self) -> str:
        if self.policy_version is not None:
            return str(self.policy_version)
        return f"{self.code_name}, {self.code_version}" if self.code_version else self.code_name

    def stands(self, on: date) -> bool:
        """Whether they are in force on a day."""
        begun = self.agreed_from is None or self.agreed_from <= on
        return begun and (self.agreed_until is None or self.agreed_until >= on)
