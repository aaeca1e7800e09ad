"""Who may do what, in one table (domain.md 0.2)."""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    ANALYST = "ANALYST"
    REVIEWER = "REVIEWER"
    DECIDER = "DECIDER"
    SENIOR = "SENIOR"
    BOARD = "BOARD"
    PUBLISHER = "PUBLISHER"
    REDACTOR = "REDACTOR"
    AUDITOR = "AUDITOR"
    PARTNER_MGR = "PARTNER_MGR"
    SYSADMIN = "SYSADMIN"


class Permission(StrEnum):
    READ_DESK = "read desk"
    READ_BOARD = "read board"
    ASSESS_RISK = "assess risk"
    REASSESS_MEASURE = "reassess measure"
    DRAFT_REPORT = "draft report"
    CLEAR_REPORT = "clear report for safety"
    APPROVE_REPORT = "approve report"
    PUBLISH_REPORT = "publish report"
    LOG_LEVERAGE = "log leverage"
    PREPARE_EXIT = "prepare an exit decision"
    DECIDE_EXIT = "decide on an exit"
    AGREE_TO_MORE_HARM = "agree to an exit that does more harm"
    READ_AUDIT = "read audit"


READ = frozenset({Permission.READ_DESK})
ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.ANALYST: READ
    | {
        Permission.ASSESS_RISK,
        Permission.REASSESS_MEASURE,
        Permission.LOG_LEVERAGE,
        Permission.PREPARE_EXIT,
    },
    Role.REVIEWER: READ | {Permission.ASSESS_RISK, Permission.REASSESS_MEASURE},
    Role.DECIDER: READ | {Permission.REASSESS_MEASURE},
    Role.SENIOR: READ | {Permission.READ_BOARD, Permission.APPROVE_REPORT, Permission.DECIDE_EXIT},
    Role.BOARD: READ | {Permission.READ_BOARD, Permission.AGREE_TO_MORE_HARM},
    Role.PUBLISHER: READ | {Permission.DRAFT_REPORT, Permission.PUBLISH_REPORT},
    Role.REDACTOR: READ | {Permission.CLEAR_REPORT},
    Role.AUDITOR: READ | {Permission.READ_BOARD, Permission.READ_AUDIT},
    Role.PARTNER_MGR: READ | {Permission.LOG_LEVERAGE},
    Role.SYSADMIN: frozenset(),
}


class NotAllowed(Exception):
    """The rule refused; the text is the sentence shown to the person."""


def permissions_of(roles: frozenset[Role]) -> frozenset[Permission]:
    """Return what the roles together may do (domain.md 0.2)."""
    return frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles))


LEAST_REFUSAL = 20


def may_sign_off(
    *, decider: str, authors: frozenset[str], approve: bool, reasons: str, seen_hash: str, content_hash: str
) -> None:
    """Refuse a sign-off that is not a second person's decision on the very content they saw (SD1, SD6).

    Args:
        decider: who decides, by user name.
        authors: who wrote, asked or signed before; none of them may sign now.
        approve: whether they approve.
        reasons: why; needed to refuse.
        seen_hash: SHA-256 of the content on the page they decided from.
        content_hash: SHA-256 of the content now.

    Raises:
        NotAllowed: with the sentence to show.
    """
    if decider in authors:
        raise NotAllowed(
            "SD1: whoever prepared or signed this before does not sign it now. Ask another person with the role."
        )
    if seen_hash != content_hash:
        raise NotAllowed("The content changed since you opened it. Read it again, then decide.")
    if not approve and len(reasons.strip()) < LEAST_REFUSAL:
        raise NotAllowed(
            f"Say in at least {LEAST_REFUSAL} characters why you refuse, so that it can be mended."
        )
