from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from remedies.models.cases import Case, among
from remedies.rules.case_workflow import Proceeding
from remedies.rules.retaliation import Outcome, Word


class RetaliationCheck(models.Model):
    """Whether the person was punished for speaking: asked after closing, or told by them at once (6.5, 6.7).

    What happened stands in their sealed messages; of their own answer only the week is kept (ADR 20).
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="retaliation_checks")
    days = models.PositiveSmallIntegerField()
    due = models.DateField()
    word = models.CharField(max_length=11, blank=True, db_default="")
    word_week = models.DateField(null=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    taken_on = models.DateField(null=True)
    outcome = models.CharField(max_length=13, blank=True, db_default="")
    outcome_on = models.DateField(null=True)

    class Meta:
        ordering = ["due", "days"]
        constraints = [
            models.CheckConstraint(name="retaliation_word_known", condition=among("word", Word)),
            models.CheckConstraint(name="retaliation_days_known", condition=Q(days__in=[0, 30, 90, 180])),
            models.CheckConstraint(
                name="retaliation_word_whole",
                condition=Q(word="", word_week__isnull=True, recorded_by__isnull=True)
                | (~Q(word="") & Q(word_week__isnull=False, word_week__iso_week_day=1)),
            ),
            models.CheckConstraint(
                name="retaliation_looked_at_when_told",
                condition=among("outcome", Outcome)
                & (
                    Q(taken_on__isnull=True, taken_by__isnull=True)
                    | Q(taken_on__isnull=False, taken_by__isnull=False)
                )
                & (
                    Q(outcome="", outcome_on__isnull=True)
                    | Q(word="yes", outcome_on__isnull=False, taken_on__isnull=False)
                ),
            ),
            models.UniqueConstraint(
                fields=["case", "days", "due"], condition=~Q(days=0), name="retaliation_asked_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.days} days after closing" if self.days else "Told by the person"

    @property
    def said(self) -> str:
        """Return what was answered, as people say it."""
        return self.word.replace("_", " ")

    @property
    def found(self) -> str:
        """Return what was found, as people say it."""
        return self.outcome.replace("_", " ")


class ParallelProceeding(models.Model):
    """Where else the matter of a case is pending; the case goes on, and the two are coordinated (C5)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="proceedings")
    kind = models.CharField(max_length=17)
    noted_on = models.DateField()
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["noted_on", "kind"]
        constraints = [
            models.CheckConstraint(name="proceeding_known", condition=among("kind", Proceeding)),
            models.UniqueConstraint(fields=["case", "kind"], name="proceeding_once_a_kind"),
        ]

    def __str__(self) -> str:
        return self.kind.replace("_", " ").capitalize()
