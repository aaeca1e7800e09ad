"""Fill the relation `judged` and run the rules table over it, in the database."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Max, Q, QuerySet

from risks.models.judged import Judged
from risks.models.measures import Measure, Signal
from risks.models.proportionality import Cycle
from risks.rules.evaluation import ProportionalityInput
from risks.rules.ladder import LADDER
from risks.rules.method import DEFAULT, Method
from risks.rules.proportionality import (
    ARMS,
    TRIGGERS,
    WITHIN_INTERVAL,
    Outcome,
    days_to_next_look,
    fires,
    primary_arm,
    suggestion,
)

INPUT_COLUMNS = [field.name for field in Judged._meta.concrete_fields]
FROM_THE_METHOD = ("interval_days", "rejustify_after")
FLAGS = [field.name for field in Judged._meta.concrete_fields if isinstance(field, BooleanField)]


@dataclass(frozen=True)
class Judgement:
    """What the table says of one row: the finding, its deciding code, all codes that apply, the inputs."""

    row: int
    finding: str
    code: str
    codes: list[str]
    inputs: Mapping[str, Any]

    @property
    def others(self) -> list[str]:
        """Return the codes that apply beside the deciding one, in order of precedence."""
        return [code for code in self.codes if code != self.code]

    @property
    def suggestion(self) -> str:
        """Return the advice that goes with the finding."""
        inputs = self.inputs
        return suggestion(
            code=self.code,
            level_now=inputs["level_now"],
            intrusion=inputs["intrusion"],
            ceiling_lift=inputs["ceiling_lift"],
        )


CARRIED = ("look_again_on", "latest_finding_id")
# What the source reads of a measure; the rest of its inputs comes from its risk, its signals and the method.
READ = (
    *("id", "risk_id", "kind", "intrusion", "state", "level_then", "reviewed_on", "justified_on"),
    *("starts_on", "ends_on", "repeat_after_warning", "override_reason", "emergency_until"),
    *CARRIED,
)
NEVER = date.max


def _array(values: Iterable[int | None]) -> str:
    """Return an SQL array of our own integers."""
    return f"(ARRAY[{','.join('NULL' if value is None else str(int(value)) for value in values)}]::int[])"


def _clocks(given: str, method: Method) -> str:
    """Return inputs with the intervals that the method gives them; a closed risk (L0) uses column L1 (3.4)."""
    every = _array(days for intrusion in range(6) for days in method.review_intervals[intrusion])
    oldest = _array(method.rejustification_days[intrusion] for intrusion in range(6))
    return f"""SELECT given.*, {every}[intrusion * 5 + greatest(level_now, 1)] AS interval_days,
        {oldest}[intrusion + 1] AS rejustify_after FROM ({given}) AS given"""  # noqa: S608  # our own integers


def _compiled(rows: QuerySet[Any, Any]) -> tuple[str, tuple[Any, ...]]:
    sql, params = rows.query.sql_with_params()
    return sql, tuple(params)


def _latest(signals: QuerySet[Signal]) -> QuerySet[Any, Any]:
    """Return when each kind of signal was last noted on each measure that has any."""
    kinds = {kind: Max("noted_on", filter=Q(kind=kind)) for kind in Signal.Kind.values}
    return signals.order_by().values("measure_id").annotate(**kinds).values_list("measure_id", *kinds)


def source(
    measures: QuerySet[Measure],
    signals: QuerySet[Signal],
    *,
    as_of: date,
    moment: datetime,
    method: Method,
    supposed: str = "",
) -> tuple[str, list[Any]]:
    """Return the SQL that fills the relation `judged` from measures as they stood on a day, each source joined once.

    Args:
        measures: the measures to judge.
        signals: theirs, and as few others as one condition can tell.
        as_of: the day; later assessments and signals are not seen.
        moment: until when an emergency had to be assessed in full.
        method: whose intervals apply.
        supposed: an SQL expression for the level of a risk `r` instead of the one that holds (what-if), or "".
    """
    standing, params = _compiled(measures.order_by().values_list(*READ))
    heard, heard_params = _compiled(_latest(signals.filter(noted_on__lte=as_of)))
    flags = ", ".join(
        f"coalesce(heard.{kind} >= m.reviewed_on, false) AS {kind}" for kind in Signal.Kind.values
    )
    level = supposed or "CASE WHEN r.status = 'closed' AND r.closed_on <= day THEN 0 ELSE held.level END"
    given = f"""SELECT m.id AS row, m.kind, m.intrusion::int, m.level_then::int,
            coalesce({level}, m.level_then)::int AS level_now,
            (m.repeat_after_warning OR m.override_reason <> '')::int AS ceiling_lift,
            day - m.reviewed_on AS days_since_review, day - m.justified_on AS age_days,
            m.ends_on - day AS days_to_end, least(%s, (m.ends_on - m.starts_on) / 2) AS near_days,
            CASE WHEN r.context_until >= day THEN r.context_until - day END AS days_to_context_end,
            coalesce(m.ends_on < day, false) AS end_date_passed,
            coalesce(m.ends_on - day BETWEEN 0 AND least(%s, (m.ends_on - m.starts_on) / 2), false)
                AS end_date_near,
            m.ends_on IS NULL AS no_end_date, r.threat_to_life,
            coalesce(r.context_until < day AND r.context_until >= m.reviewed_on, false) AS context_ended,
            m.state = 'active_emergency' AND coalesce(m.emergency_until <= %s, false) AS emergency_lapsed,
            {flags}, {", ".join(f"m.{name}" for name in CARRIED)}
        FROM (SELECT %s::date AS day) AS asked CROSS JOIN ({standing}) AS m ({", ".join(READ)})
        JOIN risks_risk r ON r.id = m.risk_id
        LEFT JOIN LATERAL (
            SELECT level FROM risks_severityassessment WHERE risk_id = r.id AND holds_from <= day
            ORDER BY holds_from DESC, id DESC LIMIT 1) AS held ON true
        LEFT JOIN ({heard}) AS heard ({", ".join(["measure_id", *Signal.Kind.values])}) ON heard.measure_id = m.id"""  # noqa: S608  # our own columns
    asked = [method.near_days, method.near_days, moment, as_of]
    return _clocks(given, method), [*asked, *params, *heard_params]


FIRED = [f"fires_{number}" for number in range(len(TRIGGERS))]


@cache
def _decide_sql() -> tuple[str, tuple[Any, ...]]:
    """Return the deciding arm of each row of `judged`, and the days to its next look, compiled once."""
    decided = Judged.objects.annotate(arm=primary_arm(), next_look=days_to_next_look())
    return _compiled(decided.values_list(*INPUT_COLUMNS, "arm", "next_look"))


@cache
def _fires_sql() -> tuple[str, tuple[Any, ...]]:
    """Return which triggers apply to each row of `judged`, compiled once."""
    verdicts = Judged.objects.annotate(**dict(zip(FIRED, map(fires, TRIGGERS), strict=True)))
    return _compiled(verdicts.values_list(*INPUT_COLUMNS, *FIRED))


def _carrying(sql: str, *columns: str) -> str:
    """Return a compiled SELECT over `judged` that also passes on columns which the rules do not read."""
    return sql.replace(" FROM ", "".join(f", {name}" for name in columns) + " FROM ", 1)


def _decided(source_sql: str, *carried: str, only: str = "true") -> tuple[str, list[Any]]:
    """Return the CTE `decided` over a source of inputs, only the rows of interest, and the parameters of its rules."""
    sql, params = _decide_sql()
    columns = ", ".join([*INPUT_COLUMNS, "arm", "next_look", *carried])
    judged = f"judged AS (SELECT * FROM ({source_sql}) AS filled OFFSET 0)"  # noqa: S608  # our own columns
    verdicts = f"WITH {judged} {_carrying(sql, *carried)}"
    return (
        f"decided AS MATERIALIZED (SELECT * FROM ({verdicts}) AS every ({columns}) WHERE {only})",  # noqa: S608
        list(params),
    )


def decided_arms(source_sql: str, source_params: Sequence[Any]) -> tuple[str, list[Any]]:
    """Return the SQL that gives the deciding arm of each row of a source of inputs, and its parameters."""
    decided, params = _decided(source_sql)
    return f"WITH {decided} SELECT row, arm FROM decided", [*source_params, *params]  # noqa: S608  # our own columns


def _fired(where: str) -> tuple[str, list[Any]]:
    """Return the CTE `fired` over some rows of `decided`, and its parameters."""
    sql, params = _fires_sql()
    columns = ", ".join([*INPUT_COLUMNS, *FIRED, "arm"])
    judged = f"judged AS (SELECT * FROM decided {where})"  # noqa: S608  # our own words
    return f"fired ({columns}) AS (WITH {judged} {_carrying(sql, 'arm')})", list(params)


def judge(source_sql: str, source_params: Sequence[Any]) -> list[Judgement]:
    """Judge a source of inputs by the table, and return what it says of each row, in order."""
    decided, decided_params = _decided(source_sql)
    fired, fired_params = _fired("")
    columns = [*INPUT_COLUMNS, *FIRED, "arm"]
    statement = f"WITH {decided}, {fired} SELECT {', '.join(columns)} FROM fired ORDER BY row"  # noqa: S608  # our own columns
    with connection.cursor() as cursor:
        cursor.execute(statement, [*source_params, *decided_params, *fired_params])
        found = cursor.fetchall()
    return [_judgement(dict(zip(columns, values, strict=True))) for values in found]


def _judgement(values: Mapping[str, Any]) -> Judgement:
    arm = ARMS[values["arm"]] if values["arm"] < len(ARMS) else None
    codes = [trigger.code for number, trigger in enumerate(TRIGGERS) if values[FIRED[number]]]
    return Judgement(
        row=values["row"],
        finding=arm.outcome if arm else Outcome.OK,
        code=arm.code if arm else WITHIN_INTERVAL,
        codes=codes or [WITHIN_INTERVAL],
        inputs={name: values[name] for name in INPUT_COLUMNS},
    )


OUTCOMES, DECIDING = [str(arm.outcome) for arm in ARMS], [arm.code for arm in ARMS]
ENDS = {Outcome.EXPIRE: Measure.State.EXPIRED, Outcome.LIFT_EXECUTE: Measure.State.REVERSED}


def sweep_statement(
    measures: QuerySet[Measure],
    signals: QuerySet[Signal],
    *,
    cycle: Cycle,
    at: datetime,
    moment: datetime,
    method: Method,
    today: bool,
) -> tuple[str, list[Any]]:
    """Return the one statement that judges measures and does what a job may do about them (3.6, 3.8).

    It writes findings (none where all is well: the chunk is the record of what was covered), opens a task for each
    that a person must answer (an open one only gets nearer), ends what a person dated or an appeal body decided,
    and notes when to look again. It returns how many were judged and found, and the ids of what it ended by code.

    Args:
        measures: the measures to judge.
        signals: theirs, and as few others as one condition can tell.
        cycle: whose findings are written, and its day.
        at: now.
        moment: until when an emergency had to be assessed.
        method: whose intervals and deadlines apply.
        today: whether the cycle is of this day; one of the past ends nothing and moves no look.
    """
    inner, params = source(measures, signals, as_of=cycle.as_of, moment=moment, method=method)
    all_of_them, all_params = _compiled(measures.order_by().values_list("id"))
    found = f"arm < {len(ARMS)}"
    decided, decided_params = _decided(
        inner,
        *CARRIED,
        only=f"{found} OR (%s AND (%s::date + next_look, NULL) IS DISTINCT FROM (look_again_on, latest_finding_id))",
    )
    fired, fired_params = _fired(f"WHERE {found}")
    codes = ", ".join(f"CASE WHEN {name} = 1 THEN %s END" for name in FIRED)
    inputs = ", ".join(f"'{name}', {name}" for name in INPUT_COLUMNS)
    statement = f"""WITH {decided}, {fired}, written AS (
        INSERT INTO risks_finding (cycle_id, measure_id, finding, code, codes, inputs)
        SELECT %s, row, (%s::text[])[arm + 1], (%s::text[])[arm + 1],
               to_jsonb(array_remove(ARRAY[{codes}], NULL)), jsonb_build_object({inputs})
        FROM fired ORDER BY row
        RETURNING id, measure_id, finding, code, (inputs->>'threat_to_life')::boolean AS life),
        asked AS (
        INSERT INTO risks_reviewtask AS task (measure_id, finding_id, opened_at, due_at, level)
        SELECT measure_id, id, %s, %s + make_interval(hours => CASE
            WHEN finding = 'REVIEW_DUE' THEN %s WHEN life THEN %s ELSE %s END), 'DECIDER'
        FROM written WHERE finding IN ('REVIEW_URGENT', 'REVIEW_DUE') ORDER BY measure_id
        ON CONFLICT (measure_id) WHERE closed_at IS NULL DO UPDATE SET
            due_at = least(task.due_at, excluded.due_at),
            finding_id = CASE WHEN %s >= (SELECT c.as_of FROM risks_finding f JOIN risks_cycle c ON c.id = f.cycle_id
                WHERE f.id = task.finding_id) THEN excluded.finding_id ELSE task.finding_id END),
        ended AS (
        UPDATE risks_measure m SET look_again_on = %s, latest_finding_id = w.id,
            state = CASE finding WHEN 'EXPIRE' THEN %s ELSE %s END,
            ended_on = CASE finding WHEN 'EXPIRE' THEN m.ends_on ELSE %s END
        FROM written w WHERE m.id = w.measure_id AND %s AND w.finding IN ('EXPIRE', 'LIFT_EXECUTE')
            AND m.state IN ('active', 'active_emergency')
        RETURNING m.id, w.code),
        looked AS (
        UPDATE risks_measure m SET look_again_on = later.look, latest_finding_id = later.id
        FROM (SELECT row, %s::date + CASE WHEN {found} THEN 1 ELSE next_look END AS look, w.id
            FROM decided LEFT JOIN written w ON w.measure_id = row
            WHERE %s AND (arm >= {len(ARMS)} OR (%s::text[])[arm + 1] LIKE 'REVIEW%%')) AS later
        WHERE m.id = later.row AND m.id = ANY (ARRAY(SELECT row FROM decided)))  -- never a walk over the whole table
        SELECT (SELECT count(*) FROM ({all_of_them}) AS covered), (SELECT count(*) FROM written),
            (SELECT coalesce(json_object_agg(code, ids), '{{}}') FROM (
                SELECT code, json_agg(id ORDER BY id) AS ids FROM ended GROUP BY code) AS by_code)"""  # noqa: S608  # our own columns
    return statement, [
        *(*params, *decided_params, today, cycle.as_of, *fired_params),
        *(cycle.pk, OUTCOMES, DECIDING, *(trigger.code for trigger in TRIGGERS)),
        *(at, at, method.due_days * 24, method.urgent_hours_life, method.urgent_hours),
        *(cycle.as_of, NEVER, ENDS[Outcome.EXPIRE], ENDS[Outcome.LIFT_EXECUTE], at.date(), today),
        *(cycle.as_of, today, OUTCOMES, *all_params),
    ]


def judge_inputs(inputs: Iterable[ProportionalityInput], *, method: Method = DEFAULT) -> list[Judgement]:
    """Judge free-standing inputs (the command `evaluate proportionality`) by the same table and CASE."""
    rows = [
        {
            "row": number,
            "kind": given.kind,
            "intrusion": LADDER[given.kind].intrusion,
            "ceiling_lift": int(bool(given.flags & {"repeat", "override"})),
            **{name: value for name, value in asdict(given).items() if name in INPUT_COLUMNS},
            **{flag: flag in given.flags for flag in FLAGS},
        }
        for number, given in enumerate(inputs)
    ]
    return judge_rows(rows, method=method)


def judge_rows(rows: Sequence[Mapping[str, Any]], *, method: Method) -> list[Judgement]:
    """Judge rows of inputs, named as the columns of Judged, under the intervals of a method."""
    types = ", ".join(
        f"{field.name} {field.db_type(connection)}"
        for field in Judged._meta.concrete_fields
        if field.name not in FROM_THE_METHOD
    )
    lines = f"SELECT * FROM jsonb_to_recordset(%s::jsonb) AS given ({types})"  # noqa: S608  # our own columns
    return judge(_clocks(lines, method), [json.dumps(rows)])
