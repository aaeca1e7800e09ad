"""What the desk and the board show."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from risks.models import Finding, ReviewTask, Risk, SeverityAssessment
from risks.rules.proportionality import BY_CODE
from risks.rules.severity import BANDS


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


def severity_counts(*, on: date) -> list[tuple[int, str, int]]:
    """Return how many open risks stand at each level, the gravest first; every level is listed."""
    level = SeverityAssessment.objects.levels_on(on, risk=OuterRef("pk"))[:1]
    rows = (
        Risk.objects.exclude(status=Risk.Status.CLOSED)
        .annotate(level=Coalesce(Subquery(level), Value(0)))
        .values("level")
        .annotate(many=Count("pk"))
        .values_list("level", "many")
    )
    counted = dict(rows)
    return [(number, BANDS[number], counted.get(number, 0)) for number in sorted(BANDS, reverse=True)]
