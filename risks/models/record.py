from django.db import models


class RecordEntry(models.Model):
    """One thing that history did, kept as it was said: leverage, exit, consultation, proceeding, event."""

    class Kind(models.TextChoices):
        RIGHT = "right", "Right with no article"
        RELATIONSHIP = "relationship", "Business relationship"
        ACTION = "other_action", "Action"
        ELSEWHERE = "elsewhere", "Measure elsewhere"
        LEVERAGE = "leverage", "Leverage"
        EXIT = "exit", "Exit decision"
        DILEMMA = "dilemma", "Dilemma between rights"
        RABAT = "rabat", "Rabat factor"
        CONSULTATION = "consultation", "Consultation"
        PROCEEDING = "proceeding", "Grievance and remedy"
        DISCLOSURE = "disclosure", "Transparency"
        EVENT = "event", "Event"

    risk = models.ForeignKey("risks.Risk", models.CASCADE, related_name="record")
    relationship = models.ForeignKey(
        "risks.Relationship", models.PROTECT, null=True, blank=True, related_name="record"
    )
    kind = models.CharField(max_length=14, choices=Kind)
    when_said = models.CharField(max_length=120, blank=True)
    when_first = models.DateField(null=True, blank=True)
    when_last = models.DateField(null=True, blank=True)
    what = models.TextField()
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["when_first", "id"]
        verbose_name_plural = "record entries"

    def __str__(self) -> str:
        return self.what

    @property
    def told_details(self) -> list[tuple[str, str]]:
        """Return what else was said, each with its name for people."""
        return [
            (name.replace("_", " ").capitalize(), said)
            for name, said in self.detail.items()
            if name != "date"
        ]
