"""How the company is involved in a harm: cause, contribute, directly linked (UNGP 13, 19, 22; domain.md 1.2)."""

from collections.abc import Iterable
from enum import StrEnum


class Mode(StrEnum):
    ACT = "act"
    OMISSION = "omission"
    BOTH = "both"


class OmissionKind(StrEnum):
    IGNORED_NOTICE = "ignored_notice"
    NO_LANGUAGE_CAPACITY = "no_language_capacity"
    UNSAFE_DEFAULT = "unsafe_default"
    SLOW_RESPONSE = "slow_response"
    UNDER_RESOURCED_MODERATION = "under_resourced_moderation"
    NO_PRE_LAUNCH_ASSESSMENT = "no_pre_launch_assessment"
    NO_KYC_ON_CUSTOMER = "no_kyc_on_customer"
    IGNORED_OWN_RESEARCH = "ignored_own_research"


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


# The gravest first: what the company must do goes down this list (domain.md 1.2, column "response owed").
GRAVITY = (
    "cause",
    "contribute_facilitate",
    "contribute_incentivise",
    "contribute_cumulative",
    "undetermined",
    "directly_linked",
    "none",
)


def gravest_tie(ties: Iterable[str]) -> str:
    """Return the tie that asks most of the company, or nothing; undetermined ranks with contributing."""
    found = set(ties)
    return next((tie for tie in GRAVITY if tie in found), "")


CONTRIBUTES = frozenset({"contribute_facilitate", "contribute_incentivise", "contribute_cumulative"})


def needs_remediation_plan(tie: str) -> bool:
    """Whether the company owes remedy, so that the risk stays open until a plan for it is approved (UNGP 22; I1)."""
    return tie == "cause" or tie in CONTRIBUTES
