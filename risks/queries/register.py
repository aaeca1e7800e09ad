"""The register of risks: what the pages show of each, in the order of salience."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, QuerySet

from risks.models import Involvement, Measure, ReviewTask, Risk, RiskRight, SeverityAssessment
from risks.queries.method import method
from risks.queries.words import searched
from risks.rules.countries import country_names
from risks.rules.recording import GLOBAL
from risks.rules.salience import State
from risks.rules.severity import BANDS
from risks.rules.standing import CLOSED, REMEDIED

OFFERED = 30
# What the rows of a list do not show, some of it long.
UNSHOWN = (
    *("imported_record", "sources", "unknown", "company", "period", "outcome", "search"),
    *("why_vulnerable", "affected_groups", "imported_digest", "imported_from", "touched_rights"),
)
STATES: Mapping[str, str] = {
    "": "Not said whether it has happened",
    State.POTENTIAL: "Could happen",
    State.ACTUAL_UNREMEDIED: "Happened, not yet put right",
    State.ACTUAL_REMEDIED: "Happened, put right",
}


def tiers() -> dict[str, str]:
    """Return what each tier asks for and by when, as it is configured (domain.md 2.4)."""
    limits = method()
    asked = {
        "owner": limits.owner_hours,
        "interim measures": limits.interim_hours,
        "plan": {tier: days * 24 for tier, days in limits.plan_days.items()},
        "review": {tier: days * 24 for tier, days in limits.review_days.items()},
    }
    return {
        f"P{tier}": ", ".join(f"{what} in {_time(by[tier])}" for what, by in asked.items() if tier in by)
        for tier in sorted(limits.review_days)
    }


def _time(hours: int) -> str:
    days, rest = divmod(hours, 24)
    return f"{hours} hours" if rest or days <= 3 else f"{days} days"


@dataclass(frozen=True)
class Standing:
    """A risk as the pages show it, with the assessment that holds."""

    risk: Risk
    assessment: SeverityAssessment | None
    measures: int = 0
    open_tasks: int = 0
    rights: tuple[str, ...] = ()
    on: date | None = None

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
        return tiers().get(self.tier, "")

    @property
    def state_of_harm(self) -> str:
        return STATES[self.risk.state_of_harm]

    @property
    def involvement(self) -> str:
        """Return how the company is tied to the harm, as found; a claim or a proposal is no finding (I2)."""
        return Involvement.Tie(self.risk.tie).label if self.risk.tie else "Not found yet"

    @property
    def days_late(self) -> int:
        """Return by how many days the review is overdue; a deadline of today is still in time (domain.md 0.1)."""
        if self.on is None or self.risk.next_review is None:
            return 0
        return max((self.on - self.risk.next_review).days, 0)

    @property
    def review_day(self) -> str:
        """Return the day of the next review for machines, or nothing."""
        return self.risk.next_review.isoformat() if self.risk.next_review else ""

    @property
    def places(self) -> str:
        names = country_names() | {GLOBAL: "Worldwide"}
        return "; ".join(names.get(place, place) for place in self.risk.countries)

    @property
    def reason(self) -> str:
        return self.assessment.reason if self.assessment else "Severity has not been judged yet."


def by_salience(risks: QuerySet[Risk]) -> QuerySet[Risk]:
    """Return risks the first to be acted on first; remedied and closed ones last (domain.md 2.4)."""
    return risks.order_by(F("rank").desc(), "pk")


def offered_risks(among: QuerySet[Risk], *, words: str = "", kept: Iterable[int] = ()) -> list[Risk]:
    """Return the risks that a form offers: those chosen already, and the gravest whose words match.

    Args:
        among: from which; a register of 100,000 fits into no form.
        words: as in a search of the register; empty for the gravest of all.
        kept: ids of risks to list first, wherever they stand by now.
    """
    chosen = list(by_salience(Risk.objects.filter(pk__in=set(kept))))
    found = among.exclude(pk__in=[risk.pk for risk in chosen])
    if words.strip():
        found = found.filter(search=searched(words))
    return [*chosen, *by_salience(found)[:OFFERED]]


def unscored_risks() -> QuerySet[Risk]:
    """Return the open risks that nobody has fully scored yet, the first to be acted on first."""
    return by_salience(Risk.objects.filter(incomplete=True, tier__lt=CLOSED).defer(*UNSHOWN))


def standings(
    risks: Sequence[Risk], *, on: date | None = None, with_judgement: bool = True
) -> list[Standing]:
    """Return a page of risks with what is shown of each, in four queries whatever their number.

    Args:
        risks: the rows of a page.
        on: today, where it is shown what is overdue.
        with_judgement: whether the judgement that holds is read too; a list that does not give reasons needs none.
    """
    judged = [risk.held_id for risk in risks if risk.held_id and with_judgement]
    held = SeverityAssessment.objects.in_bulk(judged)
    measures = _count(Measure.objects.filter(risk__in=risks), "risk")
    tasks = _count(
        ReviewTask.objects.filter(measure__risk__in=risks, closed_at__isnull=True), "measure__risk"
    )
    rights: dict[int, list[str]] = {}
    touched = RiskRight.objects.filter(risk__in=risks).order_by("right__position", "pk")
    for risk_id, title in touched.values_list("risk_id", "right__title"):
        if title not in rights.setdefault(risk_id, []):
            rights[risk_id].append(title)
    return [
        Standing(
            risk,
            held.get(risk.held_id) if risk.held_id else None,
            measures.get(risk.pk, 0),
            tasks.get(risk.pk, 0),
            tuple(rights.get(risk.pk, ())),
            on,
        )
        for risk in risks
    ]


def _count(found: QuerySet[Measure] | QuerySet[ReviewTask], by: str) -> dict[int, int]:
    rows = found.order_by().values(by).annotate(many=Count("pk")).values_list(by, "many")
    return dict(rows)
