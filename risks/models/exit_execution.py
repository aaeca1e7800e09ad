from django.conf import settings
from django.db import models
from django.db.models import Q

from risks.models.exits import ExitDecision
from risks.rules.exit_execution import DUTIES


class ExitStage(models.Model):
    """One stage of carrying out a decision: what happens in it, and from when."""

    decision = models.ForeignKey(ExitDecision, models.PROTECT, related_name="stages")
    number = models.PositiveSmallIntegerField()
    what = models.TextField()
    begins_on = models.DateField()
    planned_by = models.CharField(max_length=120)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "number"], name="exit_stage_once_a_number")
        ]

    def __str__(self) -> str:
        return f"Stage {self.number}"


class ExitDuty(models.Model):
    """What is owed to people in a stage: who sees to it, by when, and the proof that it was done."""

    stage = models.ForeignKey(ExitStage, models.PROTECT, related_name="duties")
    decision = models.ForeignKey(ExitDecision, models.PROTECT, related_name="duties")
    kind = models.CharField(max_length=20, choices=[(str(kind), said) for kind, said in DUTIES.items()])
    what = models.TextField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    due = models.DateField()
    done_on = models.DateField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    proof = models.TextField(blank=True)

    class Meta:
        ordering = ["stage__number", "due", "id"]
        verbose_name_plural = "exit duties"
        constraints = [
            models.CheckConstraint(
                name="exit_duty_done_has_proof",
                condition=Q(done_on__isnull=True, done_by__isnull=True, proof="")
                | (Q(done_on__isnull=False, done_by__isnull=False) & ~Q(proof="")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.what[:80]}"
