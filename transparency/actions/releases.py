"""Freeze figures as they may leave, beside the report that tells them (domain.md 8.5)."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from hrdd.governance.rules import canonical_hash
from hrdd.sealing import open_sealed, seal
from risks.queries.method import method
from transparency.models import Release, Report
from transparency.queries.releases import (
    INDICATORS,
    earlier_of,
    figures_of,
    indicators_of,
    left_releases,
    left_releases_like,
)
from transparency.rules.periods import period_label
from transparency.rules.releases import QUERY_VERSION, Figures, overlapping, printed_indicators, released


def release_figures(
    report: Report, *, at: datetime, quantities: Mapping[str, Figures] | None = None
) -> tuple[dict[str, Any], dict[str, dict[str, Any]], dict[str, str]]:
    """Make the releases of a report that is being frozen, in its transaction; return what it tells of them.

    A table of a period that shares days with a period of which it was told already is withheld: the two could be
    subtracted. The same period again is compared with every earlier release of it.

    Args:
        report: the report.
        at: now, the moment its figures are frozen.
        quantities: tables of the quantities of the DSA, by quantity.

    Returns:
        what the report tells of people; the quantities as they leave; why a quantity does not leave.
    """
    k, begin, end = method().smallest_group, report.period_from, report.period_to
    asked = quantities or {}
    names = {one.code: name for name, one in asked.items()}
    figures, withheld = [], {}
    earlier, kept_back = {}, {}
    for one in (*figures_of(begin=begin, end=end), *asked.values()):
        left = list(left_releases(one.code))
        other = (
            None if one.cumulative else overlapping(begin, end, ((r.period_from, r.period_to) for r in left))
        )
        why = _told_for(*other) if other is not None else ""
        if one.code in names:
            why = why or _told_otherwise(one.code, begin, end)
            if why:
                kept_back[names[one.code]] = why
                continue
        elif why:
            withheld[one.title] = why
            continue
        figures.append(one)
        earlier[one.code] = [
            earlier_of(release) for release in left if one.cumulative or release.period == report.period
        ]
    told = released(figures, k, earlier)
    for found in told:
        counts = [list(row) for row in found.figures.table.counts]
        _store(
            report,
            found.figures.code,
            dict(found.printed),
            at=at,
            k=k,
            row_count=found.row_count if found.row_count and found.row_count >= k else None,
            sealed={"counts": json.dumps(counts), "hidden": json.dumps(sorted(found.found.hidden))},
        )
    people = {
        "k": k,
        "query_version": QUERY_VERSION,
        "tables": [dict(found.printed) for found in told if found.figures.code not in names],
        "criteria": _release_indicators(report, withheld, at=at, k=k),
        "withheld": [{"what": what, "why": why} for what, why in withheld.items()],
    }
    printed = {
        names[found.figures.code]: dict(found.printed) for found in told if found.figures.code in names
    }
    return people, printed, kept_back


def _told_otherwise(code: str, begin: date, end: date) -> str:
    """Say why a quantity does not leave where it left before with other rows, for days that the period shares."""
    name = code.partition(".")[0]
    for one in left_releases_like(f"{name}.").exclude(figures=code):
        if one.period_from <= end and one.period_to >= begin:
            return (
                f"told already for {period_label(one.period_from, one.period_to)} with other rows; the two together "
                "would let small numbers be computed"
            )
    return ""


def _release_indicators(
    report: Report, withheld: dict[str, str], *, at: datetime, k: int
) -> list[dict[str, Any]]:
    left = list(left_releases(INDICATORS))
    other = overlapping(
        report.period_from, report.period_to, ((one.period_from, one.period_to) for one in left)
    )
    if other is not None:
        withheld["Indicators of the complaint mechanism"] = _told_for(*other)
        return []
    found = indicators_of(begin=report.period_from, end=report.period_to)
    same = [one for one in left if one.period == report.period]
    criteria = printed_indicators(found, k, _rested_on(same[-1]) if same else {})
    said = {one["code"]: (one["said"], one["light"]) for told in criteria for one in told["indicators"]}
    rests = {
        one.code: [one.part or 0, one.whole if one.whole is not None else one.of or 0, *said[one.code]]
        for one in found
    }
    _store(
        report,
        INDICATORS,
        {"criteria": criteria},
        at=at,
        k=k,
        row_count=None,
        sealed={"counts": json.dumps(rests)},
    )
    return criteria


def _rested_on(release: Release) -> dict[str, tuple[int, int, str, str]]:
    told = json.loads(open_sealed(bytes(release.sealed))["counts"])
    return {code: (part, whole, words, light) for code, (part, whole, words, light) in told.items()}


def _told_for(begin: Any, end: Any) -> str:
    return (
        f"told already for {period_label(begin, end)}; a period that shares days with it would let small numbers "
        "be computed"
    )


def _store(
    report: Report,
    figures: str,
    printed: dict[str, Any],
    *,
    at: datetime,
    k: int,
    row_count: int | None,
    sealed: dict[str, str],
) -> None:
    Release.objects.create(
        report=report,
        figures=figures,
        period=report.period,
        period_from=report.period_from,
        period_to=report.period_to,
        query_version=QUERY_VERSION,
        as_of=at,
        k=k,
        row_count=row_count,
        printed=printed,
        sha256=canonical_hash(printed),
        sealed=seal(sealed),
    )
