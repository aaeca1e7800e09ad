from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, F, Q

from risks.models.exits import ExitDecision
from risks.models.measures import Measure
from risks.models.partners import Relationship


def _after(column: str, days: int) -> Any:
    return ExpressionWrapper(F(column) + timedelta(days=days), models.DateField())


class StayingTerm(models.Model):
    """One dated decision to stay: asked for, then signed by a senior, or refused. It runs out by itself (X7)."""

    decision = models.ForeignKey(ExitDecision, models.PROTECT, related_name="terms")
    why = models.TextField()
    consequences = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_on = models.DateField()
    level = models.PositiveSmallIntegerField()
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    accepted_on = models.DateField(null=True, blank=True)
    runs_until = models.DateField(null=True, blank=True)
    refused_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["decision"],
                condition=Q(accepted_on__isnull=True, refused_on__isnull=True),
                name="staying_term_asked_once",
            ),
            models.CheckConstraint(
                name="staying_term_accepted_by_another",
                condition=Q(accepted_by__isnull=True, accepted_on__isnull=True, runs_until__isnull=True)
                | (
                    Q(accepted_by__isnull=False, accepted_on__isnull=False, refused_on__isnull=True)
                    & Q(runs_until__isnull=False)
                    & ~Q(accepted_by=F("asked_by"))
                ),
            ),
            models.CheckConstraint(
                name="staying_term_is_short",
                condition=Q(runs_until__isnull=True)
                | Q(runs_until__lte=_after("accepted_on", 30))
                | Q(level__lte=4, runs_until__lte=_after("accepted_on", 60))
                | Q(level__lte=3, runs_until__lte=_after("accepted_on", 90)),
            ),
            models.CheckConstraint(
                name="staying_term_names_consequences", condition=~Q(consequences="") & ~Q(why="")
            ),
        ]

    def __str__(self) -> str:
        return f"To stay, asked on {self.asked_on:%-d %B %Y}"


class EmergencyStop(models.Model):
    """A short suspension of a partner where life is in danger: a measure, never an exit decision (X6)."""

    relationship = models.ForeignKey(Relationship, models.PROTECT, related_name="emergency_stops")
    measure = models.OneToOneField(Measure, models.PROTECT, related_name="emergency_stop")
    decision = models.ForeignKey(ExitDecision, models.PROTECT, related_name="emergency_stops")
    renewal = models.BooleanField(default=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["decision"], condition=Q(renewal=True), name="emergency_stop_renewed_once"
            )
        ]

    def __str__(self) -> str:
        return f"Emergency stop {self.pk}"
