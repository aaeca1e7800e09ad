"""Patterns in what was upheld: which root causes ask for a review, and how often each was found, without a case."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q

from remedies.models import Case, PatternReview
from remedies.rules.case_workflow import Finding
from remedies.rules.patterns import DAYS, Upheld, Why, causes_to_review
from remedies.rules.remedy import RootCause

UPHELD = [str(Finding.UPHELD), str(Finding.PARTLY_UPHELD)]
K = 10  # domain.md 8.5


def owed_reviews(*, on: date) -> dict[RootCause, Why]:
    """Return the root causes that ask for a review on a day and have none open, each with why.

    Args:
        on: the day.
    """
    upheld = Case.objects.filter(finding__in=UPHELD, decided_on__isnull=False).exclude(root_cause="")
    rows = upheld.filter(decided_on__gte=on - timedelta(days=DAYS))
    cases = [
        Upheld(RootCause(cause), severity, decided)
        for cause, severity, decided in rows.values_list("root_cause", "severity", "decided_on")
        if decided is not None
    ]
    held = PatternReview.objects.order_by("opened_on").values_list("root_cause", "opened_on", "concluded_on")
    answered = {RootCause(cause): opened for cause, opened, concluded in held if concluded}
    going = {RootCause(cause) for cause, _opened, concluded in held if not concluded}
    found = causes_to_review(cases, answered=answered, on=on)
    return {cause: why for cause, why in found.items() if cause not in going}


@dataclass(frozen=True)
class Told:
    """A root cause and how often it was found, as small numbers leave."""

    cause: str
    many: str


def digest(*, on: date) -> list[Told]:
    """Return how often each root cause was upheld within a year, small numbers hidden (8.5); no case, no day.

    Args:
        on: the day.
    """
    since = Q(decided_on__gte=on - timedelta(days=DAYS), finding__in=UPHELD) & ~Q(root_cause="")
    rows = Case.objects.filter(since).values("root_cause").annotate(many=Count("pk")).order_by("root_cause")
    return [
        Told(
            row["root_cause"].replace("_", " ").capitalize(),
            f"under {K}" if row["many"] < K else f"about {5 * round(row['many'] / 5)}",
        )
        for row in rows
    ]
