from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from risks.models.naming import WORDS_OF_A_STATEMENT, under_pieces
from risks.rules.statement_schema import field_names, label_of, values_of

GROUNDS = list(values_of("decision_ground").items())
CATEGORIES = list(values_of("category").items())


class StatementOfReasons(models.Model):
    """What the person burdened by a measure was told, and why; append-only, corrected by a new one (DSA 17)."""

    measure = models.ForeignKey("risks.Measure", models.PROTECT, related_name="statements")
    puid = models.UUIDField(unique=True)
    action = models.CharField(
        max_length=120,
        blank=True,
        default="",
        db_default="",
        help_text="Of a rule over many items: the pseudonymous key of the one action; it leaves nowhere.",
    )
    content = models.JSONField()
    text = models.TextField()
    ground = models.CharField(max_length=40, choices=GROUNDS)
    category = models.CharField(max_length=80, choices=CATEGORIES)
    sha256 = models.CharField(max_length=64)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    correction_reasons = models.TextField(blank=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()

    class Meta:
        ordering = ["-issued_at", "-id"]
        verbose_name_plural = "statements of reasons"
        indexes = [
            models.Index(fields=["-issued_at", "-id"], name="statement_in_order"),
            under_pieces(WORDS_OF_A_STATEMENT, "statement_names"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "action"],
                condition=Q(supersedes__isnull=True),
                name="statement_begins_once",
            ),
            models.CheckConstraint(
                name="statement_correction_has_reasons",
                condition=Q(supersedes__isnull=True, correction_reasons="")
                | (Q(supersedes__isnull=False) & ~Q(correction_reasons="")),
            ),
        ]

    def __str__(self) -> str:
        return f"Statement of reasons {self.pk}"

    @property
    def fields_told(self) -> list[tuple[str, str]]:
        """Return its fields as people read them, in the order of the database; what is empty is left out."""
        named = [(name, self.content.get(name)) for name in field_names()]
        return [(label_of(name), _told(name, value)) for name, value in named if value]


def _told(name: str, value: Any) -> str:
    labels = values_of(name)
    return ", ".join(labels.get(one, str(one)) for one in (value if isinstance(value, list) else [value]))
