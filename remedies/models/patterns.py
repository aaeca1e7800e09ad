from django.conf import settings
from django.db import models
from django.db.models import Q

from remedies.models.cases import among
from remedies.rules.patterns import WHY, Why
from remedies.rules.remedy import RootCause


class PatternReview(models.Model):
    """What lies behind cases of one root cause, and whether the business model does (domain.md 6.8, 1.11).

    It holds no case and no number: a machine opens it, and only a person concludes it, once.
    """

    root_cause = models.CharField(max_length=18)
    why = models.CharField(max_length=12, choices=[(str(one), said) for one, said in WHY.items()])
    opened_on = models.DateField()
    due = models.DateField()
    conclusion = models.TextField(blank=True)
    model_review = models.ForeignKey(
        "risks.ModelReview", models.PROTECT, null=True, blank=True, related_name="+"
    )
    concluded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    concluded_on = models.DateField(null=True)

    class Meta:
        ordering = ["due", "id"]
        constraints = [
            models.CheckConstraint(
                name="pattern_has_a_cause", condition=among("root_cause", RootCause) & ~Q(root_cause="")
            ),
            models.CheckConstraint(name="pattern_says_why", condition=among("why", Why)),
            models.CheckConstraint(
                name="pattern_concluded_whole",
                condition=Q(concluded_on__isnull=True, concluded_by__isnull=True, conclusion="")
                | (Q(concluded_on__isnull=False, concluded_by__isnull=False) & ~Q(conclusion="")),
            ),
            models.UniqueConstraint(
                fields=["root_cause"],
                condition=Q(concluded_on__isnull=True),
                name="pattern_one_open_a_cause",
            ),
        ]

    def __str__(self) -> str:
        return self.root_cause.replace("_", " ").capitalize()
