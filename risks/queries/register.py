"""The register of risks, ranked inside the database; the lookup tables there are filled from the rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from risks.models import Measure, RecordEntry, ReviewTask, Risk, SeverityAssessment
from risks.rules.countries import country_names
from risks.rules.salience import ACTUAL, State, effective_likelihood, is_salient, response_tier
from risks.rules.severity import BANDS, UNKNOWN_HEAD_INTERIM

REMEDIED, CLOSED = 5, 6
TIERS: Mapping[str, str] = {
    "P1": "owner in 24 hours, interim measures in 72 hours, plan in 7 days, review in 30 days",
    "P2": "owner in 7 days, plan in 30 days, review in 90 days",
    "P3": "owner in 14 days, plan in 90 days, review in 180 days",
    "P4": "owner in 30 days, review in 365 days",
}
REVIEW_DAYS: Mapping[int, int] = {1: 30, 2: 90, 3: 180, 4: 365}
STATES: Mapping[str, str] = {
    "": "Not said whether it has happened",
    State.POTENTIAL: "Could happen",
    State.ACTUAL_UNREMEDIED: "Happened, not yet put right",
    State.ACTUAL_REMEDIED: "Happened, put right",
}
WEIGHED = {RecordEntry.Kind.DILEMMA, RecordEntry.Kind.RABAT}
NOT_EVENTS = {RecordEntry.Kind.RIGHT, *WEIGHED}
INTERIM = (UNKNOWN_HEAD_INTERIM,) * 3


@dataclass(frozen=True)
class Standing:
    """A risk as it is judged on a day; without an assessment every head is unknown and counts as 4."""

    risk: Risk
    assessment: SeverityAssessment | None
    measures: int = 0
    open_tasks: int = 0

    @property
    def level(self) -> int:
        return self.assessment.level if self.assessment else UNKNOWN_HEAD_INTERIM

    @property
    def band(self) -> str:
        return BANDS[self.level]

    @property
    def incomplete(self) -> bool:
        return self.assessment is None or self.assessment.incomplete

    @property
    def tier(self) -> str:
        """Return P1 to P4, or nothing for what is remedied or closed."""
        if self.risk.status == Risk.Status.CLOSED:
            return ""
        delay = self.assessment is not None and self.assessment.delay_makes_irremediable
        return response_tier(self.level, self._effective, delay=delay) or ""

    @property
    def clock(self) -> str:
        """Return what the tier asks for, and by when."""
        return TIERS.get(self.tier, "")

    @property
    def salient(self) -> bool:
        return self.risk.status != Risk.Status.CLOSED and is_salient(self.level, self._effective)

    @property
    def state_of_harm(self) -> str:
        return STATES[self.assessment.state_of_harm if self.assessment else ""]

    @property
    def places(self) -> str:
        names = country_names()
        return ", ".join(names.get(place, place) for place in self.risk.countries)

    @property
    def reason(self) -> str:
        return self.assessment.reason if self.assessment else "Severity has not been judged yet."

    @property
    def _effective(self) -> int | None:
        return (
            self.assessment.effective_likelihood
            if self.assessment
            else effective_likelihood(self.level, None, None)
        )


def _picked(values: Sequence[int], index: Combinable) -> Func:
    """Return SQL that picks one of our own integers by an index that starts at 0."""
    listed = ",".join(str(int(value)) for value in values)
    return Func(index + Value(1), template=f"(ARRAY[{listed}])[%(expressions)s]", output_field=IntegerField())


def _effective() -> Func:
    states = [None, *State]
    values = [
        effective_likelihood(level, state, likelihood) or 0
        for level in BANDS
        for state in states
        for likelihood in (None, 1, 2, 3, 4, 5)
    ]
    state = Case(
        *(When(state_of_harm=str(one), then=Value(number)) for number, one in enumerate(states) if one),
        default=Value(0),
        output_field=IntegerField(),
    )
    likelihood = Coalesce(F("likelihood"), Value(0), output_field=IntegerField())
    return _picked(values, (F("level") - Value(1)) * Value(24) + state * Value(6) + likelihood)


def _tier() -> Func:
    values = [
        int((response_tier(level, effective or None, delay=delay) or f"P{REMEDIED}")[1])
        for level in BANDS
        for effective in range(ACTUAL + 1)
        for delay in (False, True)
    ]
    return _picked(values, (F("level") - Value(1)) * Value(14) + F("effective") * Value(2) + F("delay"))


def _digit(flag: str) -> Case:
    return Case(When(**{flag: True}, then=Value(1)), default=Value(0), output_field=IntegerField())


def _head(name: str) -> Coalesce:
    return Coalesce(F(name), Value(UNKNOWN_HEAD_INTERIM), output_field=IntegerField())


def _rank() -> Combinable:
    """Return the order of domain.md 2.4 as one number, a digit for each part; what is remedied comes last."""
    number: Combinable = Case(When(effective=0, then=Value(0)), default=Value(1), output_field=IntegerField())
    heads = [_head("scale"), _head("irremediability"), _head("scope")]
    parts: list[Any] = [F("level"), F("delay"), F("effective"), *heads, _digit("heightened_vulnerability")]
    for part in parts:
        number = number * Value(10) + part
    return number


def _unscored_rank() -> int:
    effective = effective_likelihood(UNKNOWN_HEAD_INTERIM, None, None)
    return int("".join(str(part) for part in (1, UNKNOWN_HEAD_INTERIM, 0, effective, *INTERIM, 0)))


def standing_risks(*, on: date) -> QuerySet[Any, Any]:
    """Return every risk with what it can be ordered, filtered and counted by, as it is judged on a day.

    Annotated: rank, level, tier (1 to 4, REMEDIED, CLOSED), incomplete, state_of_harm, holds_from.

    Args:
        on: the day; later assessments are not seen.
    """
    held = (
        SeverityAssessment.objects.filter(risk=OuterRef("pk"), holds_from__lte=on)
        .annotate(effective=_effective(), delay=_digit("delay_makes_irremediable"))
        .annotate(tier=_tier(), rank=_rank())
    )

    def known(name: str) -> Subquery:
        return Subquery(held.values(name)[:1])

    unscored = Standing(Risk(), None)
    return Risk.objects.annotate(
        rank=Coalesce(known("rank"), Value(_unscored_rank()), output_field=IntegerField()),
        level=Coalesce(known("level"), Value(unscored.level), output_field=IntegerField()),
        tier=Case(
            When(status=Risk.Status.CLOSED, then=Value(CLOSED)),
            default=Coalesce(known("tier"), Value(int(unscored.tier[1])), output_field=IntegerField()),
            output_field=IntegerField(),
        ),
        incomplete=Coalesce(known("incomplete"), Value(True)),
        state_of_harm=Coalesce(known("state_of_harm"), Value("")),
        holds_from=known("holds_from"),
    )


def _by_salience(risks: QuerySet[Any, Any]) -> QuerySet[Risk]:
    closed = Case(When(status=Risk.Status.CLOSED, then=Value(1)), default=Value(0))
    return risks.order_by(closed, F("rank").desc(), "pk")


def listed_risks(*, on: date, q: str = "", level: str = "", tier: str = "") -> QuerySet[Risk]:
    """Return the risks that a filter leaves, the first to be acted on first; remedied and closed ones last.

    Args:
        on: the day of judgement.
        q: words that the title or the summary holds, each of them.
        level: 1 to 5, or "4+".
        tier: P1 to P4, remedied, closed, or open for all but closed.
    """
    wanted = Q()
    for word in q.split():
        wanted &= Q(title__icontains=word) | Q(summary__icontains=word)
    if level:
        wanted &= Q(level__gte=4) if level == "4+" else Q(level=int(level))
    if tier == "open":
        wanted &= Q(tier__lt=CLOSED)
    elif tier:
        wanted &= Q(tier={"remedied": REMEDIED, "closed": CLOSED}.get(tier) or int(tier[1]))
    return _by_salience(standing_risks(on=on).filter(wanted))


def unscored_risks(*, on: date) -> QuerySet[Risk]:
    """Return the open risks that nobody has fully scored yet, the first to be acted on first."""
    return _by_salience(standing_risks(on=on).filter(incomplete=True, tier__lt=CLOSED))


def standings(risks: Sequence[Risk], *, on: date) -> list[Standing]:
    """Return a page of risks with what is shown of each, in three queries whatever their number."""
    held = SeverityAssessment.objects.filter(risk__in=risks, holds_from__lte=on)
    assessments = {
        one.risk_id: one for one in held.order_by("risk_id", "-holds_from", "-id").distinct("risk_id")
    }
    measures = _count(Measure.objects.filter(risk__in=risks), "risk")
    tasks = _count(
        ReviewTask.objects.filter(measure__risk__in=risks, closed_at__isnull=True), "measure__risk"
    )
    return [
        Standing(risk, assessments.get(risk.pk), measures.get(risk.pk, 0), tasks.get(risk.pk, 0))
        for risk in risks
    ]


def _count(found: QuerySet[Measure] | QuerySet[ReviewTask], by: str) -> dict[int, int]:
    rows = found.order_by().values(by).annotate(many=Count("pk")).values_list(by, "many")
    return dict(rows)


@dataclass(frozen=True)
class Head:
    """One head of an assessment as it is shown."""

    name: str
    value: int | None
    rationale: str


@dataclass(frozen=True)
class Judged:
    """One assessment as it is shown."""

    assessment: SeverityAssessment
    band: str
    state_of_harm: str
    heads: list[Head]


def assessments_of(risk: Risk) -> list[Judged]:
    """Return every judgement of a risk, the newest first."""
    return [
        Judged(one, BANDS[one.level], STATES[one.state_of_harm], _heads(one))
        for one in risk.assessments.all()
    ]


def _heads(one: SeverityAssessment) -> list[Head]:
    return [
        Head("Scale", one.scale, one.scale_rationale),
        Head("Scope", one.scope, one.scope_rationale),
        Head("Irremediability", one.irremediability, one.irremediability_rationale),
    ]


@dataclass(frozen=True)
class Story:
    """The record of a risk: what happened in order of time, who was consulted, and what weighed on what."""

    timeline: list[RecordEntry]
    consultations: list[RecordEntry]
    dilemmas: list[tuple[str, RecordEntry]]
    rights_without_article: list[RecordEntry]


def story_of(risk: Risk) -> Story:
    """Return the record of a risk; what has no date comes last."""
    entries = list(risk.record.order_by(F("when_first").asc(nulls_last=True), "id"))
    return Story(
        timeline=[one for one in entries if one.kind not in NOT_EVENTS],
        consultations=[one for one in entries if one.kind == RecordEntry.Kind.CONSULTATION],
        dilemmas=[(_weighed(one), one) for one in entries if one.kind in WEIGHED],
        rights_without_article=[one for one in entries if one.kind == RecordEntry.Kind.RIGHT],
    )


def _weighed(entry: RecordEntry) -> str:
    factor = str(entry.detail.get("factor", "")).replace("_", " ")
    return f"{entry.get_kind_display()}: {factor}" if factor else entry.get_kind_display()
