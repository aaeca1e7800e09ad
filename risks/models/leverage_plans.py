from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from risks.models.leverage import LeverageAction
from risks.models.partners import RelationshipRisk
from risks.rules.leverage_plan import PLAN_OVER, PLAN_STATES


class LeveragePlan(models.Model):
    """How leverage is used on one harm: what there is, what lacks, who does what by when (domain.md 5.3)."""

    tied = models.ForeignKey(RelationshipRisk, models.PROTECT, related_name="plans")
    state = models.CharField(max_length=16, choices=list(PLAN_STATES.items()), default="identified")
    kinds = ArrayField(models.CharField(max_length=24, choices=LeverageAction.Kind), default=list, blank=True)
    has = models.TextField(blank=True)
    lacks = models.TextField(blank=True)
    increase = models.TextField(blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    next_step = models.TextField()
    next_step_due = models.DateField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tied"],
                condition=~Q(state__in=sorted(PLAN_OVER)),
                name="leverage_plan_one_open_a_harm",
            ),
            models.CheckConstraint(
                name="leverage_plan_assessed_says_what",
                condition=Q(state="identified") | (~Q(has="") & ~Q(lacks="") & ~Q(increase="")),
            ),
        ]

    def __str__(self) -> str:
        return f"Leverage plan {self.pk}"


class LeveragePlanMove(models.Model):
    """One step of a plan, why, and who took it. Never edited."""

    plan = models.ForeignKey(LeveragePlan, models.PROTECT, related_name="moves")
    state = models.CharField(max_length=16, choices=list(PLAN_STATES.items()))
    reasons = models.TextField()
    moved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    moved_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.get_state_display()


class CorrectivePlan(models.Model):
    """What a partner undertook to put right, by milestones that somebody verifies (domain.md 5.1)."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed, verified"

    tied = models.ForeignKey(RelationshipRisk, models.PROTECT, related_name="corrective_plans")
    agreed = models.TextField()
    agreed_on = models.DateField()
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closing_reasons = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="corrective_plan_closed_by_somebody",
                condition=Q(state="open", closed_by__isnull=True, closed_at__isnull=True)
                | (
                    Q(state="closed", closed_by__isnull=False, closed_at__isnull=False)
                    & ~Q(closing_reasons="")
                ),
            )
        ]

    def __str__(self) -> str:
        return f"Corrective plan {self.pk}"


class Milestone(models.Model):
    """One promise of a corrective plan; once verified it stays so."""

    class Verification(models.TextChoices):
        SELF_REPORT = "self_report", "The partner's own report"
        DOCUMENT = "document", "Documents"
        REMOTE = "remote", "Remotely"
        ON_SITE = "on_site", "On site"
        INDEPENDENT = "independent", "Independently"
        RIGHTSHOLDER_CONFIRMED = "rightsholder_confirmed", "Confirmed by rightsholders"

    plan = models.ForeignKey(CorrectivePlan, models.PROTECT, related_name="milestones")
    what = models.TextField()
    due = models.DateField()
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    logged_at = models.DateTimeField()
    verification = models.CharField(max_length=24, choices=Verification, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    verified_on = models.DateField(null=True, blank=True)
    verified_how = models.TextField(blank=True)

    class Meta:
        ordering = ["due", "id"]
        constraints = [
            models.CheckConstraint(
                name="milestone_verified_by_another",
                condition=Q(verified_by__isnull=True) | ~Q(verified_by=F("logged_by")),
            ),
            models.CheckConstraint(
                name="milestone_verified_says_how",
                condition=Q(
                    verification="", verified_by__isnull=True, verified_on__isnull=True, verified_how=""
                )
                | (
                    Q(verified_by__isnull=False, verified_on__isnull=False)
                    & ~Q(verification="")
                    & ~Q(verified_how="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.what[:80]
