"""Nobody overwrites through the API what they have not read: ETag, If-Match, If-None-Match (RFC 9110)."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import Role
from hrdd.problems import Problem
from risks.models import Right, Risk, RiskRight, StakeholderGroup
from tests.api.test_problems import API, TODAY, problem

GROUP = {"name": "Reporters", "type": "content_moderator"}


def person(name: str, *roles: Role) -> User:
    return User.objects.create_user(name, "x", display_name=name, roles=list(roles))


def as_client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def a_right(code: str) -> Right:
    may = {"may_be_limited_by_measure": True, "non_derogable_iccpr_4_2": False}
    return Right.objects.create(code=code, title=code.title(), position=Right.objects.count(), **may)


@pytest.fixture
def ana(db: None) -> Client:
    return as_client(person("ana", Role.ANALYST, Role.ENGAGE))


@pytest.fixture
def risk(db: None) -> Risk:
    risk = Risk.objects.create(
        title="A risk", summary="x", opened_on=TODAY, affected_groups=[{"group": "Reporters", "size": ""}]
    )
    right = a_right("PRIVACY")
    RiskRight.objects.create(risk=risk, right=right, said="x")
    return risk


def patch(client: Client, risk: Risk, title: str, **headers: str) -> Any:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.patch(f"{API}risks/{risk.pk}/", {"title": title}, "application/json", headers=sent)


def test_a_change_by_somebody_who_did_not_say_what_they_read_is_refused(ana: Client, risk: Risk) -> None:
    problem(patch(ana, risk, "Mine"), Problem.SAY_WHICH)

    assert Risk.objects.get().title == "A risk"


def test_the_second_of_two_who_read_the_same_is_refused_and_the_first_stands(ana: Client, risk: Risk) -> None:
    read = ana.get(f"{API}risks/{risk.pk}/").headers["ETag"]

    first = patch(ana, risk, "First", if_match=read)
    second = patch(ana, risk, "Second", if_match=read)

    assert first.status_code == 200, first.json()
    problem(second, Problem.CHANGED_MEANWHILE)
    assert Risk.objects.get().title == "First"
    assert patch(ana, risk, "Third", if_match=first.headers["ETag"]).status_code == 200


def test_a_change_of_what_is_told_with_a_record_counts_as_one(ana: Client, risk: Risk) -> None:
    read = ana.get(f"{API}risks/{risk.pk}/").headers["ETag"]
    RiskRight.objects.create(risk=risk, right=a_right("LIFE"), said="x")

    problem(patch(ana, risk, "Mine", if_match=read), Problem.CHANGED_MEANWHILE)


def test_an_act_on_a_record_may_say_what_was_read_too(ana: Client, risk: Risk) -> None:
    address = f"{API}risks/{risk.pk}/assign/"
    read = ana.get(f"{API}risks/{risk.pk}/").headers["ETag"]

    def assign(owner: str | None) -> Any:
        return ana.post(address, {"owner": owner}, "application/json", headers={"if-match": read})

    assert assign("ana").status_code == 200
    problem(assign(None), Problem.CHANGED_MEANWHILE)


def test_a_record_that_is_not_there_is_not_there_whatever_was_read(ana: Client, risk: Risk) -> None:
    problem(ana.patch(f"{API}risks/{risk.pk + 1}/", {"title": "x"}, "application/json"), Problem.NOT_FOUND)


def test_a_reader_who_knows_the_record_is_told_that_nothing_changed(ana: Client, risk: Risk) -> None:
    address = f"{API}risks/{risk.pk}/"
    read = ana.get(address).headers["ETag"]

    again = ana.get(address, headers={"if-none-match": read})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", read)
    assert ana.get(f"{address}?fields=id", headers={"if-none-match": '"other"'}).headers["ETag"] == read


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_is_refused() -> None:
    group = StakeholderGroup.objects.create(name="Reporters", type="content_moderator")
    client = as_client(person("emma", Role.ENGAGE))
    address = f"{API}stakeholder-groups/{group.pk}/"
    read, codes = client.get(address).headers["ETag"], []

    def change(about: str) -> None:
        try:
            other = Client()
            other.cookies = client.cookies
            sent = GROUP | {"about": about}
            answer = other.put(address, sent, "application/json", headers={"if-match": read})
            codes.append(answer.status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=change, args=(f"said {number}",)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sorted(codes) == [200, 412, 412, 412]
    assert AuditEvent.objects.exclude(action__contains="sign").count() == 1
