"""The calendar shows a person their clocks; its secret address tells days and numbers, and is taken back at once."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from hrdd.governance.models import AuditEvent, SignOff, User
from hrdd.governance.rules import Permission, Role
from hrdd.notifications.models import CalendarAddress
from hrdd.notifications.queries.calendar import counted_days
from hrdd.notifications.queries.waiting import Item
from hrdd.notifications.rules.calendar import as_calendar
from hrdd.oversight.queries.today import Entry

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
TITLE = "CanaryTitleQzx"


@pytest.fixture
def ana(db: None) -> User:
    """A decider, whom a signature is asked of, with its day."""
    user = User.objects.create_user("ana", "x", display_name="Ana", roles=[Role.DECIDER])
    other = User.objects.create_user("other", "x", display_name="Other", roles=[Role.ANALYST])
    SignOff.objects.create(
        subject_kind="policy",
        subject_id=1,
        subject=TITLE,
        step="approve",
        step_label="Approve",
        permission=str(Permission.APPROVE_POLICY),
        content_hash="x",
        asked_by=other,
        asked_at=datetime.now(UTC),
    )
    return user


def made(client: Client) -> str:
    """Make an address and return its path."""
    page = client.post("/desk/calendar/address/make/").content.decode()
    [path] = re.findall(r"http://testserver(/desk/calendar/[\w-]+\.ics)", page)
    return str(path)


def test_the_address_tells_days_and_numbers_and_no_word_of_what_is_due(client: Client, ana: User) -> None:
    client.force_login(ana)
    assert TITLE in client.get("/desk/calendar/").content.decode()

    answer = Client().get(made(client))

    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    told = answer.content.decode()
    assert "SUMMARY:1 due at the desk" in told
    assert TITLE not in told
    assert "ana" not in told.lower().replace("/calendar/", "").replace("vcalendar", "")
    assert not re.search(r"/desk/(?!calendar/)", told)


def test_an_address_that_was_replaced_or_revoked_opens_nothing(client: Client, ana: User) -> None:
    client.force_login(ana)
    first, stranger = made(client), Client()
    second = made(client)
    assert stranger.get(first).status_code == 404
    assert stranger.get(second).status_code == 200

    client.post("/desk/calendar/address/revoke/")

    assert stranger.get(second).status_code == 404
    assert not CalendarAddress.objects.exists()


@pytest.mark.parametrize("gone", [{"is_active": False}, {"roles": []}])
def test_who_left_the_desk_is_told_nothing_any_more(
    client: Client, ana: User, gone: dict[str, object]
) -> None:
    client.force_login(ana)
    path = made(client)

    User.objects.filter(pk=ana.pk).update(**gone)

    assert Client().get(path).status_code == 404


def test_the_secret_is_shown_once_and_stands_nowhere(client: Client, ana: User) -> None:
    client.force_login(ana)
    secret = made(client).removeprefix("/desk/calendar/").removesuffix(".ics")

    assert secret not in client.get("/desk/calendar/").content.decode()
    assert secret not in CalendarAddress.objects.get().address_hash
    assert secret not in str(list(AuditEvent.objects.values_list("subject", "detail")))


def test_no_number_tells_that_a_concern_came(ana: User, monkeypatch: pytest.MonkeyPatch) -> None:
    items = [Item(kind, Entry(NOW, "Act", "x", "/desk/"), NOW) for kind in ("case", "risk", "case")]
    monkeypatch.setattr("hrdd.notifications.queries.calendar.waiting_for", lambda _user, at: items)

    assert counted_days(ana, at=NOW) == {NOW.date(): 1}


def test_a_calendar_is_written_as_its_standard_asks() -> None:
    told = as_calendar({NOW.date(): 2}, owner="f" * 64, site="https://desk.example/", at=NOW)

    lines = told.split("\r\n")
    assert (lines[0], lines[-2:]) == ("BEGIN:VCALENDAR", ["END:VCALENDAR", ""])
    assert "DTSTART;VALUE=DATE:20261126" in lines
    assert "DTEND;VALUE=DATE:20261127" in lines
    assert "UID:20261126-ffffffffffffffff@desk" in lines
    assert max(len(line) for line in lines) <= 75
