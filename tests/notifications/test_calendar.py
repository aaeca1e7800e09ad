"""The calendar shows a person their clocks; its secret address tells days and numbers, and is taken back at once."""

import re
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from hrdd.governance.models import AuditEvent, SignOff, User
from hrdd.governance.rules import Permission, Role
from hrdd.notifications.models import CalendarAddress
from hrdd.notifications.queries.calendar import counted_days
from hrdd.notifications.queries.waiting import Item
from hrdd.notifications.rules.calendar import as_calendar, month_of, months_beside, weeks_of
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


def month(client: Client, monkeypatch: pytest.MonkeyPatch, asked: str, *items: Item) -> str:
    monkeypatch.setattr("hrdd.notifications.views.calendar.waiting_for", lambda _user, at: list(items))
    return client.get(f"/desk/calendar/?view=month{asked}").content.decode()


def due(day: int, what: str, kind: str = "risk", *, month: int = 11) -> Item:
    return Item(kind, Entry(datetime(2026, month, day, 12, tzinfo=UTC), "Act", what, "/desk/"), NOW)


def test_a_month_shows_each_thing_on_its_day_and_counts_what_stands_beside_it(
    client: Client, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(ana)
    many = [due(20, f"Of the twentieth {number}") for number in range(6)]
    others = (due(3, "In December", month=12), due(30, "In October", month=10), due(1, "On the first"))

    page = month(client, monkeypatch, "&month=2026-11", *many, *others)

    assert '<th scope="col">Monday</th>' in page
    assert re.search(r'datetime="2026-11-01".{0,200}On the first', page, re.DOTALL)
    assert re.search(r"7 due, <a [^>]+>1 earlier</a>, <a [^>]+>1 later</a>", page)
    assert "In December" not in page
    assert "2 more on 20 November" in page
    assert 'href="/desk/calendar/?view=month&amp;month=2026-12" rel="next"' in page


def test_filters_of_the_calendar_stand_in_the_address(
    client: Client, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(ana)

    page = month(client, monkeypatch, "&month=2026-11&kind=plan", due(5, "A risk"), due(6, "A plan", "plan"))

    assert "A plan" in page
    assert "A risk" not in page
    assert "Risks to judge again: 1" in page
    assert 'href="/desk/calendar/?kind=plan"' in page
    assert 'href="/desk/calendar/?view=month&amp;month=2026-10&amp;kind=plan" rel="prev"' in page


@pytest.mark.parametrize("said", ["", "nonsense", "2026-13", "9999-12", "0001-01", "2026-11-05"])
def test_a_month_that_is_none_is_this_one(said: str) -> None:
    assert month_of(said, today=date(2026, 2, 17)) == date(2026, 2, 1)


@pytest.mark.parametrize(
    ("first", "weeks"), [(date(2026, 2, 1), 5), (date(2027, 2, 1), 4), (date(2026, 8, 1), 6)]
)
def test_a_month_has_each_of_its_days_once_on_its_weekday(first: date, weeks: int) -> None:
    found = weeks_of(first)
    days = [day for week in found for day in week if day]

    assert len(found) == weeks
    assert days == [first.replace(day=1 + nth) for nth in range(len(days))]
    assert all(day is None or day.weekday() == place for week in found for place, day in enumerate(week))
    assert months_beside(first)[1] == date(days[-1].year, days[-1].month + 1, 1)
    assert months_beside(first)[0] < first


def test_the_months_beside_december_and_january_are_in_other_years() -> None:
    assert months_beside(date(2026, 12, 1)) == (date(2026, 11, 1), date(2027, 1, 1))
    assert months_beside(date(2026, 1, 1)) == (date(2025, 12, 1), date(2026, 2, 1))
