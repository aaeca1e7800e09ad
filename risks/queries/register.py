"""The register: every risk ranked, filtered, with what is done and what waits."""

from datetime import date, datetime

from django.db.models import Count, Q

from risks.models import ReviewTask, Risk
from risks.queries.salience import Ranked, ranked_risks
from risks.rules.severity import BANDS

TIERS = ("P1", "P2", "P3", "P4")


def register(*, on: date, words: str = "", tier: str = "", level: str = "") -> list[Ranked]:
    """Return the open and closed risks that match, ranked, each with its counts of measures and of open tasks.

    Args:
        on: the day.
        words: each must occur in the title or the summary.
        tier: P1 to P4, or empty for any.
        level: 1 to 5, or empty for any.
    """
    found = Risk.objects.annotate(
        measure_count=Count("measures", distinct=True),
        open_tasks=Count("measures__tasks", filter=Q(measures__tasks__closed_at__isnull=True), distinct=True),
    )
    for word in words.split()[:10]:
        found = found.filter(Q(title__icontains=word) | Q(summary__icontains=word))
    return [
        one
        for one in ranked_risks(found, on=on)
        if (not tier or one.tier == tier) and (not level or str(one.assessment.level) == level)
    ]


def risks_to_assess(*, on: date) -> list[Ranked]:
    """Return the open risks of which a head of severity is not known, the gravest first."""
    open_risks = Risk.objects.exclude(status=Risk.Status.CLOSED)
    return [one for one in ranked_risks(open_risks, on=on) if one.assessment.incomplete]


def heat(ranked: list[Ranked]) -> list[tuple[int, str, list[tuple[str, int]]]]:
    """Count risks by level and tier, the gravest level first; every cell is listed."""
    return [
        (
            level,
            band,
            [
                (tier, sum(one.assessment.level == level and one.tier == tier for one in ranked))
                for tier in TIERS
            ],
        )
        for level, band in sorted(BANDS.items(), reverse=True)
    ]


def overdue_tasks(*, at: datetime) -> list[ReviewTask]:
    """Return the tasks past their deadline, the oldest first."""
    return list(
        ReviewTask.objects.filter(closed_at__isnull=True, due_at__lt=at).select_related("measure__risk")
    )
