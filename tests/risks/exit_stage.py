"""A partner, a grave harm, people, and an exit brought to each point of its way, for the tests about exits."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.test import Client

from hrdd.governance.models import SignOff, User
from hrdd.governance.rules import Role
from risks.actions import exit_assessments, exit_execution, exits
from risks.models import (
    Consultation,
    ExitDecision,
    Partner,
    Relationship,
    RelationshipRisk,
    Risk,
    SeverityAssessment,
)
from risks.rules.exit import ExitKind
from risks.rules.exit_execution import OWED
from tests.risks.leverage_stage import acted, measured

NO_DISCLOSURE = "No disclosure without a court order."

NOW = datetime.now(tz=UTC)
TODAY = NOW.date()
REASONS = "Leverage was used at every rung for a year and nothing changed for the people affected."
WRITTEN: dict[str, Any] = {
    "groups": [
        {
            "group": "Small traders who live by the service",
            "why": "They lose their only market.",
            "scale": 3,
            "scope": 3,
            "irremediability": "unknown",
            "likelihood": 4,
        }
    ],
    "sources": [
        {"source": "Own user research", "kind": "own_research", "outside": False},
        {"source": "A local human rights organisation", "kind": "civil_society", "outside": True},
    ],
    "alternatives": ["phased exit", "conditions"],
    "mitigation": "Six months of notice and export of data.",
    "comparison": "exit_less_harm",
    "comparison_reasons": "Traders can move on within months; people in detention cannot wait that long.",
}
PROPOSAL: dict[str, Any] = {
    "kind": "terminate_whole",
    "reasons": REASONS,
    "rests_on_revenue": False,
    "money_words_explained": "",
    "conditions": "",
    "consequences_accepted": "",
    "notice_days": 30,
    "data_and_access_plan": "Accounts are exported; evidence is preserved.",
}
STAY: dict[str, Any] = {
    "kind": "remain_with_conditions",
    "conditions": "Monthly audit by an outside body.",
    "consequences_accepted": "Reputational, financial and legal.",
}
ROLES = {
    "ana": [Role.ANALYST],
    "amy": [Role.ANALYST],
    "dan": [Role.DECIDER],
    "eve": [Role.SENIOR],
    "bob": [Role.BOARD],
    "rex": [Role.REDACTOR],
    "paul": [Role.PARTNER_MGR],
    "pete": [Role.PARTNER_MGR, Role.SENIOR],
}


def people() -> dict[str, User]:
    return {
        name: User.objects.create_user(name, "x", display_name=name.capitalize(), roles=roles)
        for name, roles in ROLES.items()
    }


def person(name: str) -> User:
    return User.objects.get(username=name)


def client_of(name: str) -> Client:
    client = Client()
    client.force_login(person(name))
    return client


def assess(risk: Risk, level: int, *, on: date, at: datetime | None = None) -> None:
    SeverityAssessment.objects.create(
        risk=risk,
        scale=level,
        scope=level,
        irremediability=level,
        level=level,
        incomplete=False,
        reason="x",
        holds_from=on,
        recorded_at=at or datetime.combine(on, datetime.min.time(), tzinfo=UTC),
        recorded_by="ana",
    )


def a_tie(*, level: int = 5, leverage: bool = True, **partner: Any) -> RelationshipRisk:
    """Return a harm tied to a relationship, with leverage that was used in vain unless told otherwise."""
    risk = Risk.objects.create(
        title="Arrests after data requests", summary="x", opened_on=date(2020, 1, 1), level=level, tier=2
    )
    assess(risk, level, on=TODAY - timedelta(days=900))
    relationship = Relationship.objects.create(
        partner=Partner.objects.create(name="Northern Cloud", **partner), kind="reseller", supplied="Hosting"
    )
    tied = RelationshipRisk.objects.create(
        relationship=relationship, risk=risk, known_since=TODAY - timedelta(days=20), how_known="Press"
    )
    if leverage:
        used_in_vain(tied)
    return tied


def used_in_vain(tied: RelationshipRisk) -> None:
    asked = acted(tied, on=TODAY - timedelta(days=15), deadline=TODAY, requested_change=NO_DISCLOSURE)
    measured(asked, 0, on=TODAY)


def considered(
    tied: RelationshipRisk, *, at: datetime = NOW, trigger: str = "leverage_failed"
) -> ExitDecision:
    return exits.consider_exit(
        tied.relationship, trigger=trigger, trigger_reasons="", by=person("ana"), at=at
    )


def a_consultation(decision: ExitDecision) -> Consultation:
    found = Consultation.objects.create(
        title="Traders", purpose="exit", state="held", risk_to_participants=1, organiser=person("amy")
    )
    found.exits.add(decision)
    return found


def written(decision: ExitDecision, **changes: Any) -> exit_assessments.Written:
    given: dict[str, Any] = {"consultations": [a_consultation(decision)]} | WRITTEN | changes
    return exit_assessments.Written(**given)


def assessed(tied: RelationshipRisk, *, at: datetime = NOW, **changes: Any) -> ExitDecision:
    decision = considered(tied, at=at)
    exit_assessments.write(decision, written(decision, **changes), by=person("ana"), at=at)
    decision.refresh_from_db()
    return decision


def proposed(tied: RelationshipRisk, *, at: datetime = NOW, **changes: Any) -> ExitDecision:
    """Return a proposal; changes named as in WRITTEN go to the assessment, others to the proposal."""
    decision = assessed(tied, at=at, **{key: said for key, said in changes.items() if key in WRITTEN})
    proposal = PROPOSAL | {key: said for key, said in changes.items() if key not in WRITTEN}
    exits.propose_exit(decision, **proposal, by=person("ana"), at=at)
    decision.refresh_from_db()
    return decision


def sign(decision: ExitDecision, name: str = "eve", *, step: str = "approve", at: datetime = NOW) -> None:
    asked = SignOff.objects.get(
        subject_kind="exit", subject_id=decision.pk, step=step, decided_at__isnull=True
    )
    exits.decide(asked, by=person(name), at=at, approve=True, reasons=REASONS, seen_hash=asked.content_hash)
    decision.refresh_from_db()


def sign_on_the_page(name: str, *, step: str = "approve", decision: str = "approve") -> Any:
    asked = SignOff.objects.get(step=step, decided_at__isnull=True)
    return client_of(name).post(
        f"/desk/signoffs/{asked.pk}/",
        {"decision": decision, "seen_hash": asked.content_hash, "reasons": REASONS},
    )


def approved(tied: RelationshipRisk, *, at: datetime = NOW, **changes: Any) -> ExitDecision:
    decision = proposed(tied, at=at, **changes)
    sign(decision, at=at)
    return decision


def planned(decision: ExitDecision, *, at: datetime = NOW) -> None:
    """Plan one stage with every duty that the decision owes."""
    stage = exit_execution.plan_stage(
        decision, what="Everything", begins_on=at.date(), by=person("ana"), at=at
    )
    for kind in OWED[ExitKind(decision.kind)]:
        exit_execution.plan_duty(
            stage, kind=kind, what="x", owner=person("paul"), due=at.date(), by=person("ana"), at=at
        )


def carried_out(tied: RelationshipRisk, *, at: datetime, **changes: Any) -> ExitDecision:
    """Return an exit whose every duty was done, without days of notice."""
    decision = approved(tied, at=at, **{"notice_days": 0} | changes)
    planned(decision, at=at)
    exits.take_step(decision, "execute", by=person("ana"), at=at)
    for duty in decision.duties.order_by("pk"):
        exit_execution.do_duty(
            duty, done_on=at.date(), proof="A letter, kept by the team.", by=person("paul"), at=at
        )
    exits.take_step(decision, "complete", by=person("ana"), at=at)
    decision.refresh_from_db()
    return decision
