"""The register of risks: what the pages show of each, in the order of salience."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from risks.models import Measure, RecordEntry, ReviewTask, Risk, SeverityAssessment
from risks.rules.countries import country_names
from risks.rules.salience import State
from risks.rules.severity import BANDS
from risks.rules.standing import CLOSED, REMEDIED

TIERS: Mapping[str, str] = {
    "P1": "owner in 24 hours, interim measures in 72 hours, plan in 7 days, review in 30 days",
    "P2": "owner in 7 days, plan in 30 days, review in 90 days",
    "P3": "owner in 14 days, plan in 90 days, review in 180 days",
    "P4": "owner in 30 days, review in 365 days",
}
STATES: Mapping[str, str] = {
    "": "Not said whether it has happened",
    State.POTENTIAL: "Could happen",
    State.ACTUAL_UNREMEDIED: "Happened, not yet put right",
    State.ACTUAL_REMEDIED: "Happened, put right",
}
WEIGHED = {RecordEntry.Kind.DILEMMA, RecordEntry.Kind.RABAT}
NOT_EVENTS = {RecordEntry.Kind.RIGHT, *WEIGHED}


@dataclass(frozen=True)
class Standing:
    """A risk as the pages show it, with the assessment that holds."""

    risk: Risk
    assessment: SeverityAssessment | None
    measures: int = 0
    open_tasks: int = 0

    @property
    def level(self) -> int:
        return self.risk.level

    @property
    def band(self) -> str:
        return BANDS[self.risk.level]

    @property
    def incomplete(self) -> bool:
        return self.risk.incomplete

    @property
    def salient(self) -> bool:
        return self.risk.salient

    @property
    def tier(self) -> str:
        """Return P1 to P4, or nothing for what is remedied or closed."""
        return f"P{self.risk.tier}" if self.risk.tier < REMEDIED else ""

    @property
    def clock(self) -> str:
        """Return what the tier asks for, and by when."""
        return TIERS.get(self.tier, "")

    @property
    def state_of_harm(self) -> str:
        return STATES[self.risk.state_of_harm]

    @property
    def places(self) -> str:
        names = country_names()
        return ", ".join(names.get(place, place) for place in self.risk.countries)

    @property
    def reason(self) -> str:
        return self.assessment.reason if self.assessment else "Severity has not been judged yet."


def by_salience(risks: QuerySet[Risk]) -> QuerySet[Risk]:
    """Return risks the first to be acted on first; remedied and closed ones last (domain.md 2.4)."""
    return risks.order_by(F("rank").desc(), "pk")


def listed_risks(*, q: str = "", level: str = "", tier: str = "") -> QuerySet[Risk]:
    """Return the risks that a filter leaves, the first to be acted on first; remedied and closed ones last.

    Args:
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
    return by_salience(Risk.objects.filter(wanted))


def unscored_risks() -> QuerySet[Risk]:
    """Return the open risks that nobody has fully scored yet, the first to be acted on first."""
    return by_salience(Risk.objects.filter(incomplete=True, tier__lt=CLOSED))


def standings(risks: Sequence[Risk]) -> list[Standing]:
    """Return a page of risks with what is shown of each, in three queries whatever their number."""
    held = SeverityAssessment.objects.in_bulk([risk.held_id for risk in risks if risk.held_id])
    measures = _count(Measure.objects.filter(risk__in=risks), "risk")
    tasks = _count(
        ReviewTask.objects.filter(measure__risk__in=risks, closed_at__isnull=True), "measure__risk"
    )
    return [
        Standing(
            risk,
            held.get(risk.held_id) if risk.held_id else None,
            measures.get(risk.pk, 0),
            tasks.get(risk.pk, 0),
        )
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
    """The record of a risk: what happened in order of time, and what weighed on what."""

    timeline: list[RecordEntry]
    dilemmas: list[tuple[str, RecordEntry]]
    rights_without_article: list[RecordEntry]


def story_of(risk: Risk) -> Story:
    """Return the record of a risk; what has no date comes last."""
    entries = list(risk.record.order_by(F("when_first").asc(nulls_last=True), "id"))
    return Story(
        timeline=[one for one in entries if one.kind not in NOT_EVENTS],
        dilemmas=[(_weighed(one), one) for one in entries if one.kind in WEIGHED],
        rights_without_article=[one for one in entries if one.kind == RecordEntry.Kind.RIGHT],
    )


def _weighed(entry: RecordEntry) -> str:
    factor = str(entry.detail.get("factor", "")).replace("_", " ")
    return f"{entry.get_kind_display()}: {factor}" if factor else entry.get_kind_display()
