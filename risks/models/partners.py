from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from risks.rules.partner import REVENUE_BANDS


class Partner(models.Model):
    """Somebody whom the company does business with, or is asked by.

    `told_by` is the dossier that tells of it, empty for a partner of the company. Names that dossiers use ("customers")
    are those of one dossier each.
    """

    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2, blank=True)
    about = models.TextField(blank=True)
    naming_endangers = models.TextField(
        blank=True, help_text="Who would be in danger if this partner were named in public, and why."
    )
    told_by = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), "told_by", name="partner_name_once")]

    def __str__(self) -> str:
        return self.name


class Relationship(models.Model):
    """What ties the company to a partner (domain.md 5.1). Revenue never weighs against exit (X8): INTERNAL.

    One that a dossier tells of (`told_by`) may leave kind and status open until a person takes it up; `kind_said` and
    `told` hold its words. The database takes `told_by` from the importer alone, and never afterwards.
    """

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
        PROPOSED = "proposed", "Not begun"
        ACTIVE = "active", "Active"
        SUSPENDED = "suspended", "Suspended"
        ENDED = "ended", "Ended"
        UNKNOWN = "unknown", "Not known"

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="relationships")
    kind = models.CharField(max_length=24, choices=Kind, blank=True)
    kind_said = models.CharField(max_length=200, blank=True)
    told = models.JSONField(default=dict, blank=True)
    told_by = models.CharField(max_length=40, blank=True)
    supplied = models.TextField(help_text="What is supplied, by whom to whom, and for what use.")
    country = models.CharField(max_length=2, blank=True)
    products = models.ManyToManyField("risks.Product", blank=True, related_name="relationships")
    started_on = models.DateField(null=True, blank=True)
    contract_end = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    crucial = models.BooleanField(default=False)
    crucial_essential = models.TextField(blank=True)
    crucial_no_alternative = models.TextField(blank=True)
    crucial_due = models.DateField(null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="owned_relationships"
    )
    revenue_band = models.CharField(
        max_length=10, choices=[(str(band), said) for band, said in REVENUE_BANDS.items()], blank=True
    )
    revenue_owners = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")

    recorded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["partner__name", "id"]
        constraints = [
            models.CheckConstraint(
                name="relationship_open_only_as_told",
                condition=(~Q(kind="") & ~Q(status="unknown")) | ~Q(told_by=""),
            ),
            models.CheckConstraint(
                name="crucial_for_both_reasons",
                condition=Q(crucial=False) | (~Q(crucial_essential="") & ~Q(crucial_no_alternative="")),
            ),
            models.CheckConstraint(
                name="relationship_not_begun_has_no_day",
                condition=~Q(status="proposed") | Q(started_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner} ({self.kind_told.lower()})"

    @property
    def kind_told(self) -> str:
        """Return the kind, for people: as a dossier called it where nobody said which it is."""
        said = self.kind_said[:1].upper() + self.kind_said[1:]
        return self.get_kind_display() or said or "Kind not said"

    @property
    def not_taken_up(self) -> bool:
        """Whether a dossier tells of it and no person said yet what it is and where it stands."""
        return bool(self.told_by) and (not self.kind or self.status == self.Status.UNKNOWN)


class RelationshipRisk(models.Model):
    """A harm tied to a relationship: where the time-to-change clock starts (domain.md 5.4).

    The columns of the clock, from `clock_started_on` to `own_stop_due`, are those of its latest ClockEntry; the
    database copies them, and refuses anybody who writes them otherwise. What a dossier tells (`told_by`) may leave open
    since when the company knows; no clock runs until a person says it.
    """

    relationship = models.ForeignKey(Relationship, models.PROTECT, related_name="risks")
    risk = models.ForeignKey("risks.Risk", models.PROTECT, related_name="relationships")
    known_since = models.DateField(
        null=True, blank=True, help_text="The day since which the company knows; the clock starts here."
    )
    told_by = models.CharField(max_length=40, blank=True)
    how_known = models.TextField()
    own_contribution = models.BooleanField(default=False)
    own_part_stopped_on = models.DateField(null=True, blank=True)
    zero_tolerance_breach = models.TextField(blank=True)
    clock_started_on = models.DateField(null=True, blank=True)
    clock_level = models.PositiveSmallIntegerField(null=True, blank=True)
    change_due = models.DateField(null=True, blank=True)
    restarted_at = models.DateTimeField(null=True, blank=True)
    own_stop_due = models.DateField(null=True, blank=True)
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
                name="harm_undated_only_as_told", condition=Q(known_since__isnull=False) | ~Q(told_by="")
            ),
            models.CheckConstraint(
                name="extension_has_author_and_reasons",
                condition=Q(extended_by__isnull=True, extended_on__isnull=True, extension_reasons="")
                | (Q(extended_by__isnull=False, extended_on__isnull=False) & ~Q(extension_reasons="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.relationship}: {self.risk}"
