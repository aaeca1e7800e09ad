from django.db import models
from django.db.models import F, Q

from risks.models.partners import RelationshipRisk


class LeverageAction(models.Model):
    """One attempt to change what a partner does, and what it changed (domain.md 5.1 to 5.3)."""

    class Kind(models.TextChoices):
        CONTRACTUAL = "contractual", "Contractual"
        COMMERCIAL_INCENTIVE = "commercial_incentive", "Commercial incentive"
        TECHNICAL = "technical", "Technical"
        CAPACITY_BUILDING = "capacity_building", "Capacity building"
        COLLABORATIVE = "collaborative", "Together with others"
        REGULATORY_ENGAGEMENT = "regulatory_engagement", "With a regulator or State"
        PUBLIC_ADVOCACY = "public_advocacy", "Public advocacy"
        DIRECT_DIALOGUE = "direct_dialogue", "Direct dialogue"
        LEGAL_CHALLENGE = "legal_challenge", "Legal challenge"

    class Rung(models.IntegerChoices):
        DIALOGUE = 0, "0 Dialogue"
        NOTICE = 1, "1 Written notice and corrective plan"
        SUPPORT = 2, "2 Support and incentives"
        COLLECTIVE = 3, "3 Collective leverage"
        LIMIT = 4, "4 Limit features, freeze growth"
        SUSPEND = 5, "5 Suspend part or whole"

    class Effect(models.IntegerChoices):
        NONE = 0, "0 None"
        PROMISE = 1, "1 A promise only"
        PARTIAL = 2, "2 Partial, measurable change"
        STOPPED = 3, "3 The abuse stopped, or the risk is at its target"
        REMEDIED = 4, "4 Stopped, and remedy reached the people affected"

    tied = models.ForeignKey(RelationshipRisk, models.PROTECT, related_name="actions")
    kind = models.CharField(max_length=24, choices=Kind)
    rung = models.PositiveSmallIntegerField(choices=Rung)
    requested_change = models.TextField()
    started_on = models.DateField()
    deadline = models.DateField()
    collaborators = models.TextField(blank=True)
    recorded_by = models.CharField(max_length=120)
    effect = models.PositiveSmallIntegerField(choices=Effect, null=True, blank=True)
    indicator = models.CharField(max_length=200, blank=True)
    baseline = models.CharField(max_length=60, blank=True)
    measured = models.CharField(max_length=60, blank=True)
    evidence = models.TextField(blank=True)
    self_report_only = models.BooleanField(default=False)
    next_step = models.TextField(blank=True)
    measured_on = models.DateField(null=True, blank=True)
    measured_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["started_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="leverage_deadline_after_start", condition=Q(deadline__gte=F("started_on"))
            ),
            models.CheckConstraint(
                name="leverage_effect_is_measured",
                condition=Q(effect__isnull=True, measured_on__isnull=True)
                | (Q(effect__range=(0, 4), measured_on__isnull=False) & ~Q(measured_by="")),
            ),
            models.CheckConstraint(
                name="leverage_change_needs_evidence",
                condition=Q(effect__isnull=True)
                | Q(effect__lt=2)
                | (Q(self_report_only=False) & ~Q(evidence="") & ~Q(indicator="") & ~Q(measured="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.requested_change[:80]}"
