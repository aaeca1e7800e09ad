from django.conf import settings
from django.db import models
from django.db.models import F, Q

from hrdd.governance.rules import Role


class Incentive(models.Model):
    """Whether the pay of an executive role depends on a goal about rights (1.10, K26). Append-only; the last holds."""

    role = models.CharField(max_length=120)
    linked_to_rights_kpi = models.BooleanField()
    goal = models.CharField(max_length=300, blank=True)
    holds_from = models.DateField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["role", "-holds_from", "-id"]
        constraints = [
            models.CheckConstraint(
                name="incentive_linked_names_its_goal",
                condition=Q(linked_to_rights_kpi=False, goal="")
                | (Q(linked_to_rights_kpi=True) & ~Q(goal="")),
            )
        ]

    def __str__(self) -> str:
        return self.role


class Training(models.Model):
    """How many of those who are due a training had it, on a day (1.10, K26). Append-only, the latest holds."""

    audience = models.CharField(max_length=120)
    due_n = models.PositiveIntegerField()
    done_n = models.PositiveIntegerField()
    due_on = models.DateField()
    as_of = models.DateField()
    owner_role = models.CharField(
        max_length=20, choices=[(str(one), one.replace("_", " ")) for one in Role], blank=True
    )
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["audience", "-as_of", "-id"]
        constraints = [
            models.CheckConstraint(name="training_done_of_due", condition=Q(done_n__lte=F("due_n"))),
            models.CheckConstraint(name="training_due_somebody", condition=Q(due_n__gt=0)),
        ]

    def __str__(self) -> str:
        return self.audience


class Staffing(models.Model):
    """Moderators and rights staff against users, by language and country, on a day (K22). Append-only."""

    language = models.CharField(max_length=40)
    country = models.CharField(max_length=2)
    moderators_fte = models.DecimalField(max_digits=8, decimal_places=2)
    rights_fte = models.DecimalField(max_digits=8, decimal_places=2)
    users = models.PositiveBigIntegerField()
    as_of = models.DateField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["country", "language", "-as_of", "-id"]
        verbose_name_plural = "staffing"
        constraints = [
            models.UniqueConstraint(fields=["language", "country", "as_of"], name="staffing_once_a_day"),
            models.CheckConstraint(name="staffing_of_users", condition=Q(users__gt=0)),
            models.CheckConstraint(
                name="staffing_never_negative", condition=Q(moderators_fte__gte=0, rights_fte__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.language}, {self.country}"
