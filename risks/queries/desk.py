"""What the desk and the board show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Case, Count, Min, Q, QuerySet, Value, When

from risks.models import Cycle, Finding, Measure, Reassessment, ReviewTask, Risk
from risks.models.measures import IN_FORCE
from risks.queries.method import method
from risks.queries.register import STATES
from risks.rules.ladder import LADDER
from risks.rules.languages import language_names
from risks.rules.proportionality import BY_CODE, FOUND_SAID, Outcome
from risks.rules.standing import CLOSED, REMEDIED
from risks.rules.three_part_test import OutcomeOfTest

BY_CODE_SENTENCE: Mapping[str, str] = {code: trigger.sentence for code, trigger in BY_CODE.items()}
FEW = 10
INTRUSIVE, KINDS_TOLD = 4, 5
# What a list of tasks shows of each, and who had a part in its measure.
OF_A_TASK = (
    *("opened_at", "due_at", "level", "finding__finding", "finding__code", "finding__cycle__as_of"),
    *("measure__kind", "measure__target", "measure__imposed_by", "measure__risk__title"),
    *("measure__proposed_by__username", "measure__decided_by__username"),
)
BREACHES = Q(finding__codes__contains=["CEILING_EXCEEDED"]) | Q(finding__codes__contains=["UNDER_RESPONSE"])


@dataclass(frozen=True)
class Explanation:
    """A code that applies, in a sentence, with its source."""

    code: str
    sentence: str
    provision: str


@dataclass(frozen=True)
class Waiting:
    """A task with its sentence and whether its deadline has passed."""

    task: ReviewTask
    sentence: str
    overdue: bool


def open_tasks() -> QuerySet[ReviewTask]:
    """Return the tasks that wait for a person, the nearest deadline first."""
    return (
        ReviewTask.objects.filter(closed_at__isnull=True)
        .select_related("measure__risk", "measure__proposed_by", "measure__decided_by", "finding__cycle")
        .only(*OF_A_TASK)
        .annotate(urgent=Case(When(finding__finding="REVIEW_URGENT", then=Value(0)), default=Value(1)))
        .order_by("due_at", "urgent", "id")
    )


def waiting(tasks: QuerySet[ReviewTask] | Sequence[ReviewTask], *, at: datetime) -> list[Waiting]:
    """Return tasks as they are shown at a moment."""
    return [Waiting(task, BY_CODE_SENTENCE[task.finding.code], task.due_at < at) for task in tasks]


def explanations(finding: Finding) -> list[Explanation]:
    """Return the codes of a finding explained, the deciding one first."""
    ordered = [finding.code, *(code for code in finding.codes if code != finding.code)]
    return [Explanation(code, BY_CODE[code].sentence, BY_CODE[code].provision) for code in ordered]


def task_counts(cycle: Cycle | None, *, at: datetime) -> dict[str, int]:
    """Return how many tasks are open, urgent, due and overdue, and how many measures the latest cycle ended."""
    counted = ReviewTask.objects.filter(closed_at__isnull=True).aggregate(
        open=Count("pk"),
        urgent=Count("pk", filter=Q(finding__finding=Outcome.REVIEW_URGENT)),
        due=Count("pk", filter=Q(finding__finding=Outcome.REVIEW_DUE)),
        overdue=Count("pk", filter=Q(due_at__lt=at)),
    )
    expired = Finding.objects.filter(cycle=cycle, finding=Outcome.EXPIRE).count() if cycle else 0
    return counted | {"expired": expired}


def finding_counts(cycle: Cycle) -> list[tuple[Outcome, str, int]]:
    """Return how many findings a cycle made of each kind, the strongest first; kinds it did not make are left out."""
    rows = cycle.findings.order_by().values("finding").annotate(many=Count("pk"))
    counted = {row["finding"]: row["many"] for row in rows}
    return [(one, FOUND_SAID[one], counted[one]) for one in Outcome if one in counted]


@dataclass(frozen=True)
class Indicator:
    """A figure of domain.md section 9: what it counts, and the line past which it is red; as a number for its trend."""

    code: str
    title: str
    value: str
    definition: str
    threshold: str
    red: bool = False
    few_data: bool = False
    number: float | None = None


def indicators(*, at: datetime) -> list[Indicator]:
    """Return the indicators that can be counted from what is recorded so far."""
    return [
        _open_severe(),
        _freshness(at.date()),
        _overdue_intrusive(at),
        _breaches(at),
        _reversals(),
        _necessity_proof(),
    ]


def percent(part: int, whole: int) -> float | None:
    """Return a share as a number of percent; None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def _share(part: int, whole: int) -> str:
    return f"{100 * part // whole} %" if whole else "none yet"


def _open_severe() -> Indicator:
    severe = Risk.objects.filter(tier__lt=CLOSED, level__gte=4).order_by()
    rows = dict(severe.values_list("state_of_harm").annotate(many=Count("pk")))
    unowned = severe.filter(owner__isnull=True).count()
    split = "; ".join(f"{said.lower()}: {rows[state]}" for state, said in STATES.items() if state in rows)
    return Indicator(
        "K1",
        "Open severe risks",
        str(sum(rows.values())),
        f"Risks of level 4 or 5 that are not closed, {unowned} without an owner."
        + (f" {split.capitalize()}." if split else ""),
        "any without an owner.",
        red=unowned > 0,
        number=sum(rows.values()),
    )


