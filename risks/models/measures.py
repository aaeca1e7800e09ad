from datetime import date
from typing import Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Case, F, Q, Value, When

from risks.models.measure_constraints import LIFE_OF_A_MEASURE
from risks.rules.ladder import LADDER

IN_FORCE = ("active", "active_emergency")
STILL_OPEN = ("proposed", "approved", *IN_FORCE)
# What a measure is found by: an index holds it, and a search asks for the very same.
WORDS_OF_A_MEASURE = SearchVector("said", "target", "rule_relied_on", config="simple")
# Measures in force come first in their list; an index holds this order, and the list asks for the very same.
ENDED = Case(When(state__in=IN_FORCE, then=Value(0)), default=Value(1))
NEVER_STOOD = ("proposed", "approved", "rejected", "withdrawn")


class MeasureQuerySet(models.QuerySet["Measure"]):
    def in_force(self, on: date) -> Self:
        """Return the measures that stood on a day, whatever became of them later."""
        begun = self.filter(starts_on__lte=on).exclude(state__in=NEVER_STOOD)
        return begun.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on))

    def to_look_at(self, on: date) -> Self:
        """Return what the passage of time asks to look at on a day, and what was never looked at."""
        return self.filter(Q(look_again_on__isnull=True) | Q(look_again_on__lte=on))


