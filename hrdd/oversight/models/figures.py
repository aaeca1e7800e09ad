from django.db import models
from django.db.models import F, Q


class FigureRelease(models.Model):
    """The figures of the board at one moment, frozen; append-only.

    Board page and board pack read a release and count nothing, so that they never disagree. `content` is all that is
    shown beside the indicators: heat map, gaps, lights, clocks, what is asked of the board.
    """

    as_of = models.DateField()
    frozen_at = models.DateTimeField(unique=True)
    frozen_by = models.CharField(max_length=120)
    query_version = models.CharField(max_length=24)
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["-frozen_at", "-id"]
        constraints = [
            models.CheckConstraint(name="figures_hash", condition=Q(content_hash__regex="^[0-9a-f]{64}$")),
            models.CheckConstraint(name="figures_say_who", condition=~Q(frozen_by="")),
        ]

    def __str__(self) -> str:
        return f"Figures as of {self.as_of:%-d %B %Y}"


class IndicatorValue(models.Model):
    """One indicator of domain.md 9 in a release: what is printed, its number where there is one, and its light.

    Where the record cannot give it, `missing` says why and there is no number; the database refuses both at once.
    """

    release = models.ForeignKey(FigureRelease, models.PROTECT, related_name="values")
    code = models.CharField(max_length=4)
    said = models.CharField(max_length=80)
    number = models.FloatField(null=True)
    detail = models.TextField(blank=True)
    red = models.BooleanField()
    few_data = models.BooleanField()
    missing = models.TextField(blank=True)

    class Meta:
        ordering = ["release", "id"]
        constraints = [
            models.UniqueConstraint(fields=["release", "code"], name="indicator_once_a_release"),
            models.CheckConstraint(
                name="indicator_missing_has_no_number",
                condition=Q(missing="") | Q(number__isnull=True, red=False, few_data=False),
            ),
            models.CheckConstraint(
                name="indicator_code", condition=Q(code__regex="^K([1-9]|1[0-9]|2[0-6])$")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.said}"


class BoardPack(models.Model):
    """The board pack of a release: asked for by a person, rendered once by the worker, then kept as it is."""

    release = models.OneToOneField(FigureRelease, models.PROTECT, related_name="pack")
    asked_by = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    rendered_at = models.DateTimeField(null=True, blank=True)
    pdf = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                name="board_pack_rendered_whole",
                condition=Q(rendered_at__isnull=True, pdf__isnull=True, sha256="")
                | Q(
                    rendered_at__isnull=False,
                    pdf__isnull=False,
                    sha256__regex="^[0-9a-f]{64}$",
                    rendered_at__gte=F("asked_at"),
                ),
            )
        ]

    def __str__(self) -> str:
        return f"Board pack: {self.release}"
