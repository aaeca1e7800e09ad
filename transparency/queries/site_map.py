"""Which public addresses there are, for search engines: what anyone may read, with the day on which it changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.urls import reverse

from risks.models import StatementOfReasons
from transparency.models import Report
from transparency.queries.news import midnight
from transparency.queries.policies import public_versions
from transparency.queries.public_statements import listed, told
from transparency.queries.reports import published_reports, readable_editions

PAGES = (
    *("home", "public-risks", "public-consultations", "public-policies", "public-statements"),
    *("public-business-model", "public-exits", "public-complaints", "public-reports", "public-corrections"),
    *("public-oversight", "public-data", "public-accessibility", "verify"),
)
STATEMENTS_ON_A_MAP = 1000


@dataclass(frozen=True)
class Place:
    """An address and, where it is known, the day on which what stands there last changed."""

    path: str
    changed_on: date | None = None


def pages() -> list[Place]:
    """Return the pages that are always there."""
    return [Place(reverse(name)) for name in PAGES]


def policy_places() -> list[Place]:
    """Return every policy, and each of its public versions in each language."""
    versions = list(public_versions().defer("clauses").order_by("policy__slug", "number", "language"))
    latest: dict[str, date] = {}
    for one in versions:
        day = one.changed_at.date()
        latest[one.policy.slug] = max(day, latest.get(one.policy.slug, day))
    return [
        *(Place(reverse("public-policy", args=[slug]), day) for slug, day in latest.items()),
        *(
            Place(
                reverse("public-policy-text", args=[one.policy.slug, one.number, one.language]),
                one.changed_at.date(),
            )
            for one in versions
        ),
    ]


def report_places() -> list[Place]:
    """Return every report, and each edition that was published and may still be read."""
    return [
        *(Place(reverse("public-report", args=[one.period]), _day(one)) for one in published_reports()),
        *(
            Place(reverse("public-edition", args=[one.period, one.edition]), _day(one))
            for one in readable_editions()
        ),
    ]


def statements() -> QuerySet[StatementOfReasons]:
    """Return the statements that hold, the oldest first; `statement_places` screens those of one map."""
    return listed().order_by("pk")


def statement_places(statements: Sequence[StatementOfReasons]) -> list[Place]:
    """Return where statements of one map stand, as far as their words pass the screen as it is today."""
    return [Place(reverse("public-statement", args=[one.puid]), one.issued_on) for one in told(statements)]


def latest_statement() -> datetime | None:
    """Return the day on which the latest statement that holds was issued."""
    latest = listed().values_list("issued_at", flat=True).first()
    return midnight(latest.date()) if latest else None


def _day(report: Report) -> date | None:
    return report.published_at.date() if report.published_at else None
