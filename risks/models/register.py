from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class SavedView(models.Model):
    """Filters and order of a register under a name; shared ones are for everybody who reads the desk."""

    register = models.CharField(max_length=20, default="risks")
    name = models.CharField(max_length=80)
    querystring = models.TextField(blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    shared = models.BooleanField(default=False)
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "register", "name"], name="saved_view_name_once_a_person"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ListUse(models.Model):
    """How somebody keeps a list of the desk, and when they were last there. It names no record."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    hidden = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    list = models.CharField(max_length=20)
    since = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "list"], name="list_kept_once")]

    def __str__(self) -> str:
        return f"{self.list} of {self.user}"


class RegisterImport(models.Model):
    """A file of a register, read and judged row by row; nothing is written before somebody applies it."""

    class Register(models.TextChoices):
        RISKS = "risks", "Risks"
        PARTNERS = "partners", "Partners"

    class State(models.TextChoices):
        PREVIEWED = "previewed", "Waits to be applied"
        APPLYING = "applying", "Being applied"
        APPLIED = "applied", "Applied"
        DISCARDED = "discarded", "Discarded"

    register = models.CharField(max_length=10, choices=Register, default=Register.RISKS)
    filename = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    rows = models.JSONField()
    accepted = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.PREVIEWED)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True)
    stopped_because = models.TextField(blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-uploaded_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="import_applied_whole",
                condition=~Q(state="applied") | Q(refused=0, applied_at__isnull=False),
            ),
            models.CheckConstraint(
                name="import_applied_when_asked",
                condition=~Q(state__in=["applying", "applied"]) | Q(asked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.filename
