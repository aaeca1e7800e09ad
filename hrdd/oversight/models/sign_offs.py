"""What a machine reminded of signatures that nobody gave."""

from django.db import models
from django.db.models import Q

from hrdd.governance.models import SignOff
from hrdd.oversight.rules.sign_offs import LEVEL_LABELS


class SignOffReminder(models.Model):
    """One reminder of one open sign-off; append-only, and each is written once however often the job runs."""

    sign_off = models.ForeignKey(SignOff, models.PROTECT, related_name="reminders")
    level = models.CharField(max_length=6, choices=[(str(one), said) for one, said in LEVEL_LABELS.items()])
    number = models.PositiveIntegerField()
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["sent_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["sign_off", "level", "number"], name="sign_off_reminded_once_a_time"
            ),
            models.CheckConstraint(
                name="sign_off_raised_once", condition=Q(level="ASKED", number__gte=1) | Q(number=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sign_off}: {self.get_level_display()}, {self.number}"
