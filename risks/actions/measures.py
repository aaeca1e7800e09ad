"""What people notice about measures."""

from datetime import date, datetime

from django.db import transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions.measure_proposals import called
from risks.models import Measure, Signal
from risks.models.measures import IN_FORCE, STILL_OPEN

OF_A_CASE = "The desk of cases asks to look at this measure again. What was told stays there."
ON_APPEAL = "The appeal body decided that this measure is undone."


@transaction.atomic
def note_signal(measure: Measure, *, by: User, at: datetime, kind: str, noted_on: date, note: str) -> Signal:
    """Record something new about a measure; it asks for a re-assessment in the next cycle (domain.md 3.6).

    Args:
        measure: what it is about.
        by: who records it; needs the permission to re-assess.
        at: now.
        kind: one of Signal.Kind.
        noted_on: when it was noted, today at the latest.
        note: what it is, in words.

    Raises:
        NotAllowed: a rule refuses, with the sentence to show; an upheld appeal is never noted by hand.
    """
    if kind == Signal.Kind.APPEAL_UPHELD:
        raise NotAllowed(
            "SD2: an upheld appeal is the act of the appeal body, which decides it on the case of the person. "
            "Nobody records it here."
        )
    if not by.may(Permission.REASSESS_MEASURE):
        raise NotAllowed("Your role does not record signals. Analysts, reviewers and deciders do.")
    if measure.state not in STILL_OPEN:
        raise NotAllowed(
            "This measure is over, so nothing re-assesses it any more. Record what is new as evidence of its risk."
        )
    if noted_on > at.date():
        raise NotAllowed(f"Noted on: choose {at:%-d %B %Y} or earlier; a signal is noted when it is known.")
    if noted_on < measure.starts_on:
        raise NotAllowed(
            f"Noted on: choose {measure.starts_on:%-d %B %Y} or later; the measure began on that day."
        )
    if not note.strip():
        raise NotAllowed("Note: say what is new, so that whoever re-assesses the measure can follow it up.")
    return _noted(measure, kind, note.strip(), noted_on=noted_on, by=by, at=at)


@transaction.atomic
def ask_after_a_case(measure: Measure, *, by: User, at: datetime) -> Signal | None:
    """Ask for the re-assessment of a measure that a case is about; it pauses nothing (domain.md 6.4, C4).

    What stands here tells nothing of the case. None when the measure is not in force any more.

    Raises:
        NotAllowed: they handle no cases.
    """
    by.demand(Permission.READ_CASES)
    if measure.state not in IN_FORCE:
        return None
    return _noted(measure, Signal.Kind.NEW_EVIDENCE, OF_A_CASE, noted_on=at.date(), by=by, at=at)


@transaction.atomic
def undo_on_appeal(measure: Measure, *, by: User, at: datetime) -> Signal | None:
    """Record that an appeal body decided that a measure is undone; the next sweep carries it out (3.6, 3.8).

    None when the measure is not in force any more.

    Raises:
        NotAllowed: they decide no appeals, or had a part in the measure (SD2).
    """
    by.demand(Permission.DECIDE_APPEAL)
    parts = {measure.imposed_by, *measure.reassessments.values_list("decided_by", flat=True)}
    people = {one.username for one in (measure.proposed_by, measure.decided_by) if one}
    if by.as_one() & (parts | people):
        raise NotAllowed("SD2: whoever had a part in a measure does not decide its appeal.")
    if measure.state not in IN_FORCE:
        return None
    return _noted(measure, Signal.Kind.APPEAL_UPHELD, ON_APPEAL, noted_on=at.date(), by=by, at=at)


def _noted(measure: Measure, kind: str, note: str, *, noted_on: date, by: User, at: datetime) -> Signal:
    signal = Signal.objects.create(
        measure=measure, kind=kind, noted_on=noted_on, note=note, noted_by=by.username
    )
    record_event(
        by=by.username,
        at=at,
        action=f"noted signal: {kind}",
        subject=called(measure),
        detail={"noted_on": noted_on.isoformat()},
    )
    return signal
