"""What waits on the desk, and why."""

from dataclasses import dataclass

from django.db.models import Case, QuerySet, Value, When

from risks.models import Finding, ReviewTask
from risks.rules.proportionality import BY_CODE


@dataclass(frozen=True)
class Explanation:
    """A code that applies, in a sentence, with its source."""

    code: str
    sentence: str
    provision: str


def open_tasks() -> QuerySet[ReviewTask]:
    """Return the tasks that wait for a person, the nearest deadline first."""
    return (
        ReviewTask.objects.filter(closed_at__isnull=True)
        .select_related("measure__risk", "finding__cycle")
        .annotate(urgent=Case(When(finding__finding="REVIEW_URGENT", then=Value(0)), default=Value(1)))
        .order_by("due_at", "urgent", "id")
    )


def explanations(finding: Finding) -> list[Explanation]:
    """Return the codes of a finding explained, the deciding one first."""
    ordered = [finding.code, *(code for code in finding.codes if code != finding.code)]
    return [Explanation(code, BY_CODE[code].sentence, BY_CODE[code].provision) for code in ordered]
