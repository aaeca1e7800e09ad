from django.conf import settings
from django.db import models
from django.db.models import F, Q

from risks.rules.action_sample import VERDICTS


class ActionSample(models.Model):
    """A random sample of what a rule did in a period, with its appeals (domain.md 3.2). Closed, it stays as it is."""

    measure = models.ForeignKey("risks.Measure", models.PROTECT, related_name="samples")
    period_from = models.DateField()
    period_to = models.DateField()
    actions = models.PositiveIntegerField(help_text="How many item actions the rule took in the period.")
    seed = models.BigIntegerField()
    population_hash = models.CharField(max_length=64)
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()
    appeals_lodged = models.PositiveIntegerField(null=True, blank=True)
    appeals_decided = models.PositiveIntegerField(null=True, blank=True)
    appeals_upheld = models.PositiveIntegerField(null=True, blank=True)
    conclusion = models.TextField(blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-drawn_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure"], condition=Q(closed_at__isnull=True), name="one_open_sample_a_measure"
            ),
            models.CheckConstraint(name="sample_period", condition=Q(period_to__gte=F("period_from"))),
            models.CheckConstraint(
                name="sample_closed_whole",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(
                    closed_at__isnull=False,
                    closed_by__isnull=False,
                    appeals_upheld__lte=F("appeals_decided"),
                    appeals_decided__lte=F("appeals_lodged"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"Sample of {self.period_from:%-d %B %Y} to {self.period_to:%-d %B %Y}"


class SampledAction(models.Model):
    """One item action of a sample, by its pseudonymous key, and what a person found."""

    sample = models.ForeignKey(ActionSample, models.PROTECT, related_name="items")
    position = models.PositiveIntegerField()
    reference = models.CharField(max_length=120)
    verdict = models.CharField(max_length=10, choices=list(VERDICTS.items()), blank=True)
    note = models.TextField(blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "reference"], name="sampled_once"),
            models.UniqueConstraint(fields=["sample", "position"], name="sampled_in_order"),
            models.CheckConstraint(
                name="sampled_reviewed_by_a_person",
                condition=Q(verdict="", reviewed_by__isnull=True, reviewed_at__isnull=True)
                | (~Q(verdict="") & Q(reviewed_by__isnull=False, reviewed_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.reference
