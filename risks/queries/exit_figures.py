"""What is counted of exits: for the board whether each was assessed first (K14), for the public how many (8.5)."""

from collections import Counter
from collections.abc import Sequence

from django.db.models import Q

from risks.models import ExitDecision, ExitNarrative, Measure, RecordEntry, Risk
from risks.models.measures import NEVER_STOOD
from risks.queries.desk import FEW, Indicator, percent
from risks.rules.exit import TRIGGER_LABELS, ExitKind, Trigger
from risks.rules.gaps import EXITS, exit_gaps, is_exit
from risks.rules.severity import BANDS
from risks.rules.suppression import Split, Table

SUSPENDED, ENDED, KEPT = "Suspended", "Ended", "Kept, with conditions"
OUTCOMES = {
    ExitKind.SUSPEND_WHOLE: SUSPENDED,
    ExitKind.SUSPEND_PART: SUSPENDED,
    ExitKind.NO_RENEWAL: ENDED,
    ExitKind.TERMINATE_PART: ENDED,
    ExitKind.TERMINATE_WHOLE: ENDED,
    ExitKind.MARKET_WITHDRAWAL: ENDED,
    ExitKind.REMAIN_WITH_CONDITIONS: KEPT,
}
CARRIED_OUT = ("executed", "post_exit_review", "closed")


def exit_tables() -> list[tuple[str, str, str, Table]]:
    """Return relationships by outcome, each by its latest decision, as tables that share a total by outcome.

    What ends or suspends counts once it was carried out: before, vulnerable users may not be safe yet. These are true
    counts: only a release suppresses them, and only releases are read in public (8.5).

    Returns:
        code, title, group of the same total, and table; by reason, then by severity.
    """
    kept = Q(kind=ExitKind.REMAIN_WITH_CONDITIONS, approved_on__isnull=False) & ~Q(state="withdrawn")
    decided = ExitDecision.objects.filter(kept | Q(state__in=CARRIED_OUT)).order_by("approved_on", "pk")
    latest: dict[int, tuple[str, str, int]] = {
        relationship: (OUTCOMES[ExitKind(kind)], trigger, level or 0)
        for relationship, kind, trigger, level in decided.values_list(
            "relationship", "kind", "trigger", "severity_at_decision"
        )
    }
    reasons, bands = list(Trigger), sorted(BANDS, reverse=True)
    tables = []
    for outcome in (SUSPENDED, ENDED, KEPT):
        of = [(trigger, level) for one, trigger, level in latest.values() if one == outcome]
        by_reason, by_band = Counter(trigger for trigger, _ in of), Counter(level for _, level in of)
        code = outcome.split(",")[0].lower()
        unsaid = len(of) - sum(by_band[one] for one in bands)
        tables += [
            (
                f"{code}_by_reason",
                f"{outcome}, by reason",
                code,
                _table(
                    "reason",
                    [TRIGGER_LABELS[one] for one in reasons],
                    [by_reason[str(one)] for one in reasons],
                ),
            ),
            (
                f"{code}_by_band",
                f"{outcome}, by severity of the harm",
                code,
                _table(
                    "severity",
                    [*(f"{one} {BANDS[one]}" for one in bands), "Not on record"],
                    [*(by_band[one] for one in bands), unsaid],
                ),
            ),
        ]
    return tables


def _table(question: str, answers: Sequence[str], counts: Sequence[int]) -> Table:
    return Table((Split(question, tuple(answers), sensitive=True),), (tuple(counts),))


def public_narratives() -> list[ExitNarrative]:
    """Return the stories that were cleared, the latest of each decision; none whose partner is never named (8.6 N8).

    Whether naming endangers, and whether vulnerable users are safe, is asked at every reading, not only when cleared.
    """
    cleared = ExitNarrative.objects.filter(
        cleared_at__isnull=False, decision__relationship__partner__naming_endangers=""
    ).exclude(
        decision__in=ExitDecision.objects.filter(
            duties__kind="vulnerable_safe", duties__done_on__isnull=True
        ).values("pk")
    )
    latest: dict[int, ExitNarrative] = {}
    for one in cleared.select_related("decision").order_by("pk"):
        latest[one.decision_id] = one
    return sorted(latest.values(), key=lambda one: -one.pk)


def exit_quality() -> Indicator:
    """Return K14: exits that rest on an assessment completed before them, of all exits, those of history too.

    The database refuses an exit here without one; so what brings this under 100 % is history that the record tells,
    and measures that ended a service or withdrew from a country around the way of an exit.
    """
    here = ExitDecision.objects.filter(approved_on__isnull=False)
    sound = here.filter(impact_assessment__completed_on__isnull=False)
    told = [_of_history(risk) for risk in _risks_of_history()]
    part = sound.count() + sum(good for good, _ in told)
    around = Measure.objects.filter(kind__in=EXITS, proposed_by__isnull=False).exclude(state__in=NEVER_STOOD)
    whole = here.count() + around.count() + sum(many for _, many in told)
    history = sum(many for _, many in told)
    return Indicator(
        "K14",
        "Exit quality",
        f"{part} of {whole}" if whole else "none yet",
        "Exits decided on an exit impact assessment completed before, of all exits"
        + (f"; {history} of them told by the record of earlier cases." if history else "."),
        "under 100 %.",
        red=part < whole,
        few_data=0 < whole < FEW,
        number=percent(part, whole),
    )


def _risks_of_history() -> list[Risk]:
    told = RecordEntry.objects.filter(kind=RecordEntry.Kind.EXIT).values("risk")
    ended = Measure.objects.filter(kind__in=EXITS).exclude(state__in=NEVER_STOOD).values("risk")
    return list(Risk.objects.filter(Q(pk__in=told) | Q(pk__in=ended)).prefetch_related("record", "measures"))


def _of_history(risk: Risk) -> tuple[int, int]:
    """Return how many of the exits that the record tells of a risk rested on an assessment, and how many there were."""
    entries = [one.detail for one in risk.record.all() if one.kind == RecordEntry.Kind.EXIT]
    stood = [one for one in risk.measures.all() if one.state not in NEVER_STOOD]
    carried_out = next((one.starts_said for one in stood if is_exit(one.kind, imposed_by=one.imposed_by)), "")
    found = [_judged(risk.title, entry, carried_out=carried_out) for entry in entries or [{}]]
    return sum(good for good, _ in found), sum(counts for _, counts in found)


def _judged(title: str, entry: dict[str, str], *, carried_out: str) -> tuple[bool, bool]:
    told = {"decided": entry.get("decided", ""), "carried_out": carried_out}
    was_exit = bool(list(exit_gaps(title, **told, assessment_done="")))
    bad = bool(list(exit_gaps(title, **told, assessment_done=entry.get("assessment_done", ""))))
    return was_exit and not bad, was_exit
