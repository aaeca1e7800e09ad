"""Our statements of reasons beside those that other organisations published (domain.md 8.4); for the desk only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Aggregate, Count, DateField, DurationField, F, Max, Min, QuerySet
from django.db.models.expressions import ExpressionWrapper
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from risks.models import StatementOfReasons
from risks.rules.ladder import LADDER
from risks.rules.statement_schema import values_of
from transparency.models import ReferenceMeasure, ReferenceOrganisation, ReferenceStatement
from transparency.rules.comparison import Compared, compared
from transparency.rules.dump import AUTOMATION
from transparency.rules.reference import OFF_THE_LADDER, rung_label

RULES_SHOWN = 8
DETECTION = {"Yes": "Found by automated means", "No": "Not found by automated means"}


class Median(Aggregate):
    """The middle value."""

    function = "percentile_cont"
    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(frozen=True)
class Delay:
    """The median days from the content to the decision, and of how many statements."""

    days: float | None
    of: int


@dataclass(frozen=True)
class Comparison:
    """Ours beside theirs."""

    ours: int
    theirs: int
    theirs_measures: int
    parts: tuple[Compared, ...]
    our_delay: Delay
    their_delay: Delay
    rules: list[tuple[str, int]]
    first: date | None
    last: date | None


def organisations() -> QuerySet[ReferenceOrganisation]:
    """Return every reference organisation, with how many statements of it are here."""
    return ReferenceOrganisation.objects.annotate(many=Count("statements")).order_by("name")


def comparison(organisation: ReferenceOrganisation | None) -> Comparison:
    """Compare our statements that hold with those of one reference organisation, or of all.

    In a fixed number of queries, whatever the number of statements.
    """
    ours = StatementOfReasons.objects.filter(superseded_by__isnull=True)
    theirs = ReferenceStatement.objects.all()
    if organisation is not None:
        theirs = theirs.filter(organisation=organisation)
    measures = (
        ReferenceMeasure.objects.filter(statement__in=theirs)
        if organisation
        else ReferenceMeasure.objects.all()
    )
    days = theirs.aggregate(first=Min("application_date"), last=Max("application_date"), many=Count("pk"))
    their_kinds = _counts(measures, "kind")
    return Comparison(
        ours=ours.count(),
        theirs=days["many"],
        theirs_measures=sum(their_kinds.values()),
        parts=(
            compared(
                "Ground", values_of("decision_ground"), _counts(ours, "ground"), _counts(theirs, "ground")
            ),
            compared(
                "Category", values_of("category"), _counts(ours, "category"), _counts(theirs, "category")
            ),
            compared("Restriction, on our ladder", _ladder(), _counts(ours, "measure__kind"), their_kinds),
            compared(
                "How it was found",
                DETECTION,
                _counts(ours, "content__automated_detection"),
                _detection(theirs),
            ),
            compared("How it was decided", AUTOMATION, _decided(ours), _counts(theirs, "automated_decision")),
        ),
        our_delay=_our_delay(ours),
        their_delay=_delay(theirs, F("application_date") - F("content_date")),
        rules=_rules(theirs),
        first=days["first"],
        last=days["last"],
    )


def _ladder() -> Mapping[str, str]:
    return {
        code: rung_label(code) for code in [*(one for one in LADDER if one != "no_action"), OFF_THE_LADDER]
    }


def _counts(rows: QuerySet[Any], by: str) -> dict[str, int]:
    return dict(rows.order_by().values_list(by).annotate(many=Count("pk")))


def _detection(rows: QuerySet[ReferenceStatement]) -> dict[str, int]:
    found: dict[Any, int] = _counts(rows, "automated_detection")
    return {"Yes": found.get(True, 0), "No": found.get(False, 0)}


def _decided(rows: QuerySet[StatementOfReasons]) -> dict[str, int]:
    return {
        str(code).removeprefix("AUTOMATED_DECISION_"): many
        for code, many in _counts(rows, "content__automated_decision").items()
    }


def _our_delay(ours: QuerySet[StatementOfReasons]) -> Delay:
    decided, posted = (
        Cast(KT(f"content__{name}"), DateField()) for name in ("application_date", "content_date")
    )
    return _delay(ours, decided - posted)


def _delay(rows: QuerySet[Any], between: Any) -> Delay:
    lasted = rows.annotate(lasted=ExpressionWrapper(between, DurationField()))
    found = lasted.aggregate(median=Median("lasted", output_field=DurationField()), of=Count("lasted"))
    median = found["median"]
    return Delay(None if median is None else round(median.total_seconds() / 86400, 1), found["of"])


def _rules(theirs: QuerySet[ReferenceStatement]) -> list[tuple[str, int]]:
    named = theirs.values_list("rule_said").annotate(many=Count("pk")).order_by("-many", "rule_said")
    return list(named[:RULES_SHOWN])
