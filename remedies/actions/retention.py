"""Erase what people dated, and hold what two people hold (domain.md 6.3; reliability.md 2.8).

Erasing shreds: the wraps of the keys go first, then what they opened, then the case. Backups age out in 35 days.
"""

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from hrdd.governance.actions import JOB, record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission, demand_reasons
from remedies.models import (
    Case,
    CaseKey,
    LegalHold,
    SealedIdentity,
    Tombstone,
)
from remedies.queries.keys import identity_wraps_of, old_form_keys, wraps_of
from remedies.queries.retention import (
    Planned,
    ended_cases,
    identities,
    old_rating_marks,
    plan,
    schedules,
)
from remedies.rules.retention import Schedule, demand_second_person
from risks.actions.retention import clear_imports, erase_contacts

GONE = "This hold was answered meanwhile. Open the page again to see where it stands."


def erase_due(*, at: datetime, told: Callable[[int], None] = lambda _done: None) -> list[Planned]:
    """Erase what is due on a day, each case in its own transaction; return what went.

    Safe to repeat and to stop: what is gone is gone, what is left is found again.

    Args:
        at: now.
        told: called with how many were done.
    """
    done = []
    for one in plan(today=at.date()):
        if _erased(one, at=at):
            done.append(one)
        told(len(done))
    return done


@transaction.atomic
def erase_case(case_id: UUID, *, at: datetime) -> bool:
    """Erase one case that is due, and leave its tombstone; return whether it was due.

    Keys and what they open go with it, in whatever table they stand: all of them hang on the case.
    """
    case = Case.objects.select_for_update().filter(pk=case_id).first()
    found = next(ended_cases(today=at.date(), only=[case_id]), None)
    if case is None or found is None or not found.due:
        return False
    Tombstone.objects.create(case_id=case.pk, week=case.received_week, category=case.type)
    identity_wraps_of(case.pk).delete()
    wraps_of(case.pk).delete()
    SealedIdentity.objects.filter(case=case).delete()
    CaseKey.objects.filter(case=case).delete()
    case.delete()
    record_event(
        by=JOB,
        at=at,
        action="erased a case",
        subject=f"case {case_id}",
        detail={"schedule": str(found.schedule), "last_day": str(found.last)},
    )
    return True


@transaction.atomic
def erase_identity(case_id: UUID, *, at: datetime) -> bool:
    """Erase who wrote on a closed case once nobody opened it for long; return whether it was due."""
    Case.objects.select_for_update().filter(pk=case_id).first()
    found = next(identities(today=at.date(), only=[case_id]), None)
    if found is None or not found.due:
        return False
    identity_wraps_of(case_id).delete()
    SealedIdentity.objects.filter(case=case_id).delete()
    record_event(
        by=JOB,
        at=at,
        action="erased an identity",
        subject=f"case {case_id}",
        detail={"last_day": str(found.last)},
    )
    return True


@transaction.atomic
def ask_hold(case_id: UUID, *, reasons: str, by: User, at: datetime) -> LegalHold:
    """Ask that a case is kept beyond its day; it is kept until somebody else answers, for two weeks at most.

    Args:
        case_id: the case.
        reasons: at least 50 characters; they outlive the case, so nothing of it belongs there.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, short reasons, no such case, or a hold that goes on.
    """
    by.demand(Permission.HOLD_CASES)
    said = demand_reasons(reasons)
    if not Case.objects.select_for_update().filter(pk=case_id).exists():
        raise NotAllowed("This case is not there, or was erased.")
    if LegalHold.objects.filter(case_id=case_id, lifted_on__isnull=True, refused_on__isnull=True).exists():
        raise NotAllowed("A hold on this case goes on already.")
    hold = LegalHold.objects.create(case_id=case_id, reasons=said, asked_by=by, asked_on=at.date())
    _log(hold, "asked for a legal hold", by=by, at=at, reasons=said)
    return hold


