"""The way of a report from draft to published, as a table (domain.md 8.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hrdd.governance.rules import Permission


class State(StrEnum):
    DRAFT = "draft"
    DATA_FROZEN = "data_frozen"
    REDACTION_REVIEW = "redaction_review"
    SAFETY_CLEARED = "safety_cleared"
    APPROVED = "approved"
    PUBLISHED = "published"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn_for_safety"


@dataclass(frozen=True)
class Step:
    """One move: where from, where to, who may, what the button says and what it asks before."""

    name: str
    label: str
    before: frozenset[State]
    after: State
    permission: Permission
    confirm: str = ""


REPORT_STEPS: Mapping[str, Step] = {
    step.name: step
    for step in (
        Step(
            "freeze",
            "Freeze the figures",
            frozenset({State.DRAFT}),
            State.DATA_FROZEN,
            Permission.DRAFT_REPORT,
        ),
        Step(
            "thaw",
            "Back to draft",
            frozenset({State.DATA_FROZEN, State.REDACTION_REVIEW, State.SAFETY_CLEARED, State.APPROVED}),
            State.DRAFT,
            Permission.DRAFT_REPORT,
            "The frozen figures and every signature are let go. Freezing again takes the record as it then is.",
        ),
        Step(
            "ask-clearance",
            "Ask for safety clearance",
            frozenset({State.DATA_FROZEN}),
            State.REDACTION_REVIEW,
            Permission.DRAFT_REPORT,
        ),
        Step(
            "clear",
            "Clear for safety",
            frozenset({State.REDACTION_REVIEW}),
            State.SAFETY_CLEARED,
            Permission.CLEAR_REPORT,
        ),
        Step(
            "approve",
            "Approve",
            frozenset({State.SAFETY_CLEARED}),
            State.APPROVED,
            Permission.APPROVE_REPORT,
        ),
        Step(
            "refuse-clearance",
            "Refuse",
            frozenset({State.REDACTION_REVIEW}),
            State.DRAFT,
            Permission.CLEAR_REPORT,
        ),
        Step(
            "refuse-approval",
            "Refuse",
            frozenset({State.SAFETY_CLEARED}),
            State.DRAFT,
            Permission.APPROVE_REPORT,
        ),
        Step(
            "publish",
            "Publish",
            frozenset({State.APPROVED}),
            State.PUBLISHED,
            Permission.PUBLISH_REPORT,
            "Anyone can then read it, and nobody can change it. An error is corrected by a new edition.",
        ),
    )
}

BUTTONS = ("freeze", "ask-clearance", "publish", "thaw")
