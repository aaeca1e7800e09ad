"""An open signature is reminded of and raised by the job, shown to people, and decided by none but them."""

from datetime import datetime, timedelta

import pytest
from django.db import InternalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hrdd.governance.actions import ask_sign_off, decide_sign_off, void_sign_offs
from hrdd.governance.models import AuditEvent, SignOff, User
from hrdd.governance.queries import earlier_requests
from hrdd.governance.rules import Permission, Role
from hrdd.job import as_job
from hrdd.notifications.queries.waiting import waiting_for
from hrdd.oversight.actions.sign_offs import remind_of_sign_offs
from hrdd.oversight.models import SignOffReminder
from tests.cast import Cast

NOW = timezone.now()
INBOX = "/desk/signoffs/"


def ask(cast: Cast, *, days_ago: float, subject_id: int = 1, **more: object) -> SignOff:
    given: dict[str, object] = {
        "subject_kind": "report",
        "subject_id": subject_id,
        "subject": f"Report {subject_id}",
        "step": "clear",
        "step_label": "Clear for safety",
        "permission": Permission.CLEAR_REPORT,
        "content_hash": "0" * 64,
        "by": cast.pia,
        "at": NOW - timedelta(days=days_ago),
    }
    return ask_sign_off(**given | more)  # type: ignore[arg-type]


@pytest.fixture
def bob(db: None) -> User:
    return User.objects.create_user("bob", "x", display_name="Bob", roles=[Role.BOARD])


def sent() -> list[tuple[str, int]]:
    return sorted(SignOffReminder.objects.values_list("level", "number"))


def test_the_job_reminds_once_a_time_and_leaves_the_sign_off_open(cast: Cast) -> None:
    asked = ask(cast, days_ago=15)

    assert [remind_of_sign_offs(at=NOW) for _ in range(3)] == [2, 0, 0]
    assert sent() == [("ASKED", 2), ("SENIOR", 1)]
    assert remind_of_sign_offs(at=NOW + timedelta(days=7)) == 2
    assert sent() == [("ASKED", 2), ("ASKED", 3), ("BOARD", 1), ("SENIOR", 1)]
    asked.refresh_from_db()
    assert (asked.decision, asked.decided_at) == ("", None)
    told = AuditEvent.objects.filter(action="reminded of sign-offs")
    assert [one.detail for one in told] == [{"sent": 2}, {"sent": 2}]


def test_what_is_in_time_or_decided_is_not_reminded_of(cast: Cast) -> None:
    ask(cast, days_ago=6)
    decided = ask(cast, days_ago=30, subject_id=2)
    void_sign_offs(subject_kind="report", subject_id=2, at=NOW)

    assert decided.pk
    assert remind_of_sign_offs(at=NOW) == 0


def test_a_reminder_makes_it_new_again_in_the_inbox_and_tells_those_above_until_it_is_decided(
    cast: Cast, bob: User
) -> None:
    asked = ask(cast, days_ago=30)

    def told(user: User, at: datetime = NOW) -> list[tuple[str, str, str, bool]]:
        return [(one.kind, one.entry.act, one.entry.what, one.late) for one in waiting_for(user, at=at)]

    before = [one.key for one in waiting_for(cast.rex, at=NOW)]
    remind_of_sign_offs(at=NOW)

    assert told(cast.rex) == [("sign_off", "Clear for safety (reminded)", "Report 1", True)]
    assert [one.key for one in waiting_for(cast.rex, at=NOW)] != before
    raised = [("escalation", "Ask why nobody signs", "Clear for safety: Report 1", True)]
    assert (told(cast.eve), told(bob), told(cast.ana)) == (raised, raised, [])
    decide_sign_off(
        asked,
        by=cast.rex,
        at=NOW,
        approve=True,
        reasons="",
        seen_hash=asked.content_hash,
        authors=frozenset(),
    )
    assert (told(cast.rex), told(cast.eve), told(bob)) == ([], [], [])


