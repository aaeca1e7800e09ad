"""The desk holds every kind of task in one order of clock, for whoever does it (issue 8)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hrdd.governance.actions import ask_sign_off
from hrdd.governance.models import User
from hrdd.governance.rules import Permission, Role
from hrdd.oversight.models import Training
from risks.models import SeverityAssessment
from tests.cast import Cast
from tests.oversight.stage import escalated, severe_risk

NOW = timezone.now()
TODAY = NOW.date()


def desk_of(user: User) -> list[tuple[str, str]]:
    client = Client()
    client.force_login(user)
    answer = client.get("/desk/")
    assert answer.status_code == 200
    return [(one.act, one.what) for one in answer.context["entries"]]


def training(by: User, audience: str, days: int, *, role: str, done: int = 1) -> None:
    Training.objects.create(
        audience=audience,
        due_n=3,
        done_n=done,
        due_on=TODAY + timedelta(days=days),
        as_of=TODAY,
        owner_role=role,
        recorded_by=by,
        recorded_at=NOW,
    )


@pytest.fixture
def tasks(cast: Cast) -> None:
    escalated(at=NOW - timedelta(days=9), due_at=NOW + timedelta(days=2), subject="Ask for moderators")
    escalated(
        at=NOW - timedelta(days=9), due_at=NOW + timedelta(days=1), to_role="BOARD", subject="For the board"
    )
    training(cast.ana, "Launches", 1, role="SENIOR")
    training(cast.ana, "Done already", 1, role="SENIOR", done=3)
    training(cast.ana, "Of deciders", 1, role="DECIDER")
    severe_risk("No plan yet", owner=cast.ana, tier_since=NOW - timedelta(days=8))
    severe_risk("To judge again", owner=cast.ana, next_review=TODAY - timedelta(days=3), tier=2)
    nobodys = severe_risk("Nobody's, to judge again", next_review=TODAY - timedelta(days=3), tier=2)
    nobodys.held = SeverityAssessment.objects.create(
        risk=nobodys,
        level=5,
        incomplete=False,
        reason="x",
        holds_from=TODAY,
        recorded_at=NOW,
        recorded_by="ana",
    )
    nobodys.save()
    ask_sign_off(
        subject_kind="report",
        subject_id=1,
        subject="The report",
        step="approve",
        step_label="Approve",
        permission=Permission.APPROVE_REPORT,
        content_hash="0" * 64,
        by=cast.pia,
        at=NOW - timedelta(days=4),
    )


def test_what_is_overdue_comes_first_then_the_nearest_day_signatures_among_them(
    tasks: None, cast: Cast
) -> None:
    assert desk_of(cast.eve) == [
        ("Plan a P1 risk", "No plan yet"),
        ("Training", "Launches: 2 to go"),
        ("Answer", "Ask for moderators"),
        ("Approve", "The report"),
    ]


def test_each_finds_what_is_theirs_to_do_and_nothing_else(tasks: None, cast: Cast) -> None:
    bob = User.objects.create_user("bob", "x", display_name="Bob", roles=[Role.BOARD])
    assert desk_of(bob) == [("Answer", "For the board")]
    assert desk_of(cast.rex) == []
    assert ("Judge again", "Nobody's, to judge again") in desk_of(cast.ana)
    assert ("Plan a P1 risk", "No plan yet") in desk_of(cast.ana)
    assert ("Plan a P1 risk", "No plan yet") not in desk_of(
        User.objects.create_user("ann", "x", display_name="Ann", roles=[Role.ANALYST])
    )


def test_who_stands_in_for_a_senior_is_told_what_the_senior_is_until_the_last_day(
    tasks: None, cast: Cast
) -> None:
    fay = User.objects.create_user("fay", "x", display_name="Fay", roles=[Role.DECIDER])
    before = desk_of(fay)
    day = timedelta(days=1)
    lent = {"role": "SENIOR", "of": "eve", "from": f"{TODAY - 9 * day}"}

    fay.delegated = [lent | {"until": f"{TODAY}"}]
    fay.save()
    assert sorted(desk_of(fay)) == sorted({*desk_of(cast.eve), *before})

    fay.delegated = [lent | {"until": f"{TODAY - day}"}]
    fay.save()
    assert desk_of(fay) == before


def test_the_desk_says_what_is_overdue(tasks: None, cast: Cast) -> None:
    client = Client()
    client.force_login(cast.eve)
    assert [one.what for one in client.get("/desk/").context["late"]] == ["No plan yet"]
    assert client.get("/desk/").context["many_late"] == 1


def test_the_desk_takes_as_many_queries_for_many_tasks_as_for_one(tasks: None, cast: Cast) -> None:
    client = Client()
    client.force_login(cast.eve)

    def many() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get("/desk/")
        return len(seen)

    few = many()
    for nth in range(8):
        training(cast.ana, f"Audience {nth}", nth, role="SENIOR")
        escalated(at=NOW, subject=f"Matter {nth}", risk=severe_risk(f"Risk {nth}", tier_since=NOW))
    assert many() == few
