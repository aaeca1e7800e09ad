"""A part of a cycle that keeps failing is set aside and named; who imposed a measure does not judge it."""

import io
from datetime import UTC, date, datetime

import pytest
from django.core.management import CommandError, call_command

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Role
from risks.actions.proportionality import MOST_ATTEMPTS, assess_chunk, claim_chunk, finish_cycle, plan_cycle
from risks.actions.reassessments import record_reassessment
from risks.models import Cycle, Measure, ReviewTask
from tests.risks.reassessment_stage import a_decision

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
THEN = date(2021, 2, 1)


def test_a_part_that_failed_three_times_is_set_aside_and_the_cycle_ends(record: None) -> None:
    cycle = plan_cycle(as_of=date(2021, 2, 3), at=NOW)
    chunk = cycle.chunks.get()

    claims = [claim_chunk(chunk.pk) for _ in range(MOST_ATTEMPTS + 1)]

    chunk.refresh_from_db()
    assert claims == [True] * MOST_ATTEMPTS + [False]
    assert chunk.quarantined
    assert finish_cycle(cycle, at=NOW)
    with pytest.raises(CommandError, match="set aside; their measures were not assessed"):
        call_command("reassess", "--as-of", "2021-02-03", "--json", stdout=io.StringIO())


def test_a_part_is_assessed_once_however_often_it_is_rung_for(record: None) -> None:
    cycle = plan_cycle(as_of=date(2021, 2, 3), at=NOW)
    chunk = cycle.chunks.get()

    assert [assess_chunk(chunk.pk, at=NOW) > 0 for _ in range(3)] == [True, False, False]
    assert not claim_chunk(chunk.pk)


def test_who_imposed_a_measure_does_not_reassess_it(record: None) -> None:
    ana = User.objects.create_user("ana", "x", display_name="Ana", roles=[Role.ANALYST])
    task = ReviewTask.objects.filter(closed_at__isnull=True)[0]
    Measure.objects.filter(pk=task.measure_id).update(imposed_by="ana")

    with pytest.raises(NotAllowed, match="SD2"):
        record_reassessment(task, a_decision("lift"), by=ana, at=NOW)

    assert Cycle.objects.count() == 1
