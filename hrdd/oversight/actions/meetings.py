"""Meetings of those who oversee, and what is brought before them (domain.md 1.10)."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from hrdd.governance.actions import JOB, record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission, Role, RoleMayNot, demand_reasons
from hrdd.job import as_job
from hrdd.oversight.models import Escalation, FigureRelease, OversightMeeting
from hrdd.oversight.queries.escalations import owed_plan_escalations
from hrdd.oversight.rules.meetings import LADDER_ROLES, check_meeting, lines_of
from risks.models import Risk
from risks.queries.method import method


@transaction.atomic
def record_meeting(
    *,
    held_on: date,
    body: str,
    attendees: str,
    rights_items: str,
    other_items: str,
    decisions: str,
    put_before: Mapping[str, Any],
    figures: FigureRelease | None,
    by: User,
    at: datetime,
    supersedes: OversightMeeting | None = None,
    correction_reasons: str = "",
) -> OversightMeeting:
    """Record a meeting that was held, whole; a later record of the same meeting supersedes this one.

    Args:
        held_on, body: when, and who met.
        attendees, rights_items, other_items, decisions: one a line; offices rather than names below executives.
        put_before: what of the record was put before them, frozen here.
        figures: the figures that they read.
        by, at: who records it, and now.
        supersedes, correction_reasons: the record that this one corrects, and why.

    Raises:
        NotAllowed: the role, a day to come, nobody there, no agenda, or a correction of what was corrected.
    """
    by.demand(Permission.RECORD_MEETING)
    came, rights, other = lines_of(attendees), lines_of(rights_items), lines_of(other_items)
    check_meeting(held_on=held_on, today=at.date(), attendees=came, rights=rights, other=other)
    reasons = demand_reasons(correction_reasons, about="What was wrong") if supersedes else ""
    try:
        with transaction.atomic():
            meeting = OversightMeeting.objects.create(
                held_on=held_on,
                body=body,
                attendees=came,
                rights_items=rights,
                other_items=other,
                decisions=lines_of(decisions),
                put_before=dict(put_before),
                figures=figures,
                supersedes=supersedes,
                correction_reasons=reasons,
                recorded_by=by,
                recorded_at=at,
            )
    except IntegrityError:
        raise NotAllowed("This record was corrected already. Correct the latest one.") from None
    record_event(
        by=by.username,
        at=at,
        action="corrected meeting" if supersedes else "recorded meeting",
        subject=f"oversight meeting {meeting.pk}",
        detail={"held": held_on.isoformat(), "body": body, "rights_items": len(rights)},
    )
    return meeting


@transaction.atomic
def raise_escalation(
    *, to_role: str, subject: str, reason: str, due_on: date, risk: Risk | None, by: User, at: datetime
) -> Escalation:
    """Bring something before the accountable executive or the board, to be answered by the end of a day.

    Args:
        to_role: SENIOR or BOARD.
        subject, reason: what, and why; nothing that tells who complained.
        due_on: the last day for an answer.
        risk: what it is about, if it is about a risk.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, an unknown addressee, a day that has passed, or reasons too short.
    """
    by.demand(Permission.RAISE_ESCALATION)
    if to_role not in LADDER_ROLES:
        raise NotAllowed("To: choose the accountable executive or the board.")
    if due_on < at.date():
        raise NotAllowed("Answer by: choose today or a later day.")
    raised = Escalation.objects.create(
        from_role=by.roles[0] if by.roles else "",
        to_role=to_role,
        code=Escalation.Code.PERSON,
        subject=subject,
        risk=risk,
        reason=demand_reasons(reason, about="Reason"),
        raised_by=by.username,
        raised_at=at,
        due_at=datetime.combine(due_on, time.max, at.tzinfo),
    )
    record_event(
        by=by.username,
        at=at,
        action="raised with leadership",
        subject=f"escalation {raised.pk}",
        detail={"to": to_role, "due": due_on.isoformat()},
    )
    return raised


@transaction.atomic
def answer_escalation(escalation: Escalation, *, answer: str, by: User, at: datetime) -> None:
    """Answer what was brought before one's role; once, and by a person who did not raise it.

    Raises:
        NotAllowed: another role's, one's own, answered already, or too short an answer.
    """
    if escalation.to_role not in by.roles_today or not by.is_active:
        raise RoleMayNot(
            f"This was brought before {LADDER_ROLES[Role(escalation.to_role)].lower()}, who answers it."
        )
    if escalation.raised_by in by.as_one():
        raise NotAllowed(
            "SD1: nobody answers what they raised themselves, nor does whoever stands in for them. Ask another person "
            "with the role."
        )
    said = demand_reasons(answer, about="Answer")
    found = Escalation.objects.filter(pk=escalation.pk, answered_at__isnull=True)
    if not found.update(answer=said, answered_by=by, answered_at=at):
        raise NotAllowed("Somebody answered this in the meantime. Open it to read how.")
    record_event(by=by.username, at=at, action="answered escalation", subject=f"escalation {escalation.pk}")


def raise_plan_escalations(*, at: datetime) -> int:
    """Remind leadership of P1 risks without an approved plan (G2), each once for a clock and a level; return how many.

    A reminder and no more: nothing is planned, assigned or closed by it (3.8).

    Args:
        at: now.
    """
    days = method().escalation_answer_days
    owed = [
        Escalation(
            to_role=one.to_role,
            code=one.code,
            subject=one.risk.title,
            risk=one.risk,
            about=one.since,
            reason=one.sentence,
            raised_by=JOB,
            raised_at=at,
            due_at=at + timedelta(days=days),
        )
        for one in owed_plan_escalations(at=at)
    ]
    with as_job(), transaction.atomic():
        before = Escalation.objects.count()
        Escalation.objects.bulk_create(owed, ignore_conflicts=True)
        raised = Escalation.objects.count() - before
        if raised:
            record_event(
                by=JOB,
                at=at,
                action="reminded leadership of plans",
                subject="P1 risks",
                detail={"raised": raised},
            )
    return raised
