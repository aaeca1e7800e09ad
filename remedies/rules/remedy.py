"""What a remedy can be, and the rules M1 to M5 and GP29 (domain.md 6.6, 6.8; UNGP 22, 25, 29)."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum

from hrdd.governance.rules import NotAllowed
from remedies.rules.case_workflow import UPHELD, Finding


class RemedyKind(StrEnum):
    """The kinds of domain.md 6.6."""

    APOLOGY = "apology"
    RESTITUTION = "restitution"
    REHABILITATION = "rehabilitation"
    FINANCIAL_COMPENSATION = "financial_compensation"
    NONFINANCIAL_COMPENSATION = "nonfinancial_compensation"
    SATISFACTION_TRUTH = "satisfaction_truth"
    GUARANTEE_OF_NON_REPETITION = "guarantee_of_non_repetition"
    PREVENTION_ORDER = "prevention_order"
    SANCTION_OF_RESPONSIBLE = "sanction_of_responsible"
    REFERRAL_COOPERATION = "referral_cooperation"

    @property
    def words(self) -> str:
        """Return the kind as people say it."""
        return self.replace("_", " ").capitalize()


class Scope(StrEnum):
    """For whom a remedy is."""

    INDIVIDUAL = "individual"
    GROUP = "group"
    SYSTEMIC = "systemic"


class RootCause(StrEnum):
    """Why it could happen; stored when an upheld case closes (GP31(g))."""

    NONE = ""
    POLICY_GAP = "policy_gap"
    UNCLEAR_RULE = "unclear_rule"
    WRONG_APPLICATION = "wrong_application"
    AUTOMATION_ERROR = "automation_error"
    LANGUAGE_GAP = "language_gap"
    DESIGN = "design"
    PARTNER_CONDUCT = "partner_conduct"
    UNDER_RESOURCING = "under_resourcing"
    STATE_PRESSURE = "state_pressure"
    DATA_BREACH = "data_breach"
    OTHER = "other"


RANK = (
    Finding.NONE,
    Finding.NOT_UPHELD,
    Finding.UNABLE_TO_DETERMINE,
    Finding.PARTLY_UPHELD,
    Finding.UPHELD,
)


def demand_offer(finding: Finding, kinds: Collection[RemedyKind], *, due: date, today: date) -> None:
    """Refuse a remedy without an upheld case, one of money alone, or one that is due in the past.

    Raises:
        NotAllowed: M1 or the finding, in a sentence.
    """
    if finding not in UPHELD:
        raise NotAllowed("A remedy follows a case that was upheld, whole or in part (UNGP 22).")
    if set(kinds) <= {RemedyKind.FINANCIAL_COMPENSATION}:
        raise NotAllowed("M1: not only money. Choose with the person what else makes it good.")
    if due < today:
        raise NotAllowed(f"Due: choose {today:%-d %B %Y} or later.")


def demand_appeal(before: Finding, after: Finding) -> None:
    """Refuse an appeal decision that leaves the person worse off than before they appealed.

    Raises:
        NotAllowed: no finding, or a worse one.
    """
    if after == Finding.NONE:
        raise NotAllowed("C6: say what was found on appeal.")
    if RANK.index(after) < RANK.index(before):
        raise NotAllowed("An appeal never leaves the person worse off. The finding stays, or gets better.")


def demand_lesson(finding: Finding, *, root_cause: RootCause, has_risk: bool) -> None:
    """Refuse to close an upheld case from which nothing was learned.

    Raises:
        NotAllowed: GP29, in a sentence.
    """
    if finding in UPHELD and (root_cause == RootCause.NONE or not has_risk):
        raise NotAllowed(
            "GP29: an upheld case closes with its root cause and its risk, so that it feeds due diligence."
        )
