"""Who may do what, in one table (domain.md 0.2)."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import rfc8785


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
    ENGAGE = "ENGAGE"
    EXPERT = "EXPERT"
    GRV_INTAKE = "GRV_INTAKE"
    GRV_INV = "GRV_INV"
    GRV_DEC = "GRV_DEC"
    APPEAL = "APPEAL"
    CUSTODIAN = "CUSTODIAN"
    SYSADMIN = "SYSADMIN"


class Permission(StrEnum):
    READ_DESK = "read desk"
    READ_BOARD = "read board"
    READ_AUDIT = "read audit"
    READ_RESTRICTED = "read restricted evidence"
    READ_SHARED = "read what is shared with an expert"
    RECORD_RISK = "record a risk"
    ASSESS_RISK = "assess risk"
    ASSIGN_RISK = "assign a risk"
    CONFIRM_RISK = "confirm or close a risk"
    LOWER_SEVERITY = "lower a severe judgement"
    PUBLISH_RISK = "publish a risk"
    WITHHOLD_RISK = "leave a severe risk unpublished"
    SIGN_SALIENT_LIST = "sign the salient list"
    PROPOSE_INVOLVEMENT = "propose an involvement"
    FIND_INVOLVEMENT = "find on an involvement"
    CHALLENGE_INVOLVEMENT = "challenge a finding on involvement"
    PROPOSE_PLAN = "propose a plan"
    APPROVE_PLAN = "approve a plan"
    REVIEW_MODEL = "review the business model"
    SIGN_MODEL_REVIEW = "sign a business-model review"
    PROPOSE_CHANGE = "propose a product or market change"
    APPROVE_CHANGE = "approve a product or market change"
    SIGN_EXCEPTION = "sign an exception from the launch gate"
    RUN_CONSULTATION = "run a consultation"
    CHECK_SAFEGUARDS = "check the safeguards of a consultation"
    ANSWER_FINDING = "answer a consultation finding"
    SHARE_WITH_EXPERT = "share a record with an expert"
    PROPOSE_MEASURE = "propose a measure"
    APPROVE_MEASURE = "approve a measure"
    APPROVE_GRAVE_MEASURE = "approve an I5 or over-ceiling measure"
    REASSESS_MEASURE = "reassess measure"
    DRAFT_POLICY = "draft a policy"
    APPROVE_POLICY = "approve a policy"
    APPROVE_COMMITMENT = "approve the policy commitment"
    PREPARE_DILEMMA = "prepare a dilemma"
    ADVISE_ON_DILEMMA = "advise on a dilemma"
    DECIDE_DILEMMA = "decide a dilemma"
    DECIDE_GRAVE_DILEMMA = "decide a dilemma with an option of class I5"
    ASSESS_INCITEMENT = "assess incitement"
    DRAFT_REPORT = "draft report"
    CLEAR_REPORT = "clear report for safety"
    APPROVE_REPORT = "approve report"
    PUBLISH_REPORT = "publish report"
    LOG_LEVERAGE = "log leverage"
    DECIDE_ONBOARDING = "decide on the onboarding of a partner"
    PREPARE_EXIT = "prepare an exit decision"
    DECIDE_EXIT = "decide on an exit"
    AGREE_TO_MORE_HARM = "agree to an exit that does more harm"
    READ_CASES = "read the list of cases"
    TRIAGE_CASE = "triage a case"
    INVESTIGATE_CASE = "investigate a case"
    DECIDE_CASE = "decide a case"
    DECIDE_APPEAL = "decide an appeal"
    KEEP_IDENTITIES = "keep the identities of complainants"
    HOLD_CASES = "see what is erased when, and hold it"
    READ_EFFECTIVENESS = "read how well complaints are handled"
    READ_PEOPLE = "read who may what"
    MANAGE_PEOPLE = "manage people and their roles"
    REVIEW_ACCESS = "review who may what"
    GIVE_MANDATE = "give or end a mandate"
    RECORD_MEETING = "record an oversight meeting"
    RAISE_ESCALATION = "raise a matter with leadership"
    RECORD_OVERSIGHT = "record training, incentives and resources"
    FREEZE_FIGURES = "freeze the figures of the board"
    MANAGE_WEBHOOKS = "say which programs are told of what is published"


READ = frozenset({Permission.READ_DESK})
READ_ALL = READ | {Permission.READ_RESTRICTED}
OF_CASES = READ | {Permission.READ_CASES, Permission.READ_EFFECTIVENESS}
ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.ANALYST: READ_ALL
    | {
        Permission.RECORD_RISK,
        Permission.ASSESS_RISK,
        Permission.ASSIGN_RISK,
        Permission.PROPOSE_INVOLVEMENT,
        Permission.CHALLENGE_INVOLVEMENT,
        Permission.PROPOSE_PLAN,
        Permission.REVIEW_MODEL,
        Permission.PROPOSE_CHANGE,
        Permission.ANSWER_FINDING,
        Permission.SHARE_WITH_EXPERT,
        Permission.PROPOSE_MEASURE,
        Permission.REASSESS_MEASURE,
        Permission.DRAFT_POLICY,
        Permission.PREPARE_DILEMMA,
        Permission.ASSESS_INCITEMENT,
        Permission.LOG_LEVERAGE,
        Permission.PREPARE_EXIT,
        Permission.RAISE_ESCALATION,
        Permission.RECORD_OVERSIGHT,
    },
    Role.REVIEWER: READ_ALL
    | {
        Permission.RAISE_ESCALATION,
        Permission.ASSESS_RISK,
        Permission.ASSIGN_RISK,
        Permission.CONFIRM_RISK,
        Permission.CHALLENGE_INVOLVEMENT,
        Permission.CHECK_SAFEGUARDS,
        Permission.REASSESS_MEASURE,
        Permission.ASSESS_INCITEMENT,
    },
    Role.DECIDER: READ_ALL
    | {
        Permission.RAISE_ESCALATION,
        Permission.ASSIGN_RISK,
        Permission.FIND_INVOLVEMENT,
        Permission.CHALLENGE_INVOLVEMENT,
        Permission.APPROVE_PLAN,
        Permission.APPROVE_CHANGE,
        Permission.DECIDE_ONBOARDING,
        Permission.ANSWER_FINDING,
        Permission.PROPOSE_MEASURE,
        Permission.APPROVE_MEASURE,
        Permission.REASSESS_MEASURE,
        Permission.APPROVE_POLICY,
        Permission.DECIDE_DILEMMA,
    },
    Role.SENIOR: READ_ALL
    | {
        Permission.READ_BOARD,
        Permission.READ_EFFECTIVENESS,
        Permission.APPROVE_GRAVE_MEASURE,
        Permission.APPROVE_POLICY,
        Permission.DECIDE_GRAVE_DILEMMA,
        Permission.ASSIGN_RISK,
        Permission.LOWER_SEVERITY,
        Permission.WITHHOLD_RISK,
        Permission.SIGN_EXCEPTION,
        Permission.APPROVE_REPORT,
        Permission.DECIDE_ONBOARDING,
        Permission.DECIDE_EXIT,
        Permission.GIVE_MANDATE,
        Permission.RECORD_MEETING,
        Permission.RAISE_ESCALATION,
        Permission.RECORD_OVERSIGHT,
        Permission.FREEZE_FIGURES,
    },
    Role.BOARD: READ
    | {
        Permission.GIVE_MANDATE,
        Permission.RECORD_MEETING,
        Permission.FREEZE_FIGURES,
        Permission.READ_BOARD,
        Permission.READ_EFFECTIVENESS,
        Permission.APPROVE_COMMITMENT,
        Permission.SIGN_SALIENT_LIST,
        Permission.SIGN_MODEL_REVIEW,
        Permission.AGREE_TO_MORE_HARM,
    },
    Role.PUBLISHER: READ
    | {Permission.DRAFT_POLICY, Permission.PUBLISH_RISK, Permission.DRAFT_REPORT, Permission.PUBLISH_REPORT},
    Role.REDACTOR: READ_ALL | {Permission.CHECK_SAFEGUARDS, Permission.CLEAR_REPORT},
    Role.AUDITOR: READ_ALL | {Permission.READ_BOARD, Permission.READ_AUDIT, Permission.READ_EFFECTIVENESS},
    Role.PARTNER_MGR: READ
    | {Permission.CHALLENGE_INVOLVEMENT, Permission.LOG_LEVERAGE, Permission.PROPOSE_CHANGE},
    Role.ENGAGE: READ
    | {
        Permission.RUN_CONSULTATION,
        Permission.CHECK_SAFEGUARDS,
        Permission.ANSWER_FINDING,
        Permission.ADVISE_ON_DILEMMA,
        Permission.SHARE_WITH_EXPERT,
    },
    Role.EXPERT: frozenset({Permission.READ_SHARED}),
    Role.GRV_INTAKE: OF_CASES | {Permission.TRIAGE_CASE},
    Role.GRV_INV: OF_CASES | {Permission.INVESTIGATE_CASE},
    Role.GRV_DEC: OF_CASES | {Permission.DECIDE_CASE},
    Role.APPEAL: OF_CASES | {Permission.DECIDE_APPEAL},
    Role.CUSTODIAN: READ | {Permission.KEEP_IDENTITIES, Permission.HOLD_CASES},
    Role.SYSADMIN: frozenset({Permission.READ_PEOPLE, Permission.MANAGE_PEOPLE, Permission.MANAGE_WEBHOOKS}),
}
LEAST_REASONS = 50


class NotAllowed(Exception):
    """The rule refused; the text is the sentence shown to the person."""


class RoleMayNot(NotAllowed):
    """None of the person's roles may do it at all."""


