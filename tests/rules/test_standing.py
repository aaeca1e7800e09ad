"""What is late, what is down and what is well (reliability.md 4.1, 4.4)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hrdd.watch.rules import standing
from hrdd.watch.rules.standing import REMEDY, Check, State, Work

NOW = datetime(2026, 11, 27, 3, tzinfo=UTC)
WELL = Work(
    tick=NOW - timedelta(seconds=20),
    backup=NOW - timedelta(hours=25),
    checkpoint=NOW - timedelta(minutes=15),
    log_entries=4,
    anchors_waiting=0,
    verified=NOW - timedelta(hours=20),
    intact=True,
    set_aside=0,
    mails_waiting=3,
    messages_waiting=3,
    messages_given_up=0,
)


def late(**changed: Any) -> set[str]:
    found = standing.work(replace(WELL, **changed), at=NOW)
    assert {check.state for check in found} <= {State.WELL, State.LATE}  # nothing of it stops a page
    return {check.name for check in found if check.state is State.LATE}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, set()),
        ({"tick": NOW - timedelta(seconds=90)}, set()),
        ({"tick": NOW - timedelta(seconds=91)}, {"worker"}),
        ({"tick": None}, {"worker"}),
        ({"checkpoint": NOW - timedelta(minutes=46)}, {"log"}),
        ({"checkpoint": None}, {"log"}),
        ({"checkpoint": None, "log_entries": 0}, set()),  # nothing to sign yet
        ({"anchors_waiting": 50}, set()),
        ({"anchors_waiting": 51}, {"anchors"}),
        ({"verified": None, "intact": None}, {"verification"}),
        ({"verified": NOW - timedelta(days=2, seconds=1)}, {"verification"}),
        ({"intact": False}, {"verification"}),
        ({"backup": None}, {"backup"}),
        ({"backup": NOW - timedelta(hours=26, seconds=1)}, {"backup"}),
        ({"set_aside": 1}, {"re-assessment"}),
        ({"messages_given_up": 1}, {"messages"}),
        ({"mails_waiting": 10_000, "messages_waiting": 10_000}, set()),
    ],
)
def test_background_work_is_late_and_never_down(changed: dict[str, Any], told: set[str]) -> None:
    assert late(**changed) == told


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (timedelta(seconds=119), "119 s"),
        (timedelta(minutes=2), "2 min"),
        (timedelta(minutes=119), "119 min"),
        (timedelta(hours=47), "47 h"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_an_age_is_told_in_a_unit_that_a_person_reads(age: timedelta, said: str) -> None:
    told = {check.name: check.said for check in standing.work(replace(WELL, backup=NOW - age), at=NOW)}

    assert told["backup"] == f"last one {said} ago"


@pytest.mark.parametrize(
    ("check", "line"),
    [
        (standing.database(answers=True), "database ok"),
        (standing.database(answers=False), "database down"),
        (
            standing.database(answers=False, role_is_there=False),
            "database down: the role of this surface is not there; run manage.py database_roles",
        ),
        (standing.database(answers=True, skew=timedelta(seconds=2)), "database ok"),
        (
            standing.database(answers=True, skew=timedelta(seconds=-3)),
            "database down: its clock differs from ours by 3 s",
        ),
        (standing.grants(0), "roles ok"),
        (standing.grants(2), "roles down: 2 grants differ; run manage.py database_roles"),
        (standing.migrations(0), "migrations ok"),
        (standing.migrations(1), "migrations down: 1 wait; run manage.py migrate"),
        (standing.queue(answers=True), "queue ok"),
        (standing.queue(answers=False), "queue down"),
    ],
)
def test_a_process_says_why_it_cannot_serve(check: Check, line: str) -> None:
    assert check.line == line
    assert check.remedy == REMEDY[check.name]


def test_everything_that_is_looked_at_has_a_remedy() -> None:
    assert {check.name for check in standing.work(WELL, at=NOW)} <= REMEDY.keys()