@transaction.atomic
def place_hold(hold: LegalHold, *, by: User, at: datetime) -> None:
    """Place a hold that another person asked for.

    Raises:
        NotAllowed: the role, the same person, or it was answered before.
    """
    by.demand(Permission.HOLD_CASES)
    demand_second_person(hold.asked_by_id, by.pk)
    _answered(hold, _waiting(hold), placed_by=by, placed_on=at.date())
    _log(hold, "placed a legal hold", by=by, at=at)


@transaction.atomic
def refuse_hold(hold: LegalHold, *, by: User, at: datetime) -> None:
    """Refuse a hold that another person asked for; the case follows its schedule again.

    Raises:
        NotAllowed: the role, the same person, or it was answered before.
    """
    by.demand(Permission.HOLD_CASES)
    demand_second_person(hold.asked_by_id, by.pk)
    _answered(hold, _waiting(hold), refused_by=by, refused_on=at.date())
    _log(hold, "refused a legal hold", by=by, at=at)


@transaction.atomic
def ask_lift(hold: LegalHold, *, reasons: str, by: User, at: datetime) -> None:
    """Ask that a hold is lifted; until somebody else does, it keeps the case.

    Raises:
        NotAllowed: the role, short reasons, or it is not in force.
    """
    by.demand(Permission.HOLD_CASES)
    said = demand_reasons(reasons)
    standing = LegalHold.objects.filter(
        pk=hold.pk, placed_on__isnull=False, lifted_on__isnull=True, lift_asked_on__isnull=True
    )
    _answered(hold, standing, lift_reasons=said, lift_asked_by=by, lift_asked_on=at.date())
    _log(hold, "asked to lift a legal hold", by=by, at=at, reasons=said)


@transaction.atomic
def lift_hold(hold: LegalHold, *, by: User, at: datetime) -> None:
    """Lift a hold as another person than who asked for that; the case follows its schedule again.

    Raises:
        NotAllowed: the role, the same person, or nobody asked.
    """
    by.demand(Permission.HOLD_CASES)
    hold.refresh_from_db()
    if hold.lift_asked_by_id is None:
        raise NotAllowed("Nobody asked for this hold to be lifted yet.")
    demand_second_person(hold.lift_asked_by_id, by.pk)
    standing = LegalHold.objects.filter(pk=hold.pk, lift_asked_on__isnull=False, lifted_on__isnull=True)
    _answered(hold, standing, lifted_by=by, lifted_on=at.date())
    _log(hold, "lifted a legal hold", by=by, at=at)


def _erased(one: Planned, *, at: datetime) -> bool:
    today = at.date()
    if one.schedule in {Schedule.CASE, Schedule.SEVERE_CASE, Schedule.SPAM}:
        return erase_case(UUID(one.subject), at=at)
    if one.schedule == Schedule.IDENTITY:
        return erase_identity(UUID(one.subject), at=at)
    if one.schedule == Schedule.FORM_KEY:
        return bool(old_form_keys(today).delete()[0])
    if one.schedule == Schedule.RATING_MARK:
        return bool(old_rating_marks(today).update(mark=None))
    if one.schedule == Schedule.CONTACT:
        return bool(erase_contacts(at=at, months=schedules().contact_months))
    return bool(clear_imports(at=at, days=schedules().import_days))


def _waiting(hold: LegalHold) -> QuerySet[LegalHold]:
    return LegalHold.objects.filter(pk=hold.pk, placed_on__isnull=True, refused_on__isnull=True)


def _answered(hold: LegalHold, standing: QuerySet[LegalHold], **changes: User | date | str) -> None:
    if not standing.update(**changes):
        raise NotAllowed(GONE)
    hold.refresh_from_db()


def _log(hold: LegalHold, action: str, *, by: User, at: datetime, reasons: str = "") -> None:
    record_event(
        by=by.username,
        at=at,
        action=action,
        subject=f"case {hold.case_id}",
        detail={"hold": str(hold.pk)} | ({"reasons": reasons} if reasons else {}),
    )
