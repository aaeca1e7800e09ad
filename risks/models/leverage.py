from django.db import models
from django.db.models import F, Q

from risks.models.partners import RelationshipRisk


class LeverageAction(models.Model):
    """One attempt to change what a partner does (domain.md 5.1 to 5.3).

    `effect`, `measured_on` and `measured_at` are those of its latest measurement that stands; the database keeps them.
    """

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
        DIALOGUE = 0, "0: Dialogue"
        NOTICE = 1, "1: Written notice and corrective plan"
        SUPPORT = 2, "2: Support and incentives"
        COLLECTIVE = 3, "3: Collective leverage"
        LIMIT = 4, "4: Limit features, freeze growth"
        SUSPEND = 5, "5: Suspend part or whole"

    class Effect(models.IntegerChoices):
        NONE = 0, "0: None"
        PROMISE = 1, "1: A promise only"
        PARTIAL = 2, "2: Partial, measurable change"
        STOPPED = 3, "3: The abuse stopped, or the risk is at its target"
        REMEDIED = 4, "4: Stopped, and remedy reached the people affected"

    tied = models.ForeignKey(RelationshipRisk, models.PROTECT, related_name="actions")
    kind = models.CharField(max_length=24, choices=Kind)
    rung = models.PositiveSmallIntegerField(choices=Rung)
    skip_reasons = models.TextField(blank=True)
    requested_change = models.TextField()
    started_on = models.DateField()
    deadline = models.DateField()
    collaborators = models.TextField(blank=True)
    body = models.CharField(max_length=200, blank=True)
    competition_note = models.TextField(blank=True)
    measure = models.ForeignKey("risks.Measure", models.PROTECT, null=True, blank=True, related_name="+")
    indicator = models.CharField(max_length=200, blank=True)
    unit = models.CharField(max_length=40, blank=True)
    baseline = models.CharField(max_length=60, blank=True)
    target = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=200, blank=True)
    cost_eur = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    recorded_by = models.CharField(max_length=120)
    recorded_at = models.DateTimeField(null=True, blank=True)
    effect = models.PositiveSmallIntegerField(choices=Effect, null=True, blank=True)
    measured_on = models.DateField(null=True, blank=True)
    measured_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["started_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="leverage_deadline_after_start", condition=Q(deadline__gte=F("started_on"))
            ),
            models.CheckConstraint(
                name="leverage_effect_is_measured",
                condition=Q(effect__isnull=True, measured_on__isnull=True, measured_at__isnull=True)
                | Q(effect__range=(0, 4), measured_on__isnull=False, measured_at__isnull=False),
            ),
            models.CheckConstraint(name="leverage_rung_of_the_ladder", condition=Q(rung__lte=5)),
            models.CheckConstraint(
                name="leverage_costs_nothing_or_more", condition=Q(cost_eur__isnull=True) | Q(cost_eur__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.requested_change[:80]}"


class EffectMeasurement(models.Model):
    """What an action changed, as measured on a day (domain.md 5.3). Never edited; a later row corrects a wrong one."""

    action = models.ForeignKey(LeverageAction, models.PROTECT, related_name="measurements")
    effect = models.PositiveSmallIntegerField(choices=LeverageAction.Effect)
    indicator = models.CharField(max_length=200, blank=True)
    unit = models.CharField(max_length=40, blank=True)
    baseline = models.CharField(max_length=60, blank=True)
    measured = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=200, blank=True)
    evidence = models.TextField(blank=True)
    pieces = models.ManyToManyField("risks.Evidence", blank=True, related_name="+")
    self_report_only = models.BooleanField(default=False)
    next_step = models.TextField(blank=True)
    measured_on = models.DateField()
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    correction_reasons = models.TextField(blank=True)
    recorded_by = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["measured_on", "id"]
        constraints = [
            models.CheckConstraint(name="effect_of_zero_to_four", condition=Q(effect__lte=4)),
            models.CheckConstraint(
                name="effect_of_change_needs_movement_and_evidence",
                condition=Q(effect__lt=2)
                | (
                    Q(self_report_only=False)
                    & ~Q(evidence="")
                    & ~Q(indicator="")
                    & ~Q(baseline="")
                    & ~Q(measured="")
                    & ~Q(measured=F("baseline"))
                ),
            ),
            models.CheckConstraint(
                name="effect_correction_has_reasons",
                condition=Q(corrects__isnull=True, correction_reasons="")
                | (Q(corrects__isnull=False) & ~Q(correction_reasons="")),
            ),
        ]

    def __str__(self) -> str:
        return f"Effect {self.effect} on {self.measured_on:%-d %B %Y}"
