"""The main series of a report as numbers for a chart and its table, and what stood in the reports before (8.1)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from risks.rules.severity import BANDS

OVER_TIME = ("salient_risks", "severe_risks", "measures_standing", "decisions", "gaps")
MOST_PERIODS = 8


def charts(content: Mapping[str, Any], earlier: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the charts of a report: what stands in it counted, and its main figures over the periods.

    Args:
        content: the content that is being frozen.
        earlier: the published contents of earlier periods of the same length, the oldest first.
    """
    levels = Counter(risk["severity"]["level"] for risk in content["risks"])
    kinds = Counter(one["kind"] for risk in content["risks"] for one in risk["measures"])
    found = [
        _chart(
            "risks_by_level",
            "Salient risks by severity",
            [(f"{level} {BANDS[level]}", levels[level]) for level in sorted(BANDS, reverse=True)],
        ),
        _chart("measures_by_kind", "Measures told in this report, by kind", kinds.most_common()),
    ]
    found += [
        _chart(f"dsa_{one['code']}", one["label"], [(row["of"], int(row["said"])) for row in one["rows"]])
        for one in content["quantities"]
        if one["kind"] == "counted" and _exact(one["rows"])
    ]
    if earlier:
        over = [*earlier[-MOST_PERIODS + 1 :], content]
        labels = {one["code"]: one["label"] for one in content["figures"]}
        found += [
            _chart(
                f"over_time_{code}",
                f"{labels[code].removeprefix('of them ').capitalize()}, by period",
                [(one["period"]["label"], _figure(one, code)) for one in over],
            )
            for code in OVER_TIME
        ]
    return [one for one in found if one["rows"]]


def _exact(rows: Sequence[Mapping[str, str]]) -> bool:
    """Whether every row is told as a number; a chart draws nothing that is not told exactly (8.5)."""
    return len(rows) > 1 and all(row["said"].isdecimal() for row in rows)


def _chart(code: str, title: str, rows: Sequence[tuple[str, int]]) -> dict[str, Any]:
    return {"code": code, "title": title, "rows": [{"label": label, "value": value} for label, value in rows]}


def _figure(content: Mapping[str, Any], code: str) -> int:
    return next((int(one["value"]) for one in content["figures"] if one["code"] == code), 0)


def compared(content: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures of a report beside those of the report before, and where their definitions differ.

    Args:
        content: the content that is being frozen, with its released figures.
        before: the published content of the last earlier period of the same length.
    """
    then = {one["code"]: one["said"] for one in _said(before)}
    rows = [one | {"before": then.get(one["code"], "not told")} for one in _said(content)]
    return {
        "with": {name: before[name] for name in ("title", "edition", "period")},
        "rows": rows,
        "notes": _changed(content, before),
    }


def _said(content: Mapping[str, Any]) -> list[dict[str, str]]:
    figures = [
        {"code": one["code"], "label": one["label"], "said": str(one["value"])} for one in content["figures"]
    ]
    tables = content["released"].get("tables", []) if content["released"] else []
    return figures + [
        {"code": one["code"], "label": f"{one['title']}: in all", "said": str(one["total"])} for one in tables
    ]


def _changed(content: Mapping[str, Any], before: Mapping[str, Any]) -> list[str]:
    notes = []
    if content["rules_version"] != before["rules_version"]:
        notes.append(
            f"The rules of re-assessment changed: {before['rules_version']} then, {content['rules_version']} now."
        )
    now, then = content["released"] or {}, before["released"] or {}
    if now.get("query_version") != then.get("query_version"):
        notes.append("Figures of people are counted in another way than before.")
    if now.get("k") != then.get("k"):
        notes.append(f"Numbers under {now.get('k')} are not told; before, under {then.get('k')}.")
    if content["format"] != before["format"]:
        notes.append(
            f"The form of the report changed: {before['format']} then, {content['format']} now. "
            "What is counted of risks and measures did not."
        )
    labels = {one["code"]: (one["label"], one["note"]) for one in before["figures"]}
    notes += [
        f"“{one['label']}” is defined in another way than before: {labels[one['code']][1]}."
        for one in content["figures"]
        if one["code"] in labels and labels[one["code"]][1] != one["note"]
    ]
    return notes
