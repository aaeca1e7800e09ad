"""Run a re-assessment cycle: plan it, take its chunks one by one, judge, ask people, end what they dated (3.6, 3.8)."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet

from hrdd.governance.actions import JOB, record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from hrdd.job import as_job
from risks.models import Chunk, Cycle, Measure, Signal, Touch
from risks.models.measures import NEVER_STOOD
from risks.queries.method import method
from risks.queries.proportionality import NEVER, sweep_statement
from risks.rules.proportionality import rules_version

CHUNK_SIZE = 50_000
MEMBERS_SIZE = 2_000
MOST_ATTEMPTS = 3
SWEEP_LOCK, PLAN_LOCK = 4102, 4103


def plan_cycle(*, as_of: date, at: datetime) -> Cycle:
    """Return the full cycle of a day, planned in chunks; a second call returns the same cycle.

    Args:
        as_of: the day whose measures in force are assessed.
        at: now; a cycle of this very day is the nightly one, another was asked for.
    """
    with as_job(), transaction.atomic():
        cycle, created = Cycle.objects.get_or_create(
            kind=Cycle.Kind.NIGHTLY if as_of == at.date() else Cycle.Kind.REQUESTED,
            period_start=datetime.combine(as_of, time(), UTC),
            rules_version=rules_version(method()),
            defaults={"started_at": at, "as_of": as_of},
        )
        if created:
            _planned(cycle, at=at, parts=_cut_into_chunks(cycle))
        return cycle


def plan_touched(*, at: datetime) -> Cycle | None:
    """Return a cycle over what something happened to, or whose day has come; None where there is nothing.

    The touches are taken in the transaction that writes the chunks, so that a crash loses none. While an earlier
    cycle of events waits for its worker it is returned instead.

    Args:
        at: now; one cycle a minute.
    """
    waiting = Cycle.objects.filter(kind=Cycle.Kind.EVENT, finished_at__isnull=True).first()
    if waiting:
        return waiting
    touched = Touch.objects.filter(due_at__lte=at).exists()
    if not touched and not Measure.objects.to_look_at(at.date()).exists():
        return None
    with as_job(), transaction.atomic():
        _lock("pg_advisory_xact_lock", PLAN_LOCK)
        cycle, created = Cycle.objects.get_or_create(
            kind=Cycle.Kind.EVENT,
            period_start=at.replace(second=0, microsecond=0),
            rules_version=rules_version(method()),
            defaults={"started_at": at, "as_of": at.date()},
        )
        if not created:
            return None
        measures = _take_touched(cycle, at=at)
        if not measures:
            cycle.delete()
            return None
        _planned(cycle, at=at, measures=measures)
        return cycle


def _planned(cycle: Cycle, *, at: datetime, **counted: int) -> None:
    record_event(by=JOB, at=at, action="planned re-assessment", subject=str(cycle), detail=counted)
    _finish(cycle, at=at)


def _cut_into_chunks(cycle: Cycle) -> int:
    """Write the chunks of a cycle, ranges of so many measures walked off the primary key; return how many chunks.

    What does not stand on the day is left out where a chunk is judged, so that planning reads no row of the table.
    """
    statement = """WITH RECURSIVE cuts (first) AS (
        SELECT min(id) FROM risks_measure
        UNION ALL
        SELECT (SELECT id FROM risks_measure WHERE id > cuts.first ORDER BY id OFFSET %s LIMIT 1)
        FROM cuts WHERE cuts.first IS NOT NULL),
        written AS (
        INSERT INTO risks_chunk (cycle_id, first_measure, last_measure, attempts, assessed, quarantined)
        SELECT %s, first, coalesce(lead(first) OVER (ORDER BY first) - 1, (SELECT max(id) FROM risks_measure)),
            0, 0, false
        FROM cuts WHERE first IS NOT NULL ORDER BY first RETURNING id)
        SELECT count(*) FROM written"""
    return _counted(statement, [CHUNK_SIZE - 1, cycle.pk])


def _take_touched(cycle: Cycle, *, at: datetime) -> int:
    """Take the touches, write chunks over their measures and those whose day has come; return how many.

    What does not stand is set aside until it begins; what stands is not taken again today unless touched.
    """
    today = cycle.as_of
    inner, params = Measure.objects.in_force(today).order_by().values("id").query.sql_with_params()
    statement = f"""WITH taken AS (DELETE FROM risks_touch WHERE due_at <= %s RETURNING measure_id, risk_id),
        chosen AS (
            SELECT id FROM risks_measure WHERE look_again_on IS NULL
            UNION SELECT id FROM risks_measure WHERE look_again_on <= %s
            UNION SELECT m.id FROM taken JOIN risks_measure m ON m.risk_id = taken.risk_id
            UNION SELECT measure_id FROM taken WHERE measure_id IS NOT NULL),
        standing AS (SELECT id FROM ({inner}) AS s (id) WHERE id IN (SELECT id FROM chosen)),
        moved AS (
            UPDATE risks_measure m SET look_again_on = looked.day
            FROM (SELECT c.id, CASE WHEN s.id IS NOT NULL THEN %s::date + 1
                    WHEN o.starts_on > %s AND o.ended_on IS NULL AND o.state <> ALL (%s) THEN o.starts_on
                    ELSE %s END AS day
                FROM chosen c JOIN risks_measure o ON o.id = c.id LEFT JOIN standing s ON s.id = c.id) AS looked
            WHERE m.id = looked.id AND m.look_again_on IS DISTINCT FROM looked.day),
        parts AS (
            SELECT min(id) AS first, max(id) AS last, count(*) AS many, array_agg(id ORDER BY id) AS members
            FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / %s AS part FROM standing) AS numbered
            GROUP BY part),
        written AS (
            INSERT INTO risks_chunk (cycle_id, first_measure, last_measure, members, attempts, assessed, quarantined)
            SELECT %s, first, last, members, 0, 0, false FROM parts ORDER BY first)
        SELECT coalesce(sum(many), 0)::bigint FROM parts"""  # noqa: S608  # compiled by Django
    return _counted(
        statement,
        [at, today, *params, today, today, list(NEVER_STOOD), NEVER, MEMBERS_SIZE, cycle.pk],
    )


def _counted(statement: str, params: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        [(counted,)] = cursor.fetchall()
    return int(counted)


def claim_chunk(chunk_id: int) -> bool:
    """Count an attempt, committed before the work, and quarantine a chunk that failed too often."""
    waiting = Chunk.objects.waiting().filter(pk=chunk_id)
    if waiting.filter(attempts__gte=MOST_ATTEMPTS).update(quarantined=True):
        return False
    return waiting.update(attempts=F("attempts") + 1) == 1


def assess_chunk(chunk_id: int, *, at: datetime) -> int:
    """Assess one chunk in one transaction, as a job; return how many measures, 0 when somebody else has it."""
    with as_job(), transaction.atomic():
        waiting = Chunk.objects.filter(pk=chunk_id, done_at__isnull=True)
        chunk = waiting.select_for_update(skip_locked=True).first()
        return _assess(chunk, at=at) if chunk else 0


def _assess(chunk: Chunk, *, at: datetime) -> int:
    cycle = Cycle.objects.get(pk=chunk.cycle_id)
    # A sweep of events waits for the parts under way and they for it: no older view overwrites a newer look.
    exclusive = cycle.kind == Cycle.Kind.EVENT
    _lock("pg_advisory_xact_lock" if exclusive else "pg_advisory_xact_lock_shared", SWEEP_LOCK)
    end_of_day = datetime.combine(cycle.as_of + timedelta(days=1), time(), UTC)
    statement, params = sweep_statement(
        *_judged_of(chunk, cycle),
        cycle=cycle,
        at=at,
        moment=min(cycle.started_at, end_of_day),
        method=method(),
        today=cycle.as_of == at.date(),
    )
    with connection.cursor() as cursor:
        # What a crash of the database loses here is one whole part, which is then still waiting.
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute(statement, params)
        assessed, found, ended = cursor.fetchone()
    chunk.done_at, chunk.assessed = at, assessed
    chunk.save(update_fields=["done_at", "assessed"])
    told = {"chunk": chunk.pk, "assessed": assessed, "findings": found}
    record_event(by=JOB, at=at, action="assessed measures", subject=str(cycle), detail=told)
    for code, measures in sorted(ended.items()):
        record_event(
            by=JOB, at=at, action=f"ended measures: {code}", subject=str(cycle), detail={"measures": measures}
        )
    return int(assessed)


def _judged_of(chunk: Chunk, cycle: Cycle) -> tuple[QuerySet[Measure], QuerySet[Signal]]:
    """Return the measures of a chunk that stand on the cycle's day, and the signals on its measures."""
    standing = Measure.objects.in_force(cycle.as_of)
    if chunk.members is None:
        first, last = chunk.first_measure, chunk.last_measure
        return (
            standing.filter(pk__gte=first, pk__lte=last),
            Signal.objects.filter(measure__gte=first, measure__lte=last),
        )
    return standing.filter(pk__in=chunk.members), Signal.objects.filter(measure__in=chunk.members)


