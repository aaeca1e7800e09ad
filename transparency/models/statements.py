"""What left of our statements of reasons, and the statements of other organisations to compare ours with."""

from django.db import models

from risks.rules.statement_schema import values_of
from transparency.rules.dump import AUTOMATION
from transparency.rules.reference import rung_label


class StatementExport(models.Model):
    """A file of statements made for the DSA Transparency Database; making it sends nothing (DSA 24(5))."""

    begin = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True)
    only_new = models.BooleanField(default=False)
    written = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()
    superseded = models.PositiveIntegerField()
    outside = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    made_by = models.CharField(max_length=200)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return f"Export {self.pk}"


class ExportedStatement(models.Model):
    """The first file in which a statement left; its identifier is taken by the database once only."""

    statement = models.OneToOneField(
        "risks.StatementOfReasons", models.PROTECT, related_name="exported", primary_key=True
    )
    export = models.ForeignKey(StatementExport, models.PROTECT, related_name="statements")

    def __str__(self) -> str:
        return f"{self.statement_id} in {self.export_id}"


class ReferenceOrganisation(models.Model):
    """Another organisation whose published statements are compared with ours; never a partner of ours by that."""

    name = models.CharField(max_length=200, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ReferenceStatement(models.Model):
    """A statement of reasons that another organisation published, by what we compare and nothing more."""

    uuid = models.UUIDField(primary_key=True, editable=False)
    organisation = models.ForeignKey(ReferenceOrganisation, models.PROTECT, related_name="statements")
    puid = models.CharField(max_length=500)
    ground = models.CharField(max_length=40, choices=list(values_of("decision_ground").items()))
    rule_said = models.CharField(max_length=500)
    category = models.CharField(max_length=80, choices=list(values_of("category").items()))
    source_type = models.CharField(max_length=40, choices=list(values_of("source_type").items()))
    automated_detection = models.BooleanField()
    automated_decision = models.CharField(max_length=14, choices=list(AUTOMATION.items()))
    content_date = models.DateField()
    application_date = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["organisation", "application_date"], name="reference_by_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "puid"], name="reference_puid_once_an_organisation"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.puid}"


class ReferenceMeasure(models.Model):
    """A restriction that such a statement names, on our ladder; no measure of ours, so no job ever assesses it."""

    statement = models.ForeignKey(ReferenceStatement, models.PROTECT, related_name="measures")
    decision = models.CharField(max_length=80)
    kind = models.CharField(max_length=24, blank=True)
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "decision"], name="reference_measure_once_a_statement"
            )
        ]

    def __str__(self) -> str:
        return rung_label(self.kind)
