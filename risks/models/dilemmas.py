from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q

from risks.models.measures import Measure
from risks.rules.dilemma import EFFECTS, KINDS, SIDES, STATES, UNKNOWN_EFFECT, State
from risks.rules.ladder import LADDER


def _person(**given: Any) -> Any:
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", **given)


class Dilemma(models.Model):
    """A question in which rights stand against rights, as it is prepared, advised on and decided (domain.md 1.6)."""

    class Urgency(models.TextChoices):
        ORDINARY = "ordinary", "Ordinary"
        URGENT = "urgent", "Urgent: delay makes it worse"
        LIFE = "life", "Life is at risk"

    class Authority(models.TextChoices):
        COURT = "court", "A court"
        PROSECUTOR = "prosecutor", "A prosecutor or the police"
        REGULATOR = "regulator", "A regulator"
        EXECUTIVE = "executive", "The executive"
        MILITARY = "military", "The military or an intelligence service"
        LEGISLATURE = "legislature", "A legislature"
        INFORMAL = "informal", "An informal request"

    risk = models.ForeignKey("risks.Risk", models.PROTECT, related_name="dilemmas")
    question = models.CharField(max_length=300)
    kind = models.CharField(max_length=20, choices=[(str(one), said) for one, said in KINDS.items()])
    facts = models.TextField()
    people_protected = models.JSONField(default=list)
    people_burdened = models.JSONField(default=list)
    countries = models.JSONField(default=list, blank=True)
    urgency = models.CharField(max_length=8, choices=Urgency, default=Urgency.ORDINARY)
    decide_by = models.DateField(null=True, blank=True)
    demand_authority = models.CharField(max_length=12, choices=Authority, blank=True)
    demand_legal_basis = models.TextField(blank=True)
    demand_in_writing = models.BooleanField(null=True, blank=True)
    demand_narrowed = models.BooleanField(null=True, blank=True)
    demand_challenged = models.BooleanField(null=True, blank=True)
    consultations = models.ManyToManyField("risks.Consultation", blank=True, related_name="dilemmas")
    record_entries = models.ManyToManyField("risks.RecordEntry", blank=True, related_name="dilemmas")
    state = models.CharField(
        max_length=16, choices=[(str(one), said) for one, said in STATES.items()], default=State.OPEN
    )
    review_on = models.DateField(null=True, blank=True)
    interim_until = models.DateTimeField(null=True, blank=True)
    prepared_by = _person()
    prepared_at = models.DateTimeField()
    reviewed_because = models.TextField(blank=True)
    closed_because = models.TextField(blank=True)
    search = models.GeneratedField(
        expression=SearchVector("question", weight="A", config="simple")
        + SearchVector("facts", weight="B", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        ordering = ["-prepared_at", "-id"]
        indexes = [
            GinIndex(fields=["search"], name="dilemma_words"),
            GinIndex(fields=["countries"], name="dilemma_countries", opclasses=["jsonb_path_ops"]),
            models.Index(fields=["state", "review_on"], name="dilemma_by_review"),
        ]
        constraints = [
            models.CheckConstraint(
                name="dilemma_decided_has_review",
                condition=~Q(state__in=["decided", "in_review", "closed"]) | Q(review_on__isnull=False),
            ),
            models.CheckConstraint(
                name="dilemma_interim_ends",
                condition=~Q(state="interim_decided") | Q(interim_until__isnull=False),
            ),
            models.CheckConstraint(
                name="dilemma_demand_whole",
                condition=~Q(demand_authority="")
                | Q(
                    demand_legal_basis="",
                    demand_in_writing__isnull=True,
                    demand_narrowed__isnull=True,
                    demand_challenged__isnull=True,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.question

    @property
    def is_demanded(self) -> bool:
        """Whether a government asks for something."""
        return bool(self.demand_authority)


class Stake(models.Model):
    """A right in a dilemma and where it stands in it; the same right may stand on two sides, for two groups."""

    dilemma = models.ForeignKey(Dilemma, models.CASCADE, related_name="stakes")
    right = models.ForeignKey("risks.Right", models.PROTECT, related_name="+")
    side = models.CharField(max_length=9, choices=[(str(one), said) for one, said in SIDES.items()])

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["dilemma", "right", "side"], name="stake_once")]

    def __str__(self) -> str:
        return f"{self.right} ({self.get_side_display()})"


class DilemmaOption(models.Model):
    """One thing that could be done: a rung of the ladder, another course, or nothing."""

    dilemma = models.ForeignKey(Dilemma, models.PROTECT, related_name="options")
    kind = models.CharField(
        max_length=24, choices=[(code, rung.label) for code, rung in LADDER.items()], blank=True
    )
    course = models.CharField(max_length=200, blank=True)
    about = models.TextField(blank=True)
    target = models.CharField(max_length=300, blank=True)
    target_type = models.CharField(max_length=10, choices=Measure.Target, blank=True)
    lasts_days = models.PositiveSmallIntegerField(null=True, blank=True)
    interferes_with = models.ManyToManyField("risks.Right", blank=True, related_name="+")
    test = models.ForeignKey("risks.ThreePartTest", models.PROTECT, null=True, blank=True, related_name="+")
    put_by = _person()
    put_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="option_is_something", condition=~Q(kind="") | ~Q(course="")),
            models.UniqueConstraint(
                fields=["dilemma"], condition=Q(kind="no_action"), name="one_option_of_no_action"
            ),
        ]

    def __str__(self) -> str:
        label = self.get_kind_display() if self.kind else self.course
        return f"{label}: {self.target}" if self.target else label


class OptionEffect(models.Model):
    """What an option does to one right of some people: a word on an ordinal scale, and why. Never summed (D3)."""

    option = models.ForeignKey(DilemmaOption, models.CASCADE, related_name="effects")
    stake = models.ForeignKey(Stake, models.CASCADE, related_name="effects")
    level = models.SmallIntegerField(null=True, blank=True)
    says = models.TextField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["option", "stake"], name="effect_once"),
            models.CheckConstraint(
                name="effect_level", condition=Q(level__isnull=True) | Q(level__range=(-2, 2))
            ),
        ]

    def __str__(self) -> str:
        return self.word

    @property
    def word(self) -> str:
        """Return the effect in words."""
        return UNKNOWN_EFFECT if self.level is None else EFFECTS[self.level]


