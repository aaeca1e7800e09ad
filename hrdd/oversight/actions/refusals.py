"""What was refused to a job: its transaction is rolled back whole, so it is written down afterwards (3.8, K11)."""

from datetime import datetime

from psycopg2.errors import RaiseException

from hrdd.governance.actions import JOB, record_event
from hrdd.governance.rules import NotAllowed
from hrdd.oversight.queries.counts import REFUSED_TO_A_JOB


def note_refusal(task: str, error: BaseException, *, at: datetime) -> bool:
    """Log that a rule, or the database, refused something to a job; any other failure is none of it.

    Args:
        task: which task, by name; its arguments are not told.
        error: what it ended with.
        at: now.

    Returns:
        Whether it was a refusal.
    """
    if isinstance(error, NotAllowed):
        by = "a rule"
    elif isinstance(error.__cause__, RaiseException):
        by = "the database"
    else:
        return False
    record_event(by=JOB, at=at, action=REFUSED_TO_A_JOB, subject=task, detail={"by": by})
    return True
