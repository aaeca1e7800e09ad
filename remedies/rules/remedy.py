"""What a remedy can be, and the rules M1 to M6 and GP29 (domain.md 6.6, 6.8; UNGP 22, 25, 29)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from hrdd.governance.rules import NotAllowed
from remedies.rules.case_workflow import UPHELD, Finding
from remedies.rules.money import minor_units

LATE_DAYS = 30


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
        return KIND_SAID.get(self, self.replace("_", " ").capitalize())


KIND_SAID: Mapping[str, str] = {
    RemedyKind.NONFINANCIAL_COMPENSATION: "Compensation other than money",
    RemedyKind.SATISFACTION_TRUTH: "Satisfaction, such as telling the truth",
    RemedyKind.GUARANTEE_OF_NON_REPETITION: "Guarantee of non-repetition",
    RemedyKind.PREVENTION_ORDER: "Order to prevent it",
    RemedyKind.SANCTION_OF_RESPONSIBLE: "Sanction of who is responsible",
    RemedyKind.REFERRAL_COOPERATION: "Referral, and cooperation with who decides",
}


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


class Part(StrEnum):
    """What the company had to do with the harm (UNGP 13)."""

    UNKNOWN = ""
    CAUSED = "caused"
    CONTRIBUTED = "contributed"
    DIRECTLY_LINKED = "directly_linked"


class RoleTaken(StrEnum):
    """What a company that is only linked to a harm does about its repair (UNGP 22)."""

    NONE = ""
    USES_LEVERAGE = "uses_leverage"
    COOPERATES = "cooperates"
    REFERS = "refers"
    PROVIDES = "provides"


class SideEffect(StrEnum):
    """What a measure took besides what it aimed at (M6)."""

    CONTENT = "content"
    ACCOUNT = "account"
    STRIKES = "strikes"
    REACH = "reach"
    EARNINGS = "earnings"
    DATA = "data"


@dataclass(frozen=True)
class Money:
    """What is paid, in the smallest unit of a currency; both or neither."""

    minor: int | None = None
    currency: str = ""


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


def demand_part(part: Part, role_taken: RoleTaken) -> None:
    """Refuse to leave open what a company that is only linked to a harm does, or to excuse one that did it.

    Raises:
        NotAllowed: M3, in a sentence.
    """
    if part == Part.UNKNOWN:
        raise NotAllowed("M3: say what the company had to do with the harm (UNGP 13).")
    if part == Part.DIRECTLY_LINKED and role_taken == RoleTaken.NONE:
        raise NotAllowed(
            "M3: directly linked: a remedy is optional, what you do towards one is not. Choose it."
        )
    if part != Part.DIRECTLY_LINKED and role_taken != RoleTaken.NONE:
        raise NotAllowed("M3: who caused a harm or contributed to it owes the remedy itself (UNGP 22).")


def owes_remedy(finding: Finding, part: Part, role_taken: RoleTaken) -> bool:
    """Whether an upheld case still owes a remedy when none was offered (M3)."""
    return finding in UPHELD and not (part == Part.DIRECTLY_LINKED and role_taken != RoleTaken.NONE)


def demand_share(share_pct: int | None, *, part: Part) -> None:
    """Refuse a share of anybody but one who contributed, and one that is none.

    Raises:
        NotAllowed: domain.md 6.6, in a sentence.
    """
    if share_pct is None:
        return
    if part != Part.CONTRIBUTED:
        raise NotAllowed("Share: only who contributed carries a share. Record the part of the company first.")
    if not 1 <= share_pct <= 100:
        raise NotAllowed("Share: from 1 to 100 percent.")


def demand_money(kinds: Collection[RemedyKind], *, amount: Decimal | None, currency: str) -> Money:
    """Return what is paid, or refuse an amount that no remedy of money carries.

    Raises:
        NotAllowed: an amount without its currency or its kind, or the other way round; no such currency.
    """
    if amount is None and not currency:
        return Money()
    if amount is None or not currency:
        raise NotAllowed("Amount: give both the amount and its currency, or neither.")
    if RemedyKind.FINANCIAL_COMPENSATION not in kinds:
        raise NotAllowed("Amount: only financial compensation has one. Choose that kind as well.")
    return Money(minor_units(amount, currency), currency)


def scope_of(kind: RemedyKind, offered: Scope) -> Scope:
    """Return for whom one remedy of an offer is: what must not happen again is for everybody (M4)."""
    return Scope.SYSTEMIC if kind == RemedyKind.GUARANTEE_OF_NON_REPETITION else offered


def demand_action(scopes: Collection[Scope], *, has_owner: bool, root_cause: RootCause) -> None:
    """Refuse a systemic remedy that nobody owns.

    Raises:
        NotAllowed: M4, in a sentence.
    """
    if Scope.SYSTEMIC in scopes and (not has_owner or root_cause == RootCause.NONE):
        raise NotAllowed("M4: a systemic remedy opens an action: choose who owns it, and what it changes.")


def demand_restored(
    kind: RemedyKind,
    *,
    undoes_measure: bool,
    restored: Collection[SideEffect],
    not_restorable: Collection[SideEffect],
) -> None:
    """Refuse to call a measure undone before each thing it took was given back, or found impossible to give back.

    Raises:
        NotAllowed: M6, in a sentence.
    """
    if kind != RemedyKind.RESTITUTION or not undoes_measure:
        return
    both = set(restored) & set(not_restorable)
    if both:
        raise NotAllowed(f"M6: {', '.join(sorted(both))} cannot be given back and impossible to give back.")
    missing = set(SideEffect) - set(restored) - set(not_restorable)
    if missing:
        raise NotAllowed(
            f"M6: say of {', '.join(sorted(missing))} whether it was given back, was not taken, or cannot be."
        )


def is_overdue(due: date, *, delivered_on: date | None, today: date) -> bool:
    """Whether a remedy is so late that it goes to a senior executive (M5: more than 30 days)."""
    return delivered_on is None and today > due + timedelta(days=LATE_DAYS)
