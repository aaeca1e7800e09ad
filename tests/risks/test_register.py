"""The register: filters that agree everywhere, pages that hold still, views, bulk acts and files."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import Role
from risks.models import Product, Right, Risk, RiskRight, SavedView
from risks.queries.register_filter import RegisterFilter
from risks.queries.register_pages import ORDERS, in_order, page_of

TODAY = datetime.now(tz=UTC).date()
NONSENSE = ["x", "\0", "9" * 5000, "-1", "1" * 20, "'; DROP TABLE risks_risk; --", "%", "\ud7ff", "null"]


def person(name: str, *roles: Role) -> User:
    return User.objects.create_user(name, "x", display_name=name.capitalize(), roles=list(roles))


@pytest.fixture
def ana(db: None) -> User:
    return person("ana", Role.ANALYST)


@pytest.fixture
def rob(db: None) -> User:
    return person("rob", Role.REVIEWER)


@pytest.fixture
def desk(ana: User, client: Client) -> Client:
    client.force_login(ana)
    return client


def risk(title: str, **given: Any) -> Risk:
    return Risk.objects.create(**{"title": title, "summary": "What may happen.", "opened_on": TODAY} | given)


def right(code: str) -> Right:
    return Right.objects.create(
        code=code,
        position=1,
        title=f"Right {code}",
        character="limitable",
        non_derogable_iccpr_4_2=False,
        may_be_limited_by_measure=True,
    )


def titles(client: Client, query: str) -> list[str]:
    answer = client.get(f"/desk/risks/?{query}")
    assert answer.status_code == 200
    return [row.risk.title for row in answer.context["rows"]]


@pytest.fixture
def one_of_each(ana: User, rob: User) -> Risk:
    """Return a risk that matches every filter of FILTERS; beside it stands one that matches none."""
    found = risk(
        "Arrests after disclosure",
        status="managed",
        owner=ana,
        level=5,
        tier=1,
        state_of_harm="potential",
        likelihood=3,
        vulnerabilities=["detained"],
        countries=["KE", "UG"],
        activity="data_disclosure",
        drivers=["government_customer"],
        tie="directly_linked",
        salient=True,
        published=True,
        next_review=TODAY - timedelta(days=1),
    )
    RiskRight.objects.create(risk=found, right=right("LIBERTY"), said="x")
    found.products.add(Product.objects.create(pk=7, name="Mail"))
    risk(
        "Other", level=2, tier=4, state_of_harm="actual_unremedied", salient=False, owner=rob, tie="cause",
        next_review=TODAY + timedelta(days=300),
    )  # fmt: skip
    return found


FILTERS = {
    "q": "arrests discl",
    "level": "5",
    "tier": "P1",
    "status": "managed",
    "owner": "mine",
    "due": "overdue",
    "harm": "3",
    "right": "LIBERTY",
    "group": "detained",
    "country": "UG",
    "product": "7",
    "activity": "data_disclosure",
    "driver": "government_customer",
    "involvement": "directly_linked",
    "salient": "yes",
    "gap": "LINKED_YET_SILENT",
    "published": "yes",
}


def test_the_table_of_filters_names_every_filter() -> None:
    assert set(FILTERS) == set(RegisterFilter.base_filters) - {"sort"}


@pytest.mark.parametrize("name", FILTERS)
def test_each_filter_keeps_what_matches_and_leaves_the_rest(
    one_of_each: Risk, desk: Client, name: str
) -> None:
    assert titles(desk, f"{name}={FILTERS[name]}") == ["Arrests after disclosure"]


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_survives_a_reload_and_can_be_left_out_alone(
    one_of_each: Risk, desk: Client, name: str
) -> None:
    query = "&".join(f"{key}={value}" for key, value in FILTERS.items()).replace(" ", "+")

    filters = desk.get(f"/desk/risks/?{query}").context["filters"]

    assert filters.chosen == FILTERS
    assert name not in QueryDict(
        next(one.without for one in filters.applied if f"{name}=" not in one.without)
    )
    assert titles(desk, filters.querystring) == ["Arrests after disclosure"]


@pytest.mark.parametrize("value", NONSENSE)
@pytest.mark.parametrize("name", [*FILTERS, "sort", "after"])
@pytest.mark.parametrize("path", ["/desk/risks/", "/desk/risks/map/"])
def test_nonsense_is_left_out_and_never_breaks_the_page(
    one_of_each: Risk, desk: Client, path: str, name: str, value: str
) -> None:
    answer = desk.get(path, {name: value})

    assert answer.status_code == 200
    if name != "q":
        assert answer.context["filters"].qs.count() == 2


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("owner=nobody", ["Owned by nobody"]),
        ("tier=open&owner=nobody", ["Owned by nobody"]),
        ("level=4%2B", ["Arrests after disclosure", "Owned by nobody"]),
        ("involvement=unfound", ["Owned by nobody"]),
        ("harm=unknown", ["Owned by nobody"]),
        ("harm=potential", ["Arrests after disclosure", "Owned by nobody"]),
        ("due=7", ["Arrests after disclosure"]),
        ("due=30", ["Arrests after disclosure", "Owned by nobody"]),
        ("published=no&level=4%2B", ["Owned by nobody"]),
    ],
)
def test_filters_that_take_in_more_than_one_value(
    one_of_each: Risk, desk: Client, query: str, expected: list[str]
) -> None:
    risk("Owned by nobody", next_review=TODAY + timedelta(days=20))

    assert sorted(titles(desk, query)) == expected


def test_a_review_due_today_is_still_in_time(desk: Client) -> None:
    risk("Today", next_review=TODAY)
    risk("Yesterday", next_review=TODAY - timedelta(days=1))

    assert titles(desk, "due=overdue") == ["Yesterday"]
    assert b"Overdue by 1 day<" in desk.get("/desk/risks/").content


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("journ", True), ("JOURNALISTS watched", True), ("watched jour", True), ('"watched journalists"', False),
        ('"journalists watched"', True), ("journalists -watched", False), ("zebra or journalists", True),
        ("jour watched", False), ("!!! journ", True), ("& | ! ( ) :*", False), ("journ:*", False),
    ],
)  # fmt: skip
def test_words_are_searched_whole_but_for_the_last_one(desk: Client, words: str, found: bool) -> None:
    risk("Journalists watched", summary="By their phones.")

    assert bool(desk.get("/desk/risks/", {"q": words}).context["page"].count) is found


def walk(client: Client, query: str, *, step: str = "next", start: str = "") -> list[list[int]]:
    pages, after = [], start
    while True:
        page = client.get(f"/desk/risks/?{query}&after={after}").context["page"]
        pages.append([one.pk for one in page.rows])
        after = getattr(page, step)
        if not after:
            return pages


@pytest.mark.parametrize("order", ORDERS)
def test_pages_show_each_risk_once_in_order_and_the_same_way_back(desk: Client, order: str) -> None:
    for number in range(123):
        risk(
            f"Risk {number % 3}", rank=number % 2, next_review=TODAY if number % 3 else None,
            assessed_on=TODAY if number % 5 else None,
        )  # fmt: skip

    there = walk(desk, f"sort={order}")
    last = desk.get(f"/desk/risks/?sort={order}")
    for _ in range(2):
        last = desk.get(f"/desk/risks/?sort={order}&after={last.context['page'].next}")
    back = walk(desk, f"sort={order}", step="previous", start=last.context["page"].previous)

    assert [len(page) for page in there] == [50, 50, 23]
    assert [pk for page in there for pk in page] == list(
        in_order(Risk.objects.all(), order).values_list("pk", flat=True)
    )
    assert back == there[1::-1]


def test_a_page_goes_on_where_it_was_when_risks_come_and_go_before_it(desk: Client) -> None:
    for number in range(60):
        risk(f"Risk {number}", rank=1000 - number)
    first = desk.get("/desk/risks/").context["page"]
    for number in range(30):
        risk(f"New {number}", rank=5000)
    first.rows[-1].delete()

    second = desk.get(f"/desk/risks/?after={first.next}").context["page"]

    assert [one.title for one in second.rows] == [f"Risk {number}" for number in range(50, 60)]


def test_a_cursor_of_another_order_or_changed_by_hand_begins_at_the_beginning(desk: Client) -> None:
    for number in range(60):
        risk(f"Risk {number}", rank=number)
    cursor = desk.get("/desk/risks/").context["page"].next

    for query in (f"sort=title&after={cursor}", f"after={cursor}x", f"after=x{cursor}"):
        page = desk.get(f"/desk/risks/?{query}").context["page"]
        assert (page.beginning, len(page.rows)) == (True, 50)


def test_no_title_stands_in_an_address(desk: Client) -> None:
    for number in range(60):
        risk(f"Zoya Example {number}")

    page = page_of(Risk.objects.all(), order="title", after="")

    assert page.next
    assert len(page.next) < 100  # the order, the direction, an id and the signature
    assert [one.pk for one in page_of(Risk.objects.all(), order="title", after=page.next).rows] == list(
        in_order(Risk.objects.all(), "title").values_list("pk", flat=True)[50:]
    )


@pytest.mark.parametrize("query", ["", "q=risk&level=4%2B&owner=mine&sort=title&tier=open", "sort=review"])
@pytest.mark.parametrize("path", ["/desk/risks/", "/desk/risks/map/"])
def test_the_register_costs_the_same_queries_for_one_risk_and_for_eighty(
    ana: User, desk: Client, path: str, query: str
) -> None:
    def more(many: int) -> int:
        for number in range(many):
            one = risk(f"Risk {number}", owner=ana)
            RiskRight.objects.create(risk=one, right=Right.objects.first() or right("LIFE"), said="x")
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(f"{path}?{query}").status_code == 200
        return len(queries)

    assert more(1) == more(79) <= 18


def test_every_figure_of_the_map_leads_to_exactly_what_it_counts(one_of_each: Risk, desk: Client) -> None:
    for level in range(1, 6):
        for state in ("", "potential", "actual_unremedied", "actual_remedied"):
            for likelihood in [None] if state.startswith("actual") else [None, 1, 5]:
                risk(
                    f"{level} {state} {likelihood}", level=level, tier=2, state_of_harm=state,
                    likelihood=likelihood, countries=["KE"],
                )  # fmt: skip

    for query in ("", "country=KE", "harm=potential&country=KE", "level=4%2B", "level=3&harm=5"):
        drawn = desk.get(f"/desk/risks/map/?{query}").context["map"]
        listed = desk.get(f"/desk/risks/?{query}").context["page"].count
        cells = [cell for row in drawn.rows for cell in row.cells]
        sums = [row.total for row in drawn.rows] + drawn.totals + [drawn.total]
        assert sum(cell.count for cell in cells) == drawn.total.count == listed > 0
        for cell in (one for one in cells + sums if one.count):
            assert desk.get(f"/desk/risks/?{cell.querystring}").context["page"].count == cell.count


def test_the_map_says_in_words_what_it_shows(one_of_each: Risk, desk: Client) -> None:
    content = desk.get("/desk/risks/map/?country=KE").content.decode()

    assert "Likelihood never lowers severity" in content
    assert 'aria-label="1 risk, level 5, 3 possible"' in content
    assert content.count('scope="row"') == 6


# Views


def save(client: Client, name: str, *, query: str = "level=5&sort=title", **given: str) -> Any:
    return client.post(f"/desk/risks/views/new/?{query}", {"name": name, **given})


def test_a_view_keeps_filters_and_order_at_a_stable_address(one_of_each: Risk, desk: Client) -> None:
    save(desk, "Gravest  first", query="level=5&sort=title&tier=nonsense&after=x")

    view = SavedView.objects.get()
    answer = desk.get(f"/desk/risks/views/{view.pk}/")

    assert (view.name, view.querystring) == ("Gravest first", "level=5&sort=title")
    assert answer.headers["Location"] == "/desk/risks/?level=5&sort=title"
    assert b">Gravest first</a>" in desk.get("/desk/risks/").content


@pytest.mark.parametrize("again", ["Mine", "mine", " MINE "])
def test_a_second_view_of_one_name_is_refused_in_a_sentence(desk: Client, again: str) -> None:
    save(desk, "Mine")

    answer = save(desk, again, query="level=1")

    assert answer.status_code == 400
    assert "already. Choose another name" in answer.content.decode()
    assert SavedView.objects.count() == 1


def test_the_database_refuses_a_second_view_of_one_name(ana: User) -> None:
    given: dict[str, Any] = {"name": "Mine", "owner": ana, "saved_at": datetime.now(tz=UTC)}
    SavedView.objects.create(**given)
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedView.objects.create(**given)


def test_two_people_may_use_one_name_and_share_their_views(desk: Client, rob: User) -> None:
    save(desk, "Weekly", shared="on")
    desk.force_login(rob)

    assert save(desk, "Weekly").status_code == 302
    assert desk.get("/desk/risks/").content.count(b">Weekly</a>") == 2
    assert b"by Ana" in desk.get("/desk/risks/").content


@pytest.mark.parametrize("path", ["", "change/", "delete/"])
def test_anothers_private_view_is_not_there(desk: Client, rob: User, path: str) -> None:
    save(desk, "Mine")
    view = SavedView.objects.get()
    desk.force_login(rob)

    assert desk.get(f"/desk/risks/views/{view.pk}/{path}").status_code == 404
    assert b">Mine</a>" not in desk.get("/desk/risks/").content


@pytest.mark.parametrize(("path", "given"), [("change/", {"name": "Taken"}), ("delete/", {})])
def test_only_the_owner_changes_or_deletes_a_shared_view(
    desk: Client, rob: User, path: str, given: dict[str, str]
) -> None:
    save(desk, "Weekly", shared="on")
    view = SavedView.objects.get()
    desk.force_login(rob)

    answer = desk.post(f"/desk/risks/views/{view.pk}/{path}", given)

    assert answer.status_code == 400
    assert "another person" in answer.content.decode()
    assert SavedView.objects.get().name == "Weekly"


def test_the_owner_renames_shares_and_deletes_a_view(desk: Client) -> None:
    save(desk, "Mine")
    save(desk, "Other")
    view = SavedView.objects.get(name="Mine")
    address = f"/desk/risks/views/{view.pk}/"

    assert desk.post(f"{address}change/", {"name": "Other"}).status_code == 400
    assert desk.post(f"{address}change/", {"name": "Ours", "shared": "on"}).status_code == 302
    view.refresh_from_db()
    assert (view.name, view.shared) == ("Ours", True)
    assert b"Delete the view" in desk.get(f"{address}delete/").content
    assert SavedView.objects.count() == 2
    assert desk.post(f"{address}delete/").status_code == 302
    assert SavedView.objects.count() == 1
    assert [one.subject for one in AuditEvent.objects.filter(action="deleted a view")] == [f"view {view.pk}"]


# Many at once


def chosen(*risks: Risk) -> str:
    return "&".join(f"risk={one.pk}" for one in risks)


def confirm(client: Client, address: str) -> Any:
    """Look at what would happen, then confirm exactly that."""
    shown = client.get(address)
    assert shown.status_code == 200
    return client.post(address, {"seen": shown.context["plan"].digest if shown.context["plan"] else ""})


def test_many_risks_get_an_owner_after_a_page_that_says_what_will_happen(
    desk: Client, ana: User, rob: User
) -> None:
    free, theirs = risk("Free"), risk("Theirs", owner=rob)
    gone = risk("Gone", status="closed", closed_on=TODAY)
    address = f"/desk/risks/assign/?{chosen(free, theirs, gone)}&to={rob.pk}"

    page = desk.get(address).content.decode()
    assert not Risk.objects.filter(pk=free.pk, owner=rob).exists()
    answer = confirm(desk, address)

    assert "Theirs already." in page
    assert "what is closed needs no owner" in page
    assert answer.status_code == 302
    assert set(Risk.objects.filter(owner=rob)) == {free, theirs}
    [event] = AuditEvent.objects.filter(action="assigned risks")
    assert event.detail == {"to": rob.pk, "count": 1, "before": {"": [free.pk]}}


def test_all_that_match_are_assigned_and_nothing_else(desk: Client, rob: User) -> None:
    for number in range(120):
        risk(f"Risk {number}", level=5 if number % 2 else 3, tier=1)

    confirm(desk, f"/desk/risks/assign/?all=yes&level=5&to={rob.pk}")

    assert Risk.objects.filter(owner=rob).count() == 60
    assert not Risk.objects.filter(owner=rob, level=3).exists()
    assert AuditEvent.objects.filter(action="assigned risks").count() == 1


@pytest.mark.parametrize("roles", [[], [Role.SYSADMIN], [Role.EXPERT]])
def test_who_does_not_read_the_desk_owns_no_risk(desk: Client, roles: list[Role]) -> None:
    one, other = risk("One"), person("sam", *roles)

    answer = desk.post(f"/desk/risks/assign/?{chosen(one)}&to={other.pk}", {"seen": ""})

    assert answer.status_code == 200
    assert b"An active person who reads the desk" in answer.content
    assert not Risk.objects.filter(owner__isnull=False).exists()


def test_a_closed_account_owns_no_risk_even_if_it_was_open_on_the_page(desk: Client, rob: User) -> None:
    one = risk("One")
    address = f"/desk/risks/assign/?{chosen(one)}&to={rob.pk}"
    digest = desk.get(address).context["plan"].digest
    User.objects.filter(pk=rob.pk).update(is_active=False)

    desk.post(address, {"seen": digest})

    assert not Risk.objects.filter(owner__isnull=False).exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("path", ["assign", "review"])
def test_another_plan_than_the_one_that_was_shown_is_refused(desk: Client, rob: User, path: str) -> None:
    one, other = risk("One", status="managed"), risk("Other", status="managed")
    address = f"/desk/risks/{path}/?all=yes&to={rob.pk}"
    digest = desk.get(address).context["plan"].digest
    Risk.objects.filter(pk=other.pk).update(status="closed", closed_on=TODAY)

    answer = desk.post(address, {"seen": digest})

    one.refresh_from_db()
    assert answer.status_code == 400
    assert "The register changed since you opened this page" in answer.content.decode()
    assert (one.owner, one.status) == (None, "managed")
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("path", ["assign", "review"])
def test_choosing_nothing_or_nonsense_changes_nothing(desk: Client, rob: User, path: str) -> None:
    risk("One", status="managed")
    for query in ("", "risk=x&risk=%00", f"risk={'9' * 400}", "risk=-1", "risk=99999999999999999999"):
        answer = confirm(desk, f"/desk/risks/{path}/?{query}&to={rob.pk}")
        assert answer.status_code == 400
        assert b"Nothing would change" in answer.content
    assert not AuditEvent.objects.exists()


def test_an_assignment_is_taken_back_in_one_step_once(desk: Client, ana: User, rob: User) -> None:
    free, mine, moved = risk("Free"), risk("Mine", owner=ana), risk("Moved", owner=ana)
    confirm(desk, f"/desk/risks/assign/?{chosen(free, mine, moved)}&to={rob.pk}")
    event = AuditEvent.objects.get(action="assigned risks")
    third = person("zoe", Role.DECIDER)
    Risk.objects.filter(pk=moved.pk).update(owner=third)

    shown = desk.get(f"/desk/risks/assignments/{event.pk}/").content.decode()
    answer = desk.post(f"/desk/risks/assignments/{event.pk}/undo/", follow=True)
    again = desk.post(f"/desk/risks/assignments/{event.pk}/undo/", follow=True)

    assert all(f">{title}</a>" in shown for title in ("Free", "Mine", "Moved"))
    assert "3 risks assigned to Rob</h1>" in shown
    assert "3 risks assigned to Rob, and given back</h1>" in answer.content.decode()
    assert "2 went back to who owned them before. 1 stay" in answer.content.decode()
    assert "taken back already" in again.content.decode()
    assert dict(Risk.objects.values_list("title", "owner")) == {
        "Free": None, "Mine": ana.pk, "Moved": third.pk,
    }  # fmt: skip
    assert AuditEvent.objects.filter(action="took an assignment back").count() == 1


def test_nothing_goes_back_to_who_no_longer_reads_the_desk(desk: Client, rob: User) -> None:
    left = person("lee", Role.ANALYST)
    one = risk("One", owner=left)
    confirm(desk, f"/desk/risks/assign/?{chosen(one)}&to={rob.pk}")
    User.objects.filter(pk=left.pk).update(is_active=False)

    desk.post(f"/desk/risks/assignments/{AuditEvent.objects.get().pk}/undo/")

    assert Risk.objects.get().owner == rob


def test_another_person_does_not_take_an_assignment_back(desk: Client, rob: User) -> None:
    one = risk("One")
    confirm(desk, f"/desk/risks/assign/?{chosen(one)}&to={rob.pk}")
    event = AuditEvent.objects.get()
    desk.force_login(rob)

    assert b"back to who owned" not in desk.get(f"/desk/risks/assignments/{event.pk}/").content
    answer = desk.post(f"/desk/risks/assignments/{event.pk}/undo/", follow=True)

    assert b"Only who assigned these risks" in answer.content
    assert Risk.objects.get().owner == rob


def test_an_event_that_is_no_assignment_is_not_found(desk: Client) -> None:
    save(desk, "Mine")
    pk = AuditEvent.objects.get().pk
    assert desk.get(f"/desk/risks/assignments/{pk}/").status_code == 404
    assert desk.post(f"/desk/risks/assignments/{pk}/undo/").status_code == 404


def test_many_risks_are_put_up_for_reassessment_and_the_rest_is_left_with_a_reason(desk: Client) -> None:
    for status in ("draft", "assessed", "prioritised", "managed", "reassess"):
        risk(status, status=status)
    risk("closed", status="closed", closed_on=TODAY)

    page = desk.get("/desk/risks/review/?all=yes").content.decode()
    answer = confirm(desk, "/desk/risks/review/?all=yes")

    for sentence in (
        "Still a draft",
        "its judgement is fresh",
        "Waits to be re-assessed already",
        "re-opens it",
    ):
        assert sentence in page
    assert answer.status_code == 302
    assert dict(Risk.objects.values_list("title", "status")) == {
        "draft": "draft", "assessed": "assessed", "prioritised": "reassess", "managed": "reassess",
        "reassess": "reassess", "closed": "closed",
    }  # fmt: skip
    [event] = AuditEvent.objects.all()
    assert (event.detail["count"], len(event.detail["risks"])) == (2, 2)


def test_who_may_not_act_on_many_sees_no_way_to(one_of_each: Risk, client: Client) -> None:
    client.force_login(person("bob", Role.AUDITOR))

    assert b"Do something to many" not in client.get("/desk/risks/").content
    for path in ("assign", "review"):
        assert client.post(f"/desk/risks/{path}/?all=yes", {"seen": ""}).status_code == 403


def test_the_filter_by_right_follows_whatever_is_written(desk: Client) -> None:
    """The column is the database's own: a stale copy of a risk that is saved cannot undo it."""
    fair, free = right("FAIR"), right("FREE")
    stale = risk("Arrests")
    RiskRight.objects.bulk_create([RiskRight(risk=stale, right=one, said="x") for one in (fair, free, fair)])
    stale.save()
    assert (titles(desk, "right=FAIR"), titles(desk, "right=FREE")) == (["Arrests"], ["Arrests"])

    stale.touches.filter(right=free).delete()
    assert (titles(desk, "right=FAIR"), titles(desk, "right=FREE")) == (["Arrests"], [])

    stale.touches.update(right=free)
    assert (titles(desk, "right=FAIR"), titles(desk, "right=FREE")) == ([], ["Arrests"])
    Risk.objects.update(touched_rights=["FAIR"])
    assert (titles(desk, "right=FAIR"), titles(desk, "right=FREE")) == ([], ["Arrests"])


@pytest.mark.parametrize("order", ORDERS)
def test_a_search_made_once_gives_the_page_that_two_queries_give(db: None, order: str) -> None:
    for number in range(7):
        risk(f"Arrests {number % 3}", rank=number % 4)
    found = Risk.objects.filter(rank__gt=0)

    once, twice = (page_of(found, order=order, after="", size=2, few=few) for few in (True, False))

    assert once == twice
    assert (len(once.rows), once.count) == (2, 5)
    assert page_of(found.none(), order=order, after="", few=True).count == 0
