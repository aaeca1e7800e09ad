"""The indicators of section 9 that the records of this version can tell."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from risks.models import ExitDecision, LeverageAction, Measure, ReviewTask
from risks.queries.partners import pressing_clocks
from risks.queries.salience import Ranked

FEW = 10
SEVERE, INTRUSIVE, TESTED = 4, 4, 2
BREACH_CODES = ("CEILING_EXCEEDED", "UNDER_RESPONSE")
RED_DAYS, RED_BREACH_HOURS = 7, 72


@dataclass(frozen=True)
class Indicator:
    """One figure with what it counts, its red line and the list behind it."""

    code: str
    title: str
    value: str
    definition: str
    threshold: str
    red: bool
    page: str = ""
    few_data: bool = False


def indicators(ranked: Iterable[Ranked], *, at: datetime) -> list[Indicator]:
    """Return the indicators as of now; no composite score, ever (domain.md 9).

    Args:
        ranked: the open risks.
        at: now.
    """
    risks = list(ranked)
    return [
        _severe(risks),
        _overdue(at),
        _breaches(at),
        _tests(),
        _effect(),
        _expired(at),
        _exits(),
    ]


def _severe(risks: list[Ranked]) -> Indicator:
    severe = [one for one in risks if one.assessment.level >= SEVERE]
    interim = sum(one.assessment.incomplete for one in severe)
    return Indicator(
        "K1",
        "Open severe risks",
        str(len(severe)),
        f"Open risks of level 4 or 5; {interim} of them in the interim, not fully scored.",
        "",
        red=False,
        page="risk-list",
    )


def _overdue(at: datetime) -> Indicator:
    late = ReviewTask.objects.filter(closed_at__isnull=True, due_at__lt=at, measure__intrusion__gte=INTRUSIVE)
    oldest = late.order_by("due_at").values_list("due_at", flat=True).first()
    days = (at - oldest).days if oldest else 0
    return Indicator(
        "K7",
        "Overdue intrusive measures",
        str(late.count()),
        f"Measures of class 4 or 5 whose re-assessment is past its deadline; the oldest by {days} days.",
        f"none for longer than {RED_DAYS} days",
        red=days > RED_DAYS,
        page="desk",
    )


def _breaches(at: datetime) -> Indicator:
    waiting = ReviewTask.objects.filter(closed_at__isnull=True, finding__code__in=BREACH_CODES)
    old = waiting.filter(opened_at__lt=at - timedelta(hours=RED_BREACH_HOURS)).exists()
    return Indicator(
        "K8",
        "Corridor breaches",
        str(waiting.count()),
        "Measures found too strong or too weak for the severity, and not yet decided on.",
        f"none for longer than {RED_BREACH_HOURS} hours",
        red=old,
        page="desk",
    )


def _tests() -> Indicator:
    standing = Measure.objects.filter(state=Measure.State.ACTIVE, intrusion__gte=TESTED)
    every, tested = standing.count(), standing.exclude(three_part_test={}).count()
    return _share(
        "K10",
        "Necessity proof",
        tested,
        every,
        "Measures of class 2 and above in force whose three-part test is answered.",
        100,
        "measure-list",
    )


def _effect() -> Indicator:
    done = LeverageAction.objects.filter(measured_on__isnull=False)
    return _share(
        "K12",
        "Leverage effect",
        done.filter(effect__gte=3).count(),
        done.count(),
        "Measured leverage that stopped the abuse or brought the risk to its target.",
        30,
        "partner-list",
    )


def _expired(at: datetime) -> Indicator:
    past = [one for one in pressing_clocks(on=at.date()) if one.clock.status == "EXIT_CONSIDERATION_DUE"]
    considered = set(
        ExitDecision.objects.filter(relationship__in=[one.tied.relationship_id for one in past])
        .exclude(state="withdrawn")
        .values_list("relationship", flat=True)
    )
    open_ones = [one for one in past if one.tied.relationship_id not in considered]
    return Indicator(
        "K13",
        "Time to change passed",
        str(len(open_ones)),
        "Harms tied to a partner, past the time to see change, with no exit considered.",
        "none",
        red=bool(open_ones),
        page="partner-list",
    )


def _exits() -> Indicator:
    decided = ExitDecision.objects.filter(approved_on__isnull=False)
    return _share(
        "K14",
        "Exit quality",
        decided.filter(impact_assessment__completed_on__isnull=False).count(),
        decided.count(),
        "Exit decisions that rest on a completed exit impact assessment.",
        100,
        "partner-list",
    )


def _share(code: str, title: str, part: int, whole: int, definition: str, least: int, page: str) -> Indicator:
    return Indicator(
        code,
        title,
        f"{part} of {whole}",
        definition,
        f"{least} %",
        red=whole > 0 and part * 100 < least * whole,
        page=page,
        few_data=0 < whole < FEW,
    )
