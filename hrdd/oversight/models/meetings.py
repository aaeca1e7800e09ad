from django.conf import settings
from django.db import models
from django.db.models import F, Q

from hrdd.governance.rules import Role
from hrdd.oversight.rules.meetings import BODIES, LADDER_ROLES


class OversightMeeting(models.Model):
    """A meeting of those who oversee: who came, what was put before them, what they decided (UNGP 19(a); 1.10).

    Append-only: a correction is a new row that supersedes. `put_before` is what the record showed them on the day.
    """

    held_on = models.DateField()
    body = models.CharField(max_length=12, choices=list(BODIES.items()))
    attendees = models.JSONField(default=list)
    rights_items = models.JSONField(default=list, blank=True)
    other_items = models.JSONField(default=list, blank=True)
    decisions = models.JSONField(default=list, blank=True)
    put_before = models.JSONField(default=dict)
    figures = models.ForeignKey(
        "oversight.FigureRelease", models.PROTECT, null=True, blank=True, related_name="meetings"
    )
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    correction_reasons = models.TextField(blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-held_on", "-id"]
        indexes = [models.Index(fields=["body", "-held_on"], name="meeting_of_body")]
        constraints = [
            models.CheckConstraint(name="meeting_somebody_came", condition=~Q(attendees=[])),
            models.CheckConstraint(
                name="meeting_has_an_agenda", condition=~Q(rights_items=[]) | ~Q(other_items=[])
            ),
            models.CheckConstraint(
                name="meeting_corrected_with_reasons",
                condition=Q(supersedes__isnull=True, correction_reasons="")
                | (Q(supersedes__isnull=False) & ~Q(correction_reasons="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_body_display()}, {self.held_on:%-d %B %Y}"


class Escalation(models.Model):
    """Something brought before somebody higher up, to be answered by a day (domain.md 1.10).

    A machine may raise one, which is a reminder and decides nothing (3.8); only a person answers.
    """

    class Code(models.TextChoices):
        PLAN_TO_SENIOR = "plan_senior", "A P1 risk has no approved plan in its time"
        PLAN_TO_BOARD = "plan_board", "A P1 risk has no approved plan in twice its time"
        PERSON = "person", "Raised by a person"

    from_role = models.CharField(max_length=20, choices=[(str(one), str(one)) for one in Role], blank=True)
    to_role = models.CharField(
        max_length=12, choices=[(str(one), said) for one, said in LADDER_ROLES.items()]
    )
    code = models.CharField(max_length=12, choices=Code)
    subject = models.CharField(max_length=200)
    risk = models.ForeignKey("risks.Risk", models.PROTECT, null=True, blank=True, related_name="escalations")
    about = models.DateTimeField(null=True, blank=True)
    reason = models.TextField()
    raised_by = models.CharField(max_length=120)
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(
                fields=["to_role", "due_at"], condition=Q(answered_at__isnull=True), name="escalation_open"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["risk", "code", "about"],
                condition=Q(about__isnull=False),
                name="escalation_raised_once_a_clock",
            ),
            models.CheckConstraint(
                name="escalation_answered_by_a_person",
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | (
                    Q(answered_at__isnull=False, answered_by__isnull=False, answered_at__gte=F("raised_at"))
                    & ~Q(answer="")
                ),
            ),
            models.CheckConstraint(name="escalation_due_after", condition=Q(due_at__gt=F("raised_at"))),
            models.CheckConstraint(name="escalation_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="escalation_of_a_clock_names_it",
                condition=Q(code="person", about__isnull=True)
                | (~Q(code="person") & Q(about__isnull=False, risk__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.subject
