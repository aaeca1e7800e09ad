from typing import Self

from django.db import models
from django.db.models import Q

from risks.rules.proportionality import Outcome

OUTCOMES = [(str(outcome), outcome.replace("_", " ").capitalize()) for outcome in Outcome]


class Cycle(models.Model):
    """One re-assessment of every measure in force on a day. A late or second start is the same cycle."""

    as_of = models.DateField()
    rules_version = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-as_of", "-id"]
        constraints = [models.UniqueConstraint(fields=["as_of", "rules_version"], name="one_cycle_per_day")]

    def __str__(self) -> str:
        return f"Re-assessment as of {self.as_of}"


class ChunkQuerySet(models.QuerySet["Chunk"]):
    def waiting(self) -> Self:
        """Return the chunks that are neither done nor set aside."""
        return self.filter(done_at__isnull=True, quarantined=False)


class Chunk(models.Model):
    """A slice of a cycle: the row is the queue, and the record of what was covered (reliability.md 4.1)."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="chunks")
    first_measure = models.BigIntegerField()
    last_measure = models.BigIntegerField()
    attempts = models.PositiveSmallIntegerField(default=0)
    assessed = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    quarantined = models.BooleanField(default=False)

    objects = ChunkQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "first_measure"], name="chunk_once_per_cycle")
        ]
        indexes = [models.Index(fields=["cycle"], condition=Q(done_at__isnull=True), name="chunk_waiting")]

    def __str__(self) -> str:
        return f"{self.cycle_id}: {self.first_measure} to {self.last_measure}"


class Finding(models.Model):
    """What the rules say of one measure in one cycle. Immutable; nothing is written where all is well."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="findings")
    measure = models.ForeignKey("risks.Measure", models.PROTECT, related_name="findings")
    finding = models.CharField(max_length=16, choices=OUTCOMES)
    code = models.CharField(max_length=24)
    codes = models.JSONField(default=list)
    inputs = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["cycle", "measure"], name="one_finding_per_cycle")]

    def __str__(self) -> str:
        return f"{self.finding} / {self.code}"


class ReviewTask(models.Model):
    """A person is asked to re-assess a measure. Only a recorded human outcome closes it."""

    measure = models.ForeignKey("risks.Measure", models.PROTECT, related_name="tasks")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="tasks")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    reassessment = models.OneToOneField("risks.Reassessment", models.PROTECT, null=True, blank=True)

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure"], condition=Q(closed_at__isnull=True), name="one_open_task_per_measure"
            ),
            models.CheckConstraint(
                name="task_closed_by_a_person",
                condition=Q(closed_at__isnull=True, reassessment__isnull=True)
                | Q(closed_at__isnull=False, reassessment__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Re-assess {self.measure_id} by {self.due_at}"
