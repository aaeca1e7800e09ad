from django.conf import settings
from django.db import models
from django.db.models import F, Q

from risks.models.partners import Relationship
from risks.rules.exit import (
    COMPARISON_LABELS,
    KIND_LABELS,
    OVER,
    TRIGGER_LABELS,
    ExitState,
    WhyNotConsulted,
    state_label,
)
from risks.rules.words import labels

TRIGGERS = [(str(word), said) for word, said in TRIGGER_LABELS.items()]
EXIT_KINDS = [(str(word), said) for word, said in KIND_LABELS.items()]
COMPARISONS = [(str(word), said) for word, said in COMPARISON_LABELS.items()]
WHY_NOT_CONSULTED = labels(WhyNotConsulted)
PAST_PROPOSED = ["approved", "suspended_execution", "executing", "executed", "post_exit_review", "closed"]
EXIT_OVER = [str(state) for state in OVER]


class ExitImpactAssessment(models.Model):
    """Whom leaving would harm, weighed before anything is decided (domain.md 1.4).

    A draft may be saved incomplete. Once completed the database keeps it as it is; a later one supersedes it.
    """

    relationship = models.ForeignKey(Relationship, models.PROTECT, related_name="exit_assessments")
    decision = models.ForeignKey(
        "risks.ExitDecision", models.PROTECT, null=True, blank=True, related_name="assessments"
    )
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    groups = models.JSONField(default=list)
    sources = models.JSONField(default=list)
    consulted = models.TextField(blank=True)
    consultations = models.ManyToManyField("risks.Consultation", blank=True, related_name="exit_assessments")
    why_not_consulted = models.CharField(max_length=10, choices=WHY_NOT_CONSULTED, blank=True)
    alternatives = models.JSONField(default=list)
    mitigation = models.TextField(blank=True)
    comparison = models.CharField(max_length=26, choices=COMPARISONS, blank=True)
    comparison_reasons = models.TextField(blank=True)
    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_by = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    completed_on = models.DateField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    severity_then = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="exit_assessment_has_comparison",
                condition=Q(completed_on__isnull=True)
                | (~Q(comparison="") & ~Q(mitigation="") & Q(severity_then__isnull=False)),
            ),
            models.UniqueConstraint(
                fields=["decision"],
                condition=Q(completed_on__isnull=True),
                name="exit_assessment_one_draft_a_decision",
            ),
        ]

    def __str__(self) -> str:
        return f"Exit impact assessment: {self.relationship}"


class ExitDecision(models.Model):
    """Whether to suspend, end or keep a relationship (domain.md 1.4)."""

    relationship = models.ForeignKey(Relationship, models.PROTECT, related_name="exits")
    trigger = models.CharField(max_length=24, choices=TRIGGERS)
    trigger_reasons = models.TextField(blank=True)
    state = models.CharField(max_length=20, choices=labels(ExitState), default=ExitState.CONSIDERING)
    kind = models.CharField(max_length=24, choices=EXIT_KINDS, blank=True)
    reasons = models.TextField(blank=True)
    conditions = models.TextField(blank=True)
    consequences_accepted = models.TextField(blank=True)
    notice_days = models.PositiveSmallIntegerField(null=True, blank=True)
    data_and_access_plan = models.TextField(blank=True)
    rests_on_revenue = models.BooleanField(null=True, blank=True)
    money_words = models.JSONField(default=list, blank=True)
    money_words_explained = models.TextField(blank=True)
    severity_at_decision = models.PositiveSmallIntegerField(null=True, blank=True)
    impact_assessment = models.ForeignKey(ExitImpactAssessment, models.PROTECT, null=True, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_on = models.DateField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_on = models.DateField(null=True, blank=True)
    board_agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    board_agreed_on = models.DateField(null=True, blank=True)
    executed_on = models.DateField(null=True, blank=True)
    review_due = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["relationship"],
                condition=~Q(state__in=EXIT_OVER),
                name="exit_one_open_a_relationship",
            ),
            models.CheckConstraint(
                name="exit_approved_with_impact_assessment",
                condition=Q(state__in=["considering", "assessing", "consulted", "proposed", "withdrawn"])
                | Q(impact_assessment__isnull=False, approved_by__isnull=False, approved_on__isnull=False),
            ),
            models.CheckConstraint(
                name="exit_approved_by_another",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="exit_proposed_says_what",
                condition=~Q(state="proposed")
                | (~Q(kind="") & ~Q(reasons="") & Q(proposed_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="exit_rests_not_on_revenue",
                condition=~Q(rests_on_revenue=True) | ~Q(state__in=["proposed", *PAST_PROPOSED]),
            ),
            models.CheckConstraint(
                name="exit_money_words_are_explained",
                condition=Q(money_words=[]) | ~Q(money_words_explained=""),
            ),
            models.CheckConstraint(
                name="exit_board_agreed_whole",
                condition=Q(board_agreed_by__isnull=True, board_agreed_on__isnull=True)
                | (
                    Q(board_agreed_by__isnull=False, board_agreed_on__isnull=False)
                    & ~Q(board_agreed_by=F("proposed_by"))
                    & (Q(approved_by__isnull=True) | ~Q(board_agreed_by=F("approved_by")))
                ),
            ),
        ]

    def __str__(self) -> str:
        kind = self.get_kind_display() if self.kind else "Exit considered"
        return f"{kind}: {self.relationship}"

    @property
    def state_label(self) -> str:
        """Return how people read where it stands."""
        return state_label(ExitState(self.state), self.kind)


class ExitReview(models.Model):
    """What was found while staying, or so long after leaving: whether people are better or worse off. Never edited."""

    class Kind(models.TextChoices):
        STAYING = "staying", "Evidence of mitigation while staying"
        AFTER_90 = "after_90", "Review after 90 days"
        AFTER_365 = "after_365", "Review after 365 days"
        OTHER = "other", "Looked at in between"

    decision = models.ForeignKey(ExitDecision, models.PROTECT, related_name="reviews")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.OTHER)
    found = models.TextField()
    evidence = models.TextField()
    reviewed_on = models.DateField()
    reviewed_by = models.CharField(max_length=120)

    class Meta:
        ordering = ["-reviewed_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "kind"],
                condition=Q(kind__in=["after_90", "after_365"]),
                name="exit_review_once_a_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.reviewed_on:%-d %B %Y}"
