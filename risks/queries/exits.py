"""Exit decisions as the desk reads them: leaving and staying side by side, who must sign, what is due (1.4)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce

from hrdd.governance.models import SignOff, User
from hrdd.governance.rules import Permission
from risks.models import (
    Consultation,
    EmergencyStop,
    ExitDecision,
    ExitDuty,
    ExitImpactAssessment,
    LeverageAction,
    Relationship,
    RelationshipRisk,
    SeverityAssessment,
    StayingTerm,
)
from risks.models.exits import EXIT_OVER
from risks.models.measures import IN_FORCE
from risks.queries.time_to_change import Reading, story_of
from risks.rules.exit import (
    DECIDED,
    LIKELIHOODS,
    ExitKind,
    ExitState,
    consultation_called,
    group_level,
    reassess_by,
)
from risks.rules.exit_execution import reviews_due
from risks.rules.exit_staying import staying_until
from risks.rules.severity import BANDS, UNKNOWN_HEAD_INTERIM

STAYING_STATES = (ExitState.APPROVED, ExitState.EXECUTING)


@dataclass(frozen=True)
class HarmOfLeaving:
    """A group that leaving would affect, as gravely as any harm is judged."""

    group: str
    why: str
    level: int
    band: str
    likelihood: str
    heads: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Signature:
    """Somebody who must sign a decision, and whether they did."""

    who: str
    signed: str
    on: date | None


@dataclass(frozen=True)
class SideBySide:
    """What a decision rests on: the harm of leaving beside that of staying, and what was tried."""

    decision: ExitDecision
    assessment: ExitImpactAssessment | None
    leaving: tuple[HarmOfLeaving, ...]
    staying: list[tuple[Reading, str, list[LeverageAction]]]
    alternatives: tuple[str, ...]
    signatures: tuple[Signature, ...]
    reassess: date | None = None
    consultations: tuple[str, ...] = ()
    level: int = UNKNOWN_HEAD_INTERIM

    @property
    def band(self) -> str:
        """Return the band of the harm of staying."""
        return BANDS[self.level]

    @property
    def gravest_leaving(self) -> HarmOfLeaving | None:
        """Return the gravest harm of leaving."""
        return max(self.leaving, key=lambda one: one.level, default=None)


def decision_page(pk: int) -> QuerySet[ExitDecision]:
    """Return the query of one decision with what its page reads of it."""
    return (
        ExitDecision.objects.filter(pk=pk)
        .select_related(
            *("relationship__partner", "impact_assessment__assessor", "proposed_by", "approved_by"),
            *("opened_by", "board_agreed_by"),
        )
        .prefetch_related("reviews", "stages__duties__owner", "stages__duties__done_by")
    )


def side_by_side(decision: ExitDecision, *, on: date) -> SideBySide:
    """Return what a decision rests on, on a day.

    Args:
        decision: the decision; its draft counts until an assessment is complete.
        on: the day.
    """
    found = decision.impact_assessment or decision.assessments.first()
    story = story_of(decision.relationship, on=on)
    return SideBySide(
        decision=decision,
        assessment=found,
        leaving=harms_of_leaving(found),
        staying=[(reading, BANDS[reading.level], actions) for reading, actions in story],
        alternatives=tuple(found.alternatives) if found else (),
        signatures=_signatures(decision),
        reassess=reassessment_due(decision),
        consultations=tuple(consultation_label(one) for one in found.consultations.all()) if found else (),
        level=max((reading.level for reading, _ in story), default=UNKNOWN_HEAD_INTERIM),
    )


def assessments_beside(
    brief: SideBySide,
) -> list[tuple[ExitImpactAssessment, tuple[HarmOfLeaving, ...]]]:
    """Return the other assessments of a decision with whom leaving would harm, the latest first; drafts too."""
    others = brief.decision.assessments.select_related("assessor")
    return [(one, harms_of_leaving(one)) for one in others if one != brief.assessment]


def harms_of_leaving(assessment: ExitImpactAssessment | None) -> tuple[HarmOfLeaving, ...]:
    """Return the groups of an assessment, the gravest first."""
    groups = [one for one in (assessment.groups if assessment else ()) if one.get("group")]
    found = [
        HarmOfLeaving(
            group=one["group"],
            why=one.get("why", ""),
            level=(level := group_level(one)),
            band=BANDS[level],
            likelihood=LIKELIHOODS.get(str(one.get("likelihood", "")), "not judged yet"),
            heads=tuple(
                (head.capitalize(), str(one.get(head) or "not judged yet").replace("unknown", "not known"))
                for head in ("scale", "scope", "irremediability")
            ),
        )
        for one in groups
    ]
    return tuple(sorted(found, key=lambda one: -one.level))


def consultation_label(consultation: Consultation) -> str:
    """Return how a consultation is called where not everybody may read of it: by number, purpose and state."""
    return consultation_called(consultation.pk, consultation.purpose, consultation.state)


def consultations_offered(decision: ExitDecision) -> QuerySet[Consultation]:
    """Return the consultations that were held and may count for an exit: on it, on its harms, or about exits."""
    risks = decision.relationship.risks.values("risk")
    held = Consultation.objects.exclude(state__in=["planned", "safeguards_checked"])
    ours = held.filter(exits=decision) | held.filter(risks__in=risks) | held.filter(purpose="exit")
    return ours.distinct().order_by("-held_from", "-pk")


def _signatures(decision: ExitDecision) -> tuple[Signature, ...]:
    senior = Signature(
        "A senior executive, who neither prepared it nor earns by the partner (X2, SD1, SD4)",
        str(decision.approved_by) if decision.approved_by else "",
        decision.approved_on,
    )
    assessment = decision.impact_assessment
    manifest = assessment is not None and assessment.comparison == "exit_manifestly_more_harm"
    if not manifest or decision.kind in {"", ExitKind.SUSPEND_PART, ExitKind.REMAIN_WITH_CONDITIONS}:
        return (senior,)
    board = Signature(
        "The board, since leaving does manifestly more harm (X4)",
        str(decision.board_agreed_by) if decision.board_agreed_by else "",
        decision.board_agreed_on,
    )
    return (board, senior)


def reassessment_due(decision: ExitDecision) -> date | None:
    """Return by when the impact is assessed anew, where leaving does manifestly more harm (X4); no form clears it."""
    if decision.approved_on is None or ExitState(decision.state) not in DECIDED:
        return None
    latest = decision.assessments.filter(completed_on__isnull=False).first()
    return _again(decision, latest or decision.impact_assessment)


def _again(decision: ExitDecision, latest: ExitImpactAssessment | None) -> date | None:
    if latest is None or latest.completed_on is None or decision.approved_on is None:
        return None
    return reassess_by(latest.comparison, since=max(decision.approved_on, latest.completed_on))


@dataclass(frozen=True)
class StayingClock:
    """Until when a decision to stay holds, and what that means today."""

    until: date
    level: int
    over: bool
    waits: bool
    evidence_due: date
    evidence_late: bool

    @property
    def sentence(self) -> str:
        """Return what the clock says, for people."""
        if self.over and self.waits:
            return "The decision to stay has run out. A further term waits for a senior's signature."
        if self.over:
            return "The decision to stay has run out: it must be decided again. Silence does not extend it."
        if self.evidence_late:
            return "Evidence of what was done to mitigate the harm is overdue."
        return "Staying holds until it must be decided again."


def staying_clock(decision: ExitDecision, *, on: date, level: int) -> StayingClock | None:
    """Return the clock of a relationship that is kept; None where it is not (X7).

    A level that rose meanwhile brings the end nearer: the graver, the sooner.

    Args:
        decision: a decision with its terms.
        on: the day.
        level: severity on that day.
    """
    if decision.kind != ExitKind.REMAIN_WITH_CONDITIONS or decision.state not in STAYING_STATES:
        return None
    terms = list(decision.terms.all())
    accepted = [one for one in terms if one.accepted_on]
    if not accepted:
        return None
    last = max(accepted, key=lambda one: one.pk)
    assert last.accepted_on is not None  # noqa: S101  # filtered above
    assert last.runs_until is not None  # noqa: S101  # the database holds the two together
    until = min(last.runs_until, staying_until(level, last.accepted_on))
    proven = [one.reviewed_on for one in decision.reviews.all() if one.kind == "staying"]
    evidence_due = staying_until(level, max([last.accepted_on, *proven]))
    return StayingClock(
        until=until,
        level=level,
        over=on > until,
        waits=any(one.accepted_on is None and one.refused_on is None for one in terms),
        evidence_due=evidence_due,
        evidence_late=on > evidence_due,
    )


@dataclass(frozen=True)
class Due:
    """Something about an exit that waits for somebody, with its day."""

    decision: ExitDecision
    sentence: str
    due: date
    late: bool


def exits_due(*, on: date, soon_days: int = 14) -> list[Due]:
    """Return what is due about exits: staying to be decided again, evidence, duties, reviews, new assessments.

    Args:
        on: the day.
        soon_days: how long before its day a thing is shown.
    """
    going_on = ExitDecision.objects.filter(state__in=[str(one) for one in DECIDED])
    decisions = with_level(going_on, on=on).prefetch_related(
        Prefetch("terms", StayingTerm.objects.order_by("-pk")),
        Prefetch("duties", ExitDuty.objects.filter(done_on__isnull=True)),
        Prefetch("assessments", ExitImpactAssessment.objects.filter(completed_on__isnull=False)),
        "reviews",
    )
    horizon = on + timedelta(days=soon_days)
    found = [one for decision in decisions for one in _due_of(decision, on=on) if one.due <= horizon]
    return sorted(found, key=lambda one: (one.due, one.decision.pk))


def with_level(decisions: QuerySet[ExitDecision], *, on: date) -> QuerySet[ExitDecision]:
    """Add to decisions the gravest severity of the harms tied to their relationship, in the same query."""
    level = SeverityAssessment.objects.levels_on(on, risk=OuterRef("risk"))[:1]
    tied = (
        RelationshipRisk.objects.filter(relationship=OuterRef("relationship"))
        .annotate(level=Coalesce(Subquery(level), UNKNOWN_HEAD_INTERIM))
        .order_by("-level")
    )
    return decisions.annotate(
        level_now=Coalesce(Subquery(tied.values("level")[:1]), UNKNOWN_HEAD_INTERIM)
    ).select_related("relationship__partner", "impact_assessment")


def _due_of(decision: ExitDecision, *, on: date) -> Iterator[Due]:
    yield from _due_while_staying(decision, on=on)
    for duty in decision.duties.all():
        yield Due(decision, f"{duty.get_kind_display()}: {duty.what}", duty.due, on > duty.due)
    if decision.executed_on:
        done = {one.kind for one in decision.reviews.all()}
        for days, day in reviews_due(decision.executed_on):
            if f"after_{days}" not in done:
                yield Due(decision, f"The review after {days} days is due.", day, on > day)
    assessments = list(decision.assessments.all())
    again = _again(decision, assessments[0] if assessments else decision.impact_assessment)
    if again:
        yield Due(
            decision, "Leaving does manifestly more harm: assess its impact again (X4).", again, on > again
        )


def _due_while_staying(decision: ExitDecision, *, on: date) -> Iterator[Due]:
    clock = staying_clock(decision, on=on, level=decision.level_now)  # type: ignore[attr-defined]
    if clock is None:
        return
    yield Due(
        decision, "Staying must be decided again, with evidence, by a senior (X7).", clock.until, clock.over
    )
    if clock.evidence_late and not clock.over:
        yield Due(decision, "Evidence of mitigation while staying (X7).", clock.evidence_due, late=True)


@dataclass(frozen=True)
class Stop:
    """An emergency stop as the page of the partner shows it."""

    stop: EmergencyStop
    may_renew: bool


@dataclass(frozen=True)
class ExitsOfPartner:
    """The exits of a relationship, with the emergency stops and what may be done."""

    exits: list[ExitDecision]
    stops: list[Stop]
    endangering: list[RelationshipRisk] = field(default_factory=list)
    may_consider: bool = False
    may_stop: bool = False


def exits_of(relationship: Relationship, user: User) -> ExitsOfPartner:
    """Return the exits of a relationship for a person.

    Args:
        relationship: the relationship.
        user: whose permissions count.
    """
    exits = list(relationship.exits.all())
    stops = list(relationship.emergency_stops.select_related("measure", "decision"))
    renewed = {one.decision_id for one in stops if one.renewal}
    proposes = user.may(Permission.PROPOSE_MEASURE)
    open_now = {one.pk for one in exits if one.state not in EXIT_OVER}
    used = any(one.decision_id in open_now for one in stops)
    return ExitsOfPartner(
        exits=exits,
        stops=[
            Stop(
                one,
                proposes
                and not one.renewal
                and one.decision_id not in renewed
                and one.measure.state in IN_FORCE,
            )
            for one in stops
        ],
        endangering=list(relationship.risks.filter(risk__threat_to_life=True).select_related("risk")),
        may_consider=user.may(Permission.PREPARE_EXIT) and not open_now,
        may_stop=proposes and not used,
    )


def brief_of(sign_off: SignOff, *, on: date) -> dict[str, Any]:
    """Return what a sign-off about an exit shows beside its form: the same as the page of the decision.

    Args:
        sign_off: of the kind "exit".
        on: the day.
    """
    decision = decision_page(sign_off.subject_id).first()
    if decision is None:
        return {}
    waiting = decision.terms.filter(accepted_on__isnull=True, refused_on__isnull=True).first()
    return {"brief": side_by_side(decision, on=on), "term": waiting if sign_off.step == "stay" else None}
