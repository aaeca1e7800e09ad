"""What waits can be put off for a while, never past its own day, and never where people's safety depends on it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Role
from hrdd.notifications.actions.putting_off import put_off
from hrdd.notifications.models import PutOff
from hrdd.notifications.queries.put_off import is_away, put_off_by
from hrdd.notifications.queries.waiting import Item, waiting_for
from hrdd.notifications.rules.kinds import KINDS
from hrdd.notifications.rules.putting_off import LONGEST, last_day, offers
from hrdd.oversight.queries.today import Entry
from risks.models import Partner, Relationship, RelationshipRisk, Risk
from tests.notifications.test_inbox_and_sending import SECRETS, plan
from tests.oversight.stage import severe_risk
from tests.risks.leverage_stage import acted

NOW = timezone.now()
TODAY = NOW.date()
DAY = timedelta(days=1)


@pytest.fixture
def dan(db: None) -> User:
    return User.objects.create_user("dan", "x", display_name="Dan", roles=[Role.DECIDER])


@pytest.fixture
def desk(dan: User) -> Client:
    made = Client()
    made.force_login(dan)
    return made


def item(kind: str = "plan", *, due: date | None = None, about_life: bool = False) -> Item:
    at = datetime.combine(due, time.max, UTC) if due else NOW - DAY
    return Item(kind, Entry(at, "Act", "x", "/desk/", waits_since=due is None, about_life=about_life), NOW)


def address(user: User, step: str = "put-off") -> str:
    [found] = waiting_for(user, at=NOW)
    return f"/desk/inbox/{found.key}/{step}/"


def test_what_is_put_off_leaves_inbox_and_desk_still_counts_and_is_taken_back(
    dan: User, desk: Client
) -> None:
    plan()
    offered = desk.get(address(dan)).content.decode()
    tomorrow = (TODAY + DAY).isoformat()
    assert f'name="until" value="{tomorrow}"' in offered

    said = desk.post(address(dan), {"until": tomorrow}, follow=True)
    inbox, board = desk.get("/desk/inbox/").content.decode(), desk.get("/desk/")

    assert "It comes back by itself" in said.content.decode()
    assert SECRETS[0] not in inbox
    assert "<strong>1</strong><span>waits for you</span>" in inbox
    assert "Put off: 1</a>" in inbox
    assert [one.act for one in board.context["entries"]] == []
    assert "1 put off</a>" in board.content.decode()
    assert SECRETS[0] in desk.get("/desk/inbox/?kind=put-off").content.decode()

    desk.post(address(dan, "take-back"))

    assert SECRETS[0] in desk.get("/desk/inbox/").content.decode()
    assert not PutOff.objects.exists()


def test_it_comes_back_by_itself_on_its_day(dan: User) -> None:
    plan()
    [found] = waiting_for(dan, at=NOW)
    put_off(dan, found, until=TODAY + 3 * DAY, at=NOW)
    held = put_off_by(dan)

    assert is_away(found.entry, held, at=NOW + 2 * DAY)
    assert not is_away(found.entry, held, at=NOW + 3 * DAY)


def test_what_became_late_or_grave_meanwhile_is_back_whatever_was_said(dan: User) -> None:
    late, grave = item(due=TODAY + 5 * DAY), item(due=TODAY + 5 * DAY, about_life=True)
    put_off(dan, late, until=TODAY + 5 * DAY, at=NOW)
    held = put_off_by(dan)

    assert is_away(late.entry, held, at=NOW)
    assert not is_away(grave.entry, held, at=NOW)
    PutOff.objects.update(due=None, until=TODAY + 20 * DAY)
    assert not is_away(late.entry, put_off_by(dan), at=NOW + 6 * DAY)


def test_the_clock_of_a_relationship_is_put_off_by_its_owner_alone(desk: Client, dan: User) -> None:
    User.objects.update(roles=[Role.PARTNER_MGR])
    risk = Risk.objects.create(title="x", summary="x", opened_on=TODAY, level=4)
    relationship = Relationship.objects.create(
        partner=Partner.objects.create(name="Northern Cloud"), kind="reseller", supplied="x"
    )
    tied = RelationshipRisk.objects.create(
        relationship=relationship, risk=risk, known_since=TODAY - 40 * DAY, how_known="x"
    )
    acted(tied, on=TODAY - 38 * DAY)
    anothers = desk.get("/desk/").content.decode()

    Relationship.objects.update(owner=dan)
    [mine] = [one for one in waiting_for(dan, at=NOW) if one.kind == "clock"]

    assert f"/{mine.key}/put-off/" in desk.get("/desk/").content.decode()
    assert mine.entry.act in anothers
    assert f"/{mine.key}/put-off/" not in anothers


@pytest.mark.parametrize(
    ("given", "days", "said"),
    [
        (item("case"), 1, "not put off"),
        (item("escalation", due=TODAY + 9 * DAY), 1, "not put off"),
        (item("incitement"), 1, "not put off"),
        (item("overdue", due=TODAY + 9 * DAY), 1, "not put off"),
        (item("risk", due=TODAY + 9 * DAY, about_life=True), 1, "gravest kind"),
        (item(due=TODAY), 1, "today or over"),
        (item(due=TODAY - DAY), 1, "today or over"),
        (item(due=TODAY + 2 * DAY), 3, "that is its own day"),
        (item(), 31, "30 days are the most"),
        (item(), 0, "choose a day after today"),
    ],
)
def test_it_is_refused_in_a_sentence(dan: User, given: Item, days: int, said: str) -> None:
    with pytest.raises(NotAllowed, match=said):
        put_off(dan, given, until=TODAY + days * DAY, at=NOW)

    assert not PutOff.objects.exists()


def test_the_last_day_is_its_own_or_thirty_days_from_now(dan: User) -> None:
    put_off(dan, item(), until=TODAY + LONGEST, at=NOW)
    put_off(dan, item(due=TODAY + DAY), until=TODAY + DAY, at=NOW)

    assert PutOff.objects.count() == 2


def test_a_risk_of_the_first_tier_without_a_plan_cannot_be_put_off(desk: Client, dan: User) -> None:
    severe_risk("No plan yet", owner=dan, tier_since=NOW)
    [found] = [one for one in waiting_for(dan, at=NOW) if one.entry.what == "No plan yet"]

    page = desk.post(f"/desk/inbox/{found.key}/put-off/", {"until": (TODAY + DAY).isoformat()})

    assert page.status_code == 400
    assert "gravest kind" in page.content.decode()
    assert f"/{found.key}/put-off/" not in desk.get("/desk/inbox/").content.decode()
    assert f"/{found.key}/put-off/" not in desk.get("/desk/").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"until": TODAY},
        {"until": TODAY + 31 * DAY},
        {"until": TODAY + 3 * DAY, "due": TODAY + 2 * DAY},
        *({"kind": kind} for kind in ("case", "escalation", "incitement", "overdue")),
    ],
)
def test_the_database_refuses_it_too(dan: User, wrong: dict[str, Any]) -> None:
    right: dict[str, Any] = {"kind": "plan", "key": "0" * 64, "put_off_on": TODAY, "until": TODAY + DAY}

    with pytest.raises(IntegrityError), transaction.atomic():
        PutOff.objects.create(user=dan, **right | wrong)

    PutOff.objects.create(user=dan, **right)


def test_nobody_elses_inbox_changes_and_nobody_puts_off_what_does_not_wait_for_them(
    dan: User, desk: Client
) -> None:
    plan()
    di = User.objects.create_user("di", "x", display_name="Di", roles=[Role.DECIDER])
    pia = User.objects.create_user("pia", "x", display_name="Pia", roles=[Role.PUBLISHER])
    here, other = address(dan), Client()
    other.force_login(di)
    desk.post(here, {"until": (TODAY + DAY).isoformat()})

    assert SECRETS[0] in other.get("/desk/inbox/").content.decode()
    other.force_login(pia)
    assert other.get(here).status_code == 404


def test_what_waits_no_more_is_forgotten(dan: User, desk: Client) -> None:
    waiting = plan()
    desk.post(address(dan), {"until": (TODAY + DAY).isoformat()})
    waiting.delete()

    desk.get("/desk/inbox/")

    assert not PutOff.objects.exists()


def test_the_inbox_asks_as_often_for_one_that_is_put_off_as_for_many(dan: User, desk: Client) -> None:
    def asked() -> int:
        for one in waiting_for(dan, at=NOW):
            put_off(dan, one, until=TODAY + DAY, at=NOW)
        desk.get("/desk/inbox/")
        with CaptureQueriesContext(connection) as queries:
            desk.get("/desk/inbox/?kind=put-off")
        return len(queries)

    plan()
    few = asked()
    for number in range(8):
        plan(number + 1)

    assert asked() == few


@pytest.mark.parametrize(
    ("today", "offered"),
    [
        (5, [("Tomorrow", 6), ("In three days", 8), ("Next week", 12)]),
        (9, [("Tomorrow", 10), ("In three days", 12)]),
        (11, [("Tomorrow", 12), ("In three days", 14)]),
        (10, [("Tomorrow", 11), ("Next week", 12), ("In three days", 13)]),
    ],
)
def test_each_day_is_offered_once_and_none_too_late(today: int, offered: list[tuple[str, int]]) -> None:
    on = date(2026, 10, today)  # the fifth is a Monday
    told = [(said, date(2026, 10, day)) for said, day in offered]

    assert offers(last=on + LONGEST, today=on) == told
    assert offers(last=on + DAY, today=on) == told[:1]


def test_every_kind_either_is_put_off_or_says_why_not() -> None:
    told = {}
    for kind in KINDS:
        try:
            told[kind] = last_day(kind, due=None, about_life=False, today=TODAY) == TODAY + LONGEST
        except NotAllowed:
            told[kind] = False

    assert {kind for kind, may in told.items() if not may} == {"case", "escalation", "incitement", "overdue"}
