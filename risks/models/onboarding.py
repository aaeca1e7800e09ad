from django.conf import settings
from django.db import models
from django.db.models import F, Q

from risks.models.partners import Relationship
from risks.rules.onboarding import OPEN, PASSED, STATUSES, OnboardingStatus

OPEN_STATUSES = sorted(map(str, OPEN))
PASSED_STATUSES = sorted(map(str, PASSED))


class Onboarding(models.Model):
    """What is asked before a relationship starts (domain.md 5.3). The database keeps what was decided on."""

    relationship = models.ForeignKey(Relationship, models.PROTECT, related_name="onboardings")
    use_case = models.TextField()
    end_users = models.TextField()
    country = models.CharField(max_length=2)
    red_flags = models.TextField(help_text="What is known that speaks against it, or that nothing was found.")
    status = models.CharField(
        max_length=24,
        choices=[(str(status), said) for status, said in STATUSES.items()],
        default=str(OnboardingStatus.ASKED),
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reasons = models.TextField(blank=True)
    conditions = models.TextField(blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["relationship"],
                condition=Q(status__in=OPEN_STATUSES),
                name="onboarding_one_open_a_relationship",
            ),
            models.CheckConstraint(
                name="onboarding_decided_by_another",
                condition=Q(status__in=OPEN_STATUSES, decided_by__isnull=True, decided_at__isnull=True)
                | (
                    ~Q(status__in=OPEN_STATUSES)
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(reasons="")
                    & ~Q(decided_by=F("asked_by"))
                ),
            ),
            models.CheckConstraint(
                name="onboarding_conditions_are_said",
                condition=~Q(status="approved_with_conditions") | ~Q(conditions=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Onboarding {self.pk}"


class OnboardingFinding(models.Model):
    """What the review found, at a severity; closed once, with what changed, and never rewritten."""

    onboarding = models.ForeignKey(Onboarding, models.PROTECT, related_name="findings")
    says = models.TextField()
    level = models.PositiveSmallIntegerField()
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    found_at = models.DateTimeField()
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    what_changed = models.TextField(blank=True)

    class Meta:
        ordering = ["-level", "id"]
        constraints = [
            models.CheckConstraint(name="onboarding_finding_level", condition=Q(level__range=(1, 5))),
            models.CheckConstraint(
                name="onboarding_finding_closed_whole",
                condition=Q(closed_by__isnull=True, closed_at__isnull=True, what_changed="")
                | (Q(closed_by__isnull=False, closed_at__isnull=False) & ~Q(what_changed="")),
            ),
        ]

    def __str__(self) -> str:
        return f"Finding {self.pk}"
