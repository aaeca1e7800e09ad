from django.conf import settings
from django.db import models
from django.db.models import F, Q


class MitigationPlan(models.Model):
    """What will be done about a risk, by whom and by when, approved by somebody else (G4, I1; domain.md 2.4)."""

    class Kind(models.TextChoices):
        INTERIM = "interim", "Interim measures"
        MITIGATION = "mitigation", "Mitigation"
        REMEDIATION = "remediation", "Remediation"

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        APPROVED = "approved", "Approved"
        REFUSED = "refused", "Refused"
        ENDED = "ended", "Ended"

    risk = models.ForeignKey("risks.Risk", models.PROTECT, related_name="plans")
    kind = models.CharField(max_length=12, choices=Kind)
    actions = models.TextField()
    target = models.TextField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    due = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reasons = models.TextField(blank=True)
    tested_on = models.DateField(null=True, blank=True)
    tested_by = models.CharField(max_length=120, blank=True)
    test_result = models.TextField(blank=True)
    works = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            models.CheckConstraint(
                name="plan_decided_by_another",
                condition=Q(state="proposed", decided_by__isnull=True, decided_at__isnull=True)
                | (
                    ~Q(state="proposed")
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(decided_by=F("proposed_by"))
                ),
            ),
            models.CheckConstraint(
                name="plan_tested_says_what_was_found",
                condition=Q(tested_on__isnull=True, works__isnull=True)
                | (Q(tested_on__isnull=False, works__isnull=False) & ~Q(test_result="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.risk}"
