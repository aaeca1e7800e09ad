"""The time-to-change clocks: who must change what by when (domain.md 5.4), and the indicators about them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce

from risks.models import ExitDecision, LeverageAction, Relationship, RelationshipRisk, SeverityAssessment
from risks.queries.desk import FEW, Indicator
from risks.queries.exit_figures import exit_quality
from risks.rules.leverage import CHANGE_ACHIEVED, PARTIAL_CHANGE, TIME_LIMITS, Clock, time_to_change
from risks.rules.severity import UNKNOWN_HEAD_INTERIM

ATTENTION = ("EXIT_CONSIDERATION_DUE", "STOP_OWN_CONTRIBUTION", "LEVERAGE_OVERDUE", "INCREASE_LEVERAGE", "OK")
SENTENCES = {
    "FIRST_ACTION_PENDING": "The first action is due.",
    "NO_FIRST_ACTION": "No leverage was used in the time for a first action.",
    "HALF_TIME_NO_CHANGE": "Half the time has passed without measurable change: increase leverage.",
    "WITHIN_TIME": "Within the time to see change.",
    "CHANGE_ACHIEVED": "The abuse stopped, or the risk is at its target.",
    "TIME_TO_CHANGE_EXPIRED": "The time to see change has passed: people must consider exit.",
    "TIME_TO_CHANGE_EXPIRED_CRUCIAL": (
        "The time to see change has passed. The relationship is crucial: exit is harder, and must still be considered."
    ),
    "ZERO_TOLERANCE": "A breach for which there is no time to change: people must consider exit.",
    "OWN_CONTRIBUTION_OPEN": "The company's own part goes on; that is not a matter of leverage. Stop it.",
    "NO_EXIT_CLOCK": "No exit clock at this severity.",
}


@dataclass(frozen=True)
class Reading:
    """The clock of one harm tied to a relationship, on a day."""

    tied: RelationshipRisk
    level: int
    clock: Clock
    days: int
    due: date | None

    @property
    def sentence(self) -> str:
        """Return what the clock says, for people."""
        return SENTENCES[self.clock.code]

    @property
    def needs_somebody(self) -> bool:
        """Whether a person must act."""
        return self.clock.status != "OK"


def read_clocks(tied: Iterable[RelationshipRisk], *, on: date) -> list[Reading]:
    """Read the clocks of rows that `with_severity` prepared, the most pressing first.

    Args:
        tied: the harms.
        on: the day.
    """
    readings = [_read(one, on=on) for one in tied]
    return sorted(
        readings, key=lambda one: (ATTENTION.index(one.clock.status), one.due or date.max, one.tied.pk)
    )


def with_severity(tied: QuerySet[RelationshipRisk], *, on: date) -> QuerySet[RelationshipRisk]:
    """Add to each harm its severity on a day and the best effect of leverage so far, in one query."""
    level = SeverityAssessment.objects.levels_on(on, risk=OuterRef("risk"))[:1]
    return tied.annotate(
        level=Coalesce(Subquery(level), UNKNOWN_HEAD_INTERIM),
        best_effect=Max("actions__effect"),
        acted=Max("actions__pk"),
    ).select_related("relationship__partner", "risk")


def _read(tied: RelationshipRisk, *, on: date) -> Reading:
    level, best = tied.level, tied.best_effect  # type: ignore[attr-defined]  # annotated by with_severity
    if best is None and tied.acted:  # type: ignore[attr-defined]
        best = 0
    days = max((on - tied.known_since).days, 0)
    clock = time_to_change(
        level=level,
        days=days,
        best_effect=best,
        extended=tied.extended_on is not None,
        crucial=tied.relationship.crucial,
        own_contribution=tied.own_contribution and tied.own_part_stopped_on is None,
        zero_tolerance=bool(tied.zero_tolerance_breach),
    )
    return Reading(tied, level, clock, days, _due(tied, level, best))


def _due(tied: RelationshipRisk, level: int, best: int | None) -> date | None:
    """Return by when the next thing must be seen: a first action, or change."""
    limits = TIME_LIMITS[level]
    if best is None:
        return tied.known_since + timedelta(days=limits.first_action)
    if limits.change is None:
        return None
    extension = limits.extension if tied.extended_on and best == PARTIAL_CHANGE else 0
    return tied.known_since + timedelta(days=limits.change + extension)


def clocks_of_page(page: Iterable[Relationship], *, on: date) -> list[tuple[Relationship, Reading | None]]:
    """Return the relationships of a page with their most pressing clock, in two queries."""
    shown = list(page)
    tied = with_severity(RelationshipRisk.objects.filter(relationship__in=shown), on=on)
    pressing: dict[int, Reading] = {}
    for reading in read_clocks(tied, on=on):
        pressing.setdefault(reading.tied.relationship_id, reading)
    return [(one, pressing.get(one.pk)) for one in shown]


def pressing_clocks(*, on: date) -> list[Reading]:
    """Return the clocks at which a person must act, on relationships that go on, the most pressing first."""
    open_ones = RelationshipRisk.objects.exclude(relationship__status=Relationship.Status.ENDED)
    return [one for one in read_clocks(with_severity(open_ones, on=on), on=on) if one.needs_somebody]


def story_of(relationship: Relationship, *, on: date) -> list[tuple[Reading, list[LeverageAction]]]:
    """Return the harms tied to a relationship with their clocks and the leverage used on each."""
    tied = with_severity(relationship.risks.all(), on=on).prefetch_related(
        Prefetch("actions", LeverageAction.objects.order_by("started_on", "pk"))
    )
    return [(reading, list(reading.tied.actions.all())) for reading in read_clocks(tied, on=on)]


def indicators(pressing: Sequence[Reading]) -> list[Indicator]:
    """Return the indicators of section 9 about partners: leverage, clocks, exits.

    Args:
        pressing: the clocks at which a person must act.
    """
    return [_effect(), _past_the_limit(pressing), exit_quality()]


def _effect() -> Indicator:
    measured = LeverageAction.objects.filter(measured_on__isnull=False)
    part, whole = measured.filter(effect__gte=CHANGE_ACHIEVED).count(), measured.count()
    return Indicator(
        "K12",
        "Leverage effect",
        f"{part} of {whole}" if whole else "none yet",
        "Measured leverage that stopped the abuse or brought the risk to its target.",
        "under 30 %.",
        red=whole > 0 and part * 100 < 30 * whole,
        few_data=0 < whole < FEW,
    )


def _past_the_limit(pressing: Sequence[Reading]) -> Indicator:
    past = [one for one in pressing if one.clock.status == "EXIT_CONSIDERATION_DUE"]
    considered = set(
        ExitDecision.objects.filter(relationship__in=[one.tied.relationship_id for one in past])
        .exclude(state="withdrawn")
        .values_list("relationship", flat=True)
    )
    unanswered = sum(one.tied.relationship_id not in considered for one in past)
    return Indicator(
        "K13",
        "Time to change passed",
        str(unanswered),
        "Harms tied to a partner, past the time to see change, with no exit considered.",
        "any.",
        red=unanswered > 0,
    )
