"""The way of a case: its steps, who takes each, and the rules C1 to C6 (domain.md 6.4; UNGP 29, 31)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from hrdd.governance.rules import NotAllowed, Permission, Step
from remedies.rules.case import CaseRole, CaseState

COMMENT_DAYS = 14
APPEAL_DAYS = 60


class Finding(StrEnum):
    """What was found, as drafted by who looked into it and then as decided."""

    NONE = ""
    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    NOT_UPHELD = "not_upheld"
    UNABLE_TO_DETERMINE = "unable_to_determine"


class Refusal(StrEnum):
    """Why a case is not taken on: a closed list, told to the person, who may appeal (C1)."""

    NONE = ""
    NOT_OURS = "not_ours"
    SAME_DECIDED = "same_decided"
    TOO_LATE = "too_late"
    NO_FACTS = "no_facts"
    NO_CONCERN = "no_concern"


class Reopening(StrEnum):
    """Why a closed case is opened again: a closed list (domain.md 6.4)."""

    NONE = ""
    NEW_FACTS = "new_facts"
    NON_DELIVERY = "non_delivery"
    RETALIATION = "retaliation"


class OnMeasure(StrEnum):
    """What an appeal body decided about the measure that a case is about."""

    NONE = ""
    UNDONE = "undone"
    STAYS = "stays"


class Proceeding(StrEnum):
    """Where else the matter is pending; it ends nothing here (C5)."""

    COURT = "court"
    OUT_OF_COURT_BODY = "out_of_court_body"
    CONTACT_POINT = "contact_point"
    AUTHORITY = "authority"
    REGIONAL_BODY = "regional_body"


class Automation(StrEnum):
    """How a decision came about; what a machine decides alone is refused (C6; DSA 20(6))."""

    NONE = ""
    NOT_AUTOMATED = "NOT_AUTOMATED"
    PARTIALLY = "PARTIALLY"
    FULLY = "FULLY"


@dataclass(frozen=True)
class CaseStep:
    """A step of the workflow, and the role on this very case that takes it."""

    step: Step
    role: CaseRole


def _step(label: str, before: CaseState | set[CaseState], after: CaseState, role: CaseRole) -> CaseStep:
    froms = {before} if isinstance(before, CaseState) else before
    return CaseStep(Step(label, frozenset(map(str, froms)), str(after), PERMISSION_OF[role]), role)


PERMISSION_OF: Mapping[CaseRole, Permission] = {
    CaseRole.GRV_INTAKE: Permission.TRIAGE_CASE,
    CaseRole.GRV_INV: Permission.INVESTIGATE_CASE,
    CaseRole.GRV_DEC: Permission.DECIDE_CASE,
    CaseRole.APPEAL: Permission.DECIDE_APPEAL,
}
ENDED = frozenset({CaseState.CLOSED, CaseState.WITHDRAWN})
UPHELD = frozenset({Finding.UPHELD, Finding.PARTLY_UPHELD})
# What nobody decides on words that they have not read.
READ_FIRST = frozenset({"admit", "refuse", "refer", "draft", "decide", "decide-appeal"})
CASE_STEPS: Mapping[str, CaseStep] = {
    "acknowledge": _step(
        "Acknowledge the case", CaseState.RECEIVED, CaseState.ACKNOWLEDGED, CaseRole.GRV_INTAKE
    ),
    "screen": _step("Begin screening", CaseState.ACKNOWLEDGED, CaseState.SCREENING, CaseRole.GRV_INTAKE),
    "admit": _step("Admit the case", CaseState.SCREENING, CaseState.ADMISSIBLE, CaseRole.GRV_INTAKE),
    "refuse": _step("Refuse the case", CaseState.SCREENING, CaseState.INADMISSIBLE, CaseRole.GRV_INTAKE),
    "refer": _step("Refer the case", CaseState.SCREENING, CaseState.REFERRED, CaseRole.GRV_INTAKE),
    "investigate": _step(
        "Begin to investigate",
        {CaseState.ADMISSIBLE, CaseState.REOPENED},
        CaseState.INVESTIGATING,
        CaseRole.GRV_INV,
    ),
    "draft": _step(
        "Draft the findings", CaseState.INVESTIGATING, CaseState.FINDINGS_DRAFTED, CaseRole.GRV_INV
    ),
    "decide": _step("Decide the case", CaseState.FINDINGS_DRAFTED, CaseState.DECIDED, CaseRole.GRV_DEC),
    "appeal": _step(
        "Take the appeal",
        {CaseState.DECIDED, CaseState.INADMISSIBLE, CaseState.REMEDY_CONTESTED},
        CaseState.APPEAL,
        CaseRole.GRV_INTAKE,
    ),
    "decide-appeal": _step("Decide the appeal", CaseState.APPEAL, CaseState.APPEAL_DECIDED, CaseRole.APPEAL),
    "offer-remedy": _step(
        "Offer a remedy",
        {CaseState.DECIDED, CaseState.APPEAL_DECIDED},
        CaseState.REMEDY_PROPOSED,
        CaseRole.GRV_DEC,
    ),
    "deliver": _step("Begin to deliver", CaseState.REMEDY_AGREED, CaseState.IN_DELIVERY, CaseRole.GRV_DEC),
    "delivered": _step(
        "Say that it was delivered", CaseState.IN_DELIVERY, CaseState.DELIVERED, CaseRole.GRV_DEC
    ),
    "verify": _step("Verify the delivery", CaseState.DELIVERED, CaseState.VERIFIED, CaseRole.GRV_INV),
    "close": _step(
        "Close the case",
        {CaseState.DECIDED, CaseState.APPEAL_DECIDED, CaseState.VERIFIED},
        CaseState.CLOSED,
        CaseRole.GRV_DEC,
    ),
    "close-screened": _step(
        "Close the case",
        {CaseState.REFERRED, CaseState.INADMISSIBLE},
        CaseState.CLOSED,
        CaseRole.GRV_INTAKE,
    ),
    "reopen": _step("Open the case again", CaseState.CLOSED, CaseState.REOPENED, CaseRole.GRV_INTAKE),
}

# Every move that the database lets pass (domain.md 6.4); a test compares it with the trigger.
TRANSITIONS: frozenset[tuple[CaseState, CaseState]] = frozenset(
    {
        (CaseState.RECEIVED, CaseState.ACKNOWLEDGED),
        (CaseState.ACKNOWLEDGED, CaseState.SCREENING),
        (CaseState.SCREENING, CaseState.ADMISSIBLE),
        (CaseState.SCREENING, CaseState.REFERRED),
        (CaseState.SCREENING, CaseState.INADMISSIBLE),
        (CaseState.ADMISSIBLE, CaseState.INVESTIGATING),
        (CaseState.INVESTIGATING, CaseState.FINDINGS_DRAFTED),
        (CaseState.FINDINGS_DRAFTED, CaseState.DECIDED),
        (CaseState.REFERRED, CaseState.CLOSED),
        (CaseState.INADMISSIBLE, CaseState.CLOSED),
        (CaseState.INADMISSIBLE, CaseState.APPEAL),
        (CaseState.DECIDED, CaseState.REMEDY_PROPOSED),
        (CaseState.DECIDED, CaseState.APPEAL),
        (CaseState.DECIDED, CaseState.CLOSED),
        (CaseState.REMEDY_PROPOSED, CaseState.REMEDY_AGREED),
        (CaseState.REMEDY_PROPOSED, CaseState.REMEDY_CONTESTED),
        (CaseState.REMEDY_AGREED, CaseState.IN_DELIVERY),
        (CaseState.IN_DELIVERY, CaseState.DELIVERED),
        (CaseState.DELIVERED, CaseState.VERIFIED),
        (CaseState.VERIFIED, CaseState.CLOSED),
        (CaseState.REMEDY_CONTESTED, CaseState.APPEAL),
        (CaseState.APPEAL, CaseState.APPEAL_DECIDED),
        (CaseState.APPEAL_DECIDED, CaseState.REMEDY_PROPOSED),
        (CaseState.APPEAL_DECIDED, CaseState.CLOSED),
        (CaseState.CLOSED, CaseState.REOPENED),
        (CaseState.REOPENED, CaseState.INVESTIGATING),
    }
    | {(state, CaseState.WITHDRAWN) for state in CaseState if state not in ENDED}
)


def demand_role(name: str, held: CaseRole | None) -> None:
    """Refuse a step to whoever has another role on the case, whatever their account may do (SD3).

    Raises:
        NotAllowed: no role on the case, or another one.
    """
    wanted = CASE_STEPS[name].role
    if held != wanted:
        raise NotAllowed(
            f"SD3: on this case only {ROLE_WORDS[wanted]} takes this step. Nobody holds two roles on one case."
        )


def demand_reading(name: str, *, was_read: bool) -> None:
    """Refuse to judge what one has not read.

    Args:
        name: the step, one of CASE_STEPS.
        was_read: whether whoever takes it has opened what the person told, on this case.

    Raises:
        NotAllowed: the step judges the concern and its taker has not read it.
    """
    if name in READ_FIRST and not was_read:
        raise NotAllowed(
            "GP31: read what was told first. Nobody takes on, turns away or decides a concern unread."
        )


def demand_refusal(ground: Refusal) -> None:
    """Refuse to turn a case away without a reason of the closed list.

    Raises:
        NotAllowed: no reason.
    """
    if ground == Refusal.NONE:
        raise NotAllowed("C1: choose why the case is not taken on. The reason is told to the person.")


def demand_decision(
    finding: Finding, *, automated: Automation, summary_offered_on: date | None, today: date
) -> None:
    """Refuse a decision that a machine took, or one against the person before they could comment.

    Raises:
        NotAllowed: C2 or C6, in a sentence.
    """
    if automated == Automation.FULLY:
        raise NotAllowed("C6: a decision on a case is never fully automated (DSA 20(6)). A person decides.")
    if automated == Automation.NONE or finding == Finding.NONE:
        raise NotAllowed("C6: say what was found, and how the decision came about.")
    if finding != Finding.NOT_UPHELD:
        return
    if summary_offered_on is None:
        raise NotAllowed("C2: offer the evidence summary to the person before deciding against them.")
    last = summary_offered_on + timedelta(days=COMMENT_DAYS)
    if today <= last:
        raise NotAllowed(
            f"C2: the person can comment on the evidence summary until {last:%-d %B %Y}. Decide after it."
        )


def demand_closing(
    state: CaseState,
    finding: Finding,
    *,
    told_on: date | None,
    today: date,
    undelivered: int = 0,
    owes_remedy: bool = True,
) -> None:
    """Refuse to close a case while a remedy is owed or an appeal is still open.

    Args:
        state, finding: where it stands, and what was decided.
        told_on: when the refusal or the decision was told to the person.
        today: the day.
        undelivered: how many remedies are not delivered yet.
        owes_remedy: whether an upheld case owes one at all (M3).

    Raises:
        NotAllowed: C3, C1 or the appeal window, in a sentence.
    """
    owed = owes_remedy and state in {CaseState.DECIDED, CaseState.APPEAL_DECIDED} and finding in UPHELD
    if undelivered or owed:
        raise NotAllowed("C3: the case was upheld and its remedy is not delivered. It stays open.")
    if state in {CaseState.INADMISSIBLE, CaseState.DECIDED} and told_on is not None:
        last = told_on + timedelta(days=APPEAL_DAYS)
        if today <= last:
            raise NotAllowed(f"C1: the person can appeal until {last:%-d %B %Y}. Close it after that day.")


def demand_appeal_in_time(last: date | None, *, today: date) -> None:
    """Refuse an appeal after its window, or to what was never told.

    Raises:
        NotAllowed: too late; a reopened case is the way for new facts.
    """
    if last is None or today > last:
        raise NotAllowed("The 60 days to appeal have passed (method 14).")


def demand_reopening(reason: Reopening) -> None:
    """Refuse to open a closed case again without a reason of the closed list.

    Raises:
        NotAllowed: no reason.
    """
    if reason == Reopening.NONE:
        raise NotAllowed(
            "Reason: a case is opened again for new facts, for what was not delivered, or retaliation."
        )


def demand_on_measure(finding: Finding, decided: OnMeasure, *, has_measure: bool) -> None:
    """Refuse an appeal decision that leaves open what becomes of the measure, or undoes one it did not uphold.

    Raises:
        NotAllowed: domain.md 3.6, 3.8, in a sentence.
    """
    if not has_measure:
        if decided != OnMeasure.NONE:
            raise NotAllowed("Measure: the case is linked to none, so there is nothing to undo.")
        return
    if finding not in UPHELD:
        if decided == OnMeasure.UNDONE:
            raise NotAllowed("Measure: only an appeal that was upheld undoes it (APPEAL_UPHELD).")
        return
    if decided == OnMeasure.NONE:
        raise NotAllowed(
            "Measure: say whether it is undone or stays. A machine carries out what you decide, no more."
        )


ROLE_WORDS: Mapping[CaseRole, str] = {
    CaseRole.GRV_INTAKE: "who sorts it",
    CaseRole.GRV_INV: "who investigates it",
    CaseRole.GRV_DEC: "who decides it",
    CaseRole.APPEAL: "who decides the appeal",
}
