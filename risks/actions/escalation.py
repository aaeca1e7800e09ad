"""Remind people of what is overdue, ever higher up; a machine reminds and escalates, it decides nothing (3.6, 3.8)."""

from datetime import datetime

from django.db import connection, transaction

from hrdd.governance.actions import JOB, record_event
from hrdd.job import as_job
from risks.queries.method import method

# Each level is reminded when the deadline of the level below has passed by the hours of an urgent finding once more.
STATEMENT = """WITH late AS (
    SELECT t.id, t.due_at, CASE WHEN (f.inputs->>'threat_to_life')::boolean THEN %(life)s ELSE %(urgent)s END AS hours,
           f.codes ? 'REVIEW_LAPSED' AND (f.inputs->>'intrusion')::int >= 4 AS silent
    FROM risks_reviewtask t JOIN risks_finding f ON f.id = t.finding_id WHERE t.closed_at IS NULL
), owed AS (
    SELECT id, level, 'overdue' AS why, NULL::timestamptz AS answer_by
    FROM late, (VALUES ('DECIDER', 0), ('SENIOR', 1), ('BOARD', 2)) AS ladder (level, step)
    WHERE due_at + make_interval(hours => hours * step) < %(at)s
    UNION ALL
    SELECT id, 'SENIOR', 'silence', %(at)s + make_interval(days => %(silence)s) FROM late WHERE silent
), sent AS (
    INSERT INTO risks_reminder (task_id, level, why, sent_at, answer_by)
    SELECT id, level, why, %(at)s, answer_by FROM owed
    ON CONFLICT (task_id, level, why) DO NOTHING RETURNING task_id, level
), raised AS (
    UPDATE risks_reviewtask t SET level = r.level
    FROM (SELECT task_id, (ARRAY['DECIDER', 'SENIOR', 'BOARD'])[max(array_position(
            ARRAY['DECIDER', 'SENIOR', 'BOARD'], level::text))] AS level FROM sent GROUP BY task_id) AS r
    WHERE t.id = r.task_id AND array_position(ARRAY['DECIDER', 'SENIOR', 'BOARD'], r.level)
        > array_position(ARRAY['DECIDER', 'SENIOR', 'BOARD'], t.level::text)
) SELECT count(*) FROM sent"""


def escalate_overdue(*, at: datetime) -> int:
    """Write the reminders that are owed by now, each once, and raise the level of their tasks; return how many.

    Nothing is extended, lifted or decided: the measure stays red until a person records an outcome.

    Args:
        at: now.
    """
    numbers = method()
    with as_job(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                STATEMENT,
                {
                    "at": at,
                    "life": numbers.urgent_hours_life,
                    "urgent": numbers.urgent_hours,
                    "silence": numbers.silence_days,
                },
            )
            [(sent,)] = cursor.fetchall()
        if sent:
            record_event(
                by=JOB,
                at=at,
                action="reminded of overdue reviews",
                subject="Review tasks",
                detail={"sent": sent},
            )
    return int(sent)
