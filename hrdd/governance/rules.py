"""Who may do what, in one table (domain.md 0.2)."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
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


# What each of them is called on a page.
CALLED: Mapping[Role, str] = {
    Role.ANALYST: "Analyst",
    Role.REVIEWER: "Reviewer",
    Role.DECIDER: "Decider",
    Role.SENIOR: "Senior executive",
    Role.BOARD: "Board member",
    Role.PUBLISHER: "Publisher",
    Role.REDACTOR: "Safety officer",
    Role.AUDITOR: "Auditor",
    Role.PARTNER_MGR: "Partner manager",
    Role.ENGAGE: "Engagement lead",
    Role.EXPERT: "Outside expert",
    Role.GRV_INTAKE: "First reader of concerns",
    Role.GRV_INV: "Investigator",
    Role.GRV_DEC: "Decider of cases",
    Role.APPEAL: "Decider of appeals",
    Role.CUSTODIAN: "Custodian",
    Role.SYSADMIN: "Operator",
}

# Who each of them is, for those who give roles (domain.md 0.2).
WHO: Mapping[Role, str] = {
    Role.ANALYST: "rights specialist; drafts risks, assessments, measures",
    Role.REVIEWER: "independent reviewer; re-assesses measures, confirms severity",
    Role.DECIDER: "authorised head of a function; approves measures up to class I4 and findings",
    Role.SENIOR: "accountable executive; approves class I5, exits, lower severity",
    Role.BOARD: "member of the governing body; signs the commitment and the salient list",
    Role.PUBLISHER: "prepares and publishes reports",
    Role.REDACTOR: "safety and privacy officer; clears reports",
    Role.AUDITOR: "assurance; reads all but identities, writes nothing",
    Role.PARTNER_MGR: "owner of a commercial relationship; logs leverage",
    Role.ENGAGE: "asks the people affected; runs consultations",
    Role.EXPERT: "reads what is shared, gives opinions",
    Role.GRV_INTAKE: "sorts concerns, marks danger, assigns cases",
    Role.GRV_INV: "looks into cases and proposes what was found",
    Role.GRV_DEC: "decides cases that others looked into",
    Role.APPEAL: "decides what was appealed, with no part in it before",
    Role.CUSTODIAN: "keeps identities of complainants and a share of recovery",
    Role.SYSADMIN: "technical operator; people, configuration, backups",
}


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
    WRITE_IN_REPORT = "write or comment on a part of a report"
    COMMENT = "comment on a record"
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
    READ_STATUS = "see how the installation stands"


READ = frozenset({Permission.READ_DESK, Permission.WRITE_IN_REPORT, Permission.COMMENT})
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
        Permission.READ_PEOPLE,
        Permission.REVIEW_ACCESS,
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
        Permission.READ_PEOPLE,
        Permission.REVIEW_ACCESS,
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
    Role.AUDITOR: (READ_ALL - {Permission.WRITE_IN_REPORT, Permission.COMMENT})
    | {Permission.READ_BOARD, Permission.READ_AUDIT, Permission.READ_EFFECTIVENESS, Permission.READ_PEOPLE},
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
    Role.SYSADMIN: frozenset(
        {
            Permission.READ_PEOPLE,
            Permission.MANAGE_PEOPLE,
            Permission.MANAGE_WEBHOOKS,
            Permission.READ_STATUS,
        }
    ),
}
CASE_ROLES = frozenset({Role.GRV_INTAKE, Role.GRV_INV, Role.GRV_DEC, Role.APPEAL, Role.CUSTODIAN})
# Roles that stand alone, and those that nobody has together with a role of cases; the database holds both as well.
ALONE: Mapping[Role, str] = {
    Role.AUDITOR: "An auditor reads everything and writes nothing (method 18), so holds no other role.",
    Role.EXPERT: "An outside expert sees only what is shared (method 18), so holds no other role.",
}
NEVER_ON_CASES: Mapping[Role, str] = {
    Role.SYSADMIN: "SD10: whoever administers the system never holds a role of cases.",
    Role.BOARD: "The governing body does not edit cases (method 18), so holds no role of cases.",
    Role.ENGAGE: "Who runs consultations does not see the identities of complainants (method 18), so holds no "
    "role of cases.",
}
# What nobody hands on: keys of cases are personal, and who manages or reviews people does so by name.
NOT_DELEGABLE_ROLES = CASE_ROLES | {Role.AUDITOR, Role.EXPERT, Role.SYSADMIN}
NOT_DELEGABLE = frozenset({Permission.REVIEW_ACCESS, Permission.READ_PEOPLE, Permission.MANAGE_PEOPLE})
LEAST_REASONS = 50
# What the audit log calls an act that shows or takes along what is sensitive, and changes nothing.
READS = frozenset(
    {
        *("read of a case", "opened their vault", "took out a file as it came"),
        *("opened contact", "opened contact of partner", "opened assessed words"),
        "read of a partner not to be named",
        *("exported the register", "exported the audit log", "exported statements of reasons"),
    }
)


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


def demand_together(roles: frozenset[Role]) -> None:
    """Refuse roles that one person must not hold at once (domain.md 0.2, SD10).

    Raises:
        NotAllowed: naming the rule.
    """
    for role, why in ALONE.items():
        if role in roles and len(roles) > 1:
            raise NotAllowed(why)
    for role, why in NEVER_ON_CASES.items():
        if role in roles and roles & CASE_ROLES:
            raise NotAllowed(why)


def permissions_of(roles: frozenset[Role]) -> frozenset[Permission]:
    """Return what the roles together may do (domain.md 0.2)."""
    return frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles))


def delegated_permissions(delegated: Sequence[Mapping[str, str]], *, on: date) -> frozenset[Permission]:
    """Return what somebody may in the place of others on a day: what those roles carry but never hand on.

    Args:
        delegated: role, first and last day ("from", "until", ISO) of each delegation.
        on: the day, in UTC; a delegation ends by its date, without anybody's doing.
    """
    return permissions_of(lent_roles(delegated, on=on)) - NOT_DELEGABLE


def lent_roles(delegated: Sequence[Mapping[str, str]], *, on: date) -> frozenset[Role]:
    """Return the roles in which somebody stands in for others on a day; the arguments are as above."""
    stands = {Role(one["role"]) for one in delegated if one["from"] <= on.isoformat() <= one["until"]}
    return frozenset(stands - NOT_DELEGABLE_ROLES)


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
HASHED = "#"
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def canonical_hash(content: Mapping[str, Any] | Sequence[Any]) -> str:
    """Return the SHA-256 of a content in its canonical JSON form (RFC 8785): what a sign-off is bound to (SD6)."""
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


QUANTITIES = ("level", "days")  # numbers that say something to people, unlike those of records


def fingerprints(parts: Mapping[str, Any]) -> dict[str, str]:
    """Return what is kept of each part of a content: days, yes or no and quantities as they are, the rest by its hash.

    So a later request can say which parts changed, and no text stands in a second place.

    Args:
        parts: what is signed, by the name of each part.
    """
    return {name: _fingerprint(name, said) for name, said in parts.items()}


def _fingerprint(name: str, said: Any) -> str:
    if isinstance(said, bool):
        return "yes" if said else "no"
    if isinstance(said, int) and any(word in name for word in QUANTITIES):
        return str(said)
    if isinstance(said, str) and ISO_DAY.fullmatch(said):
        return said
    return f"{HASHED}{canonical_hash([said])[:16]}" if said not in (None, "", [], {}) else ""


@dataclass(frozen=True)
class Difference:
    """A part that is not as it was: its name for people, and what it was and is where that is kept."""

    part: str
    change: str
    was: str = ""
    now: str = ""


def differences(before: Mapping[str, str], now: Mapping[str, str]) -> list[Difference]:
    """Return the parts that changed between two contents, by their fingerprints, by name.

    Args:
        before, now: as `fingerprints` gives them.
    """
    found = []
    for name in sorted({*before, *now}):
        was, is_now = before.get(name, ""), now.get(name, "")
        if was == is_now:
            continue
        change = "added" if not was else "taken out" if not is_now else "changed"
        shown = not was.startswith(HASHED) and not is_now.startswith(HASHED)
        called = name.replace("_", " ")
        found.append(
            Difference(called[:1].upper() + called[1:], change, was if shown else "", is_now if shown else "")
        )
    return found


def may_sign_off(
    *,
    decider: str,
    authors: frozenset[str],
    approve: bool,
    reasons: str,
    seen_hash: str,
    content_hash: str,
    least: SignOffReasons,
    stands_with: frozenset[str] = frozenset(),
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
        stands_with: whose place the decider takes by delegation, and who takes theirs, by user name.

    Raises:
        NotAllowed: with the sentence to show.
    """
    if decider in authors:
        raise NotAllowed(
            "SD1: whoever prepared or signed this before does not sign it now. Ask another person with the role."
        )
    if stands_with & authors:
        raise NotAllowed(
            "SD1: you stand in for somebody who prepared or signed this, or they for you. Ask another person with "
            "the role."
        )
    if seen_hash != content_hash:
        raise NotAllowed("The content changed since you opened it. Read it again, then decide.")
    least.demand(reasons, approve=approve)