def _freshness(on: date) -> Indicator:
    fresh = Q()
    for tier, days in method().review_days.items():
        fresh |= Q(tier=tier, assessed_on__gte=on - timedelta(days=days))
    risks = Risk.objects.filter(tier__lt=REMEDIED)
    part, whole = risks.filter(fresh).count(), risks.count()
    return Indicator(
        "K4",
        "Assessment freshness",
        _share(part, whole),
        f"Open risks judged within the cycle of their tier: {part} of {whole}.",
        "under 90 %.",
        red=part * 100 < whole * 90,
        few_data=0 < whole < FEW,
        number=percent(part, whole),
    )


def _overdue_intrusive(at: datetime) -> Indicator:
    late = ReviewTask.objects.filter(closed_at__isnull=True, due_at__lt=at, measure__intrusion__gte=INTRUSIVE)
    found = late.aggregate(many=Count("pk"), since=Min("due_at"))
    days = (at - found["since"]).days if found["since"] else 0
    oldest = f" The oldest is {days} day{'' if days == 1 else 's'} late." if found["many"] else ""
    return Indicator(
        "K7",
        "Overdue intrusive measures",
        str(found["many"]),
        f"Suspensions, bans, terminations and withdrawals whose re-assessment is past its deadline.{oldest}",
        "any for 7 days.",
        red=days >= 7,
        number=found["many"],
    )


def _breaches(at: datetime) -> Indicator:
    waiting_on = ReviewTask.objects.filter(BREACHES, closed_at__isnull=True, measure__state__in=IN_FORCE)
    found = waiting_on.aggregate(many=Count("pk"), since=Min("opened_at"))
    return Indicator(
        "K8",
        "Out of proportion",
        str(found["many"]),
        "Measures in force that are stronger than the severity supports, or weaker than the least expected.",
        "any for 72 hours.",
        red=found["since"] is not None and at - found["since"] >= timedelta(hours=72),
        number=found["many"],
    )


def _reversals() -> Indicator:
    by_kind, by_language = _reversals_by("kind"), _reversals_by("language")
    part, whole = (sum(one[nth] for one in by_kind.values()) for nth in (0, 1))
    often = sorted(by_kind.items(), key=lambda one: (-one[1][1], one[0]))[:KINDS_TOLD]
    kinds = "; ".join(f"{LADDER[kind].label.lower()} {some} of {of}" for kind, (some, of) in often)
    told = f" Most often decided on: {kinds}." if kinds else ""
    judged = {code: some / of for code, (some, of) in by_language.items() if code and of >= FEW}
    names = language_names()
    high, low = (pick(judged, key=lambda one: (judged[one], one), default="") for pick in (max, min))
    most, least = (round(100 * judged.get(code, 0)) for code in (high, low))
    said = (
        f" Highest in {names[high]}: {most} %, lowest in {names[low]}: {least} %."
        if len(judged) > 1
        else f" Two languages with {FEW} decisions each are needed to compare them."
    )
    return Indicator(
        "K9",
        "Reversal rate",
        _share(part, whole),
        f"Measures eased or lifted after a review or an appeal, of those decided on: {part} of {whole}.{told}{said}",
        "twice as high in one language as in another.",
        red=len(judged) > 1 and judged[high] > 2 * judged[low],
        few_data=0 < whole < FEW,
        number=percent(part, whole),
    )


def _reversals_by(column: str) -> dict[str, tuple[int, int]]:
    """Return, by a column of the measure, how many decisions eased or lifted one, and how many there were."""
    eased = Q(outcome__in=[Reassessment.Outcome.LIFT, Reassessment.Outcome.DE_ESCALATE])
    decided = Reassessment.objects.exclude(outcome=Reassessment.Outcome.REFER).order_by()
    rows = decided.values_list(f"measure__{column}").annotate(
        part=Count("pk", filter=eased), whole=Count("pk")
    )
    undone = Measure.objects.filter(state=Measure.State.REVERSED).order_by()
    found = {value: (part, whole) for value, part, whole in rows}
    for value, many in undone.values_list(column).annotate(many=Count("pk")):
        part, whole = found.get(value, (0, 0))
        found[value] = (part + many, whole + many)
    return found


def _necessity_proof() -> Indicator:
    measures = Measure.objects.filter(state__in=IN_FORCE, intrusion__gte=2)
    found = measures.aggregate(
        part=Count("pk", filter=~Q(test__outcome=OutcomeOfTest.INCOMPLETE) & Q(test__isnull=False)),
        whole=Count("pk"),
    )
    part, whole = found["part"], found["whole"]
    return Indicator(
        "K10",
        "Necessity proven",
        _share(part, whole),
        f"Measures in force, from reduced reach upwards, with every question of the three-part test answered: "
        f"{part} of {whole}.",
        "under 100 %.",
        red=part < whole,
        few_data=0 < whole < FEW,
        number=percent(part, whole),
    )
