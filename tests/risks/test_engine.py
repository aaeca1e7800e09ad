"""What is due or touched is found as the full sweep finds it; a job keeps its bounds, in the database too."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hrdd.celery import app
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Role
from hrdd.job import as_job
from risks.actions.escalation import escalate_overdue
from risks.actions.proportionality import (
    assess_chunk,
    finish_cycle,
    plan_cycle,
    plan_touched,
    retry_quarantined,
)
from risks.models import Cycle, Measure, Reminder, ReviewTask, Risk, SeverityAssessment, Signal, Touch
from risks.rules.ladder import LADDER

NOW = datetime(
    2026, 3, 2, 9, tzinfo=UTC
)  # the database ends nothing whose date has not passed by its own clock
TODAY = NOW.date()


def a_risk(level: int = 5, **given: Any) -> Risk:
    risk = Risk.objects.create(title="Incitement", summary="x", status="assessed", opened_on=TODAY, **given)
    judged(risk, level, TODAY - timedelta(days=30))
    return risk


def judged(risk: Risk, level: int, on: date) -> None:
    SeverityAssessment.objects.create(
        risk=risk, level=level, incomplete=False, holds_from=on, recorded_at=NOW, recorded_by="ana"
    )


def a_measure(
    risk: Risk, kind: str = "permanent_ban", *, days: int = 1, then: int = 5, **given: Any
) -> Measure:
    began = TODAY - timedelta(days=days)
    defaults = {"starts_on": began, "reviewed_on": began, "justified_on": began, "level_then": then}
    return Measure.objects.create(
        risk=risk,
        kind=kind,
        intrusion=LADDER[kind].intrusion,
        target="an account",
        **(defaults | {"starts_said": ""} | given),
    )


def swept(cycle: Cycle | None, at: datetime) -> dict[int, tuple[str, list[str]]]:
    """Work a cycle off and return what it found by measure."""
    if cycle is None:
        return {}
    for chunk in cycle.chunks.waiting():
        assess_chunk(chunk.pk, at=at)
    assert finish_cycle(cycle, at=at)
    return {one.measure_id: (one.finding, one.codes) for one in cycle.findings.all()}


def by_minute(minutes: int) -> dict[int, tuple[str, list[str]]]:
    at = NOW + timedelta(minutes=minutes)
    return swept(plan_touched(at=at), at)


@pytest.fixture
def ban(db: None) -> Measure:
    measure = a_measure(a_risk())
    assert by_minute(0) == {}
    return measure


def test_a_quiet_minute_writes_no_cycle(ban: Measure) -> None:
    assert plan_touched(at=NOW + timedelta(minutes=1)) is None
    assert Cycle.objects.count() == 1


def severity_falls(ban: Measure) -> None:
    judged(ban.risk, 2, TODAY)


def evidence_comes_in(ban: Measure) -> None:
    Signal.objects.create(measure=ban, kind="new_evidence", noted_on=TODAY, note="x", noted_by="ana")


def people_who_were_consulted_say_something(ban: Measure) -> None:
    Signal.objects.create(measure=ban, kind="consultation_finding", noted_on=TODAY, note="x", noted_by="ana")


def the_policy_changes(ban: Measure) -> None:
    Signal.objects.bulk_create(
        [Signal(measure=ban, kind="policy_changed", noted_on=TODAY, note="x", noted_by="ana")]
    )


def the_risk_is_closed(ban: Measure) -> None:
    Risk.objects.filter(pk=ban.risk_id).update(status="closed", closed_on=TODAY)


def the_context_is_over(ban: Measure) -> None:
    Risk.objects.filter(pk=ban.risk_id).update(context_until=TODAY - timedelta(days=1))


def an_emergency_outlives_its_hours(ban: Measure) -> None:
    Measure.objects.filter(pk=ban.pk).update(state="active_emergency", emergency_until=NOW)


EVENTS: list[tuple[Callable[[Measure], None], str]] = [
    (severity_falls, "CEILING_EXCEEDED"),
    (evidence_comes_in, "NEW_EVIDENCE"),
    (people_who_were_consulted_say_something, "CONSULTATION_FINDING"),
    (the_policy_changes, "POLICY_CHANGED"),
    (the_risk_is_closed, "RISK_CLOSED"),
    (the_context_is_over, "CONTEXT_ENDED"),
    (an_emergency_outlives_its_hours, "EMERGENCY_LAPSED"),
]


@pytest.mark.parametrize(("event", "code"), EVENTS)
def test_the_next_minute_finds_what_happened(
    ban: Measure, event: Callable[[Measure], None], code: str
) -> None:
    event(ban)

    found = by_minute(1)

    assert code in found[ban.pk][1]
    assert ReviewTask.objects.get(measure=ban).finding.cycle.kind == "event"
    assert not Touch.objects.exists()


def test_an_upheld_appeal_is_carried_out_within_the_minute(ban: Measure) -> None:
    Signal.objects.create(measure=ban, kind="appeal_upheld", noted_on=TODAY, note="x", noted_by="appeals")

    by_minute(1)

    ban.refresh_from_db()
    assert (ban.state, ban.ended_on) == ("reversed", TODAY)


def test_a_touch_goes_with_the_event_that_is_undone(ban: Measure) -> None:
    mark = transaction.savepoint()
    severity_falls(ban)
    assert Touch.objects.exists()
    transaction.savepoint_rollback(mark)

    assert not Touch.objects.exists()


def test_a_future_event_waits_for_its_day(ban: Measure) -> None:
    judged(ban.risk, 2, TODAY + timedelta(days=2))

    assert by_minute(1) == {}
    assert ban.pk in by_minute(2 * 24 * 60)


def test_a_passed_interval_is_found_on_its_first_minute(ban: Measure) -> None:
    ban.refresh_from_db()
    assert ban.look_again_on == ban.reviewed_on + timedelta(days=8)
    assert by_minute(6 * 24 * 60) == {}
    assert by_minute(7 * 24 * 60)[ban.pk] == ("REVIEW_DUE", ["INTERVAL_ELAPSED"])


def test_a_measure_that_does_not_stand_is_looked_at_no_more(ban: Measure) -> None:
    Measure.objects.filter(pk=ban.pk).update(state="lifted", ended_on=TODAY)

    by_minute(30 * 24 * 60)

    ban.refresh_from_db()
    assert ban.look_again_on == date.max


days = st.integers(0, 40)
changes = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sampled_from(["level", "signal", "context", "close", "end", "review"]),
        st.integers(1, 5),
    ),
    max_size=4,
)


def change(measures: list[Measure], which: int, what: str, number: int, on: date) -> None:
    measure = measures[which % len(measures)]
    if what == "level":
        judged(measure.risk, number, on + timedelta(days=number - 3))
    elif what == "signal":
        kind = Signal.Kind.values[number]
        Signal.objects.create(
            measure=measure, kind=kind, noted_on=on - timedelta(days=1), note="x", noted_by="x"
        )
    elif what == "context":
        Risk.objects.filter(pk=measure.risk_id).update(context_until=on + timedelta(days=number))
    elif what == "close":
        Risk.objects.filter(pk=measure.risk_id).update(
            status="closed", closed_on=on + timedelta(days=number - 2)
        )
    elif what == "end":
        Measure.objects.filter(pk=measure.pk, ended_on=None).update(ends_on=on + timedelta(days=number * 4))
    else:
        Measure.objects.filter(pk=measure.pk).update(reviewed_on=on, justified_on=on)


@pytest.mark.django_db
@settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    given_measures=st.lists(
        st.tuples(st.sampled_from(sorted(LADDER)), days, st.integers(1, 5)), min_size=1, max_size=6
    ),
    visits=st.lists(st.tuples(st.integers(1, 20), changes), min_size=1, max_size=4),
)
def test_what_is_due_or_touched_is_exactly_what_the_full_sweep_finds(
    given_measures: list[tuple[str, int, int]], visits: list[tuple[int, Any]]
) -> None:
    with transaction.atomic():
        risks = [a_risk(level) for level in (2, 5)]
        measures = [
            a_measure(risks[number % 2], kind, days=ago, then=level)
            for number, (kind, ago, level) in enumerate(given_measures)
        ]
        at = NOW
        swept(plan_touched(at=at), at)
        for later, happened in visits:
            at += timedelta(days=later)
            for which, what, number in happened:
                change(measures, which, what, number, at.date())
            due = swept(plan_touched(at=at), at)
            kept = found_last(at.date())
            ended = {pk for pk, (finding, _) in due.items() if finding in {"EXPIRE", "LIFT_EXECUTE"}}
            # The job ends by its own clock; what it ended in the first sweep does not stand in the second.
            full = swept(plan_cycle(as_of=at.date(), at=at), at)
            assert {pk: found for pk, found in due.items() if pk not in ended} == full
            assert kept == {pk: finding for pk, (finding, _) in full.items()} == found_last(at.date())
        transaction.set_rollback(True)


def found_last(on: date) -> dict[int, str]:
    """Return what stands on the measures in force as found last."""
    found = Measure.objects.in_force(on).filter(latest_finding__isnull=False)
    return dict(found.values_list("pk", "latest_finding__finding"))


def insert_reassessment(ban: Measure) -> str:
    return (
        "INSERT INTO risks_reassessment (measure_id, outcome, reasons, reason_code, who_was_heard, lower_kind, "  # noqa: S608
        f"referred_to, decided_by, decided_at) VALUES ({ban.pk}, 'maintain', 'x', '', '', '', '', 'job', now())"
    )


def impose(ban: Measure) -> str:
    columns = [field.column for field in Measure._meta.concrete_fields if field.column not in {"id"}]
    return (
        f"INSERT INTO risks_measure ({', '.join(columns)}) SELECT {', '.join(columns)} FROM risks_measure "  # noqa: S608
        f"WHERE id = {ban.pk}"
    )


def lower(ban: Measure) -> str:
    columns = [
        field.column
        for field in SeverityAssessment._meta.concrete_fields
        if field.column not in {"id", "level"}
    ]
    return (
        f"INSERT INTO risks_severityassessment (level, {', '.join(columns)}) SELECT 1, {', '.join(columns)} "  # noqa: S608
        f"FROM risks_severityassessment WHERE risk_id = {ban.risk_id}"
    )


def sets(change: str) -> Callable[[Measure], str]:
    return lambda ban: f"UPDATE risks_measure SET {change} WHERE id = {ban.pk}"  # noqa: S608


BEYOND: list[tuple[Callable[[Measure], str], str]] = [
    (impose, "impose a measure"),
    (sets("ends_on = DATE '2030-01-01'"), "move the end"),
    (sets("intrusion = 5, kind = 'country_withdrawal'"), "change what a measure does"),
    (sets("reviewed_on = current_date"), "move the clock"),
    (sets("state = 'lifted', ended_on = current_date"), "take this step"),
    (sets("state = 'expired', ended_on = current_date"), "without the end date"),
    (sets("state = 'reversed', ended_on = current_date"), "without an upheld appeal"),
    (insert_reassessment, "choose the outcome"),
    (lower, "lower a severity"),
    (
        lambda ban: (
            f"UPDATE risks_risk SET status = 'closed', closed_on = current_date WHERE id = {ban.risk_id}"  # noqa: S608
        ),
        "close a risk",
    ),
    (lambda ban: f"DELETE FROM risks_measure WHERE id = {ban.pk}", "delete a measure"),  # noqa: S608
    (
        lambda ban: (
            "INSERT INTO risks_signal (measure_id, kind, noted_on, note, noted_by) "  # noqa: S608
            f"VALUES ({ban.pk}, 'appeal_upheld', current_date, 'x', 'x')"
        ),
        "decide an appeal",
    ),
]


@pytest.mark.parametrize(("statement", "says"), BEYOND)
def test_the_database_refuses_a_job_that_goes_beyond_its_bounds(
    ban: Measure, statement: Callable[[Measure], str], says: str
) -> None:
    with (
        pytest.raises(DatabaseError, match=f"A job may not.*{says}.*3.8"),
        transaction.atomic(),
        as_job(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement(ban))


@pytest.mark.parametrize("change", ["closed_at = now()", "due_at = due_at + interval '1 day'"])
def test_a_job_neither_closes_a_task_nor_puts_it_off(ban: Measure, change: str) -> None:
    severity_falls(ban)
    by_minute(1)

    with (
        pytest.raises(DatabaseError, match="close a review task or put it off"),
        transaction.atomic(),
        as_job(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE risks_reviewtask SET {change}")  # noqa: S608


def test_a_person_is_bound_by_none_of_it(ban: Measure) -> None:
    with as_job():
        pass

    assert Measure.objects.filter(pk=ban.pk).update(ends_on=TODAY + timedelta(days=9)) == 1


def test_every_task_runs_as_a_job(db: None) -> None:
    @app.task
    def who_acts() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('hrdd.actor', true)")
            return str(cursor.fetchone()[0])

    assert who_acts() == "job"
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('hrdd.actor', true)")
        assert cursor.fetchone() == ("",)


def test_an_overdue_task_climbs_from_the_decider_to_the_board_each_told_once(ban: Measure) -> None:
    severity_falls(ban)
    by_minute(1)
    due = ReviewTask.objects.get().due_at
    told = []
    for hours in (-1, 1, 1, 73, 145):
        escalate_overdue(at=due + timedelta(hours=hours))
        told.append((ReviewTask.objects.get().level, Reminder.objects.count()))

    assert told == [("DECIDER", 0), ("DECIDER", 1), ("DECIDER", 1), ("SENIOR", 2), ("BOARD", 3)]
    ban.refresh_from_db()
    assert (ban.state, ban.ends_on) == ("active", None)


def test_silence_on_a_ban_asks_a_senior_within_seven_days(ban: Measure) -> None:
    at = NOW + timedelta(days=14)
    swept(plan_touched(at=at), at)

    escalate_overdue(at=at)

    silence = Reminder.objects.get(why="silence")
    assert (silence.level, silence.answer_by) == ("SENIOR", at + timedelta(days=7))
    assert ReviewTask.objects.get().level == "SENIOR"


def test_a_part_that_was_set_aside_is_retried_by_a_person_only(ban: Measure) -> None:
    ana = User.objects.create_user("ana", "x", display_name="Ana", roles=[Role.ANALYST])
    sam = User.objects.create_user("sam", "x", display_name="Sam", roles=[Role.SYSADMIN])
    cycle = plan_cycle(as_of=TODAY, at=NOW)
    cycle.chunks.update(quarantined=True, attempts=3)
    assert finish_cycle(cycle, at=NOW)

    with pytest.raises(NotAllowed, match="role"):
        retry_quarantined(cycle, by=sam, at=NOW)
    assert retry_quarantined(cycle, by=ana, at=NOW) == 1

    swept(cycle, NOW)
    assert cycle.chunks.get().done_at == NOW
