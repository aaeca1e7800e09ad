"""What a decision on a finding would come to, shown while it is written; nothing is recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hrdd.governance.models import User
from risks.actions.reassessments import Decision, next_review_of, refusals_of
from risks.actions.three_part_test import examine
from risks.models import Measure
from risks.rules.ladder import LADDER
from risks.rules.measure_workflow import Refusal
from risks.rules.reassessment import ASKED_LABELS, Asked, Decided
from risks.rules.three_part_test import OutcomeOfTest, VerdictOfTest

TONES: Mapping[str, str] = {OutcomeOfTest.PASSES: "ok", OutcomeOfTest.FAILS: "urgent"}


@dataclass(frozen=True)
class Foreseen:
    """What follows once a decision is recorded, what its test says, and what refuses it so far."""

    sentence: str
    refusals: Sequence[Refusal]
    verdict: VerdictOfTest | None

    @property
    def tone(self) -> str:
        """Return the kind of badge for the outcome of the test."""
        return TONES.get(self.verdict.outcome, "due") if self.verdict else ""


def foresee(measure: Measure, decision: Decision, *, by: User, today: date) -> Foreseen | None:
    """Return what a decision would come to, or nothing before an outcome is chosen.

    Args:
        measure: what it is about.
        decision: what was given so far.
        by, today: who decides, and when.
    """
    if decision.outcome not in set(Decided):
        return None
    maintained = decision.outcome == Decided.MAINTAIN
    found = list(refusals_of(measure, decision, by=by, today=today))
    return Foreseen(
        sentence=_sentence(measure, decision, today=today),
        refusals=[one for one in found if one.field != "test"],
        verdict=examine(decision.test, kind=measure.kind) if maintained else None,
    )


def _sentence(measure: Measure, decision: Decision, *, today: date) -> str:
    rung = LADDER.get(decision.kind)
    named = f"“{rung.label}”" if rung else "the measure that you choose"
    if decision.outcome == Decided.MAINTAIN:
        return f"The measure stays. It is looked at again by {next_review_of(measure, today):%-d %B %Y} (method 5.2)."
    if decision.outcome == Decided.ESCALATE:
        return f"A proposal of {named} is opened. Nothing changes until it is approved and put in force."
    if decision.outcome == Decided.DE_ESCALATE:
        return f"The measure ends today as replaced, and {named} stands in its place at once."
    if decision.outcome == Decided.LIFT:
        return "The measure ends today. Nothing takes its place."
    asked = set(Asked)
    whom = (
        ASKED_LABELS[Asked(decision.referred_to)] if decision.referred_to in asked else "Whoever you choose"
    )
    return f"{whom} is asked. The task stays open, its deadline runs on, and the measure stays as it is."
