"""Decisions on a finding, as a reviewer gives them."""

from typing import Any

from risks.actions.reassessments import Decision

REASONS = "The risk has receded and nobody argued for another restriction of the account."
RESTORED = "The account works again, its posts are back, and the person was told on the same day."


def a_decision(outcome: str, **given: Any) -> Decision:
    known: dict[str, dict[str, Any]] = {
        "maintain": {"reason_code": "still_necessary"},
        "escalate": {"reason_code": "risk_grown"},
        "de_escalate": {"reason_code": "less_is_enough"},
        "lift": {"reason_code": "risk_receded", "restored": RESTORED},
        "refer": {"reason_code": "question_open", "question": "Does the appeal body still wait for papers?"},
    }
    return Decision(**{"outcome": outcome, "reasons": REASONS} | known[outcome] | given)
