"""Ending, reducing or keeping a relationship: the way there, and what must be true first (UNGP 19; domain.md 1.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from hrdd.governance.rules import LEAST_REASONS, Permission
from risks.rules.severity import UNKNOWN_HEAD_INTERIM, judge
from risks.rules.words import said

ASSESSMENT_GOOD_FOR_DAYS = 180
REVIEWS_AFTER_DAYS = (90, 365)
STAYING_EVIDENCE_DAYS: Mapping[int, int] = {5: 30, 4: 60, 3: 90, 2: 90, 1: 90}
REASSESS_AFTER_MORE_HARM_DAYS = 90
LEAST_SOURCES, LEAST_ALTERNATIVES = 2, 2


class ExitState(StrEnum):
    CONSIDERING = "considering"
    ASSESSING = "assessing"
    CONSULTED = "consulted"
    PROPOSED = "proposed"
    APPROVED = "approved"
    SUSPENDED_EXECUTION = "suspended_execution"
    EXECUTING = "executing"
    EXECUTED = "executed"
    POST_EXIT_REVIEW = "post_exit_review"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class ExitKind(StrEnum):
    SUSPEND_WHOLE = "suspend_whole"
    SUSPEND_PART = "suspend_part"
    NO_RENEWAL = "no_renewal"
    TERMINATE_PART = "terminate_part"
    TERMINATE_WHOLE = "terminate_whole"
    MARKET_WITHDRAWAL = "market_withdrawal"
    REMAIN_WITH_CONDITIONS = "remain_with_conditions"


class Trigger(StrEnum):
    NO_LEVERAGE = "no_leverage"
    LEVERAGE_FAILED = "leverage_failed"
    ZERO_TOLERANCE_BREACH = "zero_tolerance_breach"
    PARTNER_CEASED = "partner_ceased"
    LAW_PROHIBITS = "law_prohibits"
    OWN_STRATEGY = "own_strategy"


class Comparison(StrEnum):
    EXIT_LESS_HARM = "exit_less_harm"
    COMPARABLE = "comparable"
    EXIT_MORE_HARM = "exit_more_harm"
    EXIT_MANIFESTLY_MORE_HARM = "exit_manifestly_more_harm"


class SourceKind(StrEnum):
    """Where knowledge about the harm of leaving comes from."""

    OWN_DATA = "own_data"
    OWN_RESEARCH = "own_research"
    OWN_STAFF = "own_staff"
    AFFECTED_PEOPLE = "affected_people"
    CIVIL_SOCIETY = "civil_society"
    EXPERT = "expert"
    PUBLIC_BODY = "public_body"
    PRESS = "press"


class WhyNotConsulted(StrEnum):
    UNSAFE = "unsafe"
    NO_ACCESS = "no_access"
    URGENT = "urgent"


TRIGGER_LABELS: Mapping[Trigger, str] = {
    Trigger.NO_LEVERAGE: "No leverage, and none to be had",
    Trigger.LEVERAGE_FAILED: "Leverage failed",
    Trigger.ZERO_TOLERANCE_BREACH: "A breach that leaves no time",
    Trigger.PARTNER_CEASED: "The partner ceased",
    Trigger.LAW_PROHIBITS: "The law prohibits it",
    Trigger.OWN_STRATEGY: "Our own strategy",
}
KIND_LABELS: Mapping[ExitKind, str] = {
    ExitKind.SUSPEND_WHOLE: "Suspend the relationship",
    ExitKind.SUSPEND_PART: "Suspend a part",
    ExitKind.NO_RENEWAL: "Let the contract run out",
    ExitKind.TERMINATE_PART: "End a part",
    ExitKind.TERMINATE_WHOLE: "End the relationship",
    ExitKind.MARKET_WITHDRAWAL: "Withdraw from the market",
    ExitKind.REMAIN_WITH_CONDITIONS: "Remain, with conditions",
}
COMPARISON_LABELS: Mapping[Comparison, str] = {
    Comparison.EXIT_LESS_HARM: "Leaving does less harm",
    Comparison.COMPARABLE: "Leaving and staying do comparable harm",
    Comparison.EXIT_MORE_HARM: "Leaving does more harm",
    Comparison.EXIT_MANIFESTLY_MORE_HARM: "Leaving does manifestly more harm",
}
TERMINATES = frozenset({ExitKind.TERMINATE_PART, ExitKind.TERMINATE_WHOLE})
LIKELIHOODS: Mapping[str, str] = {
    **{
        str(number): word
        for number, word in enumerate(("remote", "unlikely", "possible", "likely", "imminent"), 1)
    },
    "unknown": "not known",
}
INSIDE = frozenset({SourceKind.OWN_DATA, SourceKind.OWN_RESEARCH, SourceKind.OWN_STAFF})
STOPS_SHORT = frozenset({ExitKind.SUSPEND_PART, ExitKind.REMAIN_WITH_CONDITIONS})
WITHOUT_LEVERAGE = frozenset({Trigger.ZERO_TOLERANCE_BREACH, Trigger.LAW_PROHIBITS})
OVER = (ExitState.EXECUTED, ExitState.POST_EXIT_REVIEW, ExitState.CLOSED, ExitState.WITHDRAWN)
NOT_YET_DECIDED = frozenset(
    {ExitState.CONSIDERING, ExitState.ASSESSING, ExitState.CONSULTED, ExitState.PROPOSED}
)


@dataclass(frozen=True)
class ExitStep:
    """One move of an exit decision: where from, where to, who may."""

    label: str
    before: frozenset[ExitState]
    after: ExitState
    permission: Permission


def _step(
    label: str, before: ExitState | frozenset[ExitState], after: ExitState, who: Permission
) -> ExitStep:
    return ExitStep(label, before if isinstance(before, frozenset) else frozenset({before}), after, who)


EXIT_STEPS: Mapping[str, ExitStep] = {
    "assess": _step(
        "Begin the exit impact assessment",
        frozenset({ExitState.CONSIDERING, ExitState.CONSULTED}),
        ExitState.ASSESSING,
        Permission.PREPARE_EXIT,
    ),
    "consult": _step(
        "Complete the exit impact assessment",
        ExitState.ASSESSING,
        ExitState.CONSULTED,
        Permission.PREPARE_EXIT,
    ),
    "propose": _step("Propose", ExitState.CONSULTED, ExitState.PROPOSED, Permission.PREPARE_EXIT),
    "approve": _step("Approve", ExitState.PROPOSED, ExitState.APPROVED, Permission.DECIDE_EXIT),
    "refuse": _step("Refuse", ExitState.PROPOSED, ExitState.CONSIDERING, Permission.DECIDE_EXIT),
    "execute": _step("Begin to carry out", ExitState.APPROVED, ExitState.EXECUTING, Permission.PREPARE_EXIT),
    "suspend": _step(
        "Pause before it begins", ExitState.APPROVED, ExitState.SUSPENDED_EXECUTION, Permission.DECIDE_EXIT
    ),
    "resume": _step(
        "Carry out after all", ExitState.SUSPENDED_EXECUTION, ExitState.EXECUTING, Permission.DECIDE_EXIT
    ),
    "complete": _step("Carried out", ExitState.EXECUTING, ExitState.EXECUTED, Permission.PREPARE_EXIT),
    "review": _step(
        "Begin the review afterwards", ExitState.EXECUTED, ExitState.POST_EXIT_REVIEW, Permission.PREPARE_EXIT
    ),
    "close": _step("Close", ExitState.POST_EXIT_REVIEW, ExitState.CLOSED, Permission.DECIDE_EXIT),
    "withdraw": _step("Withdraw", NOT_YET_DECIDED, ExitState.WITHDRAWN, Permission.PREPARE_EXIT),
    "abandon": _step("Withdraw", ExitState.SUSPENDED_EXECUTION, ExitState.WITHDRAWN, Permission.DECIDE_EXIT),
}

DECIDED = frozenset(
    {
        *(ExitState.APPROVED, ExitState.SUSPENDED_EXECUTION, ExitState.EXECUTING),
        *(ExitState.EXECUTED, ExitState.POST_EXIT_REVIEW),
    }
)
STEPS_BY_BUTTON = ("execute", "suspend", "resume", "complete", "review", "close", "withdraw", "abandon")


WHILE_STAYING: Mapping[str, str] = {
    "execute": "Begin to meet the conditions",
    "complete": "Staying has ended",
}
STAYING_READS_AS: Mapping[ExitState, str] = {
    ExitState.EXECUTING: "Conditions being met",
    ExitState.EXECUTED: "Staying ended",
    ExitState.POST_EXIT_REVIEW: "Review after staying",
}


def step_label(name: str, kind: str) -> str:
    """Return what the button of a step says; who stays carries out conditions, not an exit.

    Args:
        name: of the step.
        kind: what was decided, if it was.
    """
    stays = WHILE_STAYING if kind == ExitKind.REMAIN_WITH_CONDITIONS else {}
    return stays.get(name, EXIT_STEPS[name].label)


def state_label(state: ExitState, kind: str) -> str:
    """Return how people read where a decision stands; who stays is not said to carry out an exit.

    Args:
        state: where it stands.
        kind: what was decided, if it was.
    """
    stays = STAYING_READS_AS if kind == ExitKind.REMAIN_WITH_CONDITIONS else {}
    return stays.get(state, said(state))


@dataclass(frozen=True)
class ImpactAssessment:
    """What an exit impact assessment holds; `sources` says for each whether it stands outside the company."""

    groups: int
    sources: Sequence[bool]
    consulted: bool
    why_not_consulted: str
    alternatives: int
    mitigation: bool
    comparison: str
    unjudged: Sequence[str] = ()
    comparison_reasons: str = ""


def missing_from_assessment(assessment: ImpactAssessment) -> list[str]:
    """Return what an exit impact assessment lacks before it may be completed, one sentence each (UNGP 19).

    Args:
        assessment: what was written so far.
    """
    checks = (
        (
            assessment.groups > 0,
            "UNGP 19: name at least one group that leaving would affect, and how severely.",
        ),
        (
            not assessment.unjudged,
            "UNGP 14: judge scale, scope, irremediability and likelihood of the harm, or answer “not known”, for: "
            f"{', '.join(assessment.unjudged)}.",
        ),
        (
            len(assessment.sources) >= LEAST_SOURCES and any(assessment.sources),
            f"UNGP 19: give at least {LEAST_SOURCES} sources, one of them outside the company (a credible assessment).",
        ),
        (
            assessment.consulted or assessment.why_not_consulted in set(WhyNotConsulted),
            "UNGP 18(b): choose the consultations in which people were heard, or say why nobody could be: "
            "unsafe, no access, or urgent.",
        ),
        (
            assessment.alternatives >= LEAST_ALTERNATIVES,
            f"UNGP 19: weigh at least {LEAST_ALTERNATIVES} alternatives, such as a phased exit or conditions.",
        ),
        (assessment.mitigation, "UNGP 19: say how the harm of leaving would be softened."),
        (
            assessment.comparison in set(Comparison),
            "UNGP 19: compare the harm of leaving with the harm of staying.",
        ),
        (
            len(assessment.comparison_reasons.strip()) >= LEAST_REASONS,
            f"UNGP 19: give the reasons of the comparison in at least {LEAST_REASONS} characters.",
        ),
    )
    return [sentence for holds, sentence in checks if not holds]


@dataclass(frozen=True)
class ExitFacts:
    """What the rules must know of an exit decision before somebody approves it."""

    kind: ExitKind
    trigger: Trigger
    trigger_reasons: str
    level: int
    assessed_on: date | None
    level_when_assessed: int | None
    leverage_with_outcome: int
    comparison: Comparison | None
    conditions: str
    consequences_accepted: str
    board_agrees: bool
    judged_since: str = ""


def refusals(facts: ExitFacts, *, on: date) -> list[str]:
    """Return why an exit decision may not be approved on a day, one sentence each; empty when it may (X1, X3, X4, X7).

    Args:
        facts: the decision and what it rests on.
        on: the day.
    """
    return [sentence for sentence in (_x1(facts, on), _x3(facts), _x4(facts), _x7(facts)) if sentence]


def _x1(facts: ExitFacts, on: date) -> str:
    if facts.assessed_on is None:
        return "UNGP 19: complete the exit impact assessment first."
    if on - facts.assessed_on > timedelta(days=ASSESSMENT_GOOD_FOR_DAYS):
        return (
            f"UNGP 19: the exit impact assessment of {facts.assessed_on:%-d %B %Y} is older than "
            f"{ASSESSMENT_GOOD_FOR_DAYS} days. Assess again."
        )
    if facts.judged_since:
        return (
            f"UNGP 19: {facts.judged_since}, after the exit's impact was assessed on "
            f"{facts.assessed_on:%-d %B %Y}. Assess again."
        )
    if facts.level_when_assessed != facts.level:
        return (
            f"UNGP 19: severity was {facts.level_when_assessed} when the exit's impact was assessed on "
            f"{facts.assessed_on:%-d %B %Y}, and is {facts.level} now. Assess again."
        )
    return ""


def _x3(facts: ExitFacts) -> str:
    if facts.kind not in TERMINATES or facts.leverage_with_outcome:
        return ""
    if facts.trigger not in WITHOUT_LEVERAGE:
        return "UNGP 19: use leverage and record its outcome before ending a relationship."
    if not facts.trigger_reasons.strip():
        return "UNGP 19: say which breach or law leaves no room for leverage."
    return ""


def _x4(facts: ExitFacts) -> str:
    manifest = facts.comparison is Comparison.EXIT_MANIFESTLY_MORE_HARM
    if not manifest or facts.kind in STOPS_SHORT or facts.board_agrees:
        return ""
    return (
        "UNGP 19: leaving would do manifestly more harm. Suspend in part or remain with conditions; for more, "
        "the board must agree as well, with reasons."
    )


def _x7(facts: ExitFacts) -> str:
    if facts.kind is not ExitKind.REMAIN_WITH_CONDITIONS:
        return ""
    if not facts.conditions.strip():
        return "UNGP 19: say what must be done while staying, and by whom."
    if not facts.consequences_accepted.strip():
        return "UNGP 19: accept the consequences of staying, reputational, financial and legal, in words."
    return ""


def consultation_called(pk: int, purpose: str, state: str) -> str:
    """Return how a consultation is called where not everybody may read its title: by number, purpose and state.

    Args:
        pk, purpose, state: of the consultation.
    """
    about = said(purpose).lower() if purpose else "purpose not said"
    return f"Consultation {pk} ({about}), {said(state).lower()}"


def group_level(group: Mapping[str, object]) -> int:
    """Return the level of the harm of leaving for a group, as of any harm (2.3); an unknown head counts as 4.

    Args:
        group: with `scale`, `scope` and `irremediability`, each a number or anything else for unknown.
    """
    heads = (group.get(head) for head in ("scale", "scope", "irremediability"))
    known = [head if isinstance(head, int) else None for head in heads]
    return judge(*known).level if any(head is not None for head in known) else UNKNOWN_HEAD_INTERIM


def reassess_by(comparison: str, *, since: date) -> date | None:
    """Return by when the impact of an exit is assessed anew, where leaving does manifestly more harm (X4); else None.

    Args:
        comparison: of the assessment that counts.
        since: the later of the day of the decision and that of the assessment.
    """
    if comparison != Comparison.EXIT_MANIFESTLY_MORE_HARM:
        return None
    return since + timedelta(days=REASSESS_AFTER_MORE_HARM_DAYS)


def next_review(kind: ExitKind, *, level: int, comparison: Comparison | None, decided: date) -> date:
    """Return by when a decision must be looked at again.

    Args:
        kind: what was decided.
        level: the severity, 1 to 5; the graver, the sooner while staying (X5, X7).
        comparison: the harm of leaving against that of staying.
        decided: the day of the decision.
    """
    days = REVIEWS_AFTER_DAYS[0]
    if kind is ExitKind.REMAIN_WITH_CONDITIONS:
        days = STAYING_EVIDENCE_DAYS[level]
    elif comparison is Comparison.EXIT_MANIFESTLY_MORE_HARM:
        days = min(days, REASSESS_AFTER_MORE_HARM_DAYS)
    return decided + timedelta(days=days)
