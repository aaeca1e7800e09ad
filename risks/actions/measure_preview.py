"""What a proposal would come to, shown while it is written; nothing is recorded."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from risks.actions.measure_proposals import Proposal
from risks.actions.three_part_test import examine
from risks.models import Risk
from risks.queries.method import method
from risks.rules.ladder import LADDER
from risks.rules.measure_workflow import (
    APPROVERS,
    DUTY_LABELS,
    Corridor,
    Facts,
    Refusal,
    approving_permission,
    corridor_of,
    refusals,
    required_duties,
)
from risks.rules.three_part_test import OutcomeOfTest, VerdictOfTest


@dataclass(frozen=True)
class Preview:
    """Where a proposal stands in the corridor, what its test says, who would approve, and what refuses it so far."""

    corridor: Corridor
    verdict: VerdictOfTest
    approver: str
    refusals: Sequence[Refusal]
    duties: Sequence[str]

    @property
    def tone(self) -> str:
        """Return the kind of badge for the outcome of the test."""
        return {OutcomeOfTest.PASSES: "ok", OutcomeOfTest.FAILS: "urgent"}.get(self.verdict.outcome, "due")

    @property
    def follows(self) -> str:
        """Return what happens when it is recorded as it is now."""
        if self.refusals:
            return "It cannot be proposed like this."
        if self.verdict.outcome == OutcomeOfTest.PASSES:
            return f"Once proposed, {self.approver} is asked to approve it."
        return "It can be kept as a proposal, but nobody is asked to approve it until the test passes."


def preview_of(risk: Risk, proposal: Proposal, facts: Facts) -> Preview:
    """Return what a proposal comes to.

    Args:
        risk: the risk that it answers to.
        proposal: what was given so far.
        facts: the same as the rules read it.
    """
    found = corridor_of(facts)
    burdened = (*LADDER[proposal.kind].rights_burdened, *proposal.test.rights_burdened)
    needed = approving_permission(
        facts.intrusion, over=found.over, analyst_pair_up_to=method().analyst_pair_up_to
    )
    duties = required_duties(proposal.kind, level=risk.level, threat_to_life=risk.threat_to_life)
    return Preview(
        corridor=found,
        verdict=examine(replace(proposal.test, rights_burdened=burdened), kind=proposal.kind),
        approver=APPROVERS[needed],
        refusals=refusals(facts),
        duties=[DUTY_LABELS[duty] for duty in duties],
    )


@dataclass(frozen=True)
class RungOffered:
    """A rung of the ladder for one risk: what it burdens, who would approve it, or why it is out of reach."""

    kind: str
    label: str
    intrusion: int
    burdens: str
    approver: str
    over: bool
    refusal: str


def rungs_for(risk: Risk, titles: dict[str, str]) -> list[RungOffered]:
    """Return the whole ladder as it stands for a risk at its present level (3.1, 3.5).

    Args:
        risk: the risk.
        titles: the title of each right by its code.
    """
    offered = []
    for kind, rung in LADDER.items():
        over = rung.intrusion > risk.level
        needed = approving_permission(
            rung.intrusion, over=over, analyst_pair_up_to=method().analyst_pair_up_to
        )
        beyond = rung.intrusion > risk.level + 1
        offered.append(
            RungOffered(
                kind=kind,
                label=rung.label,
                intrusion=rung.intrusion,
                burdens="; ".join(titles.get(code, code) for code in rung.rights_burdened) or NO_BURDEN,
                approver=APPROVERS[needed],
                over=over,
                refusal=f"Out of reach: more than one class over level {risk.level}." if beyond else "",
            )
        )
    return offered


NO_BURDEN = "the rights of those at risk: leaving things alone is an act too (UNGP 13)"
