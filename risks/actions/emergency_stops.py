"""Where life is in danger a partner is stopped at once by a measure; the full assessment begins with it (X6)."""

from datetime import datetime, timedelta

from django.db import transaction

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission, demand_reasons
from risks.actions import exits
from risks.actions.exit_assessments import open_draft
from risks.actions.exit_record import locked, log, take
from risks.actions.measure_proposals import Proposal, demand_person, propose
from risks.models import EmergencyStop, ExitDecision, Relationship, RelationshipRisk
from risks.models.exits import EXIT_OVER
from risks.models.measures import IN_FORCE
from risks.rules.exit import ExitState, Trigger
from risks.rules.measure_workflow import STOP_DAYS, emergency_refusal
from risks.rules.three_part_test import GivenTest

NOT_RENEWABLE = (
    "X6: an emergency stop is renewed once, by a senior. After that only a decision on the relationship stops it: go "
    "on with the exit impact assessment."
)


@transaction.atomic
def stop(
    tied: RelationshipRisk, *, what: str, reasons: str, ground: str, days: int, by: User, at: datetime
) -> EmergencyStop:
    """Propose to suspend a partner at once, and begin the exit impact assessment in the same moment (X6).

    A decider who did not ask puts it in force on the page of the measure, for 72 hours; within them the three-part
    test is completed (3.2).

    Args:
        tied: the harm tied to the relationship that puts life in danger.
        what: what is suspended, naming nobody at risk.
        reasons: why it cannot wait, 50 characters or more.
        ground: the published rule, contract clause or law relied on.
        days: how long, 14 at most.
        by, at: a person, and now.

    Raises:
        NotAllowed: the role, no danger to life, a stop in force or used up, or a rule on measures.
    """
    demand_person(by)
    by.demand(Permission.PROPOSE_MEASURE)
    said = demand_reasons(reasons)
    relationship = Relationship.objects.select_for_update().get(pk=tied.relationship_id)
    if refusal := emergency_refusal(threat_to_life=tied.risk.threat_to_life, outcome="", reason=""):
        raise NotAllowed(refusal)
    decision = relationship.exits.exclude(state__in=EXIT_OVER).first()
    if decision and decision.emergency_stops.exists():
        raise NotAllowed(
            "X6: this partner was stopped already while the question is open. A senior may renew the stop once."
        )
    if decision is None:
        decision = exits.open_question(
            relationship, trigger=Trigger.ZERO_TOLERANCE_BREACH, trigger_reasons=said, by=by, at=at
        )
    _begin_assessment(decision, by=by, at=at)
    proposal = _proposal(what, said, ground, days, at)
    measure = propose(tied.risk, proposal, by=by, at=at)
    found = EmergencyStop.objects.create(
        relationship=relationship, measure=measure, decision=decision, asked_by=by, asked_at=at
    )
    log(decision, "asked for emergency stop", by=by, at=at, detail={"measure": measure.pk})
    return found


@transaction.atomic
def renew(
    earlier: EmergencyStop, *, reasons: str, ground: str, days: int, by: User, at: datetime
) -> EmergencyStop:
    """Propose to renew a stop, once; a senior puts it in force, and the earlier measure ends with that (X6).

    Raises:
        NotAllowed: the role, a stop that is not in force, or that was renewed already.
    """
    demand_person(by)
    by.demand(Permission.PROPOSE_MEASURE)
    said = demand_reasons(reasons)
    decision = locked(earlier.decision)
    if earlier.renewal or decision.emergency_stops.filter(renewal=True).exists():
        raise NotAllowed(NOT_RENEWABLE)
    if earlier.measure.state not in IN_FORCE:
        raise NotAllowed("X6: only a stop that is in force is renewed.")
    proposal = _proposal(earlier.measure.target, said, ground, days, at)
    measure = propose(earlier.measure.risk, proposal, by=by, at=at, supersedes=earlier.measure)
    found = EmergencyStop.objects.create(
        relationship=earlier.relationship,
        measure=measure,
        decision=decision,
        renewal=True,
        asked_by=by,
        asked_at=at,
    )
    log(decision, "asked to renew emergency stop", by=by, at=at, detail={"measure": measure.pk})
    return found


def _proposal(what: str, reasons: str, ground: str, days: int, at: datetime) -> Proposal:
    return Proposal(
        kind="temp_suspension",
        target=what,
        target_type="partner",
        test=GivenTest({}),
        rule_relied_on=ground,
        note=reasons,
        ends_on=at.date() + timedelta(days=min(days, STOP_DAYS)),
        partner_stop=True,
    )


def _begin_assessment(decision: ExitDecision, *, by: User, at: datetime) -> None:
    if decision.assessments.exists():
        return
    open_draft(decision, None, by=by)
    if decision.state == ExitState.CONSIDERING:
        take(decision, "assess", by=by, at=at)
