"""One request about many risks: answered for each, or all or none; never more than the rules of each allow."""

from typing import Any

import pytest
from django.test import Client

from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import Role
from hrdd.problems import Problem
from risks.models import Risk, RiskRight
from tests.addresses import addresses
from tests.api.test_lost_updates import a_right, as_client, person
from tests.api.test_problems import API, TODAY, problem

BULK = f"{API}risks/bulk/"
NONE = 10**9


@pytest.fixture
def rita(db: None) -> User:
    a_right("PRIVACY")
    return person("rita", Role.REVIEWER)


@pytest.fixture
def ana(rita: User) -> Client:
    return as_client(person("ana", Role.ANALYST))


def a_risk(**given: Any) -> Risk:
    made = Risk.objects.create(
        **{
            "title": "A risk",
            "summary": "x",
            "opened_on": TODAY,
            "affected_groups": [{"group": "Reporters", "size": None}],
        }
        | given
    )
    RiskRight.objects.create(risk=made, right_id="PRIVACY")
    return made


def send(client: Client, act: str, **sent: Any) -> Any:
    headers = {"idempotency-key": sent.pop("key")} if "key" in sent else {}
    return client.post(f"{BULK}{act}/", sent, "application/json", headers=headers)


def owners() -> list[str]:
    return [one.owner.username if one.owner else "" for one in Risk.objects.order_by("pk")]


def test_each_record_is_answered_and_what_may_be_done_is_done(ana: Client) -> None:
    free, closed = a_risk(), a_risk(status="closed", closed_on=TODAY)

    answer = send(ana, "assign", ids=[closed.pk, NONE, free.pk], owner="rita")

    told = answer.json()
    assert (answer.status_code, told["done"], told["refused"]) == (207, 1, 2)
    assert [(one["id"], one["status"]) for one in told["results"]] == [
        (closed.pk, 409),
        (NONE, 404),
        (free.pk, 200),
    ]
    refused, absent, done = (one["problem"] for one in told["results"])
    assert refused["detail"].startswith("Closed:")
    assert refused["type"].endswith(f"#{Problem.REFUSED_BY_A_RULE.anchor}")
    assert absent["type"].endswith(f"#{Problem.NOT_FOUND.anchor}")
    assert done is None
    assert owners() == ["rita", ""]


def test_all_or_nothing_does_nothing_and_points_at_each_that_was_refused(ana: Client) -> None:
    free, closed = a_risk(), a_risk(status="closed", closed_on=TODAY)

    for act, more in (("assign", {"owner": "rita"}), ("tag", {"add": ["election"]}), ("review", {})):
        answer = send(ana, act, ids=[free.pk, closed.pk, NONE], all_or_nothing=True, **more)
        pointers = [one["pointer"] for one in problem(answer, Problem.REFUSED_BY_A_RULE)["errors"]]
        assert {"#/ids/1", "#/ids/2"} <= set(pointers)

    free.refresh_from_db()
    assert (owners(), free.context_tags, AuditEvent.objects.count()) == (["", ""], [], 0)


def test_an_assignment_is_taken_back_by_whoever_made_it_and_once(ana: Client) -> None:
    one, other = a_risk(), a_risk()
    made = send(ana, "assign", ids=[one.pk, other.pk], owner="rita")
    assert made.status_code == 200
    assignment = made.json()["assignment"]

    another = send(as_client(person("otto", Role.ANALYST)), "assign/undo", assignment=assignment)
    problem(another, Problem.REFUSED_BY_A_RULE)
    assert send(ana, "assign/undo", assignment=assignment).json() == {"back": 2, "stay": 0}
    assert owners() == ["", ""]
    problem(send(ana, "assign/undo", assignment=assignment), Problem.REFUSED_BY_A_RULE)
    problem(send(ana, "assign/undo", assignment=NONE), Problem.NOT_FOUND)


def test_tags_come_and_go_and_the_others_stay(ana: Client) -> None:
    one = a_risk(context_tags=["protest", "shutdown"])
    other = a_risk(context_tags=["election"])

    answer = send(ana, "tag", ids=[one.pk, other.pk], add=["election"], remove=["shutdown"])

    assert [each["status"] for each in answer.json()["results"]] == [200, 409]
    one.refresh_from_db()
    assert one.context_tags == ["protest", "election"]
    assert AuditEvent.objects.get(action="corrected risk").subject == f"risk {one.pk}"


def test_what_was_judged_is_put_up_for_review_and_a_draft_is_not(ana: Client) -> None:
    judged, draft = a_risk(status="managed"), a_risk()

    told = send(ana, "review", ids=[judged.pk, draft.pk]).json()

    assert [each["status"] for each in told["results"]] == [200, 409]
    assert list(Risk.objects.order_by("pk").values_list("status", flat=True)) == ["reassess", "draft"]


def test_the_same_request_under_one_key_is_done_once(ana: Client) -> None:
    one, key = a_risk(), "0f6e2b9c-9a5d-4a6e-8f0e-2a1c5b7d9e30"

    first = send(ana, "tag", ids=[one.pk], add=["election"], key=key)
    second = send(ana, "tag", ids=[one.pk], add=["election"], key=key)

    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert second.headers["Idempotent-Replayed"] == "true"
    assert AuditEvent.objects.filter(action="corrected risk").count() == 1


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({"ids": [], "add": ["election"]}, "#/ids"),
        ({"ids": list(range(1, 102)), "add": ["election"]}, "#/ids"),
        ({"ids": [1, 1], "add": ["election"]}, "#/ids"),
        ({"ids": [2**63], "add": ["election"]}, "#/ids/0"),
        ({"ids": [1]}, "#"),
        ({"ids": [1], "add": ["election"], "remove": ["election"]}, "#"),
    ],
)
def test_what_makes_no_sense_is_refused_as_a_whole(ana: Client, sent: dict[str, Any], pointer: str) -> None:
    told = problem(send(ana, "tag", **sent), Problem.BAD_INPUT)

    assert pointer in {one["pointer"] for one in told["errors"]}


def test_an_owner_who_does_not_read_the_desk_is_refused(ana: Client) -> None:
    person("olu", Role.SYSADMIN)

    problem(send(ana, "assign", ids=[a_risk().pk], owner="olu"), Problem.REFUSED_BY_A_RULE)


def test_no_act_that_touches_rights_is_done_in_bulk() -> None:
    bulk = {str(one.name) for one in addresses() if "bulk/" in str(one.pattern)}

    assert {one for one in bulk if one.startswith("api-")} == {
        f"api-risk-bulk-{act}" for act in ("assign", "assign-undo", "review", "tag")
    }
