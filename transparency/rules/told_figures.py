"""Every number of a frozen report as one row, for tables that hold many reports (domain.md 8.2, 8.5).

Nothing is counted here: a row says what the report says, a number or why there is none.
"""

from collections.abc import Iterator, Mapping
from typing import Any

COLUMNS = (
    *("period", "edition", "period_from", "period_to", "frozen_at", "table", "title", "code", "label"),
    *("value", "smallest_shown", "content_sha256"),
)
IN_FORCE = "In force"  # how a report says that a measure stands
REPORT, REASSESSMENTS, TOTAL = "report", "reassessments", "total"


def figure_rows(content: Mapping[str, Any], content_hash: str) -> list[dict[str, Any]]:
    """Return the figures, the counts by finding, the released tables and the indicators of a report, in its order.

    Args:
        content: the frozen content (format hrdd-report-2).
        content_hash: its SHA-256.
    """
    period, released = content["period"], content.get("released") or {}
    frame = {
        "period": period["name"],
        "edition": content["edition"],
        "period_from": period["from"],
        "period_to": period["to"],
        "frozen_at": content["frozen_at"],
    }
    tail = {"smallest_shown": released.get("k"), "content_sha256": content_hash}
    numbers = (*_counted(content), *_tables(released), *_indicators(released))
    names = ("table", "title", "code", "label", "value")
    return [{**frame, **dict(zip(names, one, strict=True)), **tail} for one in numbers]


def _counted(content: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str, Any]]:
    for one in content["figures"]:
        yield REPORT, "Figures of the report", one["code"], one["label"], one["value"]
    again = content["reassessments"]
    if again is None:
        return
    title = f"Re-assessment of {again['as_of']}"
    yield REASSESSMENTS, title, TOTAL, "Measures assessed", again["assessed"]
    for one in again["by_finding"]:
        yield REASSESSMENTS, title, "", one["finding"], one["count"]


def _tables(released: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str, Any]]:
    for table in released.get("tables", ()):
        for row in table["rows"]:
            yield table["code"], table["title"], "", row["label"], row["said"]
        yield table["code"], table["title"], TOTAL, "In all", table["total"]


def _indicators(released: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str, Any]]:
    for criterion in released.get("criteria", ()):
        for one in criterion["indicators"]:
            yield f"gp31_{criterion['letter']}", criterion["name"], one["code"], one["label"], one["said"]
