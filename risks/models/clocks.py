from django.db import models
from django.db.models import Q

from risks.models.partners import RelationshipRisk


class ClockEntry(models.Model):
    """What happened to a clock. Never edited; the database copies the deadline of each entry to the harm it times.

    So the deadline in force is always the one of the latest entry, and nobody moves it without an entry (5.4).
    """

    class Kind(models.TextChoices):
        STARTED = "started", "The clock started"
        SEVERITY_ROSE = "severity_rose", "Severity rose"
        SEVERITY_FELL = "severity_fell", "Severity fell"
        EXTENDED = "extended", "More time was given, once"
        RESTARTED = "restarted", "The clock restarted after a relapse"
        OWN_PART_FOUND = "own_part_found", "The company has a part of its own"
        OWN_PART_STOPPED = "own_part_stopped", "The company's own part stopped"
        OWN_PART_CLEARED = "own_part_cleared", "No part of the company's own was found"

    tied = models.ForeignKey(RelationshipRisk, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=16, choices=Kind)
    day = models.DateField()
    level = models.PositiveSmallIntegerField()
    due_before = models.DateField(null=True, blank=True)
    due_after = models.DateField(null=True, blank=True)
    own_due_after = models.DateField(null=True, blank=True)
    reasons = models.TextField(blank=True)
    entered_by = models.CharField(max_length=120)
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["tied"], condition=Q(kind="started"), name="clock_starts_once"),
            models.UniqueConstraint(
                fields=["tied"], condition=Q(kind="extended"), name="clock_extended_once"
            ),
            models.CheckConstraint(
                name="clock_entry_level_of_five", condition=Q(level__gte=1) & Q(level__lte=5)
            ),
            models.CheckConstraint(
                name="clock_more_time_has_reasons",
                condition=~Q(kind__in=["extended", "restarted"]) | ~Q(reasons=""),
            ),
            models.CheckConstraint(name="clock_entry_says_who", condition=~Q(entered_by="")),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class ClockReminder(models.Model):
    """A machine noticed that something about a clock is late, and whom it told. It decides nothing (3.8)."""

    class Why(models.TextChoices):
        FIRST_ACTION = "first_action", "No leverage was used in the time for a first action"
        HALF_TIME = "half_time", "Half the time has passed without measurable change"
        LIMIT_PASSED = "limit_passed", "The time to see change has passed: people must consider exit"
        EXIT_OVERDUE = "exit_overdue", "Exit had to be considered by now, and nobody did"
        OWN_PART = "own_part", "The company's own part had to stop by now"
        ACTION_DEADLINE = "action_deadline", "Change was expected by now, and nothing was measured"
        NEXT_STEP = "next_step", "The next step of the leverage plan is late"
        MILESTONE = "milestone", "A milestone of the corrective plan is late"
        DRIFT = "drift", "Linked, and nothing changed: inaction may have become a contribution"
        RECHECK = "recheck", "While staying, it is time to look again"

    class Level(models.TextChoices):
        PARTNER_MGR = "PARTNER_MGR", "Partner manager and analysts"
        DECIDER = "DECIDER", "Deciders"
        SENIOR = "SENIOR", "Accountable executive"
        BOARD = "BOARD", "Board"

    tied = models.ForeignKey(RelationshipRisk, models.PROTECT, related_name="reminders")
    why = models.CharField(max_length=16, choices=Why)
    about = models.PositiveBigIntegerField(
        default=0, help_text="The action, step or milestone; 0 for the clock."
    )
    due = models.DateField()
    level = models.CharField(max_length=12, choices=Level)
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["-sent_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tied", "why", "about", "due", "level"], name="clock_reminded_once_of_a_deadline"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_why_display()} ({self.level})"
