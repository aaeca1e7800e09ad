"""What the database leaves out is what the rule would find quiet; a page costs no more for clocks that press nobody."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from hrdd.governance.models import User
from hrdd.governance.rules import Role
from risks.models import Relationship, RelationshipRisk
from risks.queries import time_to_change as queries
from risks.queries.involvement import drifting
from risks.queries.narrowed_clocks import could_press, could_stand_out, past_half, with_next_day
from risks.queries.partner_filter import NO_CLOCK, STATUSES, PartnerFilter
from risks.rules.leverage import CLOCK_STATUSES
from tests.risks.clock_stage import TODAY, Answer, Told, clocks_read, on_record
from tests.risks.partner_stage import clients as clients  # fixtures
from tests.risks.partner_stage import people as people

day = st.sampled_from(
    [-400, -40, -5, -1, 0, 1, 2, 3, 6, 7, 8, 13, 14, 15, 29, 30, 31, 59, 60, 61, 90, 180, 181, 400]
)
maybe = st.none() | day
effects = st.tuples(day, st.none() | st.integers(0, 4), day)
answers = st.builds(
    Answer,
    opened=day,
    withdrawn=st.booleans(),
    stays_since=maybe,
    review=maybe,
    looked=st.lists(day, max_size=2).map(tuple),
)
clock = st.builds(
    Told,
    level=st.integers(1, 5),
    known=day,
    timed=st.none() | st.tuples(st.integers(1, 5), day, maybe),
    restarted=maybe,
    own_part=st.sampled_from(["", "", "", "open", "stopped"]),
    own_due=maybe,
    breach=st.sampled_from([False, False, True]),
    ended=st.sampled_from([False, False, False, True]),
    closed=st.sampled_from([False, False, False, True]),
    actions=st.lists(effects, max_size=2).map(tuple),
    exits=st.lists(answers, max_size=2).map(tuple),
    finding=st.none() | st.tuples(st.sampled_from(["directly_linked", "none"]), day, st.booleans()),
)
# Of every kind of a clock that presses nobody, one.
IN_TIME = (
    Told(level=3, known=20),
    Told(level=3, known=40, actions=((30, 1, 20),)),
    Told(level=3, known=120, actions=((100, 2, 20),)),
    Told(level=4, known=200, actions=((190, 3, 100),)),
    Told(level=1, known=900, actions=((880, 0, 100),)),
    Told(level=5, known=90, ended=True),
    Told(level=5, known=90, closed=True),
)
ANSWERED = (
    Told(level=4, known=100, actions=((90, 1, 80),), exits=(Answer(opened=30),)),
    Told(level=4, known=100, exits=(Answer(opened=30),)),
    Told(level=5, known=100, breach=True, exits=(Answer(opened=30),)),
    Told(level=4, known=200, exits=(Answer(opened=90, stays_since=80, looked=(10,)),)),
)
PRESSING = (
    Told(level=5, known=90),
    Told(level=4, known=20),
    Told(level=3, known=120, actions=((100, 1, 20),)),
    Told(level=3, known=20, own_part="open", own_due=1),
    Told(level=3, known=200, actions=((190, 1, 100),), finding=("directly_linked", 190, True)),
)
# On the last day of the first half, and on the day after it.
ABOUT_HALF = tuple(Told(level=3, known=known, actions=((85, 1, 20),)) for known in (90, 91))
# In time, and linked for longer than there was to see change: nothing but the drift of the finding asks for somebody.
ONLY_DRIFTING = (Told(level=3, known=10, actions=((5, 1, 2),), finding=("directly_linked", 300, True)),)
# Nothing but the day for looking again asks for somebody: it passed by severity, or as it was set.
TO_LOOK_AGAIN = (
    Told(level=4, known=200, exits=(Answer(opened=190, stays_since=180),)),
    Told(level=4, known=200, exits=(Answer(opened=190, stays_since=180, looked=(170,)),)),
    Told(level=4, known=200, exits=(Answer(opened=10, stays_since=5, review=1),)),
)
NAMED = (*IN_TIME, *ANSWERED, *PRESSING, *ABOUT_HALF, *ONLY_DRIFTING, *TO_LOOK_AGAIN)


def keys(readings: Any) -> list[int]:
    return [one.tied.pk for one in readings]


@pytest.mark.django_db
@settings(
    max_examples=20,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
@example(told=[(one, False) for one in NAMED])
@given(told=st.lists(st.tuples(clock, st.booleans()), min_size=1, max_size=5))
def test_what_is_left_unread_is_what_the_rule_finds_quiet(told: list[tuple[Told, bool]]) -> None:
    with transaction.atomic():
        reader = User.objects.create_user("reader", "x", display_name="Reader", roles=[Role.ANALYST])
        made: list[RelationshipRisk] = []
        for one, shares in told:
            made.append(on_record(one, beside=made[-1] if made and shares else None))
        every = queries.read_clocks(queries.running(TODAY), on=TODAY)
        everywhere = queries.read_clocks(
            queries.with_severity(RelationshipRisk.objects.all(), on=TODAY), on=TODAY
        )

        assert keys(queries.pressing_clocks(on=TODAY)) == keys(one for one in every if one.needs_somebody)
        the_lists_are_those_of_all(every)
        left_out_is_quiet(everywhere)
        partners_are_those_of_all(reader)
        transaction.set_rollback(True)


def the_lists_are_those_of_all(every: list[queries.Reading]) -> None:
    wanted = queries.nearest_first(every)
    for status in ("", *CLOCK_STATUSES):
        found = queries.ListedClocks(on=TODAY, status=status)
        of_status = [one for one in wanted if not status or one.clock.status == status]
        assert keys(found) == keys(of_status)
        assert keys(found[1:3]) == keys(of_status[1:3])
        assert len(found) == len(of_status)
    assert keys(queries.ListedClocks(on=TODAY, level="4")) == keys(one for one in wanted if one.level == 4)
    pressing = [one for one in wanted if one.needs_somebody]
    assert keys(queries.ListedClocks(on=TODAY, show="pressing")) == keys(pressing)
    assert keys(queries.ListedClocks(on=TODAY, show="drift")) == keys(one for one in wanted if one.drift)


def left_out_is_quiet(everywhere: list[queries.Reading]) -> None:
    rows = RelationshipRisk.objects.all()
    drifts = set(drifting(TODAY).values_list("risk", flat=True))
    press = set(could_press(rows, on=TODAY, drifting=drifts).values_list("pk", flat=True))
    stand_out = set(could_stand_out(rows, on=TODAY, drifting=drifts).values_list("pk", flat=True))
    due = dict(with_next_day(rows, on=TODAY).values_list("pk", "next_day"))
    assert {one.tied.pk for one in everywhere if one.needs_somebody} <= press
    for one in everywhere:
        if one.tied.pk not in stand_out:
            assert (one.clock.status, one.needs_somebody, one.due) == ("OK", False, due[one.tied.pk])
    late = [one for one in everywhere if one.days_allowed is not None and one.days * 2 > one.days_allowed]
    assert set(past_half(rows, on=TODAY).values_list("pk", flat=True)) == set(keys(late))


def partners_are_those_of_all(reader: User) -> None:
    at = datetime.now(tz=UTC)

    def chosen(**said: str) -> PartnerFilter:
        return PartnerFilter(said, reader=reader, at=at)

    every = chosen().pressing
    of = {
        pk: every[pk].clock.status if pk in every else NO_CLOCK
        for pk in Relationship.objects.values_list("pk", flat=True)
    }
    assert {one.status: one.many for one in chosen().counts} == {
        status: list(of.values()).count(status) for status in STATUSES
    }
    assert sorted(chosen().ids) == sorted(of)
    told = [pk for pk in every if every[pk].needs_somebody or every[pk].clock.status != "OK"]
    assert chosen().ids[: len(told)] == told
    nearest = [every[pk].due or TODAY.max for pk in chosen().ids[len(told) :] if pk in every]
    assert nearest == sorted(nearest)
    for status in STATUSES:
        wanted = {pk for pk, stands in of.items() if stands == status}
        for order in ("", "name", "newest"):
            found = chosen(clock=status, sort=order).ids
            assert (set(found), len(found)) == (wanted, len(wanted))
    for code in {one.clock.code for one in every.values()}:
        assert set(chosen(code=code).ids) == {pk for pk, one in every.items() if one.clock.code == code}


@pytest.mark.parametrize(
    ("who", "address", "quiet"),
    [
        ("paul", "/desk/", (*IN_TIME, *ANSWERED)),
        ("paul", "/desk/inbox/", (*IN_TIME, *ANSWERED)),
        ("paul", "/desk/calendar/", (*IN_TIME, *ANSWERED)),
        ("bob", "/board/", IN_TIME),
        ("ana", "/desk/partners/clocks/", IN_TIME),
        ("ana", "/desk/partners/clocks/?page=2", IN_TIME),
        ("ana", "/desk/partners/clocks/?show=pressing", IN_TIME),
        ("ana", "/desk/partners/", IN_TIME[:-2]),
        ("ana", "/desk/partners/?sort=name", IN_TIME[:-2]),
    ],
)
def test_a_page_reads_no_more_clocks_for_more_that_press_nobody(
    people: dict[str, User], clients: dict[str, Client], who: str, address: str, quiet: tuple[Told, ...]
) -> None:
    def asked() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as sent, clocks_read() as read:
            assert clients[who].get(address).status_code == 200
        return len(sent), len(read)

    def more(each: int) -> None:
        for one in quiet * each:
            on_record(one, owner=people["paul"])

    for one in PRESSING:
        on_record(one, owner=people["paul"])
    more(22)  # two pages of every list are full
    asked()
    few = asked()

    more(20)

    assert asked() == few
    assert few[1] > 0
