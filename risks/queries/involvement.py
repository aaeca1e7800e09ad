"""Findings on involvement, and what they ask of people: by set, over any number of risks (domain.md 1.2, 5.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import DateField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Cast, Coalesce

from risks.models import Involvement, LeverageAction, Relationship, Risk
from risks.queries.method import method
from risks.rules.involvement import CEASES, FACTORS, LINKED, QUESTIONS, UNDETERMINED, owed
from risks.rules.leverage import PARTIAL_CHANGE
from risks.rules.standing import CLOSED
from risks.rules.words import said

TASKS: Mapping[str, tuple[str, str, str]] = {
    "OWN_PART_NOT_STOPPED": (
        "not_stopped",
        "The company's own part goes on",
        "UNGP 19: the day by which the company's own part had to stop has passed.",
    ),
    "FACT_FINDING_OVERDUE": (
        "facts_overdue",
        "Facts still missing",
        "UNGP 13: how the company is involved had to be found out by now. Until then it acts as if it contributed.",
    ),
    "REASSESS_INVOLVEMENT": (
        "drifting",
        "Linked, and nothing changed",
        "UNGP 19: the company has known longer than the time to see change, and no leverage moved anything. Continued "
        "inaction may have become a contribution: look at the finding again.",
    ),
}
SHOWN = 10
IN_LIST: Mapping[str, tuple[str, ...]] = {
    "proposed": (Involvement.State.PROPOSED,),
    "standing": Involvement.STANDING,
    "claimed": (Involvement.State.CLAIMED,),
    "over": (Involvement.State.SUPERSEDED, Involvement.State.REFUSED, Involvement.State.WITHDRAWN),
}


def standing_findings() -> QuerySet[Involvement]:
    """Return the findings that hold, a challenged one included, of risks that are not closed."""
    return Involvement.objects.filter(state__in=Involvement.STANDING, risk__tier__lt=CLOSED)


def drifting(on: date) -> QuerySet[Involvement]:
    """Return the findings of a link that drift on a day, as `risks.rules.involvement.drifts` says, in one query.

    Without a day in `knew_since` the company knows since it made the finding. A relationship that ended drifts no more:
    no leverage could ever move it.
    """
    known_too_long = Q()
    for level, limits in method().time_limits.items():
        if limits.change is not None:
            known_too_long |= Q(risk__level=level, known_since__lt=on - timedelta(days=limits.change))
    moved = LeverageAction.objects.filter(
        tied__risk=OuterRef("risk"),
        tied__relationship=Coalesce(OuterRef("relationship"), F("tied__relationship")),
        effect__gte=PARTIAL_CHANGE,
        measured_on__lte=on,
    )
    return (
        standing_findings()
        .filter(tie=LINKED)
        .exclude(relationship__status=Relationship.Status.ENDED)
        .annotate(known_since=Coalesce("knew_since", Cast("decided_at", DateField())))
        .filter(known_too_long, ~Exists(moved))
    )


def fact_finding_overdue(on: date) -> QuerySet[Involvement]:
    """Return the undetermined findings whose day has passed; one due today is still in time."""
    return standing_findings().filter(tie=UNDETERMINED, fact_finding_due__lt=on)


def own_part_not_stopped(at: datetime) -> QuerySet[Involvement]:
    """Return the findings past the moment by which the company's own part had to stop (I3)."""
    return standing_findings().filter(tie__in=CEASES, own_part_stopped_on__isnull=True, stop_due__lt=at)


def _pressing(at: datetime) -> Mapping[str, QuerySet[Involvement]]:
    return {
        "OWN_PART_NOT_STOPPED": own_part_not_stopped(at),
        "FACT_FINDING_OVERDUE": fact_finding_overdue(at.date()),
        "REASSESS_INVOLVEMENT": drifting(at.date()),
    }


@dataclass(frozen=True)
class Task:
    """What waits for a person: a stable code, how the list shows all of it, and the first of them."""

    code: str
    show: str
    title: str
    sentence: str
    first: list[Involvement]
    more: bool


def tasks(at: datetime) -> list[Task]:
    """Return the tasks that findings give to people, those with nothing to do left out, a query each."""
    found = []
    for code, waiting in _pressing(at).items():
        shown = waiting.select_related("risk").only("said", "risk__title")
        first = list(shown.order_by("-risk__rank", "pk")[: SHOWN + 1])
        if first:
            found.append(Task(code, *TASKS[code], first[:SHOWN], len(first) > SHOWN))
    return found


def listed(at: datetime, *, show: str = "", tie: str = "") -> QuerySet[Involvement]:
    """Return proposals, findings and claims, the first to be acted on first.

    Args:
        at: now.
        show: proposed, standing, claimed, over, or what a task of TASKS shows; empty for everything.
        tie: a tie, or empty for any.
    """
    by_task = {TASKS[code][0]: found for code, found in _pressing(at).items()}
    everything = Involvement.objects.all()
    found = by_task.get(show, everything.filter(state__in=IN_LIST[show]) if show in IN_LIST else everything)
    if tie:
        found = found.filter(tie=tie)
    return found.select_related("risk", "relationship__partner", "proposed_by", "decided_by").order_by(
        "-risk__rank", "-pk"
    )


@dataclass(frozen=True)
class Told:
    """One involvement as the pages show it: what is owed, and what is late."""

    one: Involvement
    owed: tuple[str, ...]
    tasks: list[tuple[str, str]]

    @property
    def through(self) -> str:
        """Return the relationship, the product or the actor that ties the company to the harm."""
        return str(self.one.relationship or self.one.detail.get("product") or self.one.actor)

    @property
    def stands(self) -> bool:
        """Whether it is a finding that holds, challenged or not."""
        return self.one.state in Involvement.STANDING


def involvements_of(risk: Risk, on: date) -> list[Told]:
    """Return the claims, proposals and findings of a risk, the newest first, with what is late on a day.

    Args:
        risk: the risk.
        on: the day; a moment that lies on it is still in time (domain.md 0.1).
    """
    rows = risk.involvements.select_related("relationship__partner", "proposed_by", "decided_by").order_by(
        "-pk"
    )
    begins = datetime.combine(on, datetime.min.time(), tzinfo=UTC)
    return told(list(rows), at=begins)


def told(rows: Sequence[Involvement], *, at: datetime) -> list[Told]:
    """Return involvements as they are shown at a moment, in three queries however many there are."""
    late = {
        code: set(found.filter(pk__in=[one.pk for one in rows]).values_list("pk", flat=True))
        for code, found in _pressing(at).items()
    }
    return [
        Told(
            one,
            owed(one.tie) if one.state in Involvement.STANDING else (),
            [(code, TASKS[code][2]) for code, keys in late.items() if one.pk in keys],
        )
        for one in rows
    ]


def path_of(involvement: Involvement) -> list[tuple[str, str]]:
    """Return the questions of the tree with the answers given."""
    return [(one.text, involvement.answers[one.name]) for one in QUESTIONS if one.name in involvement.answers]


def factors_of(involvement: Involvement) -> list[tuple[str, str, str]]:
    """Return what was weighed: each factor, its answer and why."""
    return [
        (
            said(factor),
            involvement.factors[factor].get("answer", ""),
            involvement.factors[factor].get("text", ""),
        )
        for factor in FACTORS
        if factor in involvement.factors
    ]
