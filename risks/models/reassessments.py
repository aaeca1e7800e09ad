from django.db import models
from django.db.models import Q

from risks.rules.ladder import LADDER
from risks.rules.reassessment import ASKED_LABELS, REASON_CODES, Decided

EARLIER = Q(reason_code="")  # rows from before a reason was counted; the database takes no new ones


def _only(outcome: Decided, given: Q, absent: Q) -> Q:
    """Return that something is given with one outcome and with no other."""
    return (Q(outcome=str(outcome)) & given) | (~Q(outcome=str(outcome)) & absent)


class Reassessment(models.Model):
    """What a person decided about a measure that was due (domain.md 3.7). Never edited.

    What fired stands in its finding.
    """

    class Outcome(models.TextChoices):
        MAINTAIN = "maintain", "Maintain, with a fresh three-part test"
        ESCALATE = "escalate", "Propose a more intrusive measure"
        DE_ESCALATE = "de_escalate", "De-escalate to a less intrusive measure"
        LIFT = "lift", "Lift and restore"
        REFER = "refer", "Refer to somebody else with a question"

    measure = models.ForeignKey("risks.Measure", models.PROTECT, related_name="reassessments")
    finding = models.ForeignKey("risks.Finding", models.PROTECT, null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome)
    reasons = models.TextField()
    test = models.ForeignKey("risks.ThreePartTest", models.PROTECT, null=True, blank=True, related_name="+")
    reason_code = models.CharField(
        max_length=24, blank=True, choices=[(code, one.label) for code, one in REASON_CODES.items()]
    )
    evidence_considered = models.ManyToManyField("risks.Evidence", blank=True, related_name="+")
    who_was_heard = models.TextField(blank=True)
    time_spent_min = models.PositiveIntegerField(null=True, blank=True)
    proposed = models.ForeignKey("risks.Measure", models.PROTECT, null=True, blank=True, related_name="+")
    lower_kind = models.CharField(max_length=24, blank=True)
    restored = models.TextField(blank=True, default="", db_default="")
    referred_to = models.CharField(max_length=120, blank=True)
    question = models.TextField(blank=True, default="", db_default="")
    decided_by = models.CharField(max_length=120)
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["-decided_at"]
        indexes = [models.Index(fields=["measure", "-decided_at"], name="reassessment_of_measure")]
        constraints = [
            models.CheckConstraint(name="reassessment_counts_its_reason", condition=~EARLIER),
            models.CheckConstraint(
                name="reassessment_lower_kind_to_de_escalate",
                condition=_only(Decided.DE_ESCALATE, Q(lower_kind__in=sorted(LADDER)), Q(lower_kind="")),
            ),
            models.CheckConstraint(
                name="reassessment_refers_to_somebody",
                condition=_only(Decided.REFER, ~Q(referred_to=""), Q(referred_to="")),
            ),
            models.CheckConstraint(
                name="reassessment_lift_says_what_was_restored",
                condition=EARLIER | _only(Decided.LIFT, ~Q(restored=""), Q(restored="")),
            ),
            models.CheckConstraint(
                name="reassessment_refers_with_a_question",
                condition=EARLIER | _only(Decided.REFER, ~Q(question=""), Q(question="")),
            ),
            models.CheckConstraint(
                name="reassessment_maintains_with_a_test",
                condition=EARLIER | _only(Decided.MAINTAIN, Q(test__isnull=False), Q(test__isnull=True)),
            ),
            models.CheckConstraint(
                name="reassessment_escalates_by_a_proposal",
                condition=EARLIER
                | _only(Decided.ESCALATE, Q(proposed__isnull=False), Q(proposed__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()

    @property
    def asked(self) -> str:
        """Return whom it was referred to, in words; earlier rows name them freely."""
        return dict(ASKED_LABELS).get(self.referred_to, self.referred_to)  # type: ignore[call-overload,no-any-return]
