"""The full sweep through our rules table and chunks, against the same rules written by hand in one statement."""

import resource
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection

from risks.actions.proportionality import assess_chunk, claim_chunk, finish_cycle, plan_cycle

BY_HAND = (Path(__file__).parent / "reassess.sql").read_text(encoding="utf-8")
DAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
ROUNDS = 2
FILL = (Path(__file__).parent / "reassess_fill.sql").read_text(encoding="utf-8")


def run(size: int) -> dict[str, Any]:
    """Fill a database with measures of which few are due, sweep it both ways, and compare what was found."""
    call_command("migrate", verbosity=0)
    _fill(size)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(_timed(_by_hand))
        ours.append(_timed(_through_the_table))
    differing = _count(
        "SELECT count(*) FROM by_hand h FULL JOIN risks_finding f ON f.measure_id = h.measure_id "
        "WHERE (h.finding, h.code) IS DISTINCT FROM (f.finding, f.code)"
    )
    return {
        "measures": size,
        "findings": _count("SELECT count(*) FROM risks_finding"),
        "differing": differing,
        "ours_seconds": round(min(ours), 2),
        "by_hand_seconds": round(min(theirs), 2),
        "ratio": round(min(ours) / min(theirs), 2),
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _fill(size: int) -> None:
    with connection.cursor() as cursor:
        _empty("risks_measure", "risks_risk")
        cursor.execute(FILL, [size])
        cursor.execute("DROP TABLE IF EXISTS by_hand")
        cursor.execute("CREATE TABLE by_hand (measure_id bigint, finding text, code text)")
        cursor.execute("VACUUM ANALYZE")


def _empty(*tables: str) -> None:
    """Empty tables of the benchmark's own database, past the triggers that keep judgements."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
        cursor.execute("SET session_replication_role = DEFAULT")


def _by_hand() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE by_hand")
        cursor.execute(BY_HAND, {"day": DAY})


def _through_the_table() -> None:
    """Do what the worker does: plan, claim each chunk, judge it, write findings, ask people, log."""
    _empty("risks_cycle", "risks_reviewtask")
    cycle = plan_cycle(as_of=DAY, at=NOW)
    for chunk in cycle.chunks.values_list("pk", flat=True):
        claim_chunk(chunk)
        assess_chunk(chunk, at=NOW)
    finish_cycle(cycle, at=NOW)


def _timed(sweep: Callable[[], None]) -> float:
    began = time.perf_counter()
    sweep()
    return time.perf_counter() - began


def _count(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        [(found,)] = cursor.fetchall()
    return int(found)