class DilemmaAdvice(models.Model):
    """What somebody advised, in their own words. Appended, never edited (D4)."""

    dilemma = models.ForeignKey(Dilemma, models.PROTECT, related_name="advice")
    favours = models.ForeignKey(
        DilemmaOption, models.PROTECT, null=True, blank=True, related_name="favoured_by"
    )
    text = models.TextField()
    given_by = _person()
    opinion = models.ForeignKey(
        "risks.ExpertOpinion", models.PROTECT, null=True, blank=True, related_name="+"
    )
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["given_at", "id"]
        verbose_name_plural = "dilemma advice"
        constraints = [
            models.UniqueConstraint(
                fields=["dilemma", "opinion"], condition=Q(opinion__isnull=False), name="opinion_once"
            )
        ]

    def __str__(self) -> str:
        return f"Advice of {self.given_at:%-d %B %Y}"


class DilemmaDecision(models.Model):
    """What was decided, with reasons and the minority view as it was said. Appended, never edited (D4; 0.1)."""

    dilemma = models.ForeignKey(Dilemma, models.PROTECT, related_name="decisions")
    option = models.ForeignKey(DilemmaOption, models.PROTECT, related_name="decisions")
    interim = models.BooleanField(default=False)
    reasons = models.TextField()
    public_reasons = models.TextField(blank=True)
    minority_view = models.TextField(blank=True)
    policy_relied_on = models.TextField()
    rights = models.JSONField(default=list)
    restricts = models.BooleanField()
    test = models.ForeignKey("risks.ThreePartTest", models.PROTECT, null=True, blank=True, related_name="+")
    rabat = models.ForeignKey(
        "risks.RabatAssessment", models.PROTECT, null=True, blank=True, related_name="+"
    )
    review_on = models.DateField(null=True, blank=True)
    interim_until = models.DateTimeField(null=True, blank=True)
    content = models.JSONField(default=dict)
    content_hash = models.CharField(max_length=64)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    decided_by = _person()
    decided_at = models.DateTimeField()
    search = models.GeneratedField(
        expression=SearchVector("reasons", "public_reasons", "minority_view", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        ordering = ["-decided_at", "-id"]
        indexes = [GinIndex(fields=["search"], name="dilemma_decision_words")]
        constraints = [
            models.CheckConstraint(
                name="dilemma_decision_has_a_date",
                condition=Q(interim=True, interim_until__isnull=False)
                | Q(interim=False, review_on__isnull=False, interim_until__isnull=True),
            ),
            models.CheckConstraint(name="dilemma_decision_has_reasons", condition=~Q(reasons="")),
            models.CheckConstraint(
                name="dilemma_interim_at_most_72_hours",
                condition=Q(interim_until__isnull=True)
                | Q(interim_until__lte=F("decided_at") + models.Value("72 hours", models.DurationField())),
            ),
        ]

    def __str__(self) -> str:
        return f"Decision of {self.decided_at:%-d %B %Y}"


class Precedent(models.Model):
    """An earlier decided dilemma that this one relies on or departs from, and why. Appended, never edited (D5)."""

    class Relation(models.TextChoices):
        RELIES_ON = "relies_on", "Relies on it"
        DEPARTS_FROM = "departs_from", "Departs from it"

    dilemma = models.ForeignKey(Dilemma, models.PROTECT, related_name="precedents")
    of = models.ForeignKey(Dilemma, models.PROTECT, related_name="followed_by")
    relation = models.CharField(max_length=12, choices=Relation)
    because = models.TextField()
    cited_by = _person()
    cited_at = models.DateTimeField()

    class Meta:
        ordering = ["cited_at", "id"]
        constraints = [
            models.CheckConstraint(name="precedent_of_another", condition=~Q(dilemma=F("of"))),
        ]

    def __str__(self) -> str:
        return f"{self.get_relation_display()}: {self.of_id}"
