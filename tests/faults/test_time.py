"""T29: a timetable that rings twice, late or never, in any zone, over leap days and changes of the clock.

Each run lives through the same rings in another zone of the process and of the session; all must end as in UTC.
"""

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from risks.actions.proportionality import assess_chunk, claim_chunk, finish_cycle, plan_cycle, plan_touched
from risks.models import Cycle, Finding, Measure, ReviewTask, Risk, SeverityAssessment
from risks.rules.ladder import LADDER

ZONES = (
    *("Pacific/Apia", "Pacific/Marquesas", "America/New_York", "America/Sao_Paulo"),
    *("Europe/Berlin", "Africa/Nairobi", "Asia/Kathmandu", "Australia/Lord_Howe"),
)
LEAP, AUTUMN = (
    date(2024, 2, 24),
    date(2024, 10, 3),
)  # the clocks change in between: 10 and 31 March; 6, 27 October, 3 November
HOUR = timedelta(hours=1)


def rings(first: date, days: int, *, seed: int) -> list[datetime]:
    """Return when the timetable rang: each night never, once or twice, early or late by its own wrong clock."""
    drawn = random.Random(seed)  # noqa: S311  # to be repeated, not to be secret
    found: list[datetime] = []
    for number in range(days):
        two = datetime(first.year, first.month, first.day, 2, tzinfo=UTC) + timedelta(days=number)
        often = drawn.choice((0, 1, 1, 1, 2))
        found += [two + (drawn.choice((-1, 0, 1)) + drawn.choice((0, 0, 5, 21))) * HOUR for _ in range(often)]
    last = datetime(first.year, first.month, first.day, 2, tzinfo=UTC) + timedelta(days=days)
    return [*sorted(found), last]


@contextmanager
def living_in(zone: str) -> Iterator[None]:
    """Let this process and its session think in the hours of a place, and forget all that was written there."""
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setitem(os.environ, "TZ", zone)  # type: ignore[call-overload]
        time.tzset()
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('TimeZone', %s, true)", [zone])
        yield
        transaction.set_rollback(True)
    time.tzset()


def on_record(first: date) -> None:
    risk = Risk.objects.create(title="Incitement", summary="x", status="assessed", opened_on=first)
    began = first - timedelta(days=40)
    SeverityAssessment.objects.create(
        risk=risk, level=4, incomplete=False, holds_from=began, recorded_at=began_at(began), recorded_by="ana"
    )
    for number, kind in enumerate(("label", "permanent_ban", "reduce_reach", "label", "permanent_ban")):
        Measure.objects.create(
            risk=risk,
            kind=kind,
            intrusion=LADDER[kind].intrusion,
            target="an account",
            level_then=4,
            starts_on=began,
            reviewed_on=began,
            justified_on=began,
            ends_on=first + timedelta(days=3 * number) if number % 2 == 0 else None,
            starts_said="",
        )


def began_at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def lived_through(zone: str, when: list[datetime]) -> dict[str, Any]:
    """Ring each time, work off what is planned, and return what the record says in the end."""
    with living_in(zone):
        for at in when:
            for cycle in (plan_cycle(as_of=at.date(), at=at), plan_touched(at=at)):
                if cycle is not None:
                    worked_off(cycle, at)
        with connection.cursor() as cursor:  # Django reads hours as those of UTC, where it sets every session
            cursor.execute("SET LOCAL TIME ZONE 'UTC'")
        cycles = Cycle.objects.filter(kind=Cycle.Kind.NIGHTLY)
        return {
            "nights": list(cycles.order_by("as_of").values_list("as_of", flat=True)),
            "findings": list(
                Finding.objects.order_by("cycle__as_of", "cycle__kind", "measure").values_list(
                    "cycle__as_of", "cycle__kind", "measure", "finding", "code"
                )
            ),
            "tasks": list(
                ReviewTask.objects.order_by("measure").values_list("measure", "opened_at", "due_at")
            ),
            "measures": list(
                Measure.objects.order_by("pk").values_list("state", "ended_on", "look_again_on")
            ),
        }


def worked_off(cycle: Cycle, at: datetime) -> None:
    for chunk in cycle.chunks.waiting().values_list("pk", flat=True):
        claim_chunk(chunk)
        assess_chunk(chunk, at=at)
    finish_cycle(cycle, at=at)


def every_zone_agrees(zones: tuple[str, ...], first: date, days: int, *, seed: int) -> None:
    on_record(first)
    when = rings(first, days, seed=seed)
    in_utc = lived_through("UTC", when)

    assert in_utc["nights"] == sorted({at.date() for at in when})
    ends = list(Measure.objects.order_by("pk").values_list("ends_on", flat=True))
    for wanted, (_state, ended_on, _look) in zip(ends, in_utc["measures"], strict=True):
        assert ended_on == (wanted if wanted and wanted < when[-1].date() else None)
    assert in_utc["tasks"]
    for zone in zones:
        assert lived_through(zone, when) == in_utc, zone


def test_one_cycle_a_night_and_no_day_lost_whatever_the_zone(db: None) -> None:
    every_zone_agrees(("Pacific/Apia",), LEAP, 8, seed=1)


@pytest.mark.nightly
@pytest.mark.parametrize("first", [LEAP, AUTUMN])
@pytest.mark.parametrize("seed", [1, 2])
def test_thirty_eight_days_in_eight_zones_over_leap_day_and_changes_of_the_clock(
    db: None, first: date, seed: int
) -> None:
    every_zone_agrees(ZONES, first, 38, seed=seed)