class Measure(models.Model):
    """A response to a risk, from no action to a ban (domain.md 3.2)."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        APPROVED = "approved", "Approved, not in force yet"
        ACTIVE = "active", "In force"
        ACTIVE_EMERGENCY = "active_emergency", "In force as an emergency"
        MODIFIED = "modified", "Replaced"
        LIFTED = "lifted", "Lifted"
        EXPIRED = "expired", "Ended by its end date"
        REVERSED = "reversed", "Reversed on appeal"
        REJECTED = "rejected", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Target(models.TextChoices):
        ITEM = "item", "An item of content"
        ACCOUNT = "account", "An account"
        FEATURE = "feature", "A feature of an account"
        PARTNER = "partner", "A partner or customer"
        TERRITORY = "territory", "A territory"
        RULE = "rule", "A rule over many items"

    class Unit(models.TextChoices):
        SINGLE = "single", "Reviewed one by one"
        RULE_CLASS = "rule_class", "Reviewed by a sample of what the rule did"

    class Automation(models.TextChoices):
        NOT_AUTOMATED = "NOT_AUTOMATED", "Decided by people"
        PARTIALLY = "PARTIALLY", "Decided with the help of a machine"
        FULLY = "FULLY", "Decided by a machine"

    risk = models.ForeignKey("risks.Risk", models.PROTECT, related_name="measures")
    dilemma = models.ForeignKey(
        "risks.Dilemma", models.PROTECT, null=True, blank=True, related_name="measures"
    )
    kind = models.CharField(max_length=24, choices=[(code, rung.label) for code, rung in LADDER.items()])
    intrusion = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=16, choices=State, default=State.ACTIVE)
    said = models.CharField(max_length=300, blank=True)
    target = models.CharField(max_length=300)
    target_type = models.CharField(max_length=10, choices=Target, blank=True)
    target_ref = models.CharField(max_length=120, blank=True)
    unit_of_review = models.CharField(max_length=10, choices=Unit, default=Unit.SINGLE)
    public_interest = models.BooleanField(default=False, db_default=False)
    territory = models.JSONField(default=list, blank=True)
    language = models.CharField(
        max_length=2, blank=True, default="", db_default=""
    )  # ISO 639-1, of what was judged; empty where it has none, or it is not known
    rule_relied_on = models.TextField(blank=True)
    policy_version = models.ForeignKey(
        "risks.PolicyVersion", models.PROTECT, null=True, blank=True, related_name="measures"
    )
    policy_clause = models.CharField(max_length=16, blank=True, default="", db_default="")
    legal_ground = models.TextField(blank=True)
    imposed_by = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    starts_on = models.DateField()
    starts_said = models.CharField(max_length=120)
    ends_on = models.DateField(null=True, blank=True)
    ends_said = models.CharField(max_length=300, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    detail = models.JSONField(default=dict, blank=True)
    repeat_after_warning = models.BooleanField(default=False)
    prior_warning_on = models.DateField(null=True, blank=True)
    override_reason = models.TextField(blank=True)
    automated_detection = models.BooleanField(default=False)
    automated_decision = models.CharField(max_length=14, choices=Automation, default=Automation.NOT_AUTOMATED)
    automated_category = models.CharField(max_length=24, blank=True)
    collateral_note = models.TextField(blank=True)
    necessity_at_enforcement = models.TextField(blank=True)
    notified_on = models.DateField(null=True, blank=True)
    appeal_until = models.DateField(null=True, blank=True)
    emergency_until = models.DateTimeField(null=True, blank=True)
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reasons = models.TextField(blank=True)
    end_reasons = models.TextField(blank=True, db_default="")
    test = models.ForeignKey("risks.ThreePartTest", models.PROTECT, null=True, blank=True, related_name="+")
    next_review = models.DateField(null=True, blank=True)
    level_then = models.PositiveSmallIntegerField()
    reviewed_on = models.DateField()
    justified_on = models.DateField()
    look_again_on = models.DateField(null=True, blank=True, editable=False)
    latest_finding = models.ForeignKey(
        "risks.Finding",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        db_index=False,
        help_text="What the latest look found, full cycle or event; empty where all is well. Only a sweep writes it.",
    )

    objects = MeasureQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "id"]
        indexes = [
            models.Index(fields=["state", "starts_on"]),
            models.Index(fields=["look_again_on"], name="measure_look_again"),
            models.Index(
                fields=["latest_finding"], condition=Q(latest_finding__isnull=False), name="measure_found"
            ),
            GinIndex(WORDS_OF_A_MEASURE, name="measure_words"),
            models.Index(ENDED, F("starts_on").desc(), F("id"), name="measure_in_order"),
        ]
        constraints = [
            models.CheckConstraint(
                name="measure_ended_has_date",
                condition=Q(state__in=STILL_OPEN, ended_on__isnull=True)
                | (~Q(state__in=STILL_OPEN) & Q(ended_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="measure_ends_after_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(name="measure_intrusion", condition=Q(intrusion__range=(0, 5))),
            models.CheckConstraint(
                name="measure_relies_on_a_clause",
                condition=Q(policy_version__isnull=True, policy_clause="")
                | (Q(policy_version__isnull=False) & ~Q(policy_clause="")),
            ),
            *LIFE_OF_A_MEASURE,
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.target}"

    @property
    def rule_told(self) -> str:
        """Return the rule relied on as anyone reads it: the words of the record, and the clause of a policy."""
        said = [self.rule_relied_on] if self.rule_relied_on else []
        if (version := self.policy_version) is not None:
            said.append(f"{version.title}, version {version.number}, clause {self.policy_clause}")
        return "; ".join(said)

    def stands(self, on: date) -> bool:
        """Whether it stood on a day, whatever became of it later: `in_force` for one that is loaded."""
        if self.state in NEVER_STOOD:
            return False
        return self.starts_on <= on and (self.ended_on is None or self.ended_on > on)


class Signal(models.Model):
    """Something new about a measure that a person reported; it fires a trigger until the next review."""

    class Kind(models.TextChoices):
        APPEAL_UPHELD = "appeal_upheld", "A human appeal body decided for the person"
        NEW_EVIDENCE = "new_evidence", "New evidence"
        COLLATERAL_HARM = "collateral_harm", "Others are burdened"
        POLICY_CHANGED = "policy_changed", "The rule or law relied on changed"
        CONSULTATION_FINDING = "consultation_finding", "Raised in a consultation"
        INEFFECTIVE = "ineffective", "Measured to have no effect"

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="signals")
    kind = models.CharField(max_length=24, choices=Kind)
    noted_on = models.DateField()
    note = models.TextField()
    noted_by = models.CharField(max_length=120)
    policy_version = models.ForeignKey(
        "risks.PolicyVersion", models.PROTECT, null=True, blank=True, related_name="signals"
    )

    class Meta:
        ordering = ["-noted_on", "-id"]
        indexes = [models.Index(fields=["measure", "kind", "noted_on"])]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "policy_version"],
                condition=Q(policy_version__isnull=False),
                name="signal_once_a_policy_version",
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
