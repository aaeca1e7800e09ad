"""What people notice about measures."""

from datetime import date, datetime

from django.db import transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions.measure_proposals import called
from risks.models import Measure, Signal


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
        NotAllowed: a rule refuses, with the sentence to show.
    """
    if not by.may(Permission.REASSESS_MEASURE):
        raise NotAllowed("Your role does not record signals (domain roles ANALYST, REVIEWER, DECIDER).")
    if kind == Signal.Kind.APPEAL_UPHELD and measure.imposed_by == by.username:
        raise NotAllowed(
            "SD2: whoever imposed a measure does not record how its appeal was decided. Ask the appeal body."
        )
    if noted_on > at.date():
        raise NotAllowed(f"Noted on: choose {at:%-d %B %Y} or earlier; a signal is noted when it is known.")
    if noted_on < measure.starts_on:
        raise NotAllowed(
            f"Noted on: choose {measure.starts_on:%-d %B %Y} or later; the measure began on that day."
        )
    if not note.strip():
        raise NotAllowed("Note: say what is new, so that whoever re-assesses the measure can follow it up.")
    signal = Signal.objects.create(
        measure=measure, kind=kind, noted_on=noted_on, note=note.strip(), noted_by=by.username
    )
    record_event(
        by=by.username,
        at=at,
        action=f"noted signal: {kind}",
        subject=called(measure),
        detail={"noted_on": noted_on.isoformat()},
    )
    return signal
