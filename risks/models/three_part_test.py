from django.conf import settings
from django.db import models
from django.db.models import Q

from risks.rules.ladder import LADDER
from risks.rules.three_part_test import Alternative, Answer, GivenTest, OutcomeOfTest


class ThreePartTest(models.Model):
    """The answers to the three-part test of one measure or option on one day; append-only (ICCPR 19(3))."""

    measure = models.ForeignKey(
        "risks.Measure", models.PROTECT, null=True, blank=True, related_name="three_part_tests"
    )
    kind = models.CharField(max_length=24, choices=[(code, rung.label) for code, rung in LADDER.items()])
    answers = models.JSONField(default=dict)
    aims = models.JSONField(default=list, blank=True)
    no_aim_is_listed = models.BooleanField(default=False)
    alternatives = models.JSONField(default=list, blank=True)
    rights_burdened = models.JSONField(default=list, blank=True)
    outcome = models.CharField(max_length=10, choices=[(str(one), str(one)) for one in OutcomeOfTest])
    reason = models.TextField()
    assessed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    assessed_at = models.DateTimeField()

    class Meta:
        ordering = ["-assessed_at", "-id"]
        constraints = [models.CheckConstraint(name="test_gives_a_reason", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"Three-part test: {self.outcome}"

    def given(self) -> GivenTest:
        """Return what the assessor gave, as the rules read it."""
        return GivenTest(
            answers={code: Answer(**answer) for code, answer in self.answers.items()},
            aims=tuple(self.aims),
            alternatives=tuple(Alternative(**one) for one in self.alternatives),
            rights_burdened=tuple(self.rights_burdened),
            no_aim_is_listed=self.no_aim_is_listed,
        )
