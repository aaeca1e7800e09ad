"""The gate before a relationship starts, when leverage is greatest (UNGP 19; domain.md 5.3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from hrdd.governance.rules import Permission, Step

SHUTS_AT = 5
GATE = "UNGP 19, method 7a"


class OnboardingStatus(StrEnum):
    """How far the gate is."""

    ASKED = "asked"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    APPROVED_WITH_CONDITIONS = "approved_with_conditions"
    REFUSED = "refused"


OPEN = frozenset({OnboardingStatus.ASKED, OnboardingStatus.IN_REVIEW})
PASSED = frozenset({OnboardingStatus.APPROVED, OnboardingStatus.APPROVED_WITH_CONDITIONS})
STATUSES: Mapping[OnboardingStatus, str] = {
    OnboardingStatus.ASKED: "Asked",
    OnboardingStatus.IN_REVIEW: "In review",
    OnboardingStatus.APPROVED: "Approved",
    OnboardingStatus.APPROVED_WITH_CONDITIONS: "Approved with conditions",
    OnboardingStatus.REFUSED: "Refused",
}
ONBOARDING_STEPS: Mapping[str, Step] = {
    "review": Step(
        "Begin the review",
        frozenset({OnboardingStatus.ASKED}),
        OnboardingStatus.IN_REVIEW,
        Permission.ASSESS_RISK,
    ),
    "approve": Step(
        "Approve",
        frozenset({OnboardingStatus.IN_REVIEW}),
        OnboardingStatus.APPROVED,
        Permission.DECIDE_ONBOARDING,
    ),
    "conditions": Step(
        "Approve with conditions",
        frozenset({OnboardingStatus.IN_REVIEW}),
        OnboardingStatus.APPROVED_WITH_CONDITIONS,
        Permission.DECIDE_ONBOARDING,
    ),
    "refuse": Step(
        "Refuse",
        frozenset({OnboardingStatus.IN_REVIEW}),
        OnboardingStatus.REFUSED,
        Permission.DECIDE_ONBOARDING,
    ),
}
DECISIONS = ("approve", "conditions", "refuse")


@dataclass(frozen=True)
class GateFacts:
    """What a decision on the gate depends on."""

    open_levels: tuple[int, ...]
    authors: frozenset[str]
    earns_by_it: bool


def decision_refusals(
    decision: str, facts: GateFacts, *, as_one: frozenset[str], conditions: str
) -> list[str]:
    """Return why somebody may not decide so on the gate; nothing where they may.

    Args:
        decision: one of DECISIONS.
        facts: the findings that are open, and who asked or closed one.
        as_one: who decides, and who stands in for them or they for, by user name.
        conditions: what is asked of the partner.
    """
    found = []
    if as_one & facts.authors:
        found.append(
            "SD1: whoever asked for the onboarding, or closed one of its findings, does not decide on it. "
            "Ask another decider."
        )
    if facts.earns_by_it:
        found.append("SD4: whoever has a revenue target on this partner does not decide on its onboarding.")
    if decision != "refuse" and any(level >= SHUTS_AT for level in facts.open_levels):
        found.append(
            f"{GATE}: a finding of severity {SHUTS_AT} is open, so the gate stays shut, with conditions or without. "
            "Close it with what changed, or refuse."
        )
    if decision == "conditions" and not conditions.strip():
        found.append("Conditions: say what the partner must do, by when, and who checks it.")
    return found


def begin_refusal(status: str) -> str:
    """Return why a relationship may not begin yet, or nothing; `status` is that of its latest onboarding, if any."""
    if status in PASSED:
        return ""
    if status == OnboardingStatus.REFUSED:
        return f"{GATE}: the onboarding was refused. Ask again when what it was refused for has changed."
    return f"{GATE}: before a relationship starts, leverage is greatest. It begins once its onboarding is approved."


def lacks_gate(*, begun: bool, ended: bool, statuses: Iterable[str]) -> bool:
    """Whether a relationship goes on though no onboarding of it was ever approved: a gap, not a reason to forget it."""
    return begun and not ended and not PASSED & set(statuses)