def test_the_board_and_the_page_of_signatures_say_what_nobody_signed(cast: Cast, bob: User) -> None:
    ask(cast, days_ago=30)
    remind_of_sign_offs(at=NOW)
    pages = {}
    for user, address in ((bob, "/board/"), (bob, INBOX), (cast.rex, INBOX), (cast.pia, INBOX)):
        client = Client()
        client.force_login(user)
        pages[user.username, address] = client.get(address).content.decode()

    assert "Signatures that nobody gave" in pages["bob", "/board/"]
    assert "Raised with you" in pages["bob", INBOX]
    assert "raised with the board on" in pages["rex", INBOX]
    assert "You asked for" in pages["pia", INBOX]


@pytest.mark.parametrize("decision", ["approved", "refused"])
def test_the_database_lets_no_job_sign_or_refuse(cast: Cast, decision: str) -> None:
    asked = ask(cast, days_ago=30)
    with pytest.raises(InternalError, match="a machine reminds"), transaction.atomic(), as_job():
        SignOff.objects.filter(pk=asked.pk).update(decision=decision, decided_by=cast.rex, decided_at=NOW)


def test_what_was_asked_is_not_edited_and_a_decision_is_not_taken_back(cast: Cast) -> None:
    asked = ask(cast, days_ago=1)
    changes: list[dict[str, object]] = [
        {"content_hash": "1" * 64},
        {"parts": {"x": "1"}},
        {"asked_by": cast.ana},
    ]
    for change in changes:
        with pytest.raises(InternalError, match="never edited"), transaction.atomic():
            SignOff.objects.filter(pk=asked.pk).update(**change)
    void_sign_offs(subject_kind="report", subject_id=1, at=NOW)
    with pytest.raises(InternalError, match="decided once"), transaction.atomic():
        SignOff.objects.filter(pk=asked.pk).update(decision="", decided_at=None)


def test_the_inbox_says_what_changed_since_the_request_before(cast: Cast) -> None:
    ask(cast, days_ago=5, parts={"title": "Old words", "ends_on": "2026-12-01"}, series="report 2026")
    void_sign_offs(subject_kind="report", subject_id=1, at=NOW - timedelta(days=4))
    again = ask(
        cast,
        days_ago=3,
        subject_id=2,
        content_hash="1" * 64,
        parts={"title": "New words", "ends_on": "2027-01-01"},
        series="report 2026",
    )
    client = Client()
    client.force_login(cast.rex)
    page = client.get(INBOX).content.decode()

    assert "no longer asked" in page
    assert "<strong>Title</strong> changed" in page
    assert "<strong>Ends on</strong> changed, from 2026-12-01 to 2027-01-01" in page
    assert [words for words in ("Old words", "New words") if words in page] == []
    [(pk, earlier)] = earlier_requests([again]).items()
    assert (pk, earlier.same) == (again.pk, False)


def test_the_same_content_asked_again_and_a_first_request_say_so(cast: Cast) -> None:
    ask(cast, days_ago=5, parts={"title": "Words"})
    void_sign_offs(subject_kind="report", subject_id=1, at=NOW - timedelta(days=4))
    ask(cast, days_ago=3, parts={"title": "Words"})
    ask(cast, days_ago=2, subject_id=9)
    client = Client()
    client.force_login(cast.rex)
    page = client.get(INBOX).content.decode()

    assert "the very same content is asked for again" in page
    assert "Asked for the first time." in page


def test_the_page_of_signatures_takes_as_many_queries_for_many_as_for_one(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.rex)

    def many(number: int) -> int:
        for nth in range(number):
            ask(cast, days_ago=30 + nth, subject_id=100 + SignOff.objects.count(), parts={"title": "x"})
        remind_of_sign_offs(at=NOW)
        with CaptureQueriesContext(connection) as seen:
            client.get(INBOX)
        return len(seen)

    assert many(1) == many(6)
