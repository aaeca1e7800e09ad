from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce, Lower

from risks.models.naming import WORDS_OF_A_RISK, under_pieces
from risks.rules.salience import State, effective_likelihood
from risks.rules.standing import CLOSED, REMEDIED, Judgement, stand
from risks.rules.words import Activity, ContextTag, Driver, Source, Vulnerability, labels

UNSCORED = stand(Judgement(), closed=False)
# What the public reads of; an index holds these risks alone, the gravest first.
ON_THE_PUBLIC_LIST = Q(published=True, salient=True, held__isnull=False)


def listed(words: list[tuple[str, str]]) -> Any:
    """Return a column that holds any of some words."""
    return ArrayField(models.CharField(max_length=40, choices=words), default=list, blank=True)


class Product(models.Model):
    """A product or service that the company offers, by the name under which people know it."""

    name = models.CharField(max_length=120, unique=True)
    about = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Risk(models.Model):
    """A risk to people: what could happen or happened, to whom, and which rights (domain.md 1.1).

    The columns from `held` to `next_review` follow from the assessment that holds; only `risks.actions.standing` writes
    them, so that 100,000 risks can be ranked, filtered and counted by an index.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        ASSESSED = "assessed", "Assessed"
        PRIORITISED = "prioritised", "Prioritised"
        MANAGED = "managed", "Managed"
        REASSESS = "reassess", "To be re-assessed"
        CLOSED = "closed", "Closed"

    title = models.CharField(max_length=200)
    summary = models.TextField()
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    rights = models.ManyToManyField("risks.Right", through="risks.RiskRight")
    # What RiskRight says, kept by the database, so that one index finds the risks of a right in a country.
    touched_rights = ArrayField(models.CharField(max_length=40), default=list, db_default=[], editable=False)
    affected_groups = models.JSONField(default=list)
    vulnerabilities = listed(labels(Vulnerability))
    why_vulnerable = models.TextField(blank=True)
    countries = models.JSONField(default=list)
    products = models.ManyToManyField(Product, blank=True, related_name="risks")
    activity = models.CharField(max_length=20, choices=labels(Activity), blank=True)
    source = models.CharField(max_length=20, choices=labels(Source), blank=True)
    drivers = listed(labels(Driver))
    context_tags = listed(labels(ContextTag))
    context_until = models.DateField(null=True, blank=True)
    threat_to_life = models.BooleanField(default=False)
    gross_abuse = models.BooleanField(default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="owned_risks"
    )
    published = models.BooleanField(default=False)
    recorded_by = models.CharField(max_length=120, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)

    held = models.ForeignKey(
        "risks.SeverityAssessment", models.PROTECT, null=True, blank=True, related_name="+"
    )
    level = models.PositiveSmallIntegerField(default=UNSCORED.level)
    incomplete = models.BooleanField(default=True)
    state_of_harm = models.CharField(max_length=20, blank=True)
    likelihood = models.PositiveSmallIntegerField(null=True, blank=True)
    effective = models.PositiveSmallIntegerField(default=UNSCORED.effective)
    tier = models.PositiveSmallIntegerField(default=UNSCORED.tier)
    tier_since = models.DateTimeField(null=True, blank=True)
    rank = models.BigIntegerField(default=UNSCORED.rank)
    salient = models.BooleanField(default=UNSCORED.salient)
    assessed_on = models.DateField(null=True, blank=True)
    next_review = models.DateField(null=True, blank=True)
    tie = models.CharField(max_length=24, blank=True)

    imported_from = models.CharField(max_length=40, unique=True, null=True, blank=True)
    imported_digest = models.CharField(max_length=64, blank=True)
    imported_record = models.JSONField(default=dict, blank=True)
    company = models.JSONField(default=dict, blank=True)
    period = models.JSONField(default=dict, blank=True)
    outcome = models.TextField(blank=True)
    sources = models.JSONField(default=list)
    unknown = models.JSONField(default=list)
    search = models.GeneratedField(
        expression=SearchVector("title", weight="A", config="simple")
        + SearchVector("summary", weight="B", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(models.F("rank").desc(), "id", name="risk_by_salience"),
            models.Index(models.F("rank").desc(), "id", name="risk_published", condition=ON_THE_PUBLIC_LIST),
            models.Index(fields=["next_review", "id"], name="risk_by_review"),
            models.Index(fields=["owner", "id"], name="risk_by_owner"),
            models.Index(Coalesce("next_review", Value(date.max)), "id", name="risk_by_review_or_never"),
            models.Index(Coalesce("assessed_on", Value(date.min)), "id", name="risk_by_assessed"),
            models.Index(Lower("title"), "id", name="risk_by_title"),
            models.Index(fields=["level", "state_of_harm", "likelihood"], name="risk_by_cell"),
            models.Index("tier", models.F("rank").desc(), "id", name="risk_by_tier"),
            models.Index(
                models.F("rank").desc(),
                "id",
                name="risk_unscored",
                condition=Q(incomplete=True, tier__lt=CLOSED),
            ),
            models.Index(
                fields=["level"],
                name="risk_withheld",
                condition=Q(salient=True, published=False, level__gte=4),
            ),
            models.Index(
                fields=["-rank", "id"], name="risk_salient", include=["level"], condition=Q(salient=True)
            ),
            models.Index(fields=["id"], include=["level", "tier", "status"], name="risk_standing"),
            GinIndex(fields=["search"], name="risk_words"),
            GinIndex(fields=["countries"], name="risk_countries", opclasses=["jsonb_path_ops"]),
            GinIndex(fields=["touched_rights"], name="risk_rights"),
            GinIndex(fields=["vulnerabilities"], name="risk_vulnerabilities"),
            GinIndex(fields=["drivers"], name="risk_drivers"),
            under_pieces(WORDS_OF_A_RISK, "risk_names", condition=Q(published=True)),
        ]
        constraints = [
            models.CheckConstraint(
                name="risk_closed_has_date",
                condition=Q(status="closed", closed_on__isnull=False)
                | (~Q(status="closed") & Q(closed_on__isnull=True)),
            ),
            models.CheckConstraint(name="risk_level", condition=Q(level__range=(1, 5))),
            models.CheckConstraint(name="risk_tier", condition=Q(tier__range=(1, CLOSED))),
            models.CheckConstraint(
                name="risk_severe_is_at_least_p2",
                condition=Q(level__lt=4) | Q(tier__in=(1, 2, REMEDIED, CLOSED)),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class RiskRight(models.Model):
    """How a risk touches a right, in the words of the record."""

    risk = models.ForeignKey(Risk, models.CASCADE, related_name="touches")
    right = models.ForeignKey("risks.Right", models.PROTECT)
    said = models.CharField(max_length=300)
    how = models.TextField(blank=True)
    groups = models.JSONField(default=list)
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["right", "risk"], name="risk_by_right")]

    def __str__(self) -> str:
        return f"{self.right_id}: {self.said}"


class SeverityAssessmentQuerySet(models.QuerySet["SeverityAssessment"]):
    def levels_on(self, day: date, *, risk: Any) -> QuerySet[Any, Any]:
        """Return the levels of one risk known on a day, the one that holds first.

        Args:
            day: later assessments are not seen.
            risk: a risk, its id, or an OuterRef to it.
        """
        return self.filter(risk=risk, holds_from__lte=day).values_list("level", flat=True)


class SeverityAssessment(models.Model):
    """A dated judgement of severity. Never edited: a later one supersedes it; the database refuses UPDATE."""

    risk = models.ForeignKey(Risk, models.PROTECT, related_name="assessments")
    scale = models.PositiveSmallIntegerField(null=True, blank=True)
    scope = models.PositiveSmallIntegerField(null=True, blank=True)
    scope_people = models.PositiveBigIntegerField(null=True, blank=True)
    scope_group_share = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    scope_group_size = models.PositiveBigIntegerField(null=True, blank=True)
    irremediability = models.PositiveSmallIntegerField(null=True, blank=True)
    scale_rationale = models.TextField()
    scope_rationale = models.TextField()
    irremediability_rationale = models.TextField()
    state_of_harm = models.CharField(max_length=20, blank=True)
    likelihood = models.PositiveSmallIntegerField(null=True, blank=True)
    likelihood_said = models.TextField(blank=True)
    delay_makes_irremediable = models.BooleanField(default=False)
    heightened_vulnerability = models.BooleanField(default=False)
    harm_type = models.CharField(max_length=30, blank=True)
    floor_reason = models.TextField(blank=True)
    level = models.PositiveSmallIntegerField()
    incomplete = models.BooleanField()
    reason = models.TextField()
    what_changed = models.TextField(blank=True)
    consulted = models.TextField(blank=True)
    consultations = models.ManyToManyField("risks.Consultation", blank=True, related_name="assessments")
    findings_considered = models.ManyToManyField("risks.ConsultationFinding", blank=True, related_name="+")
    evidence = models.ManyToManyField("risks.Evidence", blank=True, related_name="assessments")
    detail = models.JSONField(default=dict, blank=True)
    holds_from = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=120)
    confirmed_by = models.CharField(max_length=120, blank=True)
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    objects = SeverityAssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-holds_from", "-id"]
        indexes = [models.Index(fields=["risk", "-holds_from", "-id"])]
        constraints = [
            models.CheckConstraint(name="assessment_level", condition=Q(level__range=(1, 5))),
            *(
                models.CheckConstraint(
                    name=f"assessment_{head}",
                    condition=Q(**{f"{head}__isnull": True}) | Q(**{f"{head}__range": (1, 5)}),
                )
                for head in ("scale", "scope", "irremediability", "likelihood")
            ),
            models.CheckConstraint(
                name="assessment_never_under_its_scale",
                condition=Q(scale__isnull=True) | Q(level__gte=models.F("scale")),
            ),
            models.CheckConstraint(
                name="assessment_no_likelihood_of_the_actual",
                condition=Q(likelihood__isnull=True) | ~Q(state_of_harm__startswith="actual"),
            ),
            models.CheckConstraint(
                name="assessment_confirmed_by_another",
                condition=Q(confirmed_by="") | ~Q(confirmed_by=models.F("recorded_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"L{self.level} from {self.holds_from}"

    @property
    def effective_likelihood(self) -> int | None:
        """Return the effective likelihood; None once remedied (domain.md 2.4)."""
        state = State(self.state_of_harm) if self.state_of_harm else None
        return effective_likelihood(self.level, state, self.likelihood)


class LoweringProposal(models.Model):
    """A judgement that would lower a severe harm, or mark it as put right: it holds only once a senior signs (SD5)."""

    class State(models.TextChoices):
        ASKED = "asked", "Waits for a second person"
        APPROVED = "approved", "Confirmed"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    risk = models.ForeignKey(Risk, models.PROTECT, related_name="lowering_proposals")
    given = models.JSONField()
    level_held = models.PositiveSmallIntegerField()
    level_proposed = models.PositiveSmallIntegerField()
    new_evidence = models.ManyToManyField("risks.Evidence", related_name="+")
    reasons = models.TextField()
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    assessment = models.OneToOneField(SeverityAssessment, models.PROTECT, null=True, blank=True)

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["risk"], condition=Q(state="asked"), name="lowering_asked_once_a_risk"
            ),
            models.CheckConstraint(
                name="lowering_approved_has_assessment",
                condition=Q(state="approved", assessment__isnull=False)
                | (~Q(state="approved") & Q(assessment__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"Level {self.level_held} to {self.level_proposed}: {self.risk}"
