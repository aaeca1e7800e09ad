"""A cycle finds what needs a person; only a person's recorded outcome closes the task and moves the clock."""

import io
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test import Client

from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import NotAllowed, Role
from risks.actions.proportionality import assess_chunk, finish_cycle, plan_cycle
from risks.actions.reassessments import record_reassessment
from risks.models import Cycle, Finding, Measure, ReviewTask
from tests.dossiers.test_import_dossier import CASES
from tests.risks.reassessment_stage import REASONS, RESTORED, a_decision
from tests.three_part import answering, passing

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
THEN = date(2021, 2, 1)
KIND = "temp_suspension"


@pytest.fixture
def cycle(db: None) -> Cycle:
    call_command("load_rights", stdout=io.StringIO())
    call_command("import_dossier", *map(str, CASES), stdout=io.StringIO())
    cycle = plan_cycle(as_of=THEN, at=NOW)
    for chunk in cycle.chunks.all():
        assess_chunk(chunk.pk, at=NOW)
    assert finish_cycle(cycle, at=NOW)
    return cycle


@pytest.fixture
def ana(db: None) -> User:
    return User.objects.create_user("ana", "x", display_name="Ana", roles=[Role.ANALYST])


@pytest.fixture
def task(cycle: Cycle) -> ReviewTask:
    return ReviewTask.objects.get(measure__kind="temp_suspension", closed_at__isnull=True)


def test_the_indefinite_suspension_of_january_2021_needs_an_urgent_review(task: ReviewTask) -> None:
    assert (task.finding.finding, task.finding.code) == ("REVIEW_URGENT", "INDEFINITE_MEASURE")
    assert task.measure.starts_on == date(2021, 1, 7)
    assert (task.due_at - NOW).total_seconds() == 72 * 3600


def test_a_second_run_of_a_cycle_changes_nothing(cycle: Cycle) -> None:
    before = (Finding.objects.count(), ReviewTask.objects.count())

    again = plan_cycle(as_of=THEN, at=NOW)
    assessed = [assess_chunk(chunk.pk, at=NOW) for chunk in again.chunks.all()]

    assert (again, set(assessed)) == (cycle, {0})
    assert (Finding.objects.count(), ReviewTask.objects.count()) == before


def test_a_cycle_of_the_past_ends_no_measure_of_today(cycle: Cycle) -> None:
    overrun = Measure.objects.filter(kind="feature_limit")
    overrun.update(state="active", ended_on=None, ends_on=date(2021, 1, 20))

    past = plan_cycle(as_of=date(2021, 2, 2), at=NOW)
    for chunk in past.chunks.all():
        assess_chunk(chunk.pk, at=NOW)

    assert past.findings.get(measure__kind="feature_limit").finding == "EXPIRE"
    assert overrun.get().state == "active"
    assert not Measure.objects.filter(ended_on=NOW.date()).exists()


def test_the_job_ends_a_measure_at_the_date_a_person_fixed_and_at_no_other(task: ReviewTask) -> None:
    Measure.objects.filter(pk=task.measure_id).update(state="active", ended_on=None, ends_on=date(2026, 3, 1))

    cycle = plan_cycle(as_of=NOW.date(), at=NOW)
    for chunk in cycle.chunks.all():
        assess_chunk(chunk.pk, at=NOW)

    ended = Measure.objects.filter(state="expired", ended_on=date(2026, 3, 1))
    assert [measure.pk for measure in ended] == [task.measure_id]


def test_recording_an_outcome_closes_the_task_and_moves_the_clock(task: ReviewTask, ana: User) -> None:
    record_reassessment(task, a_decision("lift"), by=ana, at=NOW)

    task.refresh_from_db()
    assert (task.closed_at, task.measure.reviewed_on) == (NOW, NOW.date())


