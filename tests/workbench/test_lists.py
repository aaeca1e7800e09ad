"""Each list of the desk is kept by each person as they want it: views, columns, and what is new to them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Role
from risks.actions.lists import choose_columns, open_list
from risks.actions.register import save_view
from risks.models import Dilemma, Risk, SavedView
from risks.rules.lists import AWAY, LISTS, since_of

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def person(name: str, *roles: Role) -> User:
    return User.objects.create_user(name, "x", display_name=name.capitalize(), roles=list(roles))


@pytest.fixture
def dilemma(db: None) -> Dilemma:
    ana = person("ana", Role.ANALYST)
    risk = Risk.objects.create(title="Arrests", summary="x", opened_on=NOW.date(), recorded_at=NOW)
    return Dilemma.objects.create(
        risk=risk, question="Which right?", kind="other", facts="x", prepared_by=ana, prepared_at=NOW
    )


@pytest.mark.parametrize("name", LISTS)
def test_a_view_of_any_list_opens_it_as_it_was_filtered(db: None, client: Client, name: str) -> None:
    client.force_login(person("ina", Role.GRV_INTAKE))

    client.post(f"/desk/risks/views/new/?register={name}&state=closed&status=closed&page=3", {"name": "Mine"})

    view = SavedView.objects.get()
    page = client.get(f"/desk/risks/views/{view.pk}/", follow=True)
    assert page.redirect_chain[0][0].startswith(reverse(LISTS[name].page))
    assert "page=" not in view.querystring
    assert view.register == name
    assert 'aria-label="Change Mine"' in page.content.decode()


def test_a_view_of_cases_stays_with_its_owner(db: None, client: Client) -> None:
    ina, ana = person("ina", Role.GRV_INTAKE), person("ana", Role.ANALYST)
    view = save_view(name="Mine", shared=False, querystring="", register="cases", by=ina, at=NOW)
    client.force_login(ana)

    with pytest.raises(NotAllowed):
        save_view(name="Ours", shared=True, querystring="", register="cases", by=ina, at=NOW)
    SavedView.objects.update(shared=True)
    assert client.get(f"/desk/risks/views/{view.pk}/").status_code == 404
    assert client.get("/desk/risks/views/new/?register=cases").status_code == 404
    assert client.post("/desk/lists/cases/columns/", {}).status_code == 404
    assert client.post("/desk/lists/nothing/columns/", {}).status_code == 404


@pytest.mark.parametrize("name", LISTS)
def test_every_column_that_can_be_left_out_is_on_the_page_until_it_is(
    dilemma: Dilemma, client: Client, name: str
) -> None:
    ina = person("ina", Role.GRV_INTAKE)
    client.force_login(ina)
    of = LISTS[name]

    client.post(f"/desk/lists/{name}/columns/", {"column": [*of.columns][1:], "querystring": "page=1"})

    page = client.get(reverse(of.page)).content.decode()
    first, *others = of.columns
    assert f'value="{first}">' in page
    assert all(f'value="{column}" checked>' in page for column in others)
    if name in {"risks", "dilemmas"}:
        heads = page[page.index("<thead") : page.index("</thead>")]
        assert f">{of.columns[first]}</th>" not in heads
        assert all(f">{of.columns[column]}</th>" in heads for column in others)


def test_columns_lead_back_to_the_list_and_nowhere_else(dilemma: Dilemma, client: Client) -> None:
    client.force_login(dilemma.prepared_by)

    answer = client.post("/desk/lists/risks/columns/", {"querystring": "//evil.example/?level=5"})

    assert answer.headers["Location"].startswith("/desk/risks/?")
    assert "//evil" not in answer.headers["Location"]


def test_what_came_while_somebody_was_away_is_new_to_them_and_to_nobody_else(
    dilemma: Dilemma, client: Client
) -> None:
    rob = person("rob", Role.REVIEWER)
    assert open_list(rob, "dilemmas", at=NOW - timedelta(days=2)).since is None

    client.force_login(rob)
    assert "New to you" in client.get("/desk/dilemmas/").content.decode()
    assert "New to you" in client.get("/desk/dilemmas/").content.decode()
    client.force_login(dilemma.prepared_by)
    assert "New to you" not in client.get("/desk/dilemmas/").content.decode()


def test_a_visit_lasts_until_somebody_was_away() -> None:
    before = NOW - timedelta(days=1)

    assert since_of(seen_at=NOW - AWAY, since=before, at=NOW) == before
    assert since_of(seen_at=NOW - AWAY * 2, since=before, at=NOW) == NOW - AWAY * 2


def test_columns_of_a_list_that_one_does_not_read_are_refused(dilemma: Dilemma) -> None:
    with pytest.raises(NotAllowed):
        choose_columns(dilemma.prepared_by, "cases", shown=[], at=NOW)
