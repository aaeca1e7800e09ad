"""The owner of a risk is edited in the row of the register, by the same act as on its page."""

from typing import Any

import pytest
from django.test import Client

from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import Role
from risks.models import Risk
from tests.oversight.stage import severe_risk

IN_A_ROW = {"HX-Request": "true"}


@pytest.fixture
def ana(db: None) -> User:
    return User.objects.create_user("ana", "x", display_name="Ana", roles=[Role.ANALYST])


@pytest.fixture
def rita(db: None) -> User:
    return User.objects.create_user("rita", "x", display_name="Rita", roles=[Role.REVIEWER])


@pytest.fixture
def desk(ana: User) -> Client:
    made = Client()
    made.force_login(ana)
    return made


@pytest.fixture
def risk(ana: User) -> Risk:
    return severe_risk("People who report are named", owner=ana)


def owner_at(risk: Risk) -> str:
    return f"/desk/risks/{risk.pk}/owner/"


def owner(risk: Risk) -> str:
    held = Risk.objects.select_related("owner").get(pk=risk.pk).owner
    return held.username if held else ""


def in_a_row(desk: Client, risk: Risk, **sent: str) -> str:
    answer = desk.post(owner_at(risk), sent, headers=IN_A_ROW)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_cell_is_swapped_for_a_form_and_back_by_leaving(desk: Client, risk: Risk) -> None:
    listed = desk.get("/desk/risks/").content.decode()
    form = desk.get(owner_at(risk), headers=IN_A_ROW).content.decode()
    left = desk.get(f"{owner_at(risk)}?leave", headers=IN_A_ROW).content.decode()

    assert f'hx-get="{owner_at(risk)}"' in listed
    assert form.startswith('<td data-label="Owner"><form method="post"')
    assert '<option value="ana" selected>' in form
    assert 'name="seen" value="ana"' in form
    assert "<form" not in left
    assert "autofocus>Edit</a>" in left


def test_saving_in_the_row_is_the_same_act_with_the_same_entry_in_the_log(
    desk: Client, risk: Risk, rita: User
) -> None:
    cell = in_a_row(desk, risk, owner="rita", seen="ana")

    assert owner(risk) == "rita"
    assert "Rita" in cell
    assert "Saved" in cell
    event = AuditEvent.objects.get(action="assigned risk")
    assert (event.subject, event.detail) == (f"risk {risk.pk}", {"from": "ana", "to": "rita"})


@pytest.mark.parametrize("headers", [IN_A_ROW, {}], ids=["row", "page"])
def test_a_stale_edit_is_refused_says_what_changed_and_keeps_what_was_chosen(
    desk: Client, risk: Risk, rita: User, headers: dict[str, Any]
) -> None:
    User.objects.create_user("rex", "x", display_name="Rex", roles=[Role.REVIEWER])
    Risk.objects.filter(pk=risk.pk).update(owner=rita)

    refused = desk.post(owner_at(risk), {"owner": "rex", "seen": "ana"}, headers=headers)
    page = refused.content.decode()

    assert refused.status_code == (200 if headers else 400)
    assert "It is Rita now." in page
    assert '<option value="rex" selected>' in page
    assert 'name="seen" value="rita"' in page
    assert owner(risk) == "rita"
    assert not AuditEvent.objects.filter(action="assigned risk").exists()

    desk.post(owner_at(risk), {"owner": "rex", "seen": "rita"}, headers=headers)

    assert owner(risk) == "rex"


def test_nobody_is_an_owner_that_was_seen_too(desk: Client, risk: Risk, rita: User) -> None:
    Risk.objects.filter(pk=risk.pk).update(owner=None)

    assert "Saved" in in_a_row(desk, risk, owner="rita", seen="")
    assert "It is Rita now." in in_a_row(desk, risk, owner="ana", seen="")


def test_a_choice_that_is_none_is_refused_in_the_cell(desk: Client, risk: Risk) -> None:
    cell = in_a_row(desk, risk, owner="nobody-here", seen="ana")

    assert 'role="alert"' in cell
    assert "<form" in cell
    assert owner(risk) == "ana"


def test_who_may_not_assign_is_offered_no_edit_and_refused_at_the_door(risk: Risk) -> None:
    reader = User.objects.create_user("audrey", "x", display_name="Audrey", roles=[Role.AUDITOR])
    client = Client()
    client.force_login(reader)

    assert owner_at(risk) not in client.get("/desk/risks/").content.decode()
    assert client.post(owner_at(risk), {"owner": ""}, headers=IN_A_ROW).status_code == 403
    assert owner(risk) == "ana"


def test_nothing_is_logged_where_the_owner_stays(desk: Client, risk: Risk, ana: User) -> None:
    before = AuditEvent.objects.count()

    in_a_row(desk, risk, owner="ana", seen="ana")
    told = desk.post(f"/api/v1/risks/{risk.pk}/assign/", {"owner": "ana"}, "application/json")

    assert told.status_code == 200
    assert (owner(risk), AuditEvent.objects.count()) == ("ana", before)
