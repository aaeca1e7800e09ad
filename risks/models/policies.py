from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, F, Q

from risks.rules.policy import (
    EDITED_STATES,
    KINDS,
    LANGUAGES,
    PUBLIC_STATES,
    RIGHT_TO_LEFT,
    STATES,
    Clause,
    VersionState,
    clauses_of,
    was_in_force,
)

APPROVED_STATES = sorted(map(str, PUBLIC_STATES))
ENDED_STATES = (str(VersionState.SUPERSEDED), str(VersionState.REPEALED))


class Policy(models.Model):
    """A rule of the company that is public and that measures rely on; its text stands in its versions (UNGP 16)."""

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=160)
    kind = models.CharField(max_length=20, choices=[(str(kind), said) for kind, said in KINDS.items()])
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["title", "id"]
        verbose_name_plural = "policies"

    def __str__(self) -> str:
        return self.title


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    def that_stood(self) -> Self:
        """Return what is or was in force, what is first: a measure may have relied on any of them (L3)."""
        now = ExpressionWrapper(Q(state="in_force"), output_field=models.BooleanField())
        stood = self.filter(in_force_on__isnull=False).select_related("policy")
        return stood.order_by(now.desc(), "policy__title", "-number", "language")


class PolicyVersion(models.Model):
    """One numbered text of a policy in one language; fixed once it is approved, and then public for good."""

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=8, choices=list(LANGUAGES.items()))
    title = models.CharField(max_length=160)
    clauses = models.JSONField(default=list, blank=True)
    what_changed = models.TextField(blank=True)
    consulted = models.TextField(blank=True)
    consultations = models.ManyToManyField("risks.Consultation", blank=True, related_name="policy_versions")
    experts = models.TextField(blank=True)
    in_force_from = models.DateField(null=True, blank=True)
    next_review = models.DateField(null=True, blank=True)
    adopted_before = models.TextField(blank=True)
    state = models.CharField(
        max_length=10,
        choices=[(str(state), said) for state, said in STATES.items()],
        default=str(VersionState.DRAFT),
    )
    authors = models.JSONField(default=list)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    content_hash = models.CharField(max_length=64, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_as = models.CharField(max_length=40, blank=True)
    in_force_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    ending_reasons = models.TextField(blank=True)
    changed_at = models.DateTimeField()

    objects = PolicyVersionQuerySet.as_manager()

    class Meta:
        ordering = ["policy", "-number", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "number", "language"], name="policy_version_once_a_language"
            ),
            models.UniqueConstraint(
                fields=["policy", "language"],
                condition=Q(state="in_force"),
                name="policy_version_in_force_once",
            ),
            models.CheckConstraint(
                name="policy_version_approved_by_another",
                condition=Q(
                    state__in=sorted(map(str, EDITED_STATES)),
                    approved_by__isnull=True,
                    approved_at__isnull=True,
                )
                | (
                    Q(state__in=APPROVED_STATES, approved_by__isnull=False, approved_at__isnull=False)
                    & ~Q(content_hash="")
                    & ~Q(approved_by=F("drafted_by"))
                ),
            ),
            models.CheckConstraint(
                name="policy_version_in_force_has_day",
                condition=~Q(state__in=["in_force", "superseded"]) | Q(in_force_on__isnull=False),
            ),
            models.CheckConstraint(
                name="policy_version_ended_has_day",
                condition=Q(state__in=ENDED_STATES, ended_on__isnull=False)
                | (~Q(state__in=ENDED_STATES) & Q(ended_on__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.number} ({self.get_language_display()})"

    @property
    def parts(self) -> tuple[Clause, ...]:
        """Return the clauses as the rules read them."""
        return clauses_of(self.clauses)

    @property
    def direction(self) -> str:
        """Return which way its language is written."""
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"

    def stood(self, on: date) -> bool:
        """Whether it was in force on a day."""
        return was_in_force(self.in_force_on, self.ended_on, on)

    def content(self) -> dict[str, Any]:
        """Return what is approved and published: the hash is of exactly this (RFC 8785, SHA-256)."""
        return {
            "policy": self.policy.slug,
            "kind": self.policy.kind,
            "version": self.number,
            "language": self.language,
            "title": self.title,
            "clauses": [
                {"number": one.number, "heading": one.heading, "text": one.text} for one in self.parts
            ],
            "what_changed": self.what_changed,
            "consulted": self.consulted,
            "experts": self.experts,
            "in_force_from": self.in_force_from.isoformat() if self.in_force_from else None,
            "next_review": self.next_review.isoformat() if self.next_review else None,
            "adopted_before": self.adopted_before,
        }
