"""Erase contacts of people who were consulted, and what files gave that nobody applied (reliability.md 2.8)."""

from datetime import datetime

from django.db import transaction

from hrdd.governance.actions import JOB, record_event
from risks.models import RegisterImport
from risks.queries.retention import old_contacts, old_imports

NO_ROWS: dict[str, list[str]] = {"derived": [], "company": [], "judged": []}


@transaction.atomic
def erase_contacts(*, at: datetime, months: int) -> int:
    """Erase who took part in consultations that were closed long ago; return how many people.

    Args:
        at: now.
        months: how long they are kept after closing.
    """
    found = old_contacts(at.date(), months=months)
    numbers = list(found.values_list("pk", flat=True))
    if numbers:
        found.delete()
        record_event(
            by=JOB,
            at=at,
            action="erased participants",
            subject="consultations",
            detail={"participants": numbers, "months": months},
        )
    return len(numbers)


@transaction.atomic
def clear_imports(*, at: datetime, days: int) -> int:
    """Throw away what files gave that nobody applied; return how many files.

    Args:
        at: now.
        days: how long they wait.
    """
    found = old_imports(at.date(), days=days).select_for_update()
    numbers = list(found.values_list("pk", flat=True))
    if numbers:
        RegisterImport.objects.filter(pk__in=numbers).update(
            state=RegisterImport.State.DISCARDED, rows=NO_ROWS, filename="never applied", digest=""
        )
        record_event(
            by=JOB,
            at=at,
            action="cleared imports",
            subject="register",
            detail={"imports": numbers, "days": days},
        )
    return len(numbers)
