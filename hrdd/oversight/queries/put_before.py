"""What the record puts before those who meet: exceptions, escalations, and what waits for the board's signature."""

from datetime import datetime
from typing import Any

from hrdd.governance.models import SignOff
from hrdd.governance.rules import ROLE_PERMISSIONS, Role
from hrdd.oversight.queries.escalations import open_escalations
from hrdd.oversight.queries.records import unmandated_owners
from risks.queries.changes import signed_exceptions
from risks.queries.exits import exits_due

SHOWN = 20


def put_before(*, at: datetime) -> dict[str, Any]:
    """Return in words what stands before those who oversee at a moment; it is frozen with a meeting.

    Args:
        at: now.
    """
    board = [str(one) for one in ROLE_PERMISSIONS[Role.BOARD]]
    asked = SignOff.objects.filter(decided_at__isnull=True, permission__in=board)[:SHOWN]
    waiting = open_escalations().filter(to_role=Role.BOARD)[:SHOWN]
    exits = [one for one in exits_due(on=at.date()) if one.late][:SHOWN]
    return {
        "asked": [{"what": str(one), "since": one.asked_at.date().isoformat()} for one in asked],
        "escalations": [
            {"what": one.subject, "why": one.reason, "due": one.due_at.date().isoformat()} for one in waiting
        ],
        "exceptions": [_exception(one) for one in signed_exceptions()[:SHOWN]],
        "exits_late": [str(one.decision) for one in exits],
        "unmandated": [one.title for one in unmandated_owners(on=at.date())[:SHOWN]],
    }


def _exception(one: Any) -> dict[str, Any]:
    change = one.change
    return {
        "what": change.title,
        "why": change.exception_reasons,
        "signed": change.exception_signed_at.date().isoformat(),
        "risks": [risk.title for risk in one.risks],
    }
