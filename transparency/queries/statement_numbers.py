"""What can be counted from statements of reasons (DSA 15(1)(c); domain.md 8.3)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Case, Count, QuerySet, Value, When

from risks.models import StatementOfReasons
from risks.queries.partners import never_named
from risks.rules.ladder import LADDER
from risks.rules.publication import FEWEST_COUNTED
from risks.rules.statement_schema import values_of
from transparency.queries.public_statements import may_be_read
from transparency.rules.shown import Numbers, numbers, rest_told

QUESTIONS: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    ("Restriction", "measure__kind", {code: rung.label for code, rung in LADDER.items()}),
    ("Ground", "ground", values_of("decision_ground")),
    ("Category", "category", values_of("category")),
    ("How it came to us", "content__source_type", values_of("source_type")),
    (
        "Detection",
        "content__automated_detection",
        {"Yes": "Found by automated means", "No": "Not found by automated means"},
    ),
    ("Decision", "content__automated_decision", values_of("automated_decision")),
)


@dataclass(frozen=True)
class StatementNumbers:
    """How many statements hold, those that can be read and the rest."""

    readable: int
    rest: str
    parts: tuple[Numbers, ...]
    rest_by_answer: bool


def statement_numbers() -> StatementNumbers:
    """Count the statements that hold, in two queries."""
    read, every = counted(StatementOfReasons.objects.filter(superseded_by__isnull=True))
    parts = tuple(
        numbers(name, labels, read[place], every[place])
        for place, (name, _field, labels) in enumerate(QUESTIONS)
    )
    readable = sum(read[0].values())
    rest = sum(every[0].values()) - readable
    return StatementNumbers(readable, rest_told(parts, rest), parts, rest_by_answer=rest >= FEWEST_COUNTED)


def counted(
    statements: QuerySet[StatementOfReasons],
) -> tuple[list[Counter[str]], list[Counter[str]]]:
    """Count some statements by each question: those that anybody can read, and all."""
    shown = Case(When(may_be_read(never_named()), then=Value(True)), default=Value(False))
    by = [field for _name, field, _labels in QUESTIONS]
    holding = statements.order_by().annotate(shown=shown)
    read: list[Counter[str]] = [Counter() for _ in by]
    every: list[Counter[str]] = [Counter() for _ in by]
    for is_shown, *values, many in holding.values_list("shown", *by).annotate(many=Count("pk")):
        for place, value in enumerate(values):
            every[place][str(value)] += many
            if is_shown:
                read[place][str(value)] += many
    return read, every
