"""Who may do what, in one table, and the shapes every decision shares (domain.md 0.2, 0.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
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
    READ_AUDIT = "read audit"


READ = frozenset({Permission.READ_DESK})
ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.ANALYST: READ | {Permission.ASSESS_RISK, Permission.REASSESS_MEASURE},
    Role.REVIEWER: READ | {Permission.REASSESS_MEASURE},
    Role.DECIDER: READ | {Permission.REASSESS_MEASURE},
    Role.SENIOR: READ | {Permission.READ_BOARD, Permission.APPROVE_REPORT},
    Role.BOARD: frozenset({Permission.READ_BOARD}),
    Role.PUBLISHER: READ | {Permission.DRAFT_REPORT, Permission.PUBLISH_REPORT},
    Role.REDACTOR: READ | {Permission.CLEAR_REPORT},
    Role.AUDITOR: READ | {Permission.READ_BOARD, Permission.READ_AUDIT},
    Role.SYSADMIN: frozenset(),
}


@dataclass(frozen=True)
class Verdict:
    """An answer with its reason: a sentence for the person who asked."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


class NotAllowed(Exception):
    """The rule refused; the text is the sentence shown to the person."""


class Stale(Exception):
    """Somebody else changed the record first; read it again."""


def permissions_of(roles: frozenset[Role]) -> frozenset[Permission]:
    """Return what the roles together may do (domain.md 0.2)."""
    return frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles))


def may_sign_off(*, author: str, earlier_signers: frozenset[str], signer: str) -> Verdict:
    """Four eyes: the signer is neither the author nor an earlier signer (SD1, SD6)."""
    if signer == author:
        return Verdict(False, "SD1: the author of a report cannot sign it off. Ask somebody else to sign.")
    if signer in earlier_signers:
        return Verdict(False, "SD6: each signature on a report comes from a different person.")
    return Verdict(True)
