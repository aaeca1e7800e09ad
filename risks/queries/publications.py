"""What the public reads of risks, which severe ones it does not, and why (R3; domain.md 1.1, 8.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, Max, OuterRef, QuerySet

from risks.models import Measure, MitigationPlan, Publication, ReplacedWords, Risk, SeverityAssessment
from risks.models.salience import ON_THE_PUBLIC_LIST
from risks.queries.public_dilemmas import PublicDilemma, public_dilemmas
from risks.rules.countries import country_names
from risks.rules.publication import PLAIN_TIES, SEVERE, trend, year_before
from risks.rules.recording import GLOBAL
from risks.rules.severity import BANDS

PLACES = {GLOBAL: "the whole world"}


@dataclass(frozen=True)
class Card:
    """A risk as anyone reads it: never who is vulnerable, what it rests on, or who answers for it."""

    anchor: str
    title: str
    summary: str
    level: int
    band: str
    incomplete: bool
    rights: tuple[str, ...]
    places: tuple[str, ...]
    involvement: str
    trend: str
    measures: int
    plans: int
    words_replaced_on: date | None = None
    dilemmas: tuple[PublicDilemma, ...] = ()


def published_risks() -> QuerySet[Risk]:
    """Return the salient risks that the public reads of; those of which nobody judged the severity are not there."""
    return Risk.objects.filter(ON_THE_PUBLIC_LIST)


def cards(shown: Sequence[Risk], *, on: date) -> list[Card]:
    """Return risks as the public reads them, in a fixed number of queries whatever their number.

    Args:
        shown: the risks, with their rights prefetched.
        on: the day.
    """
    ids = [one.pk for one in shown]
    before = _scored(ids, on=year_before(on))
    measures = _count(Measure.objects.filter(risk__in=ids).in_force(on))
    plans = _count(MitigationPlan.objects.filter(risk__in=ids, state=MitigationPlan.State.APPROVED))
    replaced = _words_replaced(ids)
    weighed = public_dilemmas(shown)
    names = country_names() | PLACES
    return [
        Card(
            anchor=f"risk-{one.pk}",
            title=one.title,
            summary=one.summary,
            level=one.level,
            band=BANDS[one.level],
            incomplete=one.incomplete,
            rights=tuple(dict.fromkeys(right.title for right in one.rights.all())),
            places=tuple(names.get(place, place) for place in one.countries),
            involvement=PLAIN_TIES.get(one.tie, ""),
            trend=_trend(one, before),
            measures=measures.get(one.pk, 0),
            plans=plans.get(one.pk, 0),
            words_replaced_on=replaced.get(one.pk),
            dilemmas=tuple(weighed.get(one.pk, ())),
        )
        for one in shown
    ]


def preview(risk: Risk, *, on: date) -> Card:
    """Return one risk exactly as the public would read it."""
    return cards([risk], on=on)[0]


def _trend(one: Risk, before: dict[int, tuple[int, bool]]) -> str:
    """Return how the level moved within a year; an interim level is a guess, and shows no trend."""
    level, incomplete = before.get(one.pk, (None, False))
    return "" if one.incomplete or incomplete else trend(one.level, level)


def _scored(ids: Sequence[int], *, on: date) -> dict[int, tuple[int, bool]]:
    held = SeverityAssessment.objects.filter(risk__in=ids, holds_from__lte=on)
    rows = held.order_by("risk_id", "-holds_from", "-id").distinct("risk_id")
    return {risk: (level, open_) for risk, level, open_ in rows.values_list("risk_id", "level", "incomplete")}


def _count(found: QuerySet[Measure] | QuerySet[MitigationPlan]) -> dict[int, int]:
    return dict(found.order_by().values("risk").annotate(many=Count("pk")).values_list("risk", "many"))


def _words_replaced(ids: Sequence[int]) -> dict[int, date]:
    """Return when words that the public read of a risk were last replaced, by risk."""
    found = (
        ReplacedWords.objects.filter(risk__in=ids).order_by().values("risk").annotate(last=Max("replaced_at"))
    )
    return {risk: last.date() for risk, last in found.values_list("risk", "last")}


def words_replaced() -> QuerySet[ReplacedWords]:
    """Return each time that words of a risk of the public list were replaced, the latest first."""
    return ReplacedWords.objects.filter(risk__in=published_risks()).order_by("-replaced_at", "-pk")


def severe_unpublished() -> QuerySet[Risk]:
    """Return the severe risks of which the public does not read, by a decision or for want of one."""
    return Risk.objects.filter(level__gte=SEVERE, salient=True, published=False)


def latest_decisions() -> QuerySet[Publication]:
    """Return the decision that counts for each risk that has one."""
    later = Publication.objects.filter(risk=OuterRef("risk"), pk__gt=OuterRef("pk"))
    return Publication.objects.filter(~Exists(later)).select_related("risk", "decided_by")


def left_off() -> QuerySet[Publication]:
    """Return why severe risks are left off the published list, the gravest first; decided at a severe level (R3)."""
    decided = latest_decisions().filter(publish=False, level__gte=SEVERE)
    severe = decided.filter(risk__level__gte=SEVERE, risk__salient=True, risk__published=False)
    return severe.order_by("-risk__rank", "risk_id")
