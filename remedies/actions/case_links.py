"""What a case touches: a measure, the part of the company, other proceedings, a new opening, a lesson (6.4, 6.6)."""

from datetime import datetime

from django.db import transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed
from remedies.actions.assignment import held_by_team, log_on_case
from remedies.actions.case_steps import begun, take
from remedies.actions.reading import tell
from remedies.models import Case, ParallelProceeding, SystemicAction
from remedies.queries.cases import role_on
from remedies.rules.case import CaseRole, CaseState
from remedies.rules.case_workflow import UPHELD, Finding, Proceeding, Reopening, demand_reopening
from remedies.rules.remedy import Part, RoleTaken, RootCause, demand_lesson, demand_part
from remedies.rules.wraps import KeyPair
from risks.actions.measures import ask_after_a_case
from risks.models import Measure, Risk


@transaction.atomic
def link_measure(case: Case, *, measure: int, by: User, at: datetime) -> None:
    """Say which measure a case is about; its re-assessment is asked for, and nothing is paused (C4).

    Raises:
        NotAllowed: no role on the case, no such measure, or an appeal was decided on another.
    """
    held = held_by_team(case, by)
    found = Measure.objects.filter(pk=measure).first()
    if found is None:
        raise NotAllowed("Measure: none has this number. It stands in the address of its page.")
    if held.on_measure and held.measure_id != found.pk:
        raise NotAllowed("Measure: the appeal was decided on the one that is linked.")
    if held.measure_id == found.pk:
        return
    Case.objects.filter(pk=held.pk).update(measure=found)
    ask_after_a_case(found, by=by, at=at)
    log_on_case(held, "linked a case to a measure", by=by, at=at)


@transaction.atomic
def record_part(case: Case, *, part: Part, role_taken: RoleTaken, by: User, at: datetime) -> None:
    """Record what the company had to do with the harm, and what it does where it is only linked to it (M3).

    Raises:
        NotAllowed: M3, or who does not decide this case.
    """
    held = held_by_team(case, by)
    if role_on(held, by) != CaseRole.GRV_DEC:
        raise NotAllowed("SD3: on this case only who decides it records this.")
    demand_part(part, role_taken)
    if part != Part.CONTRIBUTED and held.remedies.filter(share_pct__isnull=False).exists():
        raise NotAllowed("Share: a remedy with a share was offered, which only who contributed carries.")
    Case.objects.filter(pk=held.pk).update(part=str(part), role_taken=str(role_taken))
    log_on_case(held, "recorded the part of the company", by=by, at=at, part=str(part), role=str(role_taken))


@transaction.atomic
def note_proceeding(case: Case, *, kind: Proceeding, by: User, at: datetime) -> None:
    """Record that the matter is pending elsewhere too; the case goes on (C5).

    Raises:
        NotAllowed: no role on the case.
    """
    held = held_by_team(case, by)
    _found, fresh = ParallelProceeding.objects.get_or_create(
        case=held, kind=str(kind), defaults={"noted_on": at.date(), "noted_by": by}
    )
    if fresh:
        log_on_case(held, "noted a parallel proceeding", by=by, at=at, kind=str(kind))


@transaction.atomic
def reopen(case: Case, *, reason: Reopening, text: str, by: User, pair: KeyPair, at: datetime) -> None:
    """Open a closed case again for a reason of the closed list, and tell the person.

    Raises:
        NotAllowed: no reason, the role on this case, or the state.
    """
    held = begun(case, "reopen", by=by)
    demand_reopening(reason)
    tell(held, text, by=by, pair=pair, at=at)
    changes = {"reopened_on": at.date(), "reopened_for": str(reason)}
    take(held, "reopen", by=by, at=at, **changes)


@transaction.atomic
def keep_lesson(case: Case, *, root_cause: RootCause, risk: int | None, by: User, at: datetime) -> None:
    """Link a case that was upheld to the risk that it shows, or keep what a withdrawn one teaches (6.4, 6.8, GP29).

    Args:
        case: the case.
        root_cause: why it could happen.
        risk: the number of the risk it belongs to.
        by, at: who, and now.

    Raises:
        NotAllowed: the case was neither upheld nor withdrawn, it is closed, GP29, or no role on it.
    """
    held = held_by_team(case, by)
    upheld = held.decided_on is not None and Finding(held.finding) in UPHELD
    if held.state != CaseState.WITHDRAWN and (held.state == CaseState.CLOSED or not upheld):
        raise NotAllowed("Method 14: only of a case that was upheld and goes on, or that was withdrawn.")
    found = Risk.objects.filter(pk=risk).first() if risk else None
    demand_lesson(Finding.UPHELD, root_cause=root_cause, has_risk=found is not None)
    Case.objects.filter(pk=held.pk).update(root_cause=str(root_cause), risk=found)
    log_on_case(held, "linked a case to a risk", by=by, at=at, root_cause=str(root_cause))


@transaction.atomic
def finish_action(action: SystemicAction, *, by: User, at: datetime) -> None:
    """Say that what changes for everybody was changed; only its owner does (M4).

    Raises:
        NotAllowed: another owner, a conflict since, or it was done.
    """
    if action.owner_id != by.pk or action.case.conflicts.filter(user=by).exists():
        raise NotAllowed("M4: only its owner says that it is done.")
    if not SystemicAction.objects.filter(pk=action.pk, done_on__isnull=True).update(done_on=at.date()):
        raise NotAllowed("It is done already.")
    record_event(by=by.username, at=at, action="finished a systemic action", subject=f"action {action.pk}")
