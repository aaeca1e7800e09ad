"""Take a case along its way: each step by its role on this case, told to the person in their language (6.4)."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from hrdd.governance.actions import move, record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission, demand_reasons
from remedies.actions.assignment import assign, demand_case, end_triage, held_case
from remedies.actions.reading import tell
from remedies.actions.watch import begin_watch
from remedies.forms.told import decision_told, refusal_told, summary_told
from remedies.models import Case
from remedies.queries.cases import role_on, was_read_by
from remedies.rules.case import CaseRole, CaseState, CaseType
from remedies.rules.case_deadlines import appeal_by, comment_by, demand_too_late
from remedies.rules.case_workflow import (
    CASE_STEPS,
    Automation,
    Finding,
    Refusal,
    demand_closing,
    demand_decision,
    demand_reading,
    demand_refusal,
    demand_role,
)
from remedies.rules.remedy import Part, RoleTaken, RootCause, demand_lesson, owes_remedy
from remedies.rules.wraps import KeyPair
from risks.models import Risk


@transaction.atomic
def acknowledge(case: Case, *, text: str, attested: bool, by: User, pair: KeyPair, at: datetime) -> None:
    """Take a new case as who sorts it, and tell the person that it was read.

    Args:
        case: the case.
        text: what the person is told.
        attested: whether `by` states to have no reporting line into the unit complained of (SD3).
        by, pair, at: who, their open vault, and now.

    Raises:
        NotAllowed: a rule refuses; the sentence says which.
    """
    by.demand(Permission.TRIAGE_CASE)
    demand_case(case, by)
    if role_on(case, by) is None:
        assign(case, to=by, role=CaseRole.GRV_INTAKE, by=by, pair=pair, attested=attested, at=at)
    case = begun(case, "acknowledge", by=by)
    tell(case, text, by=by, pair=pair, at=at)
    take(case, "acknowledge", by=by, at=at, acknowledged_on=at.date())


@transaction.atomic
def begin_screening(case: Case, *, by: User, at: datetime) -> None:
    """Begin to find out whether the case can be taken on, and by whom.

    Raises:
        NotAllowed: the role on this case, or the state.
    """
    take(begun(case, "screen", by=by), "screen", by=by, at=at)


@transaction.atomic
def admit(
    case: Case, *, kind: CaseType, severity: int | None, text: str, by: User, pair: KeyPair, at: datetime
) -> None:
    """Take a case on; whoever only sorts new cases loses its key now (ADR 20).

    Args:
        case: the case.
        kind: what it is about, sorted now.
        severity: the level as it looks now, None for not known.
        text: what the person is told.
        by, pair, at: who, their open vault, and now.

    Raises:
        NotAllowed: the role on this case, or the state.
    """
    case = begun(case, "admit", by=by)
    tell(case, text, by=by, pair=pair, at=at)
    take(case, "admit", by=by, at=at, type=str(kind), severity=severity, screened_on=at.date())
    end_triage(case)


@transaction.atomic
def refuse(
    case: Case,
    *,
    refusal: Refusal,
    informed_on: date | None,
    text: str,
    by: User,
    pair: KeyPair,
    at: datetime,
) -> None:
    """Turn a case away for a reason of the closed list, told to the person with the way to appeal (C1).

    Args:
        case: the case.
        refusal: why.
        informed_on: when the person was told of the decision that they complain about; only for `too_late`.
        text: what the person is told beside the reason, at least 50 characters.
        by, pair, at: who, their open vault, and now.

    Raises:
        NotAllowed: no reason, a complaint that came in time, short reasons, the role, or the state.
    """
    case = begun(case, "refuse", by=by)
    demand_refusal(refusal)
    if refusal == Refusal.TOO_LATE:
        demand_too_late(case.received_week, informed_on=informed_on)
    told = refusal_told(refusal, demand_reasons(text), language=case.language, until=appeal_by(at.date()))
    tell(case, told, by=by, pair=pair, at=at)
    take(case, "refuse", by=by, at=at, refusal=str(refusal), screened_on=at.date())
    end_triage(case)


@transaction.atomic
def refer(case: Case, *, text: str, by: User, pair: KeyPair, at: datetime) -> None:
    """Send the person on to somebody who can help better; to whom stands only in what they are told.

    Raises:
        NotAllowed: the role on this case, or the state.
    """
    case = begun(case, "refer", by=by)
    tell(case, text, by=by, pair=pair, at=at)
    take(case, "refer", by=by, at=at, screened_on=at.date())
    end_triage(case)


@transaction.atomic
def investigate(case: Case, *, by: User, at: datetime) -> None:
    """Begin to look into a case.

    Raises:
        NotAllowed: the role on this case, or the state.
    """
    take(begun(case, "investigate", by=by), "investigate", by=by, at=at)


@transaction.atomic
def draft_findings(
    case: Case, *, finding: Finding, summary: str, by: User, pair: KeyPair, at: datetime
) -> None:
    """Propose a finding, and offer the evidence summary to the person, who has 14 days to comment (C2).

    Raises:
        NotAllowed: a summary under 50 characters, the role on this case, or the state.
    """
    case = begun(case, "draft", by=by)
    said = demand_reasons(summary, about="Evidence summary")
    told = summary_told(said, language=case.language, until=comment_by(at.date()))
    tell(case, told, by=by, pair=pair, at=at)
    take(case, "draft", by=by, at=at, finding=str(finding), summary_offered_on=at.date())


@transaction.atomic
def decide(
    case: Case,
    *,
    finding: Finding,
    automated: Automation,
    reasons: str,
    by: User,
    pair: KeyPair,
    at: datetime,
) -> None:
    """Decide a case, and tell the person what, why and how to appeal (C6).

    Args:
        case: the case.
        finding: what was found.
        automated: whether a machine took part; one alone is refused.
        reasons: at least 50 characters; the person reads them.
        by, pair, at: who, their open vault, and now.

    Raises:
        NotAllowed: C2, C6, short reasons, the role on this case, or the state.
    """
    case = begun(case, "decide", by=by)
    demand_decision(finding, automated=automated, summary_offered_on=case.summary_offered_on, today=at.date())
    said = demand_reasons(reasons)
    told = decision_told(finding, said, language=case.language, until=appeal_by(at.date()))
    tell(case, told, by=by, pair=pair, at=at)
    take(
        case,
        "decide",
        by=by,
        at=at,
        finding=str(finding),
        automated_decision=str(automated),
        decided_on=at.date(),
        decided_by=by,
    )


@transaction.atomic
def close(case: Case, *, root_cause: RootCause, risk: int | None, by: User, at: datetime) -> None:
    """Close a case on which nothing is owed and no appeal is open any more (C1, C3), and learn from it (GP29).

    Args:
        case: the case.
        root_cause: why it could happen; for an upheld case, unless it was kept before.
        risk: the number of the risk it belongs to; for an upheld case, unless it was linked before.
        by, at: who, and now.

    Raises:
        NotAllowed: C1, C3, GP29, the role on this case, or the state.
    """
    screened = case.state in {CaseState.REFERRED, CaseState.INADMISSIBLE}
    name = "close-screened" if screened else "close"
    case = begun(case, name, by=by)
    state, finding = CaseState(case.state), Finding(case.finding)
    undelivered = case.remedies.filter(contested_on__isnull=True, delivered_on__isnull=True).count()
    told_on = case.decided_on or case.screened_on
    demand_closing(
        state,
        finding,
        told_on=told_on,
        today=at.date(),
        undelivered=undelivered,
        owes_remedy=owes_remedy(finding, Part(case.part), RoleTaken(case.role_taken)),
    )
    if case.retaliation_checks.filter(word="yes", outcome="").exists():
        raise NotAllowed("Method 14: a report of retaliation is open. Say first what was found on it.")
    found = Risk.objects.filter(pk=risk).first() if risk else None
    if risk and found is None:
        raise NotAllowed("Risk: no risk has this number. It stands in the address of its page.")
    found, cause = found or case.risk, root_cause or RootCause(case.root_cause)
    demand_lesson(finding, root_cause=cause, has_risk=found is not None)
    take(case, name, by=by, at=at, closed_on=at.date(), root_cause=str(cause), risk=found)
    begin_watch(case, today=at.date())


@transaction.atomic
def mark_danger(case: Case, *, by: User, at: datetime) -> None:
    """Say that a life is in danger, though the person did not say so; the case goes before all others.

    Raises:
        NotAllowed: the case is not there for them.
    """
    demand_case(case, by)
    unmarked = Case.objects.filter(pk=case.pk, threat_to_life=False)
    if unmarked.update(threat_to_life=True, danger_seen_at=at, danger_answered_at=None):
        record_event(by=by.username, at=at, action="marked danger to life", subject=f"case {case.pk}")


def begun(case: Case, name: str, *, by: User) -> Case:
    """Return a case, held until the end of the transaction, on which somebody may take a step.

    Raises:
        NotAllowed: the case is not there for them, they have another role on it, or they judge what they have
            not read.
    """
    by.demand(CASE_STEPS[name].step.permission)
    held = held_case(case, by)
    demand_role(name, role_on(held, by))
    demand_reading(name, was_read=was_read_by(held, by))
    return held


def take(case: Case, name: str, *, by: User, at: datetime, **changes: Any) -> None:
    """Take a step that was begun, once, and log it.

    Raises:
        NotAllowed: it is not the next one.
    """
    move(case, CASE_STEPS[name].step, by=by, at=at, called=f"case {case.pk}", **changes)
