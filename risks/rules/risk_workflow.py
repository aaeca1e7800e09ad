"""The way of a risk from draft to closed (UNGP 17 to 20; domain.md 1.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hrdd.governance.rules import Permission, Step
from risks.rules.involvement import needs_remediation_plan
from risks.rules.salience import State


class Status(StrEnum):
    DRAFT = "draft"
    ASSESSED = "assessed"
    PRIORITISED = "prioritised"
    MANAGED = "managed"
    REASSESS = "reassess"
    CLOSED = "closed"


RISK_STEPS: Mapping[str, Step] = {
    "assess": Step(
        "Assess", frozenset({Status.DRAFT, Status.REASSESS}), Status.ASSESSED, Permission.ASSESS_RISK
    ),
    "confirm": Step(
        "Confirm the judgement", frozenset({Status.ASSESSED}), Status.PRIORITISED, Permission.CONFIRM_RISK
    ),
    "manage": Step("Manage", frozenset({Status.PRIORITISED}), Status.MANAGED, Permission.ASSIGN_RISK),
    "reassess": Step(
        "Put up for re-assessment",
        frozenset({Status.MANAGED, Status.CLOSED}),
        Status.REASSESS,
        Permission.ASSIGN_RISK,
    ),
    "close": Step("Close", frozenset({Status.MANAGED}), Status.CLOSED, Permission.CONFIRM_RISK),
}
BUTTONS = ("confirm", "manage", "reassess", "close")
REMOTE = 1


@dataclass(frozen=True)
class RiskFacts:
    """What the steps of a risk ask about it."""

    incomplete: bool
    state_of_harm: str
    likelihood: int | None
    controls_tested: bool
    has_owner: bool
    has_plan: bool
    has_remediation_plan: bool
    tie: str
    involvement_proposed: bool
    assessed_by: str
    drafted_by: str


def refusals(step: str, facts: RiskFacts, *, by: str, stands_with: frozenset[str] = frozenset()) -> list[str]:
    """Return why a step may not be taken, each in a sentence; nothing when it may.

    Args:
        step: a key of RISK_STEPS.
        facts: what the record says.
        by: the user name of who asks.
        stands_with: whose place they take by delegation, and who takes theirs.
    """
    as_one = stands_with | {by}
    if step == "confirm":
        return _before_confirming(facts, as_one)
    if step == "manage":
        return _before_managing(facts)
    return _before_closing(facts, as_one) if step == "close" else []


def _before_confirming(facts: RiskFacts, as_one: frozenset[str]) -> list[str]:
    lacking = []
    if as_one & {facts.assessed_by, facts.drafted_by}:
        lacking.append(
            "SD1: whoever recorded or assessed a risk, or stands in for them, does not confirm it. Ask another "
            "reviewer."
        )
    if facts.incomplete:
        lacking.append(
            "UNGP 14: score scale, scope and irremediability first; a head that is not known counts as 4 only in the "
            "interim."
        )
    return lacking


def _before_managing(facts: RiskFacts) -> list[str]:
    lacking = []
    if not facts.has_owner:
        lacking.append("UNGP 19(a), G1: name an owner first; no risk is managed by nobody.")
    if not facts.has_plan:
        lacking.append("UNGP 19: a mitigation or remediation plan must be approved first.")
    return lacking


def _before_closing(facts: RiskFacts, as_one: frozenset[str]) -> list[str]:
    lacking = []
    if facts.assessed_by in as_one:
        lacking.append(
            "SD1: whoever assessed a risk, or stands in for them, does not close it. Ask another reviewer."
        )
    remote = facts.state_of_harm == State.POTENTIAL and facts.likelihood == REMOTE
    if facts.state_of_harm != State.ACTUAL_REMEDIED and not (remote and facts.controls_tested):
        lacking.append(
            "UNGP 20: a risk is closed only when the harm was put right, or is remote (likelihood 1) and a test showed "
            "that the controls work."
        )
    if needs_remediation_plan(facts.tie) and not facts.has_remediation_plan:
        lacking.append(
            "UNGP 22, I1: the company causes or contributes to this harm. Approve a remediation plan first."
        )
    if facts.involvement_proposed:
        lacking.append(
            "UNGP 13, I2: it was proposed how the company is involved, and nobody decided on that yet. Have a decider "
            "find or refuse it first, or have it withdrawn."
        )
    return lacking
