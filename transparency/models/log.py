"""The publication log: what was published and what the audit log held, in one tree that only grows."""

from django.db import models
from django.db.models import F, Q

from transparency.models.reports import Report


class LogEntry(models.Model):
    """One leaf. Gap-free from 0, append-only; `rows` and `sealed` are the blinded commitment to audit events."""

    class Kind(models.TextChoices):
        KEY = "key", "Signing key"
        AUDIT = "audit", "Commitment to the audit log"
        PUBLICATION = "publication", "Published report"

    index = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=11, choices=Kind)
    entry = models.TextField()
    leaf_hash = models.BinaryField()
    rows = models.BinaryField(default=b"")
    sealed = models.BinaryField(default=b"")
    last_event = models.BigIntegerField(null=True, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["index"]
        verbose_name_plural = "log entries"
        constraints = [
            models.CheckConstraint(
                name="log_entry_audit_has_rows",
                condition=Q(kind="audit", last_event__isnull=False)
                | (~Q(kind="audit") & Q(last_event__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.index}: {self.get_kind_display()}"


class LogCheckpoint(models.Model):
    """A size of the log whose root was signed; append-only."""

    size = models.BigIntegerField(primary_key=True)
    note = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["size"]

    def __str__(self) -> str:
        return f"{self.size} entries"


class Manifest(models.Model):
    """What one published edition consists of, signed, and where in the log it stands; append-only."""

    report = models.OneToOneField(Report, models.PROTECT, related_name="manifest")
    entry = models.OneToOneField(LogEntry, models.PROTECT, related_name="manifest")
    body = models.BinaryField()
    signature = models.BinaryField()
    public_key = models.BinaryField()
    sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["entry"]

    def __str__(self) -> str:
        return f"Manifest of {self.report}"


class AnchorPush(models.Model):
    """That one checkpoint has to reach one place outside, until it has: the queue of record for anchors."""

    place = models.CharField(max_length=300)
    checkpoint = models.ForeignKey(LogCheckpoint, models.PROTECT, related_name="pushes")
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["checkpoint", "place"]
        verbose_name_plural = "anchor pushes"
        constraints = [
            models.UniqueConstraint(fields=["place", "checkpoint"], name="anchor_push_once"),
            models.CheckConstraint(
                name="anchor_push_done_without_error", condition=Q(done_at__isnull=True) | Q(error="")
            ),
        ]
        indexes = [
            models.Index(F("checkpoint"), condition=Q(done_at__isnull=True), name="anchor_push_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.checkpoint_id} to {self.place}"
