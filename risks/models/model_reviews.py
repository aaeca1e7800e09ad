from django.conf import settings
from django.db import models
from django.db.models import F, Q

from risks.models.salience import listed
from risks.rules.model_review import Conclusion, ReviewState
from risks.rules.words import Driver, Vulnerability, labels


class ModelReview(models.Model):
    """Whether a driver of the business model creates or worsens risks, signed by the board (domain.md 1.11)."""

    driver = models.CharField(max_length=40, choices=labels(Driver))
    state = models.CharField(max_length=10, choices=labels(ReviewState), default=ReviewState.TRIGGERED)
    triggers = models.JSONField(default=list)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_on = models.DateField()
    scope = models.TextField(blank=True)
    risks = models.ManyToManyField("risks.Risk", blank=True, related_name="model_reviews")
    affected_groups = models.TextField(blank=True)
    vulnerabilities = listed(labels(Vulnerability))
    revenue_share_pct = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    evidence = models.TextField(blank=True)
    internal_research = models.TextField(blank=True)
    incentives_examined = models.TextField(blank=True)
    user_misuse_only = models.BooleanField(default=False)
    consulted = models.TextField(blank=True)
    why_not_consulted = models.TextField(blank=True)
    design_alternatives = models.JSONField(default=list, blank=True)
    metrics = models.JSONField(default=list, blank=True)
    conclusion = models.CharField(max_length=24, choices=labels(Conclusion), blank=True)
    conclusion_reasons = models.TextField(blank=True)
    changes_made = models.TextField(blank=True)
    trade_secret_reasons = models.TextField(blank=True)
    concluded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    concluded_on = models.DateField(null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    signed_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    outcome = models.TextField(blank=True)

    class Meta:
        ordering = ["-opened_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["driver"], condition=~Q(state="closed"), name="model_review_open_once_a_driver"
            ),
            models.CheckConstraint(
                name="model_review_tracked_once_signed",
                condition=Q(state__in=["triggered", "scoped", "evidence", "consulted", "concluded"])
                | (Q(signed_by__isnull=False, signed_on__isnull=False) & ~Q(conclusion="")),
            ),
            models.CheckConstraint(
                name="model_review_signed_by_another",
                condition=Q(signed_by__isnull=True)
                | (Q(concluded_by__isnull=False) & ~Q(signed_by=F("concluded_by"))),
            ),
        ]

    def __str__(self) -> str:
        return f"Business-model review: {self.get_driver_display().lower()}"
