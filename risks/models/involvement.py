from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from risks.rules.involvement import Mode, OmissionKind
from risks.rules.words import labels


class Involvement(models.Model):
    """How the company is tied to a harm (UNGP 13, 19; domain.md 1.2).

    A claim is what somebody argued; a proposal is an analyst's; only a decider's finding counts (I2). What was found
    stays as it is; a challenge leads to a new finding that supersedes it. One proposal is open, and one finding stands,
    for a risk and a relationship; the database keeps both rules, and the order of the states.
    """

    class Tie(models.TextChoices):
        CAUSE = "cause", "Causes"
        FACILITATE = "contribute_facilitate", "Contributes by facilitating"
        INCENTIVISE = "contribute_incentivise", "Contributes by incentives"
        CUMULATIVE = "contribute_cumulative", "Contributes together with others"
        LINKED = "directly_linked", "Directly linked"
        NONE = "none", "No link found"
        UNDETERMINED = "undetermined", "Undetermined"
        CLAIM = "", "A claim, no finding"

    class State(models.TextChoices):
        CLAIMED = "claimed", "Claimed, no finding"
        PROPOSED = "proposed", "Proposed"
        FOUND = "found", "Found"
        CHALLENGED = "challenged", "Found, and challenged"
        SUPERSEDED = "superseded", "Superseded"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    STANDING = (State.FOUND, State.CHALLENGED)

    risk = models.ForeignKey("risks.Risk", models.CASCADE, related_name="involvements")
    relationship = models.ForeignKey(
        "risks.Relationship", models.PROTECT, null=True, blank=True, related_name="involvements"
    )
    state = models.CharField(max_length=10, choices=State, default=State.CLAIMED)
    actor = models.CharField(max_length=200, blank=True)
    tie = models.CharField(max_length=24, choices=Tie, blank=True)
    mode = models.CharField(max_length=8, choices=labels(Mode), blank=True)
    answers = models.JSONField(default=dict, blank=True)
    factors = models.JSONField(default=dict, blank=True)
    omission_kinds = ArrayField(
        models.CharField(max_length=40, choices=labels(OmissionKind)), default=list, blank=True
    )
    knew_since = models.DateField(null=True, blank=True)
    evidence = models.ManyToManyField("risks.Evidence", blank=True, related_name="involvements")
    said = models.CharField(max_length=200)
    argued_by = models.TextField(blank=True)
    reasoning = models.TextField(blank=True)
    counsel_heard = models.TextField(blank=True)
    detail = models.JSONField(default=dict, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reasons = models.TextField(blank=True)
    fact_finding_due = models.DateField(null=True, blank=True)
    stop_due = models.DateTimeField(null=True, blank=True)
    own_part_stopped_on = models.DateField(null=True, blank=True)
    own_part_stopped_how = models.TextField(blank=True)
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                name="involvement_standing",
                fields=["tie", "knew_since"],
                condition=Q(state__in=["found", "challenged"]),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="involvement_found_by_another",
                condition=Q(state="claimed")
                | Q(
                    state__in=["proposed", "withdrawn"],
                    proposed_by__isnull=False,
                    decided_by__isnull=True,
                )
                | (
                    Q(state__in=["found", "challenged", "superseded", "refused"])
                    & Q(proposed_by__isnull=False, decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(decided_by=F("proposed_by"))
                ),
            ),
            models.CheckConstraint(
                name="undetermined_has_a_fact_finding_clock",
                condition=~Q(state="found", tie="undetermined") | Q(fact_finding_due__isnull=False),
            ),
            models.UniqueConstraint(
                name="involvement_proposed_once",
                fields=["risk", "relationship"],
                condition=Q(state="proposed"),
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                name="involvement_one_finding_stands",
                fields=["risk", "relationship"],
                condition=Q(state__in=["found", "challenged"]),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="own_part_stopped_says_how",
                condition=Q(own_part_stopped_on__isnull=True) | ~Q(own_part_stopped_how=""),
            ),
        ]

    def __str__(self) -> str:
        return self.said


class InvolvementChallenge(models.Model):
    """Why somebody holds a finding to be wrong; it opens a new finding. Appended, never edited."""

    involvement = models.ForeignKey(Involvement, models.PROTECT, related_name="challenges")
    reasons = models.TextField()
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()

    class Meta:
        ordering = ["raised_at", "id"]

    def __str__(self) -> str:
        return f"Challenge: {self.involvement}"
