from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from risks.rules.rabat import Gates, Mode, Outcome
from risks.rules.rabat_worksheet import MEANINGS, NAMES, Assessor, lacking_assessors


def _score() -> Any:
    """Return the column of one factor; empty where it is not known."""
    return models.PositiveSmallIntegerField(null=True, blank=True)


class RabatAssessment(models.Model):
    """The six-part threshold test of one expression at one moment; append-only (ICCPR 20(2); domain.md 4.1).

    The expression itself is sealed: those who may read restricted evidence open it, and that is logged.
    """

    class InMode(models.TextChoices):
        ART20 = Mode.ART20.value, "Article 20(2) itself"
        ANALOGY = Mode.ANALOGY.value, "The six factors by analogy"

    dilemma = models.ForeignKey("risks.Dilemma", models.PROTECT, related_name="rabat_assessments")
    content_extract = models.BinaryField()
    language = models.CharField(max_length=60)
    translation_by = models.CharField(max_length=120, blank=True)
    mode = models.CharField(max_length=8, choices=InMode)
    gates = models.CharField(max_length=3)
    grounds = models.JSONField(default=list, blank=True)
    harm_sought = models.JSONField(default=list, blank=True)
    exceptions = models.JSONField(default=list, blank=True)
    context = _score()
    speaker = _score()
    intent = _score()
    content = _score()
    extent = _score()
    likelihood = _score()
    texts = models.JSONField(default=dict)
    outcome = models.CharField(max_length=10, choices=[(str(one), said) for one, said in NAMES.items()])
    context_tags = models.JSONField(default=list, blank=True)
    assessed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    assessed_at = models.DateTimeField()
    valid_until = models.DateTimeField()

    class Meta:
        ordering = ["-assessed_at", "-id"]
        constraints = [
            models.CheckConstraint(name="rabat_gates", condition=Q(gates__regex=r"^[yn?]{3}$")),
            models.CheckConstraint(
                name="rabat_scores",
                condition=Q(
                    *(
                        Q((f"{one}__lte", 3)) | Q((f"{one}__isnull", True))
                        for one in ("context", "speaker", "intent", "content", "extent", "likelihood")
                    )
                ),
            ),
            models.CheckConstraint(name="rabat_ends", condition=Q(valid_until__gt=F("assessed_at"))),
            models.CheckConstraint(
                name="rabat_without_intent_is_no_sanction",
                condition=~Q(intent=0) | Q(outcome__in=["C", "N", "INCOMPLETE"]),
            ),
        ]

    def __str__(self) -> str:
        return f"Rabat assessment of {self.assessed_at:%-d %B %Y}"

    @property
    def meaning(self) -> str:
        """Return what the outcome means for a measure."""
        return MEANINGS[Outcome(self.outcome)]

    @property
    def three_gates(self) -> Gates:
        """Return the gates as the rules read them."""
        return Gates.parse(self.gates)

    def lacking(self) -> list[str]:
        """Return what it lacks before it is confirmed (SD9); prefetch `confirmations__assessor`."""
        return lacking_assessors(
            [
                Assessor(one.assessor.username, one.agrees, one.attests_competence)
                for one in self.confirmations.all()
            ]
        )


class RabatConfirmation(models.Model):
    """One assessor of a worksheet, whoever wrote it included: agreement, or a dissent that is kept (SD9)."""

    assessment = models.ForeignKey(RabatAssessment, models.PROTECT, related_name="confirmations")
    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    agrees = models.BooleanField()
    dissent = models.TextField(blank=True)
    attests_competence = models.BooleanField(default=False)
    confirmed_at = models.DateTimeField()

    class Meta:
        ordering = ["confirmed_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "assessor"], name="assessor_once"),
            models.CheckConstraint(name="disagreement_has_words", condition=Q(agrees=True) | ~Q(dissent="")),
        ]

    def __str__(self) -> str:
        return "agrees" if self.agrees else "dissents"
