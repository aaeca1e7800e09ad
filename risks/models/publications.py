from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Publication(models.Model):
    """A decision to publish a risk or to leave it off the published list. Appended, never edited (R3)."""

    risk = models.ForeignKey("risks.Risk", models.PROTECT, related_name="publications")
    publish = models.BooleanField()
    level = models.PositiveSmallIntegerField()
    reasons = models.TextField(blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["-decided_at", "-id"]
        constraints = [
            models.CheckConstraint(name="withholding_has_reasons", condition=Q(publish=True) | ~Q(reasons=""))
        ]

    def __str__(self) -> str:
        return f"{'Published' if self.publish else 'Left off the published list'}: {self.risk}"


class ReplacedWords(models.Model):
    """What the public read of a risk until its words were corrected: kept by the database, never edited.

    The public is told that words were replaced and when, not which: they may have told too much.
    """

    risk = models.ForeignKey("risks.Risk", models.PROTECT, related_name="replaced_words")
    title = models.CharField(max_length=200)
    summary = models.TextField()
    title_changed = models.BooleanField()
    summary_changed = models.BooleanField()
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["-replaced_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="replaced_words_differ", condition=Q(title_changed=True) | Q(summary_changed=True)
            )
        ]

    def __str__(self) -> str:
        return f"Replaced {self.replaced_at:%-d %B %Y}: {self.title}"

    @property
    def part(self) -> str:
        """Return which words were replaced, as people read it."""
        if self.title_changed and self.summary_changed:
            return "Title and summary"
        return "Title" if self.title_changed else "Summary"


class SalientList(models.Model):
    """The salient risks of a day as the board signs them, with those left off the published list (domain.md 1.1)."""

    drawn_on = models.DateField()
    rows = models.JSONField()
    content_hash = models.CharField(max_length=64)
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    signed_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-drawn_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="salient_list_signed_by_another",
                condition=Q(signed_by__isnull=True, signed_at__isnull=True)
                | (
                    Q(signed_by__isnull=False, signed_at__isnull=False, refused_at__isnull=True)
                    & ~Q(signed_by=F("drawn_by"))
                ),
            )
        ]

    def __str__(self) -> str:
        return f"Salient list of {self.drawn_on:%-d %B %Y}"
