from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from risks.rules.salience import State, effective_likelihood


class Risk(models.Model):
    """A risk to people: what could happen or happened, to whom, and which rights (domain.md 1.1)."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        ASSESSED = "assessed", "Assessed"
        PRIORITISED = "prioritised", "Prioritised"
        MANAGED = "managed", "Managed"
        REASSESS = "reassess", "To be re-assessed"
        CLOSED = "closed", "Closed"

    title = models.CharField(max_length=200)
    summary = models.TextField()
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    rights = models.ManyToManyField("risks.Right", through="risks.RiskRight")
    affected_groups = models.JSONField(default=list)
    countries = models.JSONField(default=list)
    context_until = models.DateField(null=True, blank=True)
    threat_to_life = models.BooleanField(default=False)
    published = models.BooleanField(default=False)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    imported_from = models.CharField(max_length=40, unique=True, null=True, blank=True)
    imported_digest = models.CharField(max_length=64, blank=True)
    imported_record = models.JSONField(default=dict, blank=True)
    company = models.JSONField(default=dict, blank=True)
    period = models.JSONField(default=dict, blank=True)
    outcome = models.TextField(blank=True)
    sources = models.JSONField(default=list)
    unknown = models.JSONField(default=list)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="risk_closed_has_date",
                condition=Q(status="closed", closed_on__isnull=False)
                | (~Q(status="closed") & Q(closed_on__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class RiskRight(models.Model):
    """How a risk touches a right, in the words of the record."""

    risk = models.ForeignKey(Risk, models.CASCADE, related_name="touches")
    right = models.ForeignKey("risks.Right", models.PROTECT)
    said = models.CharField(max_length=300)
    how = models.TextField(blank=True)
    groups = models.JSONField(default=list)
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.right_id}: {self.said}"


class SeverityAssessmentQuerySet(models.QuerySet["SeverityAssessment"]):
    def levels_on(self, day: date, *, risk: Any) -> QuerySet[Any, Any]:
        """Return the levels of one risk known on a day, the one that holds first.

        Args:
            day: later assessments are not seen.
            risk: a risk, its id, or an OuterRef to it.
        """
        return self.filter(risk=risk, holds_from__lte=day).values_list("level", flat=True)


class SeverityAssessment(models.Model):
    """A dated judgement of severity. Never edited: a later one supersedes it; the database refuses UPDATE."""

    risk = models.ForeignKey(Risk, models.PROTECT, related_name="assessments")
    scale = models.PositiveSmallIntegerField(null=True, blank=True)
    scope = models.PositiveSmallIntegerField(null=True, blank=True)
    irremediability = models.PositiveSmallIntegerField(null=True, blank=True)
    scale_rationale = models.TextField()
    scope_rationale = models.TextField()
    irremediability_rationale = models.TextField()
    state_of_harm = models.CharField(max_length=20, blank=True)
    likelihood = models.PositiveSmallIntegerField(null=True, blank=True)
    likelihood_said = models.TextField(blank=True)
    delay_makes_irremediable = models.BooleanField(default=False)
    heightened_vulnerability = models.BooleanField(default=False)
    level = models.PositiveSmallIntegerField()
    incomplete = models.BooleanField()
    reason = models.TextField()
    consulted = models.TextField(blank=True)
    detail = models.JSONField(default=dict, blank=True)
    holds_from = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=120)

    objects = SeverityAssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-holds_from", "-id"]
        indexes = [models.Index(fields=["risk", "-holds_from", "-id"])]
        constraints = [
            models.CheckConstraint(name="assessment_level", condition=Q(level__range=(1, 5))),
            *(
                models.CheckConstraint(
                    name=f"assessment_{head}",
                    condition=Q(**{f"{head}__isnull": True}) | Q(**{f"{head}__range": (1, 5)}),
                )
                for head in ("scale", "scope", "irremediability", "likelihood")
            ),
            models.CheckConstraint(
                name="assessment_no_likelihood_of_the_actual",
                condition=Q(likelihood__isnull=True) | ~Q(state_of_harm__startswith="actual"),
            ),
        ]

    def __str__(self) -> str:
        return f"L{self.level} from {self.holds_from}"

    @property
    def effective_likelihood(self) -> int | None:
        """Return the effective likelihood; None once remedied (domain.md 2.4)."""
        state = State(self.state_of_harm) if self.state_of_harm else None
        return effective_likelihood(self.level, state, self.likelihood)
