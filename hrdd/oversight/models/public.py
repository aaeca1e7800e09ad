"""What the public's role reads of oversight: views without a name, an amount or a word of an agenda (RF A2.2)."""

from typing import ClassVar

from django.db import models

from hrdd.governance.rules import Role
from hrdd.oversight.rules.meetings import BODIES


class PublicMandate(models.Model):
    """Which function answers for human rights today, in which role, and to whom; never who holds it."""

    role = models.CharField(max_length=20, choices=[(str(one), one.replace("_", " ")) for one in Role])
    function = models.CharField(max_length=160)
    reports_to = models.CharField(max_length=160)
    starts_on = models.DateField()

    class Meta:
        managed = False
        db_table = "oversight_publicmandate"
        ordering: ClassVar[list[str]] = ["function", "starts_on", "id"]

    def __str__(self) -> str:
        return self.function


class PublicMeeting(models.Model):
    """When a body met, how many items on human rights it had, and which kinds of matter were put before it."""

    held_on = models.DateField()
    body = models.CharField(max_length=12, choices=list(BODIES.items()))
    rights_n = models.PositiveIntegerField()
    asked = models.BooleanField()
    escalations = models.BooleanField()
    exceptions = models.BooleanField()
    exits_late = models.BooleanField()
    unmandated = models.BooleanField()

    class Meta:
        managed = False
        db_table = "oversight_publicmeeting"
        ordering: ClassVar[list[str]] = ["-held_on", "-id"]

    def __str__(self) -> str:
        return f"{self.get_body_display()}, {self.held_on:%-d %B %Y}"


class PublicTraining(models.Model):
    """How many of an audience had a training, as last counted."""

    audience = models.CharField(max_length=120)
    due_n = models.PositiveIntegerField()
    done_n = models.PositiveIntegerField()
    due_on = models.DateField()
    as_of = models.DateField()

    class Meta:
        managed = False
        db_table = "oversight_publictraining"
        ordering: ClassVar[list[str]] = ["audience"]

    def __str__(self) -> str:
        return self.audience
