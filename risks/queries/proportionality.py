"""Fill the relation `judged` and run the rules table over it, in the database."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    DateField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Least

from risks.models.judged import Judged
from risks.models.measures import Measure, Signal
from risks.models.salience import SeverityAssessment
from risks.rules.evaluation import ProportionalityInput
from risks.rules.ladder import LADDER
from risks.rules.proportionality import (
    ARMS,
    TRIGGERS,
    WITHIN_INTERVAL,
    Outcome,
    fires,
    primary_arm,
    suggestion,
)

NEAR_DAYS = 14
INPUT_COLUMNS = [field.name for field in Judged._meta.concrete_fields]
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


def _true(condition: Q | Exists) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


class DaysBetween(Func):
    """Return the whole days from the second date to the first; PostgreSQL subtracts dates to an integer."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = IntegerField()


def _days(since: str, until: date) -> DaysBetween:
    return DaysBetween(_day(until), F(since))


def _day(value: date) -> Cast:
    return Cast(Value(value), DateField())


def inputs_of(measures: QuerySet[Measure], *, as_of: date) -> QuerySet[Any, Any]:
    """Return the inputs of the table for some measures as they stood on a day.

    Args:
        measures: the measures to judge.
        as_of: the day; later assessments and signals are not seen.
    """
    level = SeverityAssessment.objects.levels_on(as_of, risk=OuterRef("risk"))[:1]
    closed = Q(risk__status="closed", risk__closed_on__lte=as_of)
    left = DaysBetween(F("ends_on"), _day(as_of))
    length = DaysBetween(F("ends_on"), F("starts_on"))
    signals = {
        kind: _true(
            Exists(
                Signal.objects.filter(
                    measure=OuterRef("pk"),
                    kind=kind,
                    noted_on__lte=as_of,
                    noted_on__gte=OuterRef("reviewed_on"),
                )
            )
        )
        for kind in Signal.Kind.values
    }
    return measures.annotate(
        level_now=Case(
            When(closed, then=Value(0)),
            default=Coalesce(Subquery(level), F("level_then"), output_field=IntegerField()),
            output_field=IntegerField(),
        ),
        ceiling_lift=Case(
            When(Q(repeat_after_warning=True) | ~Q(override_reason=""), then=Value(1)),
            default=Value(0),
            output_field=IntegerField(),
        ),
        days_since_review=_days("reviewed_on", as_of),
        age_days=_days("justified_on", as_of),
        end_date_passed=_true(Q(ends_on__lt=as_of)),
        days_left=left,
        near=Least(Value(NEAR_DAYS), length / Value(2), output_field=IntegerField()),
        no_end_date=_true(Q(ends_on__isnull=True)),
        threat_to_life=_true(Q(risk__threat_to_life=True)),
        context_ended=_true(Q(risk__context_until__lt=as_of, risk__context_until__gte=F("reviewed_on"))),
        **signals,
    ).annotate(
        end_date_near=_true(Q(days_left__gte=0, days_left__lte=F("near"))),
        row=F("pk"),
    )


NAMES = [*INPUT_COLUMNS, "arm", *(f"fires_{number}" for number in range(len(TRIGGERS)))]


@cache
def _table_sql() -> tuple[str, tuple[Any, ...]]:
    """Return the rules table compiled once: a verdict for each row of `judged`."""
    verdicts = Judged.objects.annotate(
        arm=primary_arm(), **{f"fires_{number}": fires(trigger) for number, trigger in enumerate(TRIGGERS)}
    )
    sql, params = verdicts.values_list(*NAMES).query.sql_with_params()
    return sql, tuple(params)


def _verdicts(source_sql: str) -> tuple[str, list[Any]]:
    """Return the CTEs `judged` and `verdict` over a source of inputs, and the parameters of the second."""
    sql, params = _table_sql()
    return f"WITH judged AS MATERIALIZED ({source_sql}), verdict ({', '.join(NAMES)}) AS ({sql})", list(
        params
    )


def _judge(source_sql: str, source_params: Sequence[Any]) -> list[Judgement]:
    ctes, params = _verdicts(source_sql)
    with connection.cursor() as cursor:
        cursor.execute(f"{ctes} SELECT * FROM verdict ORDER BY row", [*source_params, *params])  # noqa: S608
        found = cursor.fetchall()
    return [_judgement(dict(zip(NAMES, values, strict=True))) for values in found]


def _judgement(values: Mapping[str, Any]) -> Judgement:
    arm = ARMS[values["arm"]] if values["arm"] < len(ARMS) else None
    codes = [trigger.code for number, trigger in enumerate(TRIGGERS) if values[f"fires_{number}"]]
    return Judgement(
        row=values["row"],
        finding=arm.outcome if arm else Outcome.OK,
        code=arm.code if arm else WITHIN_INTERVAL,
        codes=codes or [WITHIN_INTERVAL],
        inputs={name: values[name] for name in INPUT_COLUMNS},
    )


def _source(measures: QuerySet[Measure], *, as_of: date) -> tuple[str, list[Any]]:
    sql, params = inputs_of(measures.order_by(), as_of=as_of).values(*INPUT_COLUMNS).query.sql_with_params()
    columns = ", ".join(INPUT_COLUMNS)
    return f"SELECT * FROM ({sql}) AS inputs ({columns})", list(params)  # noqa: S608  # our own columns


def findings_statement(measures: QuerySet[Measure], *, cycle: int, as_of: date) -> tuple[str, list[Any]]:
    """Return the one statement that judges measures and writes what was found; it returns two counts.

    Nothing is written where all is well: the chunk of the cycle is the record of what was covered.

    Args:
        measures: the measures to judge, as they stood on the day.
        cycle: the id of the cycle that the findings belong to.
        as_of: the day.
    """
    source, source_params = _source(measures, as_of=as_of)
    ctes, params = _verdicts(source)
    codes = ", ".join(f"CASE WHEN fires_{number} = 1 THEN %s END" for number in range(len(TRIGGERS)))
    inputs = ", ".join(f"'{name}', {name}" for name in INPUT_COLUMNS)
    statement = f"""{ctes}, written AS (
        INSERT INTO risks_finding (cycle_id, measure_id, finding, code, codes, inputs)
        SELECT %s, row, (%s::text[])[arm + 1], (%s::text[])[arm + 1],
               to_jsonb(array_remove(ARRAY[{codes}], NULL)), jsonb_build_object({inputs})
        FROM verdict WHERE arm < {len(ARMS)} ORDER BY row RETURNING 1)
        SELECT (SELECT count(*) FROM judged), (SELECT count(*) FROM written)"""  # noqa: S608  # our own columns
    outcomes, deciding = [str(arm.outcome) for arm in ARMS], [arm.code for arm in ARMS]
    fired = [trigger.code for trigger in TRIGGERS]
    return statement, [*source_params, *params, cycle, outcomes, deciding, *fired]


def judge_inputs(inputs: Iterable[ProportionalityInput]) -> list[Judgement]:
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
    types = ", ".join(f"{field.name} {field.db_type(connection)}" for field in Judged._meta.concrete_fields)
    source = f"SELECT * FROM jsonb_to_recordset(%s::jsonb) AS given ({types})"  # noqa: S608  # our own columns
    return _judge(source, [json.dumps(rows)])
