"""What earlier reports told, from their frozen contents only (domain.md 8.2)."""

from typing import Any

from transparency.models import Report
from transparency.rules.charts import MOST_PERIODS
from transparency.rules.periods import same_length
from transparency.rules.workflows import State


def earlier_contents(report: Report) -> list[dict[str, Any]]:
    """Return the published contents of earlier periods of the same length, the oldest first; one an edition."""
    before = Report.objects.filter(state=State.PUBLISHED, period_to__lt=report.period_from)
    span = (report.period_from, report.period_to)
    alike = [
        pk
        for pk, *days in before.order_by("period_to").values_list("pk", "period_from", "period_to")
        if same_length(span, (days[0], days[1]))
    ][-MOST_PERIODS:]
    return [one.parsed_content for one in Report.objects.filter(pk__in=alike).order_by("period_to")]
