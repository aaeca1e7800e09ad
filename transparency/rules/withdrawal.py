"""Why a published edition may be withdrawn: because it endangers people, and for nothing else (domain.md 8.2, 8.5).

An error is corrected by a new edition. Reputation is no reason.
"""

from collections.abc import Mapping
from datetime import timedelta

from hrdd.governance.rules import Permission

SIGN_OFF_KIND = "report withdrawal"
REASONS: Mapping[str, str] = {
    "safety_affected": "people who were affected",
    "safety_staff": "people who work here",
    "safety_source": "somebody who told of it",
    "child": "a child who can be recognised",
}
MAY_ASK = (Permission.CLEAR_REPORT, Permission.PUBLISH_REPORT)
MAY_DECIDE = Permission.APPROVE_REPORT
ANSWER_WITHIN = timedelta(hours=24)


def step_label(reason: str) -> str:
    """Return what is asked of the second person, in words."""
    return f"Withdraw for safety: {REASONS[reason]}"
