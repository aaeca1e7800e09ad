from django.conf import settings
from django.db import models
from django.db.models import F, Q

from risks.rules.exit import OVER, Comparison, ExitKind, ExitState, Trigger, WhyNotConsulted


def _choices(words: type) -> list[tuple[str, str]]:
    return [(str(word), str(word).replace("_", " ").capitalize()) for word in words]  # type: ignore[attr-defined]


TRIGGERS = _choices(Trigger)
EXIT_KINDS = _choices(ExitKind)
COMPARISONS = _choices(Comparison)
WHY_NOT_CONSULTED = _choices(WhyNotConsulted)
EXIT_OVER = [str(state) for state in OVER]


class Partner(models.Model):
    """Somebody whom the company does business with, or is asked by."""

    name = models.CharField(max_length=200, unique=True)
    country = models.CharField(max_length=2, blank=True)
    about = models.TextField(blank=True)
    naming_endangers = models.TextField(
        blank=True, help_text="Who would be in danger if this partner were named in public, and why."
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Relationship(models.Model):
    """What ties the company to a partner (domain.md 5.1). Revenue stays out: it never weighs against exit (X8)."""

    class Kind(models.TextChoices):
        ENTERPRISE_CUSTOMER = "enterprise_customer", "Enterprise customer"
        GOVERNMENT_CUSTOMER = "government_customer", "Government customer"
        RESELLER = "reseller", "Reseller"
        ADVERTISER = "advertiser", "Advertiser"
        DEVELOPER_APP = "developer_app", "Developer of an app"
        CONTENT_PARTNER = "content_partner", "Content partner"
        SUPPLIER = "supplier", "Supplier"
        OUTSOURCED_MODERATION = "outsourced_moderation", "Outsourced moderation"
        INFRASTRUCTURE = "infrastructure", "Infrastructure"
        INVESTOR_INVESTEE = "investor_investee", "Investor or investee"
        JOINT_VENTURE = "joint_venture", "Joint venture"
        DATA_BROKER = "data_broker", "Data broker"
        USER_GROUP = "user_group", "Group of users"

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        SUSPENDED = "suspended", "Suspended"
        ENDED = "ended", "Ended"

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="relationships")
    kind = models.CharField(max_length=24, choices=Kind)
    supplied = models.TextField(help_text="What is supplied, by whom to whom, and for what use.")
    country = models.CharField(max_length=2, blank=True)
    code_of_conduct = models.CharField(
        max_length=200, blank=True, help_text="The code of conduct or terms agreed, with their version."
    )
    started_on = models.DateField(null=True, blank=True)
    contract_end = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    crucial = models.BooleanField(default=False)
    crucial_essential = models.TextField(blank=True)
    crucial_no_alternative = models.TextField(blank=True)
    revenue_owners = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")

    class Meta:
        ordering = ["partner__name", "id"]
        constraints = [
            models.CheckConstraint(
                name="crucial_for_both_reasons",
                condition=Q(crucial=False) | (~Q(crucial_essential="") & ~Q(crucial_no_alternative="")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.partner} ({self.get_kind_display().lower()})"


class RelationshipRisk(models.Model):
    """A harm tied to a relationship: where the time-to-change clock starts (domain.md 5.4)."""

    relationship = models.ForeignKey(Relationship, models.PROTECT, related_name="risks")
    risk = models.ForeignKey("risks.Risk", models.PROTECT, related_name="relationships")
    known_since = models.DateField(help_text="The day since which the company knows; the clock starts here.")
    how_known = models.TextField()
    own_contribution = models.BooleanField(default=False)
    own_part_stopped_on = models.DateField(null=True, blank=True)
    zero_tolerance_breach = models.TextField(blank=True)
    extended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    extended_on = models.DateField(null=True, blank=True)
    extension_reasons = models.TextField(blank=True)

    class Meta:
        ordering = ["known_since", "id"]
        constraints = [
            models.UniqueConstraint(fields=["relationship", "risk"], name="relationship_risk_once"),
            models.CheckConstraint(
                name="extension_has_author_and_reasons",
                condition=Q(extended_by__isnull=True, extended_on__isnull=True, extension_reasons="")
                | (Q(extended_by__isnull=False, extended_on__isnull=False) & ~Q(extension_reasons="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.relationship}: {self.risk}"


class LeverageAction(models.Model):
    """One attempt to change what a partner does, and what it changed (domain.md 5.1 to 5.3)."""

    class Kind(models.TextChoices):
        CONTRACTUAL = "contractual", "Contractual"
        COMMERCIAL_INCENTIVE = "commercial_incentive", "Commercial incentive"
        TECHNICAL = "technical", "Technical"
        CAPACITY_BUILDING = "capacity_building", "Capacity building"
        COLLABORATIVE = "collaborative", "Together with others"
        REGULATORY_ENGAGEMENT = "regulatory_engagement", "With a regulator or State"
        PUBLIC_ADVOCACY = "public_advocacy", "Public advocacy"
        DIRECT_DIALOGUE = "direct_dialogue", "Direct dialogue"
        LEGAL_CHALLENGE = "legal_challenge", "Legal challenge"

    class Rung(models.IntegerChoices):
        DIALOGUE = 0, "0 Dialogue"
        NOTICE = 1, "1 Written notice and corrective plan"
        SUPPORT = 2, "2 Support and incentives"
        COLLECTIVE = 3, "3 Collective leverage"
        LIMIT = 4, "4 Limit features, freeze growth"
        SUSPEND = 5, "5 Suspend part or whole"

    class Effect(models.IntegerChoices):
        NONE = 0, "0 None"
        PROMISE = 1, "1 A promise only"
        PARTIAL = 2, "2 Partial, measurable change"
        STOPPED = 3, "3 The abuse stopped, or the risk is at its target"
        REMEDIED = 4, "4 Stopped, and remedy reached the people affected"

    tied = models.ForeignKey(RelationshipRisk, models.PROTECT, related_name="actions")
    kind = models.CharField(max_length=24, choices=Kind)
    rung = models.PositiveSmallIntegerField(choices=Rung)
    requested_change = models.TextField()
    started_on = models.DateField()
    deadline = models.DateField()
    collaborators = models.TextField(blank=True)
    recorded_by = models.CharField(max_length=120)
    effect = models.PositiveSmallIntegerField(choices=Effect, null=True, blank=True)
    indicator = models.CharField(max_length=200, blank=True)
    baseline = models.CharField(max_length=60, blank=True)
    measured = models.CharField(max_length=60, blank=True)
    evidence = models.TextField(blank=True)
    self_report_only = models.BooleanField(default=False)
    next_step = models.TextField(blank=True)
    measured_on = models.DateField(null=True, blank=True)
    measured_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["started_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="leverage_deadline_after_start", condition=Q(deadline__gte=F("started_on"))
            ),
            models.CheckConstraint(
                name="leverage_effect_is_measured",
                condition=Q(effect__isnull=True, measured_on__isnull=True)
                | (Q(effect__range=(0, 4), measured_on__isnull=False) & ~Q(measured_by="")),
            ),
            models.CheckConstraint(
                name="leverage_change_needs_evidence",
                condition=Q(effect__isnull=True)
                | Q(effect__lt=2)
                | (Q(self_report_only=False) & ~Q(evidence="") & ~Q(indicator="") & ~Q(measured="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.requested_change[:80]}"


class ExitImpactAssessment(models.Model):
    """Whom leaving would harm, weighed before anything is decided. The database keeps it as it is."""

    relationship = models.ForeignKey(Relationship, models.PROTECT, related_name="exit_assessments")
    groups = models.JSONField(default=list)
    sources = models.JSONField(default=list)
    consulted = models.TextField(blank=True)
    why_not_consulted = models.CharField(max_length=10, choices=WHY_NOT_CONSULTED, blank=True)
    alternatives = models.JSONField(default=list)
    mitigation = models.TextField(blank=True)
    comparison = models.CharField(max_length=26, choices=COMPARISONS, blank=True)
    comparison_reasons = models.TextField(blank=True)
    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    completed_on = models.DateField()
    severity_then = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="exit_assessment_has_comparison", condition=~Q(comparison=""))
        ]

    def __str__(self) -> str:
        return f"Exit impact assessment: {self.relationship}"


class ExitDecision(models.Model):
    """Whether to suspend, end or keep a relationship (domain.md 1.4)."""

    relationship = models.ForeignKey(Relationship, models.PROTECT, related_name="exits")
    trigger = models.CharField(max_length=24, choices=TRIGGERS)
    trigger_reasons = models.TextField(blank=True)
    state = models.CharField(max_length=20, choices=_choices(ExitState), default=ExitState.CONSIDERING)
    kind = models.CharField(max_length=24, choices=EXIT_KINDS, blank=True)
    reasons = models.TextField(blank=True)
    conditions = models.TextField(blank=True)
    consequences_accepted = models.TextField(blank=True)
    notice_days = models.PositiveSmallIntegerField(null=True, blank=True)
    data_and_access_plan = models.TextField(blank=True)
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
        ]

    def __str__(self) -> str:
        kind = self.get_kind_display() if self.kind else "Exit considered"
        return f"{kind}: {self.relationship}"


class ExitReview(models.Model):
    """What was found after leaving, or while staying: whether people are better or worse off. Never edited."""

    decision = models.ForeignKey(ExitDecision, models.PROTECT, related_name="reviews")
    found = models.TextField()
    evidence = models.TextField()
    reviewed_on = models.DateField()
    reviewed_by = models.CharField(max_length=120)

    class Meta:
        ordering = ["-reviewed_on", "-id"]

    def __str__(self) -> str:
        return f"Review of {self.reviewed_on}"
