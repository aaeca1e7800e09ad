"""The figures of the board: counted once for a release, read from it ever after (domain.md 9; ADR 33)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count

from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from hrdd.oversight.models import BoardPack, FigureRelease, IndicatorValue
from hrdd.oversight.queries import counts
from hrdd.oversight.queries.put_before import put_before
from hrdd.oversight.queries.records import meetings_of_board
from hrdd.oversight.rules.indicators import BY_CODE, KPIS, Definition, Value, changed
from risks.models import Risk, SeverityAssessment
from risks.queries import consultations, desk, model_reviews, time_to_change
from risks.queries.changes import signed_exceptions
from risks.queries.exits import exits_due
from risks.queries.gaps import gap_counts
from risks.queries.register_map import COLUMNS, column_of
from risks.rules.severity import BANDS
from risks.rules.standing import CLOSED

SHOWN, TREND = 10, 12
SEVERE = 4


def indicator_values(*, at: datetime) -> list[Value]:
    """Count K1 to K26 as the record has them now, in the order of domain.md 9.

    Args:
        at: now.
    """
    on = at.date()
    counted = [
        *map(
            _taken_over,
            [
                *desk.indicators(at=at),
                *time_to_change.indicators(on=on),
                consultations.loop_closed(on=on),
                model_reviews.indicator(on=on),
            ],
        ),
        counts.p1_clock(at),
        counts.severity_drift(on),
        counts.evidence_quality(at),
        counts.on_time(at),
        counts.automation_guard(at),
        *counts.of_complaints(),
        counts.retaliation(on),
        counts.language_equity(on),
        counts.people_per_user(),
        counts.leadership(at),
        counts.reporting(on),
        counts.pay_and_training(),
    ]
    by_code = {one.code: one for one in counted}
    return [by_code[one.code] for one in KPIS]


def _taken_over(one: desk.Indicator) -> Value:
    """Return what a register counted; its sentence without the definition that stands beside it anyhow."""
    detail = one.definition.removeprefix(BY_CODE[one.code].definition.rstrip(".")).lstrip(".,:; ")
    return Value(
        one.code,
        one.value,
        number=one.number,
        detail=detail[:1].upper() + detail[1:],
        red=one.red,
        few_data=(one.few_data or one.number is None) and not one.red,
    )


def content_of_board(values: Sequence[Value], *, at: datetime) -> dict[str, Any]:
    """Return all that a release keeps beside its indicators, as JSON.

    Args:
        values: the indicators of the same moment, to be compared with those of the last meeting.
        at: now.
    """
    on = at.date()
    late = desk.open_tasks().filter(due_at__lt=at)
    return {
        "heat": heat(),
        "gaps": [
            {"code": one.code, "message": one.message, "count": one.count}
            for one in gap_counts(Risk.objects.all(), at=at)
        ],
        "lights": counts.lights(),
        "clocks": _clocks(on),
        "overdue": [
            {"what": str(one.measure), "due": one.due_at.date().isoformat(), "risk": one.measure.risk.title}
            for one in late[:SHOWN]
        ],
        "overdue_count": late.count(),
        "exits": [
            {"what": one.sentence, "due": one.due.isoformat(), "late": one.late}
            for one in exits_due(on=on)[:SHOWN]
        ],
        "before": put_before(at=at),
        "since": since_last_meeting(values, on=on),
    }


def heat() -> dict[str, Any]:
    """Return the open risks by severity and likelihood: counts, never a product (domain.md 2.4)."""
    rows = Risk.objects.filter(tier__lt=CLOSED).order_by().values_list("level", "state_of_harm", "likelihood")
    counted: Counter[tuple[int, str]] = Counter()
    for level, state, likelihood, many in rows.annotate(many=Count("pk")):
        counted[level, column_of(state, likelihood)] += many
    return {
        "columns": list(COLUMNS.values()),
        "rows": [
            {
                "level": level,
                "band": BANDS[level],
                "cells": [
                    {
                        "count": counted[level, harm],
                        "column": said,
                        "query": urlencode({"tier": "open", "level": level, "harm": harm}),
                    }
                    for harm, said in COLUMNS.items()
                ],
            }
            for level in sorted(BANDS, reverse=True)
        ],
    }


def _clocks(on: date) -> list[dict[str, Any]]:
    found = time_to_change.ListedClocks(on=on)[:SHOWN]
    return [
        {
            "partner": (
                "A partner whose name endangers people"
                if one.tied.relationship.partner.naming_endangers
                else str(one.tied.relationship.partner)
            ),
            "risk": one.tied.risk.title,
            "level": one.level,
            "what": one.what_is_due,
            "due": one.due.isoformat(),
            "left": one.left_said,
            "late": (one.days_left or 0) < 0,
        }
        for one in found
        if one.due
    ]


def since_last_meeting(values: Sequence[Value], *, on: date) -> dict[str, Any]:
    """Return what changed since the board met last: indicators, severe risks, exceptions; empty before a meeting.

    Args:
        values: the indicators now.
        on: the day.
    """
    meeting = meetings_of_board().select_related("figures").filter(held_on__lte=on).first()
    if meeting is None:
        return {}
    day = meeting.held_on
    judged = SeverityAssessment.objects.filter(holds_from__gt=day, supersedes__isnull=False).select_related(
        "risk", "supersedes"
    )
    moved = [one for one in judged.order_by("pk") if one.supersedes and one.level != one.supersedes.level]
    new = Risk.objects.filter(opened_on__gt=day, level__gte=SEVERE, tier__lt=CLOSED).order_by("-rank", "pk")
    return {
        "meeting": str(meeting),
        "held_on": day.isoformat(),
        "compared": str(meeting.figures) if meeting.figures else "",
        "indicators": changed(values, values_of(meeting.figures)) if meeting.figures else [],
        "new_severe": [one.title for one in new[:SHOWN]],
        "moved": [
            {"what": one.risk.title, "then": one.supersedes.level, "now": one.level}
            for one in moved[-SHOWN:]
            if one.supersedes
        ],
        "exceptions": [
            one.change.title
            for one in signed_exceptions()
            if one.change.exception_signed_at and one.change.exception_signed_at.date() > day
        ][:SHOWN],
    }


def last_release() -> FigureRelease | None:
    """Return the figures that were frozen last; None before the first time."""
    return FigureRelease.objects.first()


def pack_of(release: FigureRelease | None) -> BoardPack | None:
    """Return the pack of a release without its pages; None before the first release."""
    return BoardPack.objects.filter(release=release).defer("pdf").first() if release else None


def rendered_pack(release: FigureRelease) -> BoardPack | None:
    """Return the pack of a release with its pages; None until the worker rendered them."""
    return (
        BoardPack.objects.filter(release=release, rendered_at__isnull=False).select_related("release").first()
    )


def release_on(day: date) -> FigureRelease | None:
    """Return the figures that lay on the table on a day: the last ones frozen by then."""
    return FigureRelease.objects.filter(as_of__lte=day).first()


def values_of(release: FigureRelease) -> dict[str, Value]:
    """Return the indicators of a release, by code."""
    return {one.code: _value(one) for one in release.values.all()}


def _value(one: IndicatorValue) -> Value:
    return Value(one.code, one.said, one.number, one.detail, one.red, one.few_data, one.missing)


@dataclass(frozen=True)
class Point:
    """A frozen figure of an earlier release."""

    as_of: date
    said: str
    number: float | None


def trends(until: FigureRelease) -> dict[str, list[Point]]:
    """Return the frozen figures of the last twelve days with a release, the oldest first, by code; in two queries.

    Args:
        until: the latest release that counts.
    """
    earlier = FigureRelease.objects.filter(frozen_at__lte=until.frozen_at)
    latest = earlier.order_by("-as_of", "-frozen_at").distinct("as_of").only("pk", "as_of")[:TREND]
    kept = [one.pk for one in latest]
    rows = (
        IndicatorValue.objects.filter(release__in=kept)
        .order_by("release__as_of")
        .select_related("release")
        .defer("release__content")
    )
    found: dict[str, list[Point]] = {one.code: [] for one in KPIS}
    for one in rows:
        found[one.code].append(Point(one.release.as_of, one.said, one.number))
    return found


@dataclass(frozen=True)
class Shown:
    """An indicator as board and pack show it."""

    definition: Definition
    value: Value
    trend: Sequence[Point]
    url: tuple[str, str]

    @property
    def light(self) -> str:
        """Return its light as the badge is called."""
        if self.value.missing:
            return "neutral"
        return "urgent" if self.value.red else "due" if self.value.few_data else "ok"

    @property
    def light_said(self) -> str:
        """Return its light in words."""
        if self.value.missing:
            return "not recorded"
        return "past the line" if self.value.red else "few data" if self.value.few_data else "not red"


# The list behind each figure: the name of its page, the filters, and what it takes to read it.
BEHIND: Mapping[str, tuple[str, Mapping[str, str], Permission]] = {
    "K1": ("risk-list", {"level": "4+", "tier": "open"}, Permission.READ_DESK),
    "K2": ("risk-list", {"tier": "P1"}, Permission.READ_DESK),
    "K3": ("risk-map", {"tier": "open"}, Permission.READ_DESK),
    "K4": ("risk-list", {"tier": "open", "due": "overdue"}, Permission.READ_DESK),
    "K5": ("risk-list", {"gap": "AFFECTED_NOT_HEARD"}, Permission.READ_DESK),
    "K6": ("desk", {}, Permission.READ_DESK),
    "K7": ("desk", {}, Permission.READ_DESK),
    "K8": ("desk", {}, Permission.READ_DESK),
    "K9": ("measure-list", {}, Permission.READ_DESK),
    "K10": ("measure-list", {"state": "active"}, Permission.READ_DESK),
    "K11": ("measure-list", {"state": "active"}, Permission.READ_DESK),
    "K12": ("clock-list", {}, Permission.READ_DESK),
    "K13": ("clock-list", {"status": "EXIT_CONSIDERATION_DUE"}, Permission.READ_DESK),
    "K14": ("exit-list", {}, Permission.READ_DESK),
    "K15": ("case-effectiveness", {}, Permission.READ_EFFECTIVENESS),
    "K16": ("case-effectiveness", {}, Permission.READ_EFFECTIVENESS),
    "K17": ("case-list", {}, Permission.READ_CASES),
    "K18": ("case-effectiveness", {}, Permission.READ_EFFECTIVENESS),
    "K19": ("consultation-list", {"overdue": "yes"}, Permission.READ_DESK),
    "K20": ("case-effectiveness", {}, Permission.READ_EFFECTIVENESS),
    "K21": ("case-effectiveness", {}, Permission.READ_EFFECTIVENESS),
    "K22": ("oversight", {}, Permission.READ_DESK),
    "K23": ("oversight", {}, Permission.READ_DESK),
    "K24": ("report-list", {}, Permission.READ_DESK),
    "K25": ("model-review-list", {}, Permission.READ_DESK),
    "K26": ("oversight", {}, Permission.READ_DESK),
}


def shown(
    values: Mapping[str, Value], trend: Mapping[str, Sequence[Point]], *, reader: User | None
) -> list[tuple[str, list[Shown]]]:
    """Return the indicators by their groups, each with its trend and the list that this reader may open.

    Args:
        values: by code.
        trend: by code.
        reader: who reads; None for the pack, which links to nothing.
    """
    groups: dict[str, list[Shown]] = {}
    for one in KPIS:
        name, chosen, permission = BEHIND[one.code]
        opens = reader is not None and reader.may(permission)
        url = (name, urlencode(chosen)) if opens else ("", "")
        groups.setdefault(one.group, []).append(Shown(one, values[one.code], trend.get(one.code, ()), url))
    return list(groups.items())


def summary(values: Mapping[str, Value]) -> dict[str, Any]:
    """Return how many indicators have which light, and those that are red; no score."""
    found = list(values.values())
    return {
        "red": [(one.code, BY_CODE[one.code].title, one.said) for one in found if one.red],
        "few": sum(one.few_data for one in found),
        "missing": [(one.code, BY_CODE[one.code].title) for one in found if one.missing],
        "rest": sum(not one.red and not one.few_data and not one.missing for one in found),
    }