def test_referring_leaves_the_clock_running_and_the_task_open(task: ReviewTask, ana: User) -> None:
    record_reassessment(task, a_decision("refer", referred_to="RABAT_PANEL"), by=ana, at=NOW)

    task.refresh_from_db()
    assert task.closed_at is None
    assert Measure.objects.get(pk=task.measure_id).reviewed_on == date(2021, 1, 7)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"outcome": "lift", "reasons": "short"}, "at least 50 characters"),
        ({"outcome": "refer"}, "Say who is asked"),
        ({"outcome": "refer", "referred_to": "SENIOR", "question": " "}, "say what you ask"),
        ({"outcome": "lift", "restored": "All."}, "What was restored: say it in at least 50 characters"),
        ({"outcome": "lift", "reason_code": "still_necessary"}, "does not carry this outcome"),
        ({"outcome": "maintain"}, "Not answered yet"),
        ({"outcome": "maintain", "test": answering(KIND, N3="no")}, "fails at N3"),
    ],
)
def test_an_outcome_without_its_grounds_is_refused_in_a_sentence(
    task: ReviewTask, ana: User, given: dict[str, Any], says: str
) -> None:
    with pytest.raises(NotAllowed, match=says):
        record_reassessment(task, a_decision(**given), by=ana, at=NOW)

    task.refresh_from_db()
    assert task.closed_at is None


def test_maintaining_needs_and_keeps_a_passed_three_part_test(task: ReviewTask, ana: User) -> None:
    record_reassessment(task, a_decision("maintain", test=passing(KIND)), by=ana, at=NOW)

    kept = Measure.objects.get(pk=task.measure_id).test
    assert kept is not None
    assert (kept.given(), kept.outcome) == (passing(KIND), "passes")


def test_an_executive_does_not_reassess(task: ReviewTask) -> None:
    eve = User.objects.create_user("eve", "x", display_name="Eve", roles=[Role.SENIOR])

    with pytest.raises(NotAllowed, match="role"):
        record_reassessment(task, a_decision("lift"), by=eve, at=NOW)


@pytest.mark.parametrize("table", ["governance_auditevent", "risks_finding", "risks_severityassessment"])
def test_the_database_refuses_to_rewrite_what_was_judged(cycle: Cycle, table: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")  # noqa: S608


def test_the_audit_log_is_one_unbroken_chain(cycle: Cycle) -> None:
    previous = "0" * 64
    for event in AuditEvent.objects.order_by("id"):
        assert (event.prev_hash, event.hash) == (previous, event.chained_hash())
        previous = event.hash
    assert previous != "0" * 64


def test_an_analyst_decides_on_the_desk_and_keeps_what_was_typed(
    task: ReviewTask, ana: User, client: Client
) -> None:
    client.force_login(ana)
    page = f"/desk/tasks/{task.pk}/"

    given = {"outcome": "lift", "reason_code": "risk_receded", "restored": RESTORED}
    refused = client.post(page, given | {"reasons": "too short"})
    decided = client.post(page, given | {"reasons": REASONS}, follow=True)

    assert refused.status_code == 400
    assert b"too short" in refused.content
    assert b"Recorded: Lift and restore" in decided.content
    assert str(task.measure) not in client.get("/desk/").content.decode().split("<tbody>")[-1]


@pytest.mark.parametrize(
    ("roles", "path", "status"),
    [
        ([], "/desk/", 403),
        ([Role.ANALYST], "/desk/", 200),
        ([Role.ANALYST], "/board/", 403),
        ([Role.SENIOR], "/board/", 200),
        ([Role.SYSADMIN], "/desk/", 403),
        (None, "/desk/", 302),
        (None, "/board/", 302),
        (None, "/", 200),
        (None, "/livez", 200),
        (None, "/sign-in/", 200),
    ],
)
def test_each_page_opens_for_its_people_only(
    db: None, client: Client, roles: list[Role] | None, path: str, status: int
) -> None:
    if roles is not None:
        client.force_login(User.objects.create_user("x", "x", display_name="X", roles=roles))

    assert client.get(path).status_code == status


@pytest.mark.django_db(transaction=True)
def test_reassess_runs_through_a_real_worker_and_reports_its_findings() -> None:
    call_command("load_rights", stdout=io.StringIO())
    call_command("import_dossier", *map(str, CASES), stdout=io.StringIO())
    out = io.StringIO()

    call_command("reassess", "--as-of", "2021-02-01", "--json", stdout=out)

    report = json.loads(out.getvalue())
    [suspension] = [finding for finding in report["findings"] if finding["kind"] == "temp_suspension"]
    assert report["assessed"] == Measure.objects.in_force(THEN).count() > 0
    assert (suspension["finding"], suspension["code"]) == ("REVIEW_URGENT", "INDEFINITE_MEASURE")
