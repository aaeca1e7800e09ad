from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from risks.rules.proportionality import FOUND_SAID

OUTCOMES = [(str(outcome), said) for outcome, said in FOUND_SAID.items()]


class CycleQuerySet(models.QuerySet["Cycle"]):
    def full(self) -> Self:
        """Return the cycles that covered every measure in force on their day."""
        return self.exclude(kind=Cycle.Kind.EVENT)


class Cycle(models.Model):
    """One re-assessment: of every measure in force on a day, or of those that something happened to.

    A late, second or manual start in the same period is the same cycle (reliability.md 4.1).
    """

    class Kind(models.TextChoices):
        NIGHTLY = "nightly", "Nightly, every measure in force"
        EVENT = "event", "Something happened or a date passed"
        REQUESTED = "requested", "Asked for, every measure in force on that day"

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.NIGHTLY)
    period_start = models.DateTimeField()
    as_of = models.DateField()
    rules_version = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = CycleQuerySet.as_manager()

    class Meta:
        ordering = ["-as_of", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "period_start", "rules_version"], name="one_cycle_per_period"
            )
        ]

    def __str__(self) -> str:
        return f"Re-assessment as of {self.as_of:%-d %B %Y}"


class ChunkQuerySet(models.QuerySet["Chunk"]):
    def waiting(self) -> Self:
        """Return the chunks that are neither done nor set aside."""
        return self.filter(done_at__isnull=True, quarantined=False)


class Chunk(models.Model):
    """A slice of a cycle: the row is the queue, and the record of what was covered (reliability.md 4.1).

    A full cycle is cut into ranges of ids; a cycle of events names its members.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="chunks")
    first_measure = models.BigIntegerField()
    last_measure = models.BigIntegerField()
    members = ArrayField(models.BigIntegerField(), null=True, blank=True)
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


class Touch(models.Model):
    """Something happened that a rule looks at: written by the database in the transaction of the event.

    The event sweep of the next minute takes it up and deletes it; a future-dated event waits for its time.
    """

    measure = models.ForeignKey("risks.Measure", models.CASCADE, null=True, related_name="+")
    risk = models.ForeignKey("risks.Risk", models.CASCADE, null=True, related_name="+")
    why = models.CharField(max_length=24)
    due_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["due_at"], name="touch_by_time")]
        constraints = [
            models.CheckConstraint(
                name="touch_of_measure_or_risk",
                condition=Q(measure__isnull=False, risk__isnull=True)
                | Q(measure__isnull=True, risk__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.why


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
    """A person is asked to re-assess a measure. Only a recorded human outcome closes it.

    `level` is who is reminded: it only rises, each time with its own Reminder.
    """

    class Level(models.TextChoices):
        DECIDER = "DECIDER", "Whoever decides on measures"
        SENIOR = "SENIOR", "A senior person"
        BOARD = "BOARD", "The board's digest"

    measure = models.ForeignKey("risks.Measure", models.PROTECT, related_name="tasks")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="tasks")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    level = models.CharField(max_length=8, choices=Level, default=Level.DECIDER)
    closed_at = models.DateTimeField(null=True, blank=True)
    reassessment = models.OneToOneField("risks.Reassessment", models.PROTECT, null=True, blank=True)

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=Q(closed_at__isnull=True), name="task_open_by_day"
            )
        ]
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


class Reminder(models.Model):
    """A machine reminded people that a task is overdue, and of which level. It decides nothing (domain.md 3.8)."""

    class Why(models.TextChoices):
        OVERDUE = "overdue", "The deadline passed without a decision"
        SILENCE = "silence", "Twice the interval passed without a review: re-justify or lift"

    task = models.ForeignKey(ReviewTask, models.PROTECT, related_name="reminders")
    level = models.CharField(max_length=8, choices=ReviewTask.Level)
    why = models.CharField(max_length=8, choices=Why)
    sent_at = models.DateTimeField()
    answer_by = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-sent_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["task", "level", "why"], name="reminded_once_a_level_and_reason")
        ]

    def __str__(self) -> str:
        return f"{self.get_why_display()} ({self.level})"
