"""The loop of leverage and the ladder it climbs (UNGP 19; domain.md 5.3)."""

from collections.abc import Mapping
from dataclasses import dataclass

from hrdd.governance.rules import Permission, Step
from risks.rules.leverage import CHANGE_ACHIEVED, PARTIAL_CHANGE, SEVERE

HIGHEST_LOGGED = 5
SUSPENDS = 5
COLLECTIVE = 3
GRAVEST = 5
LOG, EXIT = Permission.LOG_LEVERAGE, Permission.PREPARE_EXIT

PLAN_STATES: Mapping[str, str] = {
    "identified": "Identified",
    "assessed": "Assessed: what leverage there is, and what lacks",
    "applied": "Applied",
    "measured": "Measured",
    "effective": "Effective",
    "monitored": "Monitored",
    "closed": "Closed",
    "ineffective": "Ineffective",
    "increased": "Increased",
    "exhausted": "Exhausted",
    "exit_considered": "Exit considered",
}
PLAN_OVER = frozenset({"closed", "exit_considered"})
LEVERAGE_STEPS: Mapping[str, Step] = {
    "assess": Step("Assess the leverage", frozenset({"identified"}), "assessed", LOG),
    "apply": Step("Apply it", frozenset({"assessed", "increased"}), "applied", LOG),
    "measure": Step("Measure it", frozenset({"applied"}), "measured", LOG),
    "find_effective": Step("Find it effective", frozenset({"measured"}), "effective", LOG),
    "find_ineffective": Step("Find it ineffective", frozenset({"measured"}), "ineffective", LOG),
    "exhaust": Step("Find it exhausted", frozenset({"measured"}), "exhausted", LOG),
    "increase": Step("Increase the leverage", frozenset({"ineffective"}), "increased", LOG),
    "monitor": Step("Monitor whether it lasts", frozenset({"effective"}), "monitored", LOG),
    "close": Step("Close the plan", frozenset({"monitored"}), "closed", LOG),
    "consider_exit": Step("Consider exit", frozenset({"exhausted"}), "exit_considered", EXIT),
}
STEP_LEADS: Mapping[str, str] = {
    "assess": "What leverage there is, what lacks, and how it could be increased now stands in the plan (UNGP 19).",
    "apply": "Something was asked of the partner: an action of leverage is on record.",
    "measure": "What the actions changed has been measured.",
    "find_effective": "The abuse stopped, or the risk is at its target: an effect of 3 or more was measured.",
    "find_ineffective": "What was tried did not bring the change. Next, leverage is increased.",
    "exhaust": "Nothing more can be tried, and no increase is in reach. People then consider exit.",
    "increase": "Capacity, incentives, others who join: say what is stronger now than before (UNGP 19).",
    "monitor": "Change was seen. Keep looking, so that it lasts.",
    "close": "The change lasted. The plan ends and stays on record; a relapse restarts the clock.",
    "consider_exit": "Whether to end the relationship is considered now; the answer may be to stay (UNGP 19).",
}


@dataclass(frozen=True)
class PlanFacts:
    """What the steps of a plan ask about it; actions count from the day on which leverage was last increased."""

    assessed: bool = False
    actions: int = 0
    measured: int = 0
    best_effect: int | None = None
    open_corrective_plans: int = 0


def plan_refusals(step: str, facts: PlanFacts) -> list[str]:
    """Return why a step of a plan is refused, a sentence each (UNGP 19; domain.md 5.3).

    Args:
        step: a name of LEVERAGE_STEPS.
        facts: how the plan stands.
    """
    best = facts.best_effect or 0
    refused = {
        "assess": (
            not facts.assessed,
            "Say first what leverage there is, what lacks and how it can be increased.",
        ),
        "apply": (facts.actions == 0, "Log an action of leverage first; a plan alone changes nothing."),
        "measure": (facts.measured == 0, "Measure the effect of an action first."),
        "find_effective": (
            best < CHANGE_ACHIEVED,
            f"Effective means an effect of {CHANGE_ACHIEVED} or more: the abuse stopped, or the risk is at its target. "
            f"The best effect measured is {best}.",
        ),
        "find_ineffective": (
            best >= CHANGE_ACHIEVED,
            f"An effect of {best} was measured, so it is effective. Correct the measurement if it was wrong.",
        ),
        "exhaust": (
            facts.measured == 0 or best >= CHANGE_ACHIEVED,
            f"An effect of {best} was measured, so leverage is not exhausted."
            if best >= CHANGE_ACHIEVED
            else "Exhausted means tried: put attempts with their outcome on record first (UNGP 19).",
        ),
        "monitor": (best < CHANGE_ACHIEVED, "The change no longer holds; there is nothing to monitor yet."),
        "close": (
            best < CHANGE_ACHIEVED or facts.open_corrective_plans > 0,
            "Close the corrective plan first; what it promises is not verified yet."
            if best >= CHANGE_ACHIEVED
            else "The change does not hold, so the plan is not closed.",
        ),
    }
    lacking, sentence = refused.get(step, (False, ""))
    return [sentence] if lacking else []


