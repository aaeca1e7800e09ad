"""The figures that left, for reports, board and public pages: nobody counts anew what is shown (domain.md 8.5)."""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import F, QuerySet

from hrdd.sealing import open_sealed
from remedies.queries.effectiveness import case_tables, facts
from remedies.rules.effectiveness import CRITERIA, Indicator, criterion_light, indicators
from risks.queries.exit_figures import exit_tables
from risks.queries.method import method
from risks.rules.suppression import Earlier
from transparency.models import Release, Report
from transparency.rules.dsa_quantities import PREFIX
from transparency.rules.releases import Figures
from transparency.rules.workflows import State

LEFT = (State.PUBLISHED, State.CORRECTED, State.WITHDRAWN)
SHOWN = (State.PUBLISHED, State.CORRECTED)
INDICATORS, COMPLAINTS, EXITS = "gp31", "cases_by_type", "exits"
TITLES = {
    "cases_by_type": "Cases received, by what they are about",
    "cases_by_language": "Cases received, by language",
    "cases_by_finding": "Cases decided, by what was found",
}


def figures_of(*, begin: date, end: date) -> list[Figures]:
    """Return every table that a report on a period tells: cases of the period, and how we left or stayed until now."""
    counted = case_tables(facts(last_published=None).cases, begin=begin, end=end)
    cases = [
        Figures(code, TITLES[code], table, shares_total="" if code == "cases_by_finding" else "received")
        for code, table in counted.items()
    ]
    exits = [
        Figures(f"{EXITS}_{code}", title, table, cumulative=True, shares_total=group)
        for code, title, group, table in exit_tables()
    ]
    return [*cases, *exits]


def indicators_of(*, begin: date, end: date) -> list[Indicator]:
    """Return the indicators of UNGP 31 for a span of days."""
    return indicators(facts(last_published=last_published()), begin=begin, end=end)


def board_of_criteria(spans: Sequence[tuple[date, date]], *, exact: bool) -> list[dict[str, Any]]:
    """Return the criteria with their indicators side by side for spans of days, and their lights; no score.

    Args:
        spans: first and last day of each.
        exact: whether small numbers are told, to those who handle cases.
    """
    known, k = facts(last_published=last_published()), method().smallest_group
    computed = [indicators(known, begin=begin, end=end) for begin, end in spans]
    rows: dict[str, list[dict[str, Any]]] = {letter: [] for letter in CRITERIA}
    for same in zip(*computed, strict=True):
        values = [
            {
                "said": one.exact if exact else one.printed(k),
                "light": one.light if exact else one.printed_light(k),
            }
            for one in same
        ]
        rows[same[0].criterion].append({"indicator": same[0], "values": values})
    return [
        {
            "letter": letter,
            "name": CRITERIA[letter],
            "rows": told,
            "lights": [
                criterion_light([one["values"][nth]["light"] for one in told]) for nth in range(len(spans))
            ],
        }
        for letter, told in rows.items()
    ]


def last_published() -> date | None:
    """Return when figures of the mechanism were published last."""
    last = public_releases(INDICATORS).values_list("report__published_at", flat=True).last()
    return last.date() if last else None


def left_releases(figures: str) -> QuerySet[Release]:
    """Return what ever left of some figures, the oldest first; what was withdrawn had been read."""
    return _left().filter(figures=figures)


def left_releases_like(beginning: str) -> QuerySet[Release]:
    """Return what ever left of figures whose code begins so, the oldest first."""
    return _left().filter(figures__startswith=beginning)


def _left() -> QuerySet[Release]:
    return Release.objects.filter(report__state__in=LEFT, as_of=F("report__frozen_at")).select_related(
        "report"
    )


def public_releases(figures: str) -> QuerySet[Release]:
    """Return what anybody may read of some figures, the oldest first."""
    return left_releases(figures).filter(report__state__in=SHOWN)


def earlier_of(release: Release) -> Earlier:
    """Return what a release counted and hid, opened for the next one."""
    told = open_sealed(bytes(release.sealed))
    return Earlier(
        tuple(tuple(row) for row in json.loads(told["counts"])), frozenset(json.loads(told["hidden"]))
    )


def latest_complaints() -> dict[str, Any] | None:
    """Return what was last published of the mechanism: its indicators and tables, with period and report."""
    last = public_releases(INDICATORS).last()
    return None if last is None else {"release": last, "report": last.report, **_told(last.report)}


def latest_exits() -> dict[str, Any] | None:
    """Return what was last published of leaving and staying with partners."""
    last = public_releases(f"{EXITS}_suspended_by_reason").last()
    if last is None:
        return None
    return {"release": last, "report": last.report, "tables": _told(last.report)["exits"]}


def _told(report: Report) -> dict[str, Any]:
    found: dict[str, Any] = defaultdict(list)
    released = Release.objects.filter(report=report, as_of=F("report__frozen_at"))
    for one in released.exclude(figures__startswith=PREFIX).order_by("id"):
        if one.figures == INDICATORS:
            found["criteria"] = one.printed["criteria"]
        else:
            found["exits" if one.figures.startswith(EXITS) else "tables"].append(one.printed)
    return {name: found[name] for name in ("criteria", "tables", "exits")}
