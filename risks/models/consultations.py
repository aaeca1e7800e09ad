from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from risks.models.naming import WORDS_OF_A_CONSULTATION, WORDS_OF_A_FINDING, under_pieces
from risks.models.salience import listed
from risks.rules.consultation import (
    Consent,
    ConsultationState,
    Method,
    Purpose,
    Response,
    Safeguard,
    StakeholderType,
    heard_as,
)
from risks.rules.words import Vulnerability, labels


class StakeholderGroup(models.Model):
    """A group of people who are affected, or who know; never a person (domain.md 7.1, 7.2)."""

    name = models.CharField(max_length=160, unique=True)
    type = models.CharField(max_length=30, choices=labels(StakeholderType))
    vulnerabilities = listed(labels(Vulnerability))
    why_here = models.TextField(blank=True)
    countries = models.JSONField(default=list, blank=True)
    languages = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    about = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="vulnerability_says_why_here", condition=Q(vulnerabilities=[]) | ~Q(why_here="")
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def heard(self) -> str:
        """Return who they are, as people say it."""
        return heard_as(self.type)


class Consultation(models.Model):
    """Asking people before deciding, safely, and answering them (domain.md 7.3, 7.4).

    `place`, `team_notes`, the participants and what is not yet screened are for the engagement team only.
    """

    title = models.CharField(max_length=160)
    purpose = models.CharField(max_length=20, choices=labels(Purpose), blank=True)
    question = models.TextField(blank=True)
    method = models.CharField(max_length=20, choices=labels(Method), blank=True)
    groups = models.ManyToManyField(StakeholderGroup, blank=True, related_name="consultations")
    state = models.CharField(
        max_length=26, choices=labels(ConsultationState), default=ConsultationState.PLANNED
    )
    planned_on = models.DateField(null=True, blank=True)
    held_from = models.DateField(null=True, blank=True)
    held_until = models.DateField(null=True, blank=True)
    languages = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    participants_n = models.PositiveIntegerField(null=True, blank=True)
    breakdown = models.JSONField(default=list, blank=True)
    independent_facilitator = models.BooleanField(default=False)
    compensation = models.TextField(blank=True)
    info_shared_in_advance = models.BooleanField(default=False)
    days_before = models.PositiveSmallIntegerField(null=True, blank=True)
    consent_recording = models.CharField(max_length=10, choices=labels(Consent), default=Consent.NOT_ASKED)
    consent_attribution = models.CharField(max_length=10, choices=labels(Consent), default=Consent.NOT_ASKED)
    consent_reuse = models.CharField(max_length=10, choices=labels(Consent), default=Consent.NOT_ASKED)
    risk_to_participants = models.PositiveSmallIntegerField(null=True, blank=True)
    safeguards = listed(labels(Safeguard))
    safeguards_note = models.TextField(blank=True)
    safeguards_checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    safeguards_checked_at = models.DateTimeField(null=True, blank=True)
    limits = models.TextField(blank=True)
    proxy_reasons = models.TextField(blank=True)
    after_the_fact = models.BooleanField(default=False)
    place = models.TextField(blank=True)
    team_notes = models.TextField(blank=True)
    organiser = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField(null=True, blank=True)
    team = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="engagements")
    risks = models.ManyToManyField("risks.Risk", blank=True, related_name="consultations")
    measures = models.ManyToManyField("risks.Measure", blank=True, related_name="consultations")
    exits = models.ManyToManyField("risks.ExitDecision", blank=True, related_name="consultations")
    model_reviews = models.ManyToManyField("risks.ModelReview", blank=True, related_name="consultations")
    changes = models.ManyToManyField("risks.Change", blank=True, related_name="consultations")
    screened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    screened_at = models.DateTimeField(null=True, blank=True)
    summary = models.TextField(blank=True)
    validated_how = models.TextField(blank=True)
    validated_on = models.DateField(null=True, blank=True)
    published = models.BooleanField(default=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    told_by_dossier = models.BooleanField(default=False)
    dates_said = models.CharField(max_length=120, blank=True)
    method_said = models.TextField(blank=True)
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-held_from", "-id"]
        indexes = [under_pieces(WORDS_OF_A_CONSULTATION, "consultation_names", condition=Q(published=True))]
        constraints = [
            models.CheckConstraint(
                name="consultation_risk",
                condition=Q(risk_to_participants__isnull=True) | Q(risk_to_participants__range=(1, 5)),
            ),
            models.CheckConstraint(
                name="consultation_held_once_safe",
                condition=Q(told_by_dossier=True)
                | Q(state__in=["planned", "safeguards_checked"])
                | Q(risk_to_participants__lt=3)
                | (Q(safeguards_checked_by__isnull=False) & ~Q(safeguards_checked_by=F("organiser"))),
            ),
            models.CheckConstraint(
                name="consultation_public_once_screened",
                condition=Q(published=False) | Q(screened_by__isnull=False),
            ),
            models.CheckConstraint(
                name="consultation_screened_by_another",
                condition=Q(screened_by__isnull=True) | ~Q(screened_by=F("organiser")),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Participant(models.Model):
    """One person who was consulted: a pseudonym, and a sealed contact that only the engagement team opens."""

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="participants")
    pseudonym = models.CharField(max_length=60)
    sealed = models.BinaryField()
    consent_attribution = models.CharField(max_length=10, choices=labels(Consent), default=Consent.NOT_ASKED)
    told_at = models.DateTimeField(null=True, blank=True)
    checked_on_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "pseudonym"], name="participant_pseudonym_once")
        ]

    def __str__(self) -> str:
        return f"Participant {self.pk}"


class ConsultationFinding(models.Model):
    """What people said, and what was done about it (domain.md 7.4)."""

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="findings")
    you_said = models.TextField()
    is_quote = models.BooleanField(default=False)
    theme = models.CharField(max_length=80)
    priority = models.PositiveSmallIntegerField(default=2)
    risks = models.ManyToManyField("risks.Risk", blank=True, related_name="consultation_findings")
    measures = models.ManyToManyField("risks.Measure", blank=True, related_name="consultation_findings")
    model_reviews = models.ManyToManyField(
        "risks.ModelReview", blank=True, related_name="consultation_findings"
    )
    response = models.CharField(max_length=16, choices=labels(Response), blank=True)
    we_did = models.TextField(blank=True)
    reasons = models.TextField(blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    due = models.DateField()
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    told_participants_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["priority", "id"]
        indexes = [
            models.Index(fields=["due"], condition=Q(response=""), name="finding_unanswered_due"),
            under_pieces(WORDS_OF_A_FINDING, "consultation_finding_names"),
        ]
        constraints = [
            models.CheckConstraint(name="consultation_finding_priority", condition=Q(priority__range=(1, 3))),
            models.CheckConstraint(
                name="consultation_finding_answer_whole",
                condition=Q(response="", answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(response="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="not_accepted_has_reasons", condition=~Q(response="not_accepted") | ~Q(reasons="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.theme} ({self.consultation})"