def rung_refusals(
    rung: int,
    *,
    highest_used: int | None,
    level: int,
    zero_tolerance: bool,
    skip_reasons: str,
    has_measure: bool,
) -> list[str]:
    """Return why an action on a rung of the ladder is refused, a sentence each (domain.md 5.3).

    Args:
        rung: 0 to 7.
        highest_used: the highest rung used on this harm so far, or None.
        level: the severity, 1 to 5.
        zero_tolerance: the partner breached a rule for which there is no time to change.
        skip_reasons: why rungs are skipped.
        has_measure: the measure that suspends is named.
    """
    if rung > HIGHEST_LOGGED:
        return [
            f"Rung {rung} is no action of leverage: assessing the impact of exit (6) and ending (7) are decided on "
            "the page of an exit. Open “Consider exit” there (UNGP 19, X1)."
        ]
    said = []
    if rung == SUSPENDS and not has_measure:
        said.append(
            "Measure: a suspension (rung 5) burdens people too. Propose it as a measure against the partner, and name "
            "that measure here."
        )
    allowed = 0 if highest_used is None else highest_used + 1
    if rung > allowed:
        if level < GRAVEST and not zero_tolerance:
            said.append(
                f"Rung: the next one is {allowed}. Rungs are skipped at level {GRAVEST} or after a breach for which "
                "there is no time to change, with reasons (UNGP 19)."
            )
        elif not skip_reasons.strip():
            said.append(f"Why rungs are skipped: say why rung {allowed} would not do.")
    return said


def collaboration_refusals(*, kind: str, rung: int, body: str, competition_note: str) -> list[str]:
    """Return what lacks for acting together with others: the body, and how competition law is kept (domain.md 5.2).

    Args:
        kind: the kind of leverage.
        rung: 0 to 7.
        body: the industry body, coalition or forum.
        competition_note: what keeps the action within competition law.
    """
    if kind != "collaborative" and rung != COLLECTIVE:
        return []
    said = []
    if not body.strip():
        said.append("Body: name the coalition, industry body or forum in which you act together.")
    if not competition_note.strip():
        said.append(
            "Competition law: say what keeps the joint action within it, such as no exchange of prices and each "
            "company deciding alone."
        )
    return said


@dataclass(frozen=True)
class Measured:
    """What was measured, as the rules ask about it."""

    effect: int
    indicator: str
    baseline: str
    value: str
    evidence: str
    self_report_only: bool


def effect_refusals(given: Measured) -> list[str]:
    """Return why an effect is refused: 2 or more needs an indicator that moved, and evidence (UNGP 20; 5.3).

    Args:
        given: what was measured.
    """
    if given.effect < PARTIAL_CHANGE:
        return []
    if given.self_report_only:
        return ["Effect: the partner's own word alone counts as a promise, 1 at most (UNGP 20)."]
    told = (given.indicator, given.baseline, given.value, given.evidence)
    if not all(one.strip() for one in told):
        return [
            "Effect: 2 or more needs an indicator that moved, its value before and now, and evidence (UNGP 20)."
        ]
    if given.baseline.strip() == given.value.strip():
        return [
            f"Value now: the indicator did not move, it is {given.value.strip()} as before. That is an effect of 1 at "
            "most (UNGP 20)."
        ]
    return []


INDEPENDENT = frozenset({"independent", "rightsholder_confirmed"})


def corrective_refusals(*, level: int, verifications: list[str]) -> list[str]:
    """Return why a corrective plan is not closed: what it promised must be verified (domain.md 5.1).

    Args:
        level: the severity, 1 to 5.
        verifications: how each milestone was verified, empty where it was not.
    """
    if not verifications:
        return ["Milestones: a plan without one promises nothing that could be verified."]
    waiting = sum(not one for one in verifications)
    if waiting:
        return [f"Milestones: {waiting} of {len(verifications)} not verified yet."]
    if level >= SEVERE and not INDEPENDENT.issuperset(verifications):
        return [
            f"At level {level} each milestone is verified independently or confirmed by rightsholders; the partner's "
            "report, documents or our own visit are not enough (UNGP 20)."
        ]
    return []
