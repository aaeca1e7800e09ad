import json
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from transparency.rules.periods import period_label
from transparency.rules.workflows import State

CLEARED = [State.SAFETY_CLEARED, State.APPROVED, State.PUBLISHED, State.CORRECTED, State.WITHDRAWN]
APPROVED = [state for state in CLEARED if state != State.SAFETY_CLEARED]
OUT = [state for state in APPROVED if state != State.APPROVED]


class Report(models.Model):
    """A report on a period. Its content is canonical JSON, frozen; the database keeps a published one as it is."""

    title = models.CharField(max_length=200)
    period = models.CharField(max_length=24)
    period_from = models.DateField()
    period_to = models.DateField()
    edition = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(
        max_length=20,
        default=State.DRAFT,
        choices=[(str(state), state.replace("_", " ").capitalize()) for state in State],
    )
    content = models.TextField(blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    cleared_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-period_to", "-edition"]
        constraints = [
            models.UniqueConstraint(fields=["period", "edition"], name="report_one_edition"),
            models.UniqueConstraint(
                fields=["period"], condition=Q(state=State.PUBLISHED), name="report_one_published_a_period"
            ),
            models.CheckConstraint(
                name="report_period_forward", condition=Q(period_to__gte=F("period_from"))
            ),
            models.CheckConstraint(
                name="report_frozen_has_content",
                condition=Q(state=State.DRAFT)
                | (Q(frozen_at__isnull=False) & ~Q(content="") & Q(content_hash__regex="^[0-9a-f]{64}$")),
            ),
            models.CheckConstraint(
                name="report_cleared_by_another",
                condition=Q(cleared_by__isnull=True, cleared_at__isnull=True)
                | (Q(cleared_at__isnull=False) & ~Q(cleared_by=F("prepared_by"))),
            ),
            models.CheckConstraint(
                name="report_approved_by_a_third",
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | (
                    Q(approved_at__isnull=False)
                    & ~Q(approved_by=F("prepared_by"))
                    & ~Q(approved_by=F("cleared_by"))
                ),
            ),
            models.CheckConstraint(
                name="report_cleared_when_said",
                condition=~Q(state__in=CLEARED) | Q(cleared_by__isnull=False),
            ),
            models.CheckConstraint(
                name="report_approved_when_said",
                condition=~Q(state__in=APPROVED) | Q(approved_by__isnull=False),
            ),
            models.CheckConstraint(
                name="report_published_has_date",
                condition=Q(state__in=OUT, published_at__isnull=False)
                | (~Q(state__in=OUT) & Q(published_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def period_label(self) -> str:
        """Return the period as people say it."""
        return period_label(self.period_from, self.period_to)

    @property
    def parsed_content(self) -> dict[str, Any]:
        """Return the frozen content; raise ValueError while nothing is frozen."""
        found = json.loads(self.content)
        assert isinstance(found, dict)  # noqa: S101  # only freeze_figures writes it
        return found


class Document(models.Model):
    """The bytes of one format of one frozen content. Written once; the database refuses UPDATE and DELETE."""

    class Format(models.TextChoices):
        HTML = "html", "Web page"
        PDF = "pdf", "PDF"
        JSON = "json", "Data (JSON)"
        CSV = "csv", "Table (CSV)"

    report = models.ForeignKey(Report, models.PROTECT, related_name="documents")
    format = models.CharField(max_length=4, choices=Format)
    content_hash = models.CharField(max_length=64)
    body = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    style_hash = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["report", "content_hash", "format"], name="document_once")
        ]

    def __str__(self) -> str:
        return f"{self.report_id}.{self.format}"
