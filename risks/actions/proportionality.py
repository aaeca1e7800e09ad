"""Run a re-assessment cycle: plan it, take its chunks one by one, write findings and ask people (3.6, 3.8)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, QuerySet

from hrdd.governance.actions import JOB, record_event
from risks.models import Chunk, Cycle, Finding, Measure, ReviewTask
from risks.models.measures import IN_FORCE
from risks.queries.proportionality import findings_statement
from risks.rules.proportionality import DUE_DAYS, RULES_VERSION, URGENT_HOURS, URGENT_HOURS_LIFE, Outcome

CHUNK_SIZE = 10_000
MOST_ATTEMPTS = 3
ASKS_A_PERSON = frozenset({Outcome.REVIEW_URGENT, Outcome.REVIEW_DUE})
ENDS_BY_JOB = {Outcome.EXPIRE: Measure.State.EXPIRED, Outcome.LIFT_EXECUTE: Measure.State.REVERSED}


@transaction.atomic
def plan_cycle(*, as_of: date, at: datetime) -> Cycle:
    """Return the cycle of a day, planned in chunks; a second call returns the same cycle.

    Args:
        as_of: the day whose measures in force are assessed.
        at: now.
    """
    cycle, created = Cycle.objects.get_or_create(
        as_of=as_of, rules_version=RULES_VERSION, defaults={"started_at": at}
    )
    if not created:
        return cycle
    measures = _cut_into_chunks(cycle)
    record_event(
        by=JOB, at=at, action="planned re-assessment", subject=str(cycle), detail={"measures": measures}
    )
    _finish(cycle, at=at)
    return cycle


def _cut_into_chunks(cycle: Cycle) -> int:
    """Write the chunks of a cycle over the measures in force, in one statement; return how many measures."""
    measures = Measure.objects.in_force(cycle.as_of).order_by().values("id")
    inner, params = measures.query.sql_with_params()
    statement = f"""WITH parts AS (
        SELECT min(id) AS first, max(id) AS last, count(*) AS many
        FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / %s AS part FROM ({inner}) AS standing) AS numbered
        GROUP BY part),
        written AS (
        INSERT INTO risks_chunk (cycle_id, first_measure, last_measure, attempts, assessed, quarantined)
        SELECT %s, first, last, 0, 0, false FROM parts ORDER BY first)
        SELECT coalesce(sum(many), 0)::bigint FROM parts"""  # noqa: S608  # compiled by Django
    with connection.cursor() as cursor:
        cursor.execute(statement, [CHUNK_SIZE, *params, cycle.pk])
        [(counted,)] = cursor.fetchall()
    return int(counted)


def claim_chunk(chunk_id: int) -> bool:
    """Count an attempt, committed before the work, and quarantine a chunk that failed too often."""
    waiting = Chunk.objects.waiting().filter(pk=chunk_id)
    if waiting.filter(attempts__gte=MOST_ATTEMPTS).update(quarantined=True):
        return False
    return waiting.update(attempts=F("attempts") + 1) == 1


@transaction.atomic
def assess_chunk(chunk_id: int, *, at: datetime) -> int:
    """Assess one chunk in one transaction; return how many measures, 0 when somebody else has it."""
    waiting = Chunk.objects.filter(pk=chunk_id, done_at__isnull=True)
    chunk = waiting.select_for_update(skip_locked=True).first()
    if chunk is None:
        return 0
    cycle = Cycle.objects.get(pk=chunk.cycle_id)
    measures = Measure.objects.in_force(cycle.as_of).filter(
        pk__gte=chunk.first_measure, pk__lte=chunk.last_measure
    )
    assessed, found = _write_findings(cycle, measures)
    findings = (
        list(cycle.findings.filter(measure__in=measures.values("pk")).select_related("cycle"))
        if found
        else []
    )
    _ask_people(findings, at=at)
    if cycle.as_of == at.date():
        _end_what_a_person_dated(findings, at=at)
    chunk.done_at, chunk.assessed = at, assessed
    chunk.save(update_fields=["done_at", "assessed"])
    record_event(
        by=JOB,
        at=at,
        action="assessed measures",
        subject=str(cycle),
        detail={"chunk": chunk.pk, "assessed": assessed, "findings": found},
    )
    return assessed


def finish_cycle(cycle: Cycle, *, at: datetime) -> bool:
    """Mark a cycle finished once no chunk is waiting; return whether it is finished."""
    _finish(cycle, at=at)
    cycle.refresh_from_db()
    return cycle.finished_at is not None


def _finish(cycle: Cycle, *, at: datetime) -> None:
    if not cycle.chunks.waiting().exists():
        Cycle.objects.filter(pk=cycle.pk, finished_at__isnull=True).update(finished_at=at)


def _write_findings(cycle: Cycle, measures: QuerySet[Measure]) -> tuple[int, int]:
    """Judge measures and write the findings in one statement; return how many were judged, and found."""
    with connection.cursor() as cursor:
        cursor.execute(*findings_statement(measures, cycle=cycle.pk, as_of=cycle.as_of))
        assessed, found = cursor.fetchone()
    return assessed, found


def _due_at(finding: Finding, at: datetime) -> datetime:
    if finding.finding == Outcome.REVIEW_DUE:
        return at + timedelta(days=DUE_DAYS)
    return at + timedelta(hours=URGENT_HOURS_LIFE if finding.inputs["threat_to_life"] else URGENT_HOURS)


def _ask_people(findings: Iterable[Finding], *, at: datetime) -> None:
    """Open a task for each finding a person must answer; an open task stays open and only gets nearer."""
    asked = {finding.measure_id: finding for finding in findings if finding.finding in ASKS_A_PERSON}
    open_tasks = ReviewTask.objects.filter(measure__in=asked, closed_at__isnull=True).select_related(
        "finding__cycle"
    )
    for task in open_tasks:
        finding = asked.pop(task.measure_id)
        if finding.cycle.as_of >= task.finding.cycle.as_of:
            task.finding = finding
        task.due_at = min(task.due_at, _due_at(finding, at))
        task.save(update_fields=["finding", "due_at"])
    ReviewTask.objects.bulk_create(
        ReviewTask(measure_id=measure_id, finding=finding, opened_at=at, due_at=_due_at(finding, at))
        for measure_id, finding in asked.items()
    )


def _end_what_a_person_dated(findings: Iterable[Finding], *, at: datetime) -> None:
    """End measures whose human end date passed or whose human appeal was upheld; nothing else (3.8, SD7)."""
    for finding in findings:
        state = ENDS_BY_JOB.get(Outcome(finding.finding))
        if state is None:
            continue
        measure = finding.measure
        ended_on = measure.ends_on if state == Measure.State.EXPIRED else at.date()
        changed = Measure.objects.filter(pk=measure.pk, state__in=IN_FORCE).update(
            state=state, ended_on=ended_on
        )
        if changed:
            record_event(
                by=JOB, at=at, action=f"ended measure: {finding.code}", subject=str(measure), detail={}
            )
