"""Which findings another method or another level of a risk would give, before anything is saved (3.4 to 3.6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from risks.models import Measure, Risk, Signal
from risks.queries.desk import BY_CODE_SENTENCE
from risks.queries.proportionality import decided_arms, source
from risks.rules.method import Method
from risks.rules.proportionality import ARMS, FOUND_SAID, WITHIN_INTERVAL, Outcome

SHOWN = 200


@dataclass(frozen=True)
class Said:
    """What the rules table says of a measure: the finding and the code that decides it."""

    finding: str
    code: str

    @property
    def label(self) -> str:
        """Return the finding in words."""
        return FOUND_SAID[self.finding]

    @property
    def sentence(self) -> str:
        """Return why, in a sentence."""
        return BY_CODE_SENTENCE.get(self.code, "It is within its interval.")


@dataclass(frozen=True)
class Move:
    """How many measures would move from one finding to another."""

    before: Said
    after: Said
    count: int


@dataclass(frozen=True)
class Changed:
    """A measure whose finding would change."""

    measure: Measure
    before: Said
    after: Said


@dataclass(frozen=True)
class WhatIf:
    """What would change: how many of how many, by kind of move, and the first measures."""

    judged: int
    moves: Sequence[Move]
    shown: Sequence[Changed]

    @property
    def count(self) -> int:
        """Return how many findings would change."""
        return sum(move.count for move in self.moves)


def other_method(now: Method, then: Method, *, at: datetime) -> WhatIf:
    """Return which findings of the measures in force would change under another method.

    Args:
        now: the method that holds.
        then: the one that is thought about.
        at: now; its day is the day judged.
    """
    standing = Measure.objects.in_force(at.date())
    return _compared(
        _side(standing, at=at, method=now),
        _side(standing, at=at, method=then),
    )


def other_level(risk: Risk, level: int, method: Method, *, at: datetime) -> WhatIf:
    """Return which findings of the measures on a risk would change if its severity did.

    Args:
        risk: the risk.
        level: 1 to 5, or 0 for a closed risk.
        method: the method that holds.
        at: now; its day is the day judged.
    """
    standing = Measure.objects.in_force(at.date()).filter(risk=risk)
    return _compared(
        _side(standing, at=at, method=method),
        _side(standing, at=at, method=method, supposed=str(int(level))),
    )


def _side(
    measures: QuerySet[Measure], *, at: datetime, method: Method, supposed: str = ""
) -> tuple[str, list[Any]]:
    day: date = at.date()
    signals = Signal.objects.filter(measure__in=measures)
    return decided_arms(*source(measures, signals, as_of=day, moment=at, method=method, supposed=supposed))


def _compared(before: tuple[str, list[Any]], after: tuple[str, list[Any]]) -> WhatIf:
    """Judge both sides in one statement, and read only what differs."""
    statement = f"""WITH before AS ({before[0]}), after AS ({after[0]}),
        changed AS MATERIALIZED (
            SELECT row, before.arm AS was, after.arm AS becomes FROM before JOIN after USING (row)
            WHERE before.arm <> after.arm)
        SELECT (SELECT count(*) FROM before),
            (SELECT coalesce(json_agg(json_build_array(was, becomes, many) ORDER BY many DESC, was, becomes), '[]')
             FROM (SELECT was, becomes, count(*) AS many FROM changed GROUP BY was, becomes) AS moves),
            (SELECT coalesce(json_agg(json_build_array(row, was, becomes) ORDER BY becomes, row), '[]')
             FROM (SELECT * FROM changed ORDER BY becomes, row LIMIT {SHOWN}) AS first)"""  # noqa: S608  # our own words
    with connection.cursor() as cursor:
        cursor.execute(statement, [*before[1], *after[1]])
        judged, moves, first = cursor.fetchone()
    measures = Measure.objects.select_related("risk").in_bulk([row for row, _, _ in first])
    return WhatIf(
        judged=judged,
        moves=[Move(_said(was), _said(becomes), many) for was, becomes, many in moves],
        shown=[Changed(measures[row], _said(was), _said(becomes)) for row, was, becomes in first],
    )


def _said(arm: int) -> Said:
    if arm < len(ARMS):
        return Said(str(ARMS[arm].outcome), ARMS[arm].code)
    return Said(Outcome.OK, WITHIN_INTERVAL)
