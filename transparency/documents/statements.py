"""Public statements of reasons as data, piece by piece (domain.md 8.4)."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from risks.rules.spreadsheet import guarded
from transparency.documents.pieces import json_object
from transparency.queries.public_statements import PublicStatement

MARK = "\ufeff"
COLUMNS = (
    *("puid", "issued_on", "restriction", "restriction_class", "decision_visibility", "decision_monetary"),
    *("decision_provision", "decision_account", "decision_ground", "rule_or_law", "explanation", "category"),
    *("content_type", "content_type_other", "content_month", "territory", "application_date", "end_date"),
    *(
        "decision_facts",
        "source_type",
        "automated_detection",
        "automated_decision",
        "corrects",
        "corrected_by",
    ),
)


def as_json(statements: Iterable[PublicStatement]) -> Iterator[str]:
    """Yield one JSON object that holds every statement."""
    return json_object({}, "statements", (one.as_data() for one in statements))


def as_csv(statements: Iterable[PublicStatement]) -> Iterator[str]:
    """Yield CSV with the mark by which Excel knows UTF-8; lists are joined by "; ", no cell begins like a formula."""
    line = io.StringIO()
    table = csv.writer(line)
    table.writerow(COLUMNS)
    yield MARK + _taken(line)
    for one in statements:
        told = one.as_data()
        table.writerow(guarded(_cell(told[name])) for name in COLUMNS)
        yield _taken(line)


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(str(one) for one in value)
    return "" if value is None else str(value)


def _taken(line: io.StringIO) -> str:
    said = line.getvalue()
    line.seek(0)
    line.truncate()
    return said
