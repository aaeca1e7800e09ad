"""What is kept beside a partner: corrections, tests of what is crucial, notes, sealed contacts."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from risks.models.partners import Partner, Relationship


class PartnerCorrection(models.Model):
    """What was corrected of a partner or a relationship, before and after, and why. Never edited."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="corrections")
    relationship = models.ForeignKey(
        Relationship, models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    changes = models.JSONField()
    reasons = models.TextField()
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(name="partner_correction_has_reasons", condition=~Q(reasons=""))
        ]

    def __str__(self) -> str:
        return f"Correction {self.pk}"


class CrucialTest(models.Model):
    """Whether a relationship is crucial, for both reasons, as a senior found it on a day (5.5). Never edited."""

    relationship = models.ForeignKey(Relationship, models.PROTECT, related_name="crucial_tests")
    crucial = models.BooleanField()
    essential = models.TextField(blank=True)
    no_alternative = models.TextField(blank=True)
    reasons = models.TextField()
    tested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    tested_at = models.DateTimeField()

    class Meta:
        ordering = ["-tested_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="crucial_test_has_both_reasons",
                condition=Q(crucial=False) | (~Q(essential="") & ~Q(no_alternative="")),
            ),
            models.CheckConstraint(name="crucial_test_says_why", condition=~Q(reasons="")),
        ]

    def __str__(self) -> str:
        return "Crucial" if self.crucial else "Not crucial"


class PartnerNote(models.Model):
    """Who owns a partner, or on which list it stands, with day and source. A later note replaces it; none is edited."""

    class Kind(models.TextChoices):
        SANCTIONS = "sanctions", "Sanctions list"
        OWNERSHIP = "ownership", "Owner"

    class Standing(models.TextChoices):
        LISTED = "listed", "Listed"
        NOT_LISTED = "not_listed", "Looked up, not listed"
        DELISTED = "delisted", "Taken off the list"

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=10, choices=Kind)
    subject = models.CharField(max_length=200, help_text="The name of the list, or of the owner.")
    standing = models.CharField(max_length=10, choices=Standing, blank=True)
    since = models.DateField(null=True, blank=True)
    share = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    source = models.CharField(max_length=500)
    says = models.TextField(blank=True)
    noted_on = models.DateField()
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["kind", "-noted_on", "-id"]
        constraints = [
            models.CheckConstraint(name="partner_note_has_source", condition=~Q(source="") & ~Q(subject="")),
            models.CheckConstraint(
                name="partner_note_of_its_kind",
                condition=Q(kind="ownership", standing="")
                | (Q(kind="sanctions", share__isnull=True) & ~Q(standing="")),
            ),
            models.CheckConstraint(
                name="partner_note_share",
                condition=Q(share__isnull=True) | Q(share__gt=0, share__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class PartnerContact(models.Model):
    """Whom to reach at a partner: the role in the clear, the person sealed (RESTRICTED; ADR 0012)."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="contacts")
    role = models.CharField(max_length=120)
    sealed = models.BinaryField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["role", "id"]

    def __str__(self) -> str:
        return f"Contact {self.pk}"
