from django.conf import settings
from django.db import models
from django.db.models import Q

from transparency.models.reports import Report
from transparency.rules.coverage import PLACES, QUESTIONS


class CoverageAnswer(models.Model):
    """What a person said of a question of the Reporting Framework: where it is answered, or why nowhere.

    Without a risk, a question of issues is answered for all of them that have no answer of their own. Changed only
    while the report is a draft.
    """

    report = models.ForeignKey(Report, models.PROTECT, related_name="coverage")
    question = models.CharField(max_length=5, choices=[(one.code, one.code) for one in QUESTIONS])
    risk = models.ForeignKey("risks.Risk", models.PROTECT, null=True, blank=True, related_name="+")
    told_in = models.SlugField(
        max_length=24, blank=True, choices=[(code, one.name) for code, one in PLACES.items()]
    )
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "question", "risk"], name="coverage_answer_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="coverage_answered_or_why_not",
                condition=(Q(reason="") & ~Q(told_in="")) | (~Q(reason="") & Q(told_in="")),
            ),
        ]

    def __str__(self) -> str:
        return self.question
