from django.conf import settings
from django.db import models
from django.db.models import F, Q

from risks.models.partners import Relationship
from risks.rules.exit import OVER, Comparison, ExitKind, ExitState, Trigger, WhyNotConsulted


def _choices(words: type) -> list[tuple[str, str]]:
    return [(str(word), str(word).replace("_", " ").capitalize()) for word in words]  # type: ignore[attr-defined]


TRIGGERS = _choices(Trigger)
EXIT_KINDS = _choices(ExitKind)
COMPARISONS = _choices(Comparison)
WHY_NOT_CONSULTED = _choices(WhyNotConsulted)
EXIT_OVER = [str(state) for state in OVER]


class ExitImpactAssessment(models.Model):
    """Whom leaving would harm, weighed before anything is decided. The database keeps it as it is."""

    relationship = models.ForeignKey(Relationship, models.PROTECT, related_name="exit_assessments")
    groups = models.JSONField(default=list)
    sources = models.JSONField(default=list)
    consulted = models.TextField(blank=True)
    why_not_consulted = models.CharField(max_length=10, choices=WHY_NOT_CONSULTED, blank=True)
    alternatives = models.JSONField(default=list)
    mitigation = models.TextField(blank=True)
    comparison = models.CharField(max_length=26, choices=COMPARISONS, blank=True)
    comparison_reasons = models.TextField(blank=True)
    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    completed_on = models.DateField()
    severity_then = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="exit_assessment_has_comparison", condition=~Q(comparison=""))
        ]

    def __str__(self) -> str:
        return f"Exit impact assessment: {self.relationship}"


class ExitDecision(models.Model):
    """Whether to suspend, end or keep a relationship (domain.md 1.4)."""

    relationship = models.ForeignKey(Relationship, models.PROTECT, related_name="exits")
    trigger = models.CharField(max_length=24, choices=TRIGGERS)
    trigger_reasons = models.TextField(blank=True)
    state = models.CharField(max_length=20, choices=_choices(ExitState), default=ExitState.CONSIDERING)
    kind = models.CharField(max_length=24, choices=EXIT_KINDS, blank=True)
    reasons = models.TextField(blank=True)
    conditions = models.TextField(blank=True)
    consequences_accepted = models.TextField(blank=True)
    notice_days = models.PositiveSmallIntegerField(null=True, blank=True)
    data_and_access_plan = models.TextField(blank=True)
    severity_at_decision = models.PositiveSmallIntegerField(null=True, blank=True)
    impact_assessment = models.ForeignKey(ExitImpactAssessment, models.PROTECT, null=True, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_on = models.DateField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_on = models.DateField(null=True, blank=True)
    executed_on = models.DateField(null=True, blank=True)
    review_due = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["relationship"],
                condition=~Q(state__in=EXIT_OVER),
                name="exit_one_open_a_relationship",
            ),
            models.CheckConstraint(
                name="exit_approved_with_impact_assessment",
                condition=Q(state__in=["considering", "assessing", "consulted", "proposed", "withdrawn"])
                | Q(impact_assessment__isnull=False, approved_by__isnull=False, approved_on__isnull=False),
            ),
            models.CheckConstraint(
                name="exit_approved_by_another",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="exit_proposed_says_what",
                condition=~Q(state="proposed")
                | (~Q(kind="") & ~Q(reasons="") & Q(proposed_by__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        kind = self.get_kind_display() if self.kind else "Exit considered"
        return f"{kind}: {self.relationship}"


class ExitReview(models.Model):
    """What was found after leaving, or while staying: whether people are better or worse off. Never edited."""

    decision = models.ForeignKey(ExitDecision, models.PROTECT, related_name="reviews")
    found = models.TextField()
    evidence = models.TextField()
    reviewed_on = models.DateField()
    reviewed_by = models.CharField(max_length=120)

    class Meta:
        ordering = ["-reviewed_on", "-id"]

    def __str__(self) -> str:
        return f"Review of {self.reviewed_on}"
