"""The full sweep through our rules table against the same rules by hand; what is due among few and among many."""

import os
import resource
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection, connections

from risks.actions.proportionality import assess_chunk, claim_chunk, finish_cycle, plan_cycle, plan_touched
from risks.models import Cycle

BY_HAND = (Path(__file__).parent / "reassess.sql").read_text(encoding="utf-8")
DAY = date(2026, 11, 24)
TOMORROW = DAY + timedelta(days=1)
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
ROUNDS = 3
DUE_ROUNDS = 5
DUE = 1_000
SMALL = 100_000
FILL = (Path(__file__).parent / "reassess_fill.sql").read_text(encoding="utf-8")


def run(size: int) -> dict[str, Any]:
    """Fill a database with measures of which few are due, sweep it both ways, and compare what was found.

    The sweep runs in one process, and in as many as there are cores, as the worker group does.
    """
    _fill(min(size, SMALL))
    _through_the_table()
    due_small = min(_timed_due(minute) for minute in range(DUE_ROUNDS))
    _fill(size)
    first = _timed(_through_the_table)  # also writes, once, when to look at each again
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    connections.close_all()
    ours, alone, theirs = [], [], []
    with ProcessPoolExecutor(os.cpu_count()) as group:
        list(group.map(_warm, range(2 * (os.cpu_count() or 1))))
        for _ in range(ROUNDS):
            theirs.append(_timed(_by_hand))
            _before_the_night()
            alone.append(_timed(_through_the_table))
            _before_the_night()
            ours.append(_timed(lambda: _through_the_table(group)))
    differing = _count(
        "SELECT count(*) FROM by_hand h FULL JOIN risks_finding f ON f.measure_id = h.measure_id "
        "WHERE (h.finding, h.code) IS DISTINCT FROM (f.finding, f.code)"
    )
    findings = _count("SELECT count(*) FROM risks_finding")
    due_large = min(_timed_due(minute) for minute in range(DUE_ROUNDS))
    return {
        "measures": size,
        "findings": findings,
        "differing": differing,
        "workers": os.cpu_count(),
        "ours_seconds": round(min(ours), 2),
        "ours_in_one_process_seconds": round(min(alone), 2),
        "by_hand_seconds": round(min(theirs), 2),
        "ratio": round(min(ours) / min(theirs), 2),
        "ratio_in_one_process": round(min(alone) / min(theirs), 2),
        "first_sweep_seconds": round(first, 2),
        "due": DUE,
        f"due_among_{min(size, SMALL)}_ms": round(due_small * 1000, 1),
        f"due_among_{size}_ms": round(due_large * 1000, 1),
        "due_ratio": round(due_large / due_small, 2),
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "peak_memory_of_a_worker_mib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    }


def _fill(size: int) -> None:
    with connection.cursor() as cursor:
        _empty("risks_measure", "risks_risk")
        _before_the_night()
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


def _through_the_table(group: Executor | None = None) -> None:
    """Do what the worker does: plan, claim each chunk, judge it, write findings, ask people, log."""
    _work_off(plan_cycle(as_of=DAY, at=NOW), NOW, group)


def _before_the_night() -> None:
    """Forget the cycle of this day, and make what was found look as it does each night: its next look is today."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE risks_measure SET latest_finding_id = NULL WHERE latest_finding_id IS NOT NULL"
        )
        for table in ("risks_reviewtask", "risks_finding", "risks_chunk", "risks_cycle"):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608  # our own names
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute(
            "UPDATE risks_measure SET look_again_on = %s WHERE look_again_on = %s", [DAY, TOMORROW]
        )


def _timed_due(minute: int) -> float:
    """Time what the minute's sweep does about exactly so many measures whose day has come."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE risks_measure SET look_again_on = %s WHERE look_again_on <= %s", [TOMORROW, DAY]
        )
        cursor.execute(
            "UPDATE risks_measure SET look_again_on = %s WHERE id IN (SELECT (SELECT min(id) FROM risks_measure) + n "
            "* ((SELECT count(*) FROM risks_measure) / %s) FROM generate_series(1, %s) AS n)",
            [DAY, DUE + 1, DUE],
        )
        cursor.execute("VACUUM ANALYZE risks_measure")
    return _timed(lambda: _due_only(NOW + timedelta(minutes=minute)))


def _due_only(at: datetime) -> None:
    cycle = plan_touched(at=at)
    if cycle is None:
        raise RuntimeError("Nothing was due.")
    _work_off(cycle, at)


def _work_off(cycle: Cycle, at: datetime, group: Executor | None = None) -> None:
    chunks = list(cycle.chunks.values_list("pk", flat=True))
    list((group.map if group else map)(_work, chunks, [at] * len(chunks)))
    finish_cycle(cycle, at=at)


def _work(chunk: int, at: datetime) -> None:
    claim_chunk(chunk)
    assess_chunk(chunk, at=at)


def _warm(_number: int) -> None:
    connection.ensure_connection()


def _timed(sweep: Callable[[], None]) -> float:
    began = time.perf_counter()
    sweep()
    return time.perf_counter() - began


def _count(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        [(found,)] = cursor.fetchall()
    return int(found)
