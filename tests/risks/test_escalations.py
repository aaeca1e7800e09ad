"""What nobody answered is shown to those who were reminded of it, and on the board (domain.md 3.6, 3.8)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hrdd.governance.models import User
from hrdd.governance.rules import Role
from risks.actions.escalation import escalate_overdue
from risks.actions.proportionality import plan_cycle
from risks.actions.reassessments import record_reassessment
from risks.models import Measure, ReviewTask
from risks.queries.escalations import board_digest, escalated_to
from tests.risks.reassessment_stage import a_decision
from tests.risks.test_engine import NOW, TODAY, a_measure, a_risk, swept


@pytest.fixture
def people(db: None) -> dict[str, User]:
    roles = {"dan": Role.DECIDER, "eve": Role.SENIOR, "bob": Role.BOARD, "rita": Role.REVIEWER}
    return {
        name: User.objects.create_user(name, "x", display_name=name.capitalize(), roles=[role])
        for name, role in roles.items()
    }


@pytest.fixture
def overdue(db: None) -> Measure:
    """Return a ban over the ceiling of its risk, whose task is due within 72 hours."""
    measure = a_measure(a_risk(2))
    swept(plan_cycle(as_of=TODAY, at=NOW), NOW)
    return measure


def page_of(user: User, address: str) -> str:
    client = Client()
    client.force_login(user)
    return client.get(address).content.decode()


@pytest.mark.parametrize(
    ("hours", "reached"),
    [
        (71, set()),
        (73, {"dan"}),
        (72 * 2 + 1, {"dan", "eve"}),
        (72 * 3 + 1, {"dan", "eve", "bob"}),
    ],
)
def test_each_level_sees_what_climbed_to_it(
    overdue: Measure, people: dict[str, User], hours: int, reached: set[str]
) -> None:
    escalate_overdue(at=NOW + timedelta(hours=hours))

    seen = {name for name, user in people.items() if escalated_to(user, shown=10).count}

    assert seen == reached
    for name in ("dan", "eve", "rita"):
        assert ("Escalated to you" in page_of(people[name], "/desk/")) == (name in reached)
    board = page_of(people["bob"], "/board/")
    assert ("Nothing climbed to the board" in board) == ("bob" not in reached)


def test_what_a_person_decided_is_shown_no_more(overdue: Measure, people: dict[str, User]) -> None:
    escalate_overdue(at=NOW + timedelta(days=30))
    assert board_digest(shown=10).count == 1

    task = ReviewTask.objects.get(measure=overdue)
    record_reassessment(task, a_decision("lift"), by=people["rita"], at=NOW + timedelta(days=30))

    assert (board_digest(shown=10).count, board_digest(shown=10).oldest) == (0, None)


def test_many_are_counted_in_the_queries_of_a_few(people: dict[str, User]) -> None:
    def cost(measures: int) -> int:
        risk = a_risk(2)
        for _ in range(measures):
            a_measure(risk)
        day = TODAY + timedelta(days=measures)
        swept(plan_cycle(as_of=day, at=NOW), NOW)
        escalate_overdue(at=NOW + timedelta(days=60))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            digest = board_digest(shown=3)
        assert len(digest.reminders) == 3
        return len(asked)

    assert cost(3) == cost(9)
    assert board_digest(shown=3).count == 12