def _lock(function: str, key: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [key])


def finish_cycle(cycle: Cycle, *, at: datetime) -> bool:
    """Mark a cycle finished once no chunk is waiting; return whether it is finished."""
    _finish(cycle, at=at)
    cycle.refresh_from_db()
    return cycle.finished_at is not None


def _finish(cycle: Cycle, *, at: datetime) -> None:
    if not cycle.chunks.waiting().exists():
        Cycle.objects.filter(pk=cycle.pk, finished_at__isnull=True).update(finished_at=at)


@transaction.atomic
def retry_quarantined(cycle: Cycle, *, by: User, at: datetime) -> int:
    """Give the parts of a cycle that were set aside another three attempts; return how many.

    Args:
        cycle: whose parts were set aside.
        by: who asks; needs the permission to re-assess.
        at: now.

    Raises:
        NotAllowed: the role may not, or nothing was set aside.
    """
    if not by.may(Permission.REASSESS_MEASURE):
        raise NotAllowed("Your role does not run re-assessments. Analysts, reviewers and deciders do.")
    retried = cycle.chunks.filter(quarantined=True, done_at__isnull=True).update(
        quarantined=False, attempts=0
    )
    if not retried:
        raise NotAllowed(
            "No part of this re-assessment is set aside. Open the page again to see how far it is."
        )
    Cycle.objects.filter(pk=cycle.pk).update(finished_at=None)
    record_event(
        by=by.username,
        at=at,
        action="retried parts of a re-assessment",
        subject=str(cycle),
        detail={"parts": retried},
    )
    return retried
