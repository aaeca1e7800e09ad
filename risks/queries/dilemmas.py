"""Dilemmas between rights: as listed, as weighed, what they follow, and what the public may read (domain.md 1.6)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from hrdd.governance.rules import canonical_hash
from risks.models import (
    Dilemma,
    DilemmaAdvice,
    DilemmaDecision,
    DilemmaOption,
    ExpertOpinion,
    OptionEffect,
    Precedent,
    RabatAssessment,
    RecordEntry,
    Risk,
    Stake,
)
from risks.rules.countries import country_names
from risks.rules.dilemma import (
    SETTLED,
    UNSETTLED,
    DilemmaFacts,
    OptionFacts,
    Side,
    State,
    same_tags,
)
from risks.rules.rabat import Outcome

ANYWHERE = "GLOBAL"
PRECEDENTS_OFFERED = 30
TONES = {2: "ok", 1: "ok", 0: "neutral", -1: "due", -2: "urgent"}
Tags = tuple[str, frozenset[str], frozenset[str], frozenset[str]]


@dataclass(frozen=True)
class Row:
    """A dilemma as a list shows it."""

    dilemma: Dilemma
    options: int
    due: date | None
    overdue: bool


def due_of(dilemma: Dilemma) -> date | None:
    """Return the day by which somebody must act: decide, decide for good, or look at it again."""
    if dilemma.state == State.INTERIM_DECIDED and dilemma.interim_until:
        return dilemma.interim_until.date()
    if dilemma.state in {State.DECIDED, State.IN_REVIEW}:
        return dilemma.review_on
    return dilemma.decide_by if dilemma.state in UNSETTLED else None


def overdue_at(at: datetime) -> Q:
    """Return the condition of a dilemma whose day has passed; one that is due today is in time."""
    today = at.date()
    return (
        Q(state__in=UNSETTLED, decide_by__lt=today)
        | Q(state=State.INTERIM_DECIDED, interim_until__lt=at)
        | Q(state__in=[State.DECIDED, State.IN_REVIEW], review_on__lt=today)
    )


def is_overdue(dilemma: Dilemma, *, at: datetime) -> bool:
    """Whether the day of one dilemma has passed."""
    if dilemma.state == State.INTERIM_DECIDED and dilemma.interim_until:
        return dilemma.interim_until < at
    due = due_of(dilemma)
    return due is not None and due < at.date()


def lapsed_dilemmas(at: datetime) -> QuerySet[Dilemma]:
    """Return the dilemmas that were decided for a time that has passed (1.6)."""
    decided = Q(state__in=[State.DECIDED, State.IN_REVIEW, State.INTERIM_DECIDED])
    return Dilemma.objects.filter(decided & overdue_at(at))


def listed_dilemmas(
    *,
    at: datetime,
    words: str = "",
    state: str = "",
    kind: str = "",
    right: str = "",
    country: str = "",
    due: str = "",
) -> QuerySet[Dilemma]:
    """Return the dilemmas that a filter leaves, the latest first.

    Args:
        at: now.
        words: a search over the question, the facts and what was decided; empty for all.
        state, kind, right, country: a word, a right's code, a country's code; empty for any.
        due: "overdue" for those whose day has passed, "open" for those not decided yet; empty for all.
    """
    found = Dilemma.objects.select_related("risk", "prepared_by")
    if words.strip():
        query = SearchQuery(words, search_type="websearch", config="simple")
        decided = DilemmaDecision.objects.filter(dilemma=OuterRef("pk"), search=query)
        found = found.filter(Q(search=query) | Q(Exists(decided)))
    if state:
        found = found.filter(state=state)
    if kind:
        found = found.filter(kind=kind)
    if right:
        found = found.filter(Exists(Stake.objects.filter(dilemma=OuterRef("pk"), right=right)))
    if country:
        found = found.filter(countries__contains=[country])
    if due:
        found = found.filter(overdue_at(at) if due == "overdue" else Q(state__in=UNSETTLED))
    return found.annotate(many_options=Count("options", distinct=True)).order_by("-prepared_at", "-pk")


def rows_of(dilemmas: Sequence[Dilemma], *, at: datetime) -> list[Row]:
    """Return dilemmas as a list shows them; no query more."""
    return [
        Row(one, getattr(one, "many_options", 0), due_of(one), is_overdue(one, at=at)) for one in dilemmas
    ]


def dilemmas_of_risk(risk: Risk, *, at: datetime) -> list[Row]:
    """Return the dilemmas about a risk, the latest first."""
    return rows_of(list(risk.dilemmas.all()), at=at)


def state_counts(*, at: datetime) -> dict[str, int]:
    """Return how many dilemmas wait for a decision, stand decided, and are overdue."""
    return Dilemma.objects.aggregate(
        waiting=Count("pk", filter=Q(state__in=UNSETTLED)),
        interim=Count("pk", filter=Q(state=State.INTERIM_DECIDED)),
        decided=Count("pk", filter=Q(state__in=[State.DECIDED, State.IN_REVIEW])),
        overdue=Count("pk", filter=overdue_at(at)),
    )


@dataclass(frozen=True)
class Told:
    """What a dossier tells of the dilemma of a risk."""

    risk: Risk
    said: str
    taken_up: Dilemma | None


def told_by_dossiers() -> list[Told]:
    """Return the dilemmas that dossiers tell, one a risk, with what was made of them; in two queries."""
    entries = (
        RecordEntry.objects.filter(kind=RecordEntry.Kind.DILEMMA)
        .select_related("risk")
        .prefetch_related("dilemmas")
        .order_by("risk", "pk")
    )
    by_risk: dict[int, list[RecordEntry]] = {}
    for entry in entries:
        by_risk.setdefault(entry.risk_id, []).append(entry)
    return [
        Told(
            told[0].risk,
            " / ".join(entry.what for entry in told),
            next((one for entry in told for one in entry.dilemmas.all()), None),
        )
        for told in by_risk.values()
    ]


def prefilled_from(risk: Risk) -> dict[str, Any]:
    """Return what the record of a risk says of its dilemma, as a form begins with it."""
    told = [entry.what for entry in risk.record.filter(kind=RecordEntry.Kind.DILEMMA)]
    return {
        "question": f"How to weigh {' against '.join(told)}?"[:300] if told else "",
        "facts": risk.summary,
        "countries": places_of(risk),
        "rights_protected": list(risk.rights.values_list("code", flat=True)),
        "people_protected": "\n".join(str(one["group"]) for one in risk.affected_groups),
    }


def places_of(risk: Risk) -> list[str]:
    """Return the places of a risk that are countries by their code, or the whole world."""
    known = {*country_names(), ANYWHERE}
    return [place for place in risk.countries if place in known]


@dataclass(frozen=True)
class Cell:
    """What one option does to one right; `effect` is None where nobody said it yet."""

    option: DilemmaOption
    effect: OptionEffect | None

    @property
    def tone(self) -> str:
        """Return how the word is coloured, beside being said."""
        level = self.effect.level if self.effect else None
        return TONES.get(level, "expire") if level is not None else "expire"


@dataclass(frozen=True)
class RightRow:
    """One right in a dilemma, for whom, and what each option does to it. There is no total (D3)."""

    stake: Stake
    people: list[str]
    cells: list[Cell]


@dataclass(frozen=True)
class Weighed:
    """A dilemma with its options and the table of rights."""

    dilemma: Dilemma
    options: list[DilemmaOption]
    rows: list[RightRow]


def weighed(dilemma: Dilemma) -> Weighed:
    """Return the table of options and rights of a dilemma, in the order in which they were put."""
    options = options_of(dilemma)
    effects = {(option.pk, one.stake_id): one for option in options for one in option.effects.all()}
    rows = [
        RightRow(
            stake,
            dilemma.people_burdened if stake.side == Side.BURDENED else dilemma.people_protected,
            [Cell(option, effects.get((option.pk, stake.pk))) for option in options],
        )
        for stake in dilemma.stakes.select_related("right")
    ]
    return Weighed(dilemma, options, rows)


def options_of(dilemma: Dilemma) -> list[DilemmaOption]:
    """Return the options of a dilemma with all that is said of them."""
    found = dilemma.options.select_related("test", "put_by")
    return list(found.prefetch_related("interferes_with", "effects__stake"))


def option_facts(option: DilemmaOption, *, stakes: int) -> OptionFacts:
    """Return what the rules read of an option.

    Args:
        option: with its effects.
        stakes: how many rights of the dilemma it must say something of.
    """
    said = [one for one in option.effects.all() if one.says.strip()]
    return OptionFacts(
        label=str(option),
        kind=option.kind,
        interferes_with=interference_of(option),
        effects_missing=stakes - len(said),
        test=option.test.outcome if option.test else "",
    )


def interference_of(option: DilemmaOption) -> frozenset[str]:
    """Return the rights that an option burdens by its own interference (D1)."""
    named = {right.code for right in option.interferes_with.all()}
    burdened = {
        one.stake.right_id
        for one in option.effects.all()
        if one.stake.side == Side.BURDENED and one.level is not None and one.level < 0
    }
    return frozenset(named | burdened)


def facts_of(dilemma: Dilemma) -> DilemmaFacts:
    """Return what the rules read of a dilemma."""
    stakes = list(dilemma.stakes.all())
    latest = latest_rabat(dilemma)
    return DilemmaFacts(
        kind=dilemma.kind,
        protected=_rights(stakes, Side.PROTECTED),
        burdened=_rights(stakes, Side.BURDENED),
        options=[option_facts(one, stakes=len(stakes)) for one in options_of(dilemma)],
        advised_by_another=_advised(dilemma),
        rabat_confirmed=latest is not None,
    )


def _rights(stakes: Sequence[Stake], side: Side) -> frozenset[str]:
    return frozenset(one.right_id for one in stakes if one.side == side)


def _advised(dilemma: Dilemma) -> bool:
    outside = Q(opinion__isnull=False) | ~Q(given_by=dilemma.prepared_by)
    return dilemma.advice.filter(outside).exists()


def latest_rabat(dilemma: Dilemma) -> RabatAssessment | None:
    """Return the latest Rabat assessment that two assessors stand behind, expired or not (SD9)."""
    found = dilemma.rabat_assessments.prefetch_related("confirmations__assessor")
    return next((one for one in found if not one.lacking()), None)


def relied_on(dilemma: Dilemma, *, at: datetime) -> RabatAssessment | None:
    """Return the Rabat assessment that a decision may rely on now: confirmed, complete and not expired (4.1)."""
    found = latest_rabat(dilemma)
    if found is None or found.valid_until < at or found.outcome == Outcome.INCOMPLETE:
        return None
    return found


def tags_of(dilemma: Dilemma) -> Tags:
    """Return what a dilemma is found by as a precedent; a worldwide one is found anywhere."""
    stakes = list(dilemma.stakes.all())
    places = frozenset(dilemma.countries)
    return (
        dilemma.kind,
        _rights(stakes, Side.PROTECTED),
        _rights(stakes, Side.BURDENED),
        frozenset() if ANYWHERE in places else places,
    )


def contrary_precedents(dilemma: Dilemma, *, restricts: bool) -> list[Dilemma]:
    """Return the decided dilemmas on the same tags that were decided the other way and are not cited yet (D5).

    Args:
        dilemma: the one to be decided.
        restricts: whether the option chosen interferes with a right.
    """
    tags = tags_of(dilemma)
    cited = dilemma.precedents.filter(relation=Precedent.Relation.DEPARTS_FROM).values("of")
    others = (
        Dilemma.objects.filter(kind=dilemma.kind, state__in=SETTLED)
        .exclude(pk=dilemma.pk)
        .exclude(pk__in=cited)
        .prefetch_related("stakes", final_decisions())
    )
    return [
        one
        for one in others.order_by("pk")
        if same_tags(tags, tags_of(one)) and any(_last(one, restricts=not restricts))
    ]


def final_decisions() -> "Prefetch[str]":
    """Prefetch the decisions that are for good, the latest first, as `final`."""
    final = DilemmaDecision.objects.filter(interim=False).select_related("option", "test")
    return Prefetch("decisions", final, to_attr="final")


def _last(dilemma: Dilemma, *, restricts: bool) -> list[DilemmaDecision]:
    final: list[DilemmaDecision] = dilemma.final  # type: ignore[attr-defined]  # prefetched
    return [one for one in final[:1] if one.restricts == restricts]


def possible_precedents(dilemma: Dilemma, *, words: str = "") -> QuerySet[Dilemma]:
    """Return decided dilemmas that may be cited, the latest first: those of the same kind, or that match words.

    Args:
        dilemma: the one that cites.
        words: a search; empty for those of the same kind.
    """
    decided = _citable(dilemma)
    if not words.strip():
        return decided.filter(kind=dilemma.kind)
    query = SearchQuery(words, search_type="websearch", config="simple")
    told = DilemmaDecision.objects.filter(dilemma=OuterRef("pk"), search=query)
    return decided.filter(Q(search=query) | Q(Exists(told)))


def offered_precedents(
    dilemma: Dilemma, found: QuerySet[Dilemma], *, kept: Iterable[int]
) -> QuerySet[Dilemma]:
    """Return what a form offers of the precedents found: the latest, and one that was chosen already.

    Args:
        dilemma: the one that cites.
        found: what possible_precedents returns; decades of decisions fit into no form.
        kept: the ids chosen, wherever they stand.
    """
    latest = found.values_list("pk", flat=True)[:PRECEDENTS_OFFERED]
    return _citable(dilemma).filter(pk__in={*latest, *kept}).only("question", "kind")


def _citable(dilemma: Dilemma) -> QuerySet[Dilemma]:
    return Dilemma.objects.filter(state__in=SETTLED).exclude(pk=dilemma.pk)


def possible_opinions(dilemma: Dilemma) -> QuerySet[ExpertOpinion]:
    """Return what experts said of the risk and is not part of the advice yet."""
    taken = DilemmaAdvice.objects.filter(dilemma=dilemma, opinion__isnull=False).values("opinion")
    found = ExpertOpinion.objects.filter(access__risk=dilemma.risk_id).exclude(pk__in=taken)
    return found.select_related("access__expert")


def dissents(dilemma: Dilemma, option: DilemmaOption) -> list[DilemmaAdvice]:
    """Return the advice that favours another option than the one chosen (D4)."""
    return list(dilemma.advice.exclude(favours=None).exclude(favours=option))


def content_of(dilemma: Dilemma) -> dict[str, Any]:
    """Return all that a decision rests on, as it stands now."""
    table = weighed(dilemma)
    rabat = latest_rabat(dilemma)
    return {
        "dilemma": dilemma.pk,
        "question": dilemma.question,
        "kind": dilemma.kind,
        "facts": dilemma.facts,
        "people_protected": dilemma.people_protected,
        "people_burdened": dilemma.people_burdened,
        "countries": dilemma.countries,
        "demand": [
            dilemma.demand_authority,
            dilemma.demand_legal_basis,
            dilemma.demand_in_writing,
            dilemma.demand_narrowed,
            dilemma.demand_challenged,
        ],
        "rights": [[row.stake.right_id, row.stake.side] for row in table.rows],
        "options": [_option_content(one) for one in table.options],
        "advice": list(dilemma.advice.values_list("pk", flat=True)),
        "precedents": list(dilemma.precedents.values_list("of", "relation")),
        "rabat": rabat.pk if rabat else None,
    }


def _option_content(option: DilemmaOption) -> dict[str, Any]:
    return {
        "option": option.pk,
        "label": str(option),
        "about": option.about,
        "lasts_days": option.lasts_days,
        "interferes_with": sorted(right.code for right in option.interferes_with.all()),
        "test": option.test_id,
        "effects": [
            [one.stake.right_id, one.stake.side, one.level, one.says] for one in option.effects.all()
        ],
    }


def hash_of(content: dict[str, Any]) -> str:
    """Return the SHA-256 of a content; a decision is bound to it."""
    plain = content | {"precedents": [list(one) for one in content["precedents"]]}
    return canonical_hash(plain)


def content_hash(dilemma: Dilemma) -> str:
    """Return the SHA-256 of all that a decision on a dilemma rests on now."""
    return hash_of(content_of(dilemma))
