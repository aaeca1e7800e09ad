"""The events of a report in the audit log, each naming its period and edition (domain.md 8.2)."""

from datetime import datetime
from typing import Any

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from transparency.models import Report


def log_on_report(report: Report, action: str, *, by: User, at: datetime, **detail: Any) -> None:
    """Write down what was done to a report, in the transaction of the act.

    Args:
        report: the edition that was acted on.
        action: what was done, in words.
        by, at: who, and when.
        detail: what else the log keeps of it.
    """
    record_event(
        by=by.username,
        at=at,
        action=f"report: {action}",
        subject=str(report),
        detail={"period": report.period, "edition": report.edition, **detail},
    )
