from django.conf import settings
from django.db import models
from django.db.models import F, Q

from transparency.models.reports import Report
from transparency.rules.redaction import REASON_WORDS

PERSON = settings.AUTH_USER_MODEL


class Redaction(models.Model):
    """Words that leave a report, for a reason of the closed list, by one person and reviewed by another (8.5).

    The words stand sealed: whoever reads a dump reads none of what is hidden from the public.
    """

    class State(models.TextChoices):
        MARKED = "marked", "Waits for a second person"
        CONFIRMED = "confirmed", "Confirmed"
        REFUSED = "refused", "Refused"
        LIFTED = "lifted", "Lifted"

    report = models.ForeignKey(Report, models.PROTECT, related_name="redactions")
    field = models.CharField(max_length=300)
    original_ref = models.CharField(max_length=120)
    words = models.BinaryField()
    reason = models.CharField(max_length=28, choices=list(REASON_WORDS.items()))
    state = models.CharField(max_length=9, choices=State, default=State.MARKED)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reviewed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    carried = models.BooleanField(default=False)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                name="redaction_reviewed_by_another",
                condition=Q(state="marked", reviewed_by__isnull=True, reviewed_at__isnull=True)
                | (
                    ~Q(state="marked")
                    & Q(reviewed_by__isnull=False, reviewed_at__isnull=False)
                    & ~Q(reviewed_by=F("by"))
                ),
            ),
            models.CheckConstraint(
                name="redaction_for_a_reason_of_the_list",
                condition=Q(reason__in=sorted(map(str, REASON_WORDS))),
            ),
        ]

    def __str__(self) -> str:
        return f"Redaction {self.pk}"
