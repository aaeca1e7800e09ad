"""The gaps of risks, computed from the records each time they are shown.

Those of the register stand once, as conditions that the database evaluates for one risk or for all; those of history
are read off the words of a dossier.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Model, OuterRef, Q, QuerySet

from hrdd.governance.models import Mandate
from risks.models import (
    Consultation,
    ConsultationFinding,
    Evidence,
    Involvement,
    LeverageAction,
    Measure,
    MitigationPlan,
    Onboarding,
    Publication,
    RecordEntry,
    RelationshipRisk,
    Risk,
    RiskRight,
)
from risks.models.measures import IN_FORCE, NEVER_STOOD
from risks.models.onboarding import PASSED_STATUSES
from risks.queries.dilemmas import lapsed_dilemmas
from risks.queries.involvement import drifting, fact_finding_overdue, own_part_not_stopped
from risks.queries.method import method
from risks.queries.naming import named_though_dangerous
from risks.rules.consultation import AFFECTED_VOICES, NOT_HELD, ConsultationState
from risks.rules.gaps import (
    FROM_THE_RECORD,
    REGISTER_GAPS,
    Gap,
    MeasureFacts,
    exit_gaps,
    is_exit,
    lifting_gaps,
    measure_gaps,
    right_gaps,
)
from risks.rules.involvement import CONTRIBUTES
from risks.rules.said_dates import in_words
from risks.rules.standing import CLOSED, REMEDIED

OPEN = Q(tier__lt=CLOSED)
QUEUED = Q(tier__lt=REMEDIED)
SALIENT = Q(salient=True)


def _of(model: type[Model], **given: object) -> QuerySet[Any]:
    return model._default_manager.filter(risk=OuterRef("pk"), **given).order_by()


def _among(records: QuerySet[Any]) -> Exists:
    return Exists(records.filter(risk=OuterRef("pk")).order_by())


def _approved(*kinds: MitigationPlan.Kind) -> Exists:
    return Exists(_of(MitigationPlan, state=MitigationPlan.State.APPROVED, kind__in=kinds))


def _in_force() -> Exists:
    return Exists(_of(Measure, state__in=IN_FORCE, intrusion__gte=1))


def _tier_for_longer_than(limits: Mapping[int, timedelta], at: datetime) -> Q:
    late = Q()
    for tier, limit in limits.items():
        late |= Q(tier=tier, tier_since__lt=at - limit)
    return late


def _hours(table: Mapping[int, int]) -> dict[int, timedelta]:
    return {tier: timedelta(hours=many) for tier, many in table.items()}


def _plan_overdue(at: datetime) -> Q:
    limits = {tier: timedelta(days=many) for tier, many in method().plan_days.items()}
    planned = _approved(MitigationPlan.Kind.MITIGATION, MitigationPlan.Kind.REMEDIATION)
    return QUEUED & _tier_for_longer_than(limits, at) & ~Q(planned)


def _interim_overdue(at: datetime) -> Q:
    decided = Exists(_of(MitigationPlan, kind=MitigationPlan.Kind.INTERIM).exclude(state="proposed"))
    late = _tier_for_longer_than(_hours(method().interim_hours), at)
    return QUEUED & late & ~Q(decided) & ~Q(_in_force())


def _heard() -> Exists:
    return Exists(Consultation.objects.filter(risks=OuterRef("pk")).exclude(state__in=NOT_HELD).order_by())


def _affected_heard() -> Q:
    voices = Consultation.objects.filter(
        assessments=OuterRef("held"), groups__type__in=[str(one) for one in AFFECTED_VOICES]
    )
    testimony = Evidence.objects.filter(assessments=OuterRef("held"), from_affected=True)
    return Q(Exists(voices.order_by())) | Q(Exists(testimony.order_by()))


def _findings(**given: object) -> Exists:
    return Exists(ConsultationFinding.objects.filter(risks=OuterRef("pk"), **given).order_by())


def _leverage() -> Exists:
    return Exists(LeverageAction.objects.filter(tied__risk=OuterRef("pk")).order_by())


def _without_gate() -> Exists:
    passed = Onboarding.objects.filter(relationship=OuterRef("relationship"), status__in=PASSED_STATUSES)
    goes_on = _of(RelationshipRisk, relationship__status__in=["active", "suspended"])
    return Exists(goes_on.filter(~Exists(passed.order_by())))


CONDITIONS: Mapping[str, Callable[[datetime], Q]] = {
    "SEVERITY_INCOMPLETE": lambda _at: OPEN & Q(incomplete=True),
    "STALE_ASSESSMENT": lambda at: OPEN & Q(next_review__lt=at.date(), held__isnull=False),
    "CONTEXT_PASSED": lambda at: OPEN & Q(context_until__lt=at.date(), assessed_on__lte=F("context_until")),
    "NO_OWNER": lambda _at: SALIENT & Q(owner__isnull=True),
    "OWNER_WITHOUT_MANDATE": lambda at: (
        SALIENT & Q(owner__isnull=False) & ~Q(owner__in=Mandate.objects.in_force(at.date()).values("person"))
    ),
    "NO_MITIGATION": lambda _at: (
        SALIENT
        & ~Q(_approved(MitigationPlan.Kind.MITIGATION, MitigationPlan.Kind.REMEDIATION))
        & ~Q(_in_force())
    ),
    "INTERIM_OVERDUE": _interim_overdue,
    "PLAN_OVERDUE": _plan_overdue,
    "NOBODY_CONSULTED": lambda _at: OPEN & ~Q(_heard()) & (Q(held__isnull=True) | Q(held__consulted="")),
    "AFFECTED_NOT_HEARD": lambda _at: QUEUED & Q(level__gte=4, held__isnull=False) & ~_affected_heard(),
    "FINDING_UNANSWERED": lambda at: Q(_findings(response="", due__lt=at.date())),
    "PARTICIPANTS_NOT_TOLD": lambda _at: Q(
        _findings(
            told_participants_at__isnull=True,
            consultation__state__in=[ConsultationState.RESPONDED, ConsultationState.CLOSED],
        )
    ),
    "INVOLVEMENT_UNDETERMINED": lambda _at: OPEN & Q(tie__in=["", Involvement.Tie.UNDETERMINED]),
    "FACT_FINDING_OVERDUE": lambda at: OPEN & Q(_among(fact_finding_overdue(at.date()))),
    "REASSESS_INVOLVEMENT": lambda at: OPEN & Q(_among(drifting(at.date()))),
    "LINKED_YET_SILENT": lambda _at: QUEUED & Q(tie=Involvement.Tie.LINKED) & ~Q(_leverage()),
    "BEGUN_WITHOUT_ONBOARDING": lambda _at: OPEN & Q(_without_gate()),
    "OWN_PART_NOT_STOPPED": lambda at: OPEN & Q(_among(own_part_not_stopped(at))),
    "NO_REMEDIATION_PLAN": lambda _at: (
        OPEN
        & Q(tie__in=[Involvement.Tie.CAUSE, *CONTRIBUTES])
        & ~Q(_approved(MitigationPlan.Kind.REMEDIATION))
    ),
    "DILEMMA_LAPSED": lambda at: Q(_among(lapsed_dilemmas(at))),
    "SALIENT_NOT_PUBLISHED": lambda _at: SALIENT & Q(published=False) & ~Q(Exists(_of(Publication))),
    "NAMED_THOUGH_DANGEROUS": lambda _at: named_though_dangerous(),
    "NO_RIGHT_NAMED": lambda _at: OPEN & ~Q(Exists(_of(RiskRight))),
}


def risks_with(code: str, *, at: datetime) -> Q:
    """Return the condition of one gap, to filter risks by.

    Args:
        code: a key of REGISTER_GAPS.
        at: now.
    """
    return CONDITIONS[code](at)


@dataclass(frozen=True)
class GapCount:
    """How many risks have a gap."""

    code: str
    message: str
    count: int


def gap_counts(
    risks: QuerySet[Risk], *, at: datetime, codes: Collection[str] = tuple(REGISTER_GAPS)
) -> list[GapCount]:
    """Return how many of some risks have each gap of the register, in two queries; gaps that none has are left out.

    Args:
        risks: the risks to count.
        at: now.
        codes: the gaps to look for.
    """
    counted = risks.order_by().aggregate(**{code: Count("pk", filter=CONDITIONS[code](at)) for code in codes})
    return [GapCount(code, said, counted[code]) for code, said in REGISTER_GAPS.items() if counted.get(code)]


def gaps_by_risk(risks: Sequence[int], *, at: datetime) -> dict[int, list[str]]:
    """Return the codes of the gaps that each of a few risks has, in the order of the table, in two queries.

    Args:
        risks: their ids. They are named, so that the database looks for what belongs to these and to no other.
        at: now.
    """
    judged = Risk.objects.filter(pk__in=risks).annotate(**{code: one(at) for code, one in CONDITIONS.items()})
    return {
        pk: [code for code, has in zip(REGISTER_GAPS, found, strict=True) if has]
        for pk, *found in judged.values_list("pk", *REGISTER_GAPS)
    }


def register_gaps_of(risk: Risk, *, at: datetime, codes: Collection[str] = tuple(REGISTER_GAPS)) -> list[Gap]:
    """Return the gaps of the register that one risk has now, in two queries."""
    found = gap_counts(Risk.objects.filter(pk=risk.pk), at=at, codes=codes)
    return [Gap(one.code, risk.title, one.message) for one in found]


def gaps_of(risk: Risk, *, at: datetime) -> list[Gap]:
    """Return everything that a risk leaves open, or that its record shows was done wrong."""
    return [*register_gaps_of(risk, at=at), *history_gaps(risk)]


def record_gaps(risk: Risk, *, at: datetime) -> list[Gap]:
    """Return what an imported record leaves open or shows was done wrong, and no work that just begins."""
    return [*register_gaps_of(risk, at=at, codes=FROM_THE_RECORD), *history_gaps(risk)]


def history_gaps(risk: Risk) -> list[Gap]:
    """Return what the words of the record show was done wrong: measures without an end, exits without an assessment."""
    record = list(risk.record.all())
    measures = list(risk.measures.exclude(state__in=NEVER_STOOD))
    gaps: list[Gap] = []
    for measure in measures:
        gaps += measure_gaps(_facts(measure))
    for entry in record:
        if entry.kind == RecordEntry.Kind.RIGHT:
            gaps += right_gaps(entry.what)
        if entry.detail.get("code") == "lifted" and entry.when_first is None:
            gaps += lifting_gaps(f"{entry.what}: {entry.detail.get('target', 'target not said')}")
    return [*gaps, *_exit_gaps(risk, record, measures)]


def _facts(measure: Measure) -> MeasureFacts:
    return MeasureFacts(
        title=f"{measure} ({in_words(measure.starts_said)})",
        kind=measure.kind,
        rule_relied_on=f"clause {measure.policy_clause}" if measure.policy_clause else measure.rule_relied_on,
        legal_ground=measure.legal_ground,
        ends_on=measure.ends_on,
        ends_said=measure.ends_said,
        ended_on=measure.ended_on,
        lifted=measure.state == Measure.State.LIFTED,
    )


def exit_gaps_of(entry: RecordEntry) -> list[Gap]:
    """Return the gap that an exit of the record shows by itself (UNGP 19, X1)."""
    said = entry.detail
    told = {"decided": said.get("decided", ""), "assessment_done": said.get("assessment_done", "")}
    return list(exit_gaps(entry.risk.title, **told, carried_out=""))


def _exit_gaps(risk: Risk, record: Sequence[RecordEntry], measures: Sequence[Measure]) -> Iterator[Gap]:
    """Yield the gap of each exit on record; a withdrawal that was carried out is one, whoever failed to write it so."""
    exits = [entry.detail for entry in record if entry.kind == RecordEntry.Kind.EXIT]
    begun = (one.starts_said for one in measures if is_exit(one.kind, imposed_by=one.imposed_by))
    carried_out = next(begun, "")
    for said in exits or [{}]:
        yield from exit_gaps(
            risk.title,
            decided=said.get("decided", ""),
            carried_out=carried_out,
            assessment_done=said.get("assessment_done", ""),
        )
