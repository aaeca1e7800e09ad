"""Whatever goes wrong under /api/ is told as a problem (RFC 9457): its kind, the provision, the fields."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import path

from hrdd.governance.api.problems import errors_in, provision_of
from hrdd.governance.models import User
from hrdd.governance.rules import Role
from hrdd.problems import Problem
from hrdd.urls import handler404, handler500
from hrdd.urls import urlpatterns as of_the_site
from risks.models import Risk

TODAY = datetime.now(tz=UTC).date()
API = "/api/v1/"


def failing(_request: Any) -> None:
    raise ZeroDivisionError


urlpatterns = [*of_the_site, path("api/v1/fails/", failing)]
__all__ = ["handler404", "handler500"]


@pytest.fixture
def ana(db: None, client: Client) -> Client:
    roles = [Role.ANALYST]
    client.force_login(User.objects.create_user("ana", "x", display_name="Ana", roles=roles))
    return client


@pytest.fixture
def risk(db: None) -> Risk:
    return Risk.objects.create(title="A risk", summary="x", opened_on=TODAY)


def problem(answer: Any, kind: Problem) -> dict[str, Any]:
    """Return the problem that an answer tells, having checked what each must hold."""
    told: dict[str, Any] = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.status_code == told["status"] == kind.value.status
    assert told["type"].endswith(f"/api/docs/#{kind.anchor}")
    assert told["title"]
    assert told["detail"]
    return told


def test_an_address_that_leads_nowhere_is_a_problem_for_programs_and_a_page_for_people(
    client: Client,
) -> None:
    problem(client.get("/api/v1/no-such-register/"), Problem.NOT_FOUND)
    assert client.get("/no-such-page/").headers["Content-Type"].startswith("text/html")


def test_a_record_that_is_not_there_and_a_method_that_is_not_offered(ana: Client) -> None:
    problem(ana.get(f"{API}risks/99999/"), Problem.NOT_FOUND)
    problem(ana.delete(f"{API}rights/"), Problem.NO_SUCH_METHOD)
    problem(ana.get(f"{API}risks/?cursor=x", headers={"accept": "text/csv"}), Problem.NOT_ACCEPTABLE)
    problem(ana.post(f"{API}risks/", "a=b", "text/plain"), Problem.UNSUPPORTED_MEDIA_TYPE)


def test_a_stranger_and_a_role_that_may_not(ana: Client, risk: Risk) -> None:
    problem(Client().get(f"{API}risks/"), Problem.NOT_ALLOWED)
    told = problem(ana.post(f"{API}risks/{risk.pk}/publish/", {}, "application/json"), Problem.NOT_ALLOWED)
    assert "publish a risk" in told["detail"]


def test_each_field_that_is_wrong_is_pointed_at(ana: Client) -> None:
    sent = {"title": "", "rights": ["EXPRESSION", None], "affected_groups": ["x"]}

    told = problem(ana.post(f"{API}risks/", sent, "application/json"), Problem.BAD_INPUT)

    assert {one["pointer"] for one in told["errors"]} == {"#/title", "#/summary", "#/rights/1"}
    assert all(one["detail"] for one in told["errors"])


def test_a_rule_that_refuses_names_its_provision(risk: Risk, client: Client) -> None:
    client.force_login(User.objects.create_user("pia", "x", display_name="Pia", roles=[Role.PUBLISHER]))
    sent = {"reasons": "The people whom it is about asked us to wait until they have moved away."}

    told = problem(
        client.post(f"{API}risks/{risk.pk}/withhold/", sent, "application/json"), Problem.REFUSED_BY_A_RULE
    )

    assert told["provision"] == "R3"


def test_provisions_are_read_from_the_sentences_of_the_rules() -> None:
    assert provision_of("SD5: severity is not lowered by one person.") == "SD5"
    assert provision_of("UNGP 19: at severity 5 there is no extension.") == "UNGP 19"
    assert provision_of("UNGP 21(c): a warning is never taken off here.") == "UNGP 21(c)"
    assert provision_of("Nobody has screened it yet (UNGP 21(c)).") == "UNGP 21(c)"
    assert provision_of("Method 9.1: only a measure in force acts on items.") == "Method 9.1"
    assert provision_of("Choose a more intrusive one (ICCPR 19(3); method 5.1).") == "ICCPR 19(3); method 5.1"
    assert provision_of("Owner: this person cannot open the desk.") == ""


def test_a_rule_about_a_field_points_at_it(ana: Client, risk: Risk) -> None:
    sent = {"title": "x", "kind": "data", "says": "x", "dated": "2999-01-01", "outside_company": True}
    sent |= {"from_affected": False, "disclosure": "internal", "reference": "x", "evidence": "x"}

    told = problem(
        ana.post(f"{API}risks/{risk.pk}/evidence/", sent, "application/json"), Problem.REFUSED_BY_A_RULE
    )

    assert told["errors"] == [{"pointer": "#/evidence", "detail": "its day is not in the future."}]


def test_a_refusal_before_what_was_sent_is_read_breaks_on_no_nonsense(ana: Client, risk: Risk) -> None:
    problem(
        ana.post(f"{API}risks/{risk.pk}/steps/no-such-step/", "{", "application/json"),
        Problem.REFUSED_BY_A_RULE,
    )


def test_pointers_are_escaped_as_rfc_6901_asks() -> None:
    assert list(errors_in({"a/b~c": ["wrong"]})) == [{"pointer": "#/a~1b~0c", "detail": "wrong"}]
    assert list(errors_in({"non_field_errors": ["wrong"]})) == [{"pointer": "#", "detail": "wrong"}]


@pytest.mark.urls(__name__)
@pytest.mark.django_db
def test_a_failure_of_ours_is_a_problem_that_tells_nothing_of_it() -> None:
    answer = Client(raise_request_exception=False).get("/api/v1/fails/")

    told = problem(answer, Problem.FAILURE)
    assert "ZeroDivision" not in str(told)


def test_the_page_of_the_api_tells_every_kind(ana: Client) -> None:
    page = ana.get("/api/docs/").content.decode()

    assert all(f'id="{one.anchor}"' in page for one in Problem)