@dataclass(frozen=True)
class Step:
    """One move of a workflow: what its button says, where from, where to, who may, what it asks before."""

    label: str
    before: frozenset[str]
    after: str
    permission: Permission
    confirm: str = ""


def demand_reasons(said: str, *, about: str = "Reasons") -> str:
    """Return reasons without the space around them, or refuse what is too short to follow (domain.md 0.1).

    Raises:
        NotAllowed: under LEAST_REASONS characters.
    """
    if len(said.strip()) < LEAST_REASONS:
        raise NotAllowed(
            f"{about}: say it in at least {LEAST_REASONS} characters, so that others can follow it."
        )
    return said.strip()


def permissions_of(roles: frozenset[Role]) -> frozenset[Permission]:
    """Return what the roles together may do (domain.md 0.2)."""
    return frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles))


LEAST_REFUSAL = 20


@dataclass(frozen=True)
class SignOffReasons:
    """How many characters of reasons a kind of sign-off asks for; 0 asks for none."""

    approve: int = 0
    refuse: int = LEAST_REFUSAL

    @property
    def told(self) -> str:
        """Return what stands beside the field."""
        if self.approve == self.refuse:
            return f"At least {self.approve} characters, to approve and to refuse."
        if self.approve:
            return f"At least {self.approve} characters to approve, {self.refuse} to refuse."
        return f"At least {self.refuse} characters to refuse; welcome to approve."

    def demand(self, said: str, *, approve: bool) -> str:
        """Return reasons without the space around them, or refuse what is too short to follow (domain.md 0.1).

        Raises:
            NotAllowed: too few characters for this answer.
        """
        if approve and len(said.strip()) < self.approve:
            raise NotAllowed(
                f"Say in at least {self.approve} characters why you approve, so that others can follow it."
            )
        if not approve and len(said.strip()) < self.refuse:
            raise NotAllowed(
                f"Say in at least {self.refuse} characters why you refuse, so that it can be mended."
            )
        return said.strip()


ONLY_TO_REFUSE = SignOffReasons()


def canonical_hash(content: Mapping[str, Any] | Sequence[Any]) -> str:
    """Return the SHA-256 of a content in its canonical JSON form (RFC 8785): what a sign-off is bound to (SD6)."""
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def may_sign_off(
    *,
    decider: str,
    authors: frozenset[str],
    approve: bool,
    reasons: str,
    seen_hash: str,
    content_hash: str,
    least: SignOffReasons,
) -> None:
    """Refuse a sign-off that is not a second person's decision on the very content they saw (SD1, SD6).

    Args:
        decider: who decides, by user name.
        authors: who wrote, asked or signed before; none of them may sign now.
        approve: whether they approve.
        reasons: why.
        seen_hash: SHA-256 of the content on the page they decided from.
        content_hash: SHA-256 of the content now.
        least: how much of reasons is asked for.

    Raises:
        NotAllowed: with the sentence to show.
    """
    if decider in authors:
        raise NotAllowed(
            "SD1: whoever prepared or signed this before does not sign it now. Ask another person with the role."
        )
    if seen_hash != content_hash:
        raise NotAllowed("The content changed since you opened it. Read it again, then decide.")
    least.demand(reasons, approve=approve)
