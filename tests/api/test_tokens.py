"""A token lets a program ask for one person: less than they may, until a day, and never what takes a proof."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from hrdd.accounts.actions.tokens import make_token
from hrdd.accounts.models import AccessReview, ApiToken
from hrdd.accounts.rules.tokens import MOST_AT_ONCE
from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import NotAllowed, Role
from hrdd.problems import Problem
from risks.models import Risk
from tests.api.test_lost_updates import a_right, as_client, person
from tests.api.test_problems import API, problem, risk
from tests.api.test_repeats import FACTS

__all__ = ["risk"]
TOKENS = "/desk/account/tokens/"


def token_of(user: User, *scopes: str, days: int = 30, **changes: Any) -> str:
    token, secret = make_token(name="Mirror", scopes=scopes, days=days, by=user, at=timezone.now())
    ApiToken.objects.filter(pk=token.pk).update(**changes)
    return secret


def with_token(secret: str) -> Client:
    return Client(headers={"authorization": f"Bearer {secret}"})


@pytest.fixture
def ana(db: None) -> User:
    return person("ana", Role.ANALYST)


def test_a_token_is_shown_once_and_only_its_hash_is_kept(ana: User) -> None:
    client = as_client(ana)

    page = client.post(f"{TOKENS}new/", {"name": "Mirror", "scopes": ["risks:read"], "days": 30})

    [secret] = re.findall(r"hrdd_[\w-]{43}", page.content.decode())
    assert page.headers["Cache-Control"].find("no-store") >= 0
    assert with_token(secret).get(f"{API}risks/").status_code == 200
    later = client.get(TOKENS).content.decode()
    assert "Mirror" in later
    assert secret not in later
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM accounts_apitoken t")
        assert secret not in str(cursor.fetchall())
    assert secret not in str(list(AuditEvent.objects.values()))
    assert AuditEvent.objects.get(action="made an API token").detail["scopes"] == ["risks:read"]


def test_making_one_asks_again_who_it_is(ana: User, settings: Any) -> None:
    client = as_client(ana)
    session = client.session
    session["_proved"] = (timezone.now() - timedelta(hours=2)).isoformat()
    session.save()

    page = client.post(f"{TOKENS}new/", {"name": "Mirror", "scopes": ["risks:read"], "days": 30})

    assert page.status_code == 403
    assert not ApiToken.objects.exists()


def test_a_scope_opens_what_it_names_and_nothing_else(ana: User, risk: Risk) -> None:
    a_right("PRIVACY")
    reads, acts = with_token(token_of(ana, "risks:read")), with_token(token_of(ana, "risks:write"))
    oversees = with_token(token_of(ana, "oversight:read"))

    told = problem(reads.post(f"{API}risks/", FACTS, "application/json"), Problem.NOT_ALLOWED)
    assert told["detail"] == "This token may not: it has no scope risks:write."
    assert acts.post(f"{API}risks/", FACTS, "application/json").status_code == 201
    assert acts.get(f"{API}risks/").status_code == 200
    problem(oversees.get(f"{API}risks/"), Problem.NOT_ALLOWED)
    assert oversees.get(f"{API}oversight/mandates/").status_code == 200
    problem(reads.get(f"{API}oversight/mandates/"), Problem.NOT_ALLOWED)
    assert reads.get("/api/schema/").status_code == 200


def test_the_audit_log_says_with_which_token_a_program_acted_and_of_a_person_nothing_of_it(ana: User) -> None:
    a_right("PRIVACY")
    program = with_token(token_of(ana, "risks:write"))

    program.post(f"{API}risks/", FACTS, "application/json")
    told = AuditEvent.objects.order_by("-pk")[0]
    as_client(ana).post(f"{API}risks/", FACTS, "application/json")
    then = AuditEvent.objects.order_by("-pk")[0]

    assert (told.actor, told.detail["token"]) == ("ana", f"Mirror ({ApiToken.objects.get().pk})")
    assert then.action == told.action
    assert "token" not in then.detail


def test_a_review_lists_the_programs_that_ask_in_somebodys_name(ana: User) -> None:
    eve = person("eve", Role.SENIOR)
    token_of(ana, "risks:write")
    token_of(ana, "oversight:read", revoked_at=timezone.now())
    as_client(eve).post("/desk/people/reviews/open/")

    page = as_client(eve).get(f"/desk/people/reviews/{AccessReview.objects.get().pk}/").content.decode()

    assert "risks:write" in page
    assert "oversight:read" not in page


def test_a_token_may_no_more_than_its_person(ana: User, risk: Risk) -> None:
    client = with_token(token_of(ana, "risks:write", "oversight:read"))

    problem(client.post(f"{API}risks/{risk.pk}/publish/", {}, "application/json"), Problem.NOT_ALLOWED)
    problem(client.get(f"{API}oversight/figures/"), Problem.NOT_ALLOWED)
    User.objects.update(roles=[])
    problem(client.get(f"{API}risks/"), Problem.NOT_ALLOWED)


@pytest.mark.parametrize(
    "ended",
    [
        {"revoked_at": timezone.now()},
        {"made_at": timezone.now() - timedelta(days=9), "expires_at": timezone.now() - timedelta(days=1)},
    ],
    ids=["revoked", "past its day"],
)
def test_a_token_that_ended_opens_nothing(ana: User, ended: dict[str, Any]) -> None:
    answer = with_token(token_of(ana, "risks:read", **ended)).get(f"{API}risks/")

    problem(answer, Problem.NO_SUCH_TOKEN)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_of_a_closed_account_and_one_that_is_none_open_nothing(ana: User) -> None:
    secret = token_of(ana, "risks:read")
    problem(with_token(secret[:-1] + "~").get(f"{API}risks/"), Problem.NO_SUCH_TOKEN)
    User.objects.update(is_active=False)
    problem(with_token(secret).get(f"{API}risks/"), Problem.NO_SUCH_TOKEN)


def test_a_token_opens_no_page_and_signs_nothing(db: None) -> None:
    eve = person("eve", Role.SENIOR, Role.ANALYST)
    client = with_token(token_of(eve, "risks:write"))

    assert client.get("/desk/").status_code == 302
    assert client.post(f"{TOKENS}new/", {}).status_code == 302
    from hrdd.accounts.access.guards import demand_fresh

    asked = as_client(eve).get("/desk/account/").wsgi_request
    demand_fresh(asked)
    asked.auth = ApiToken.objects.get()
    with pytest.raises(NotAllowed, match="A token signs nothing"):
        demand_fresh(asked)


def test_one_is_revoked_by_its_person_alone_and_by_whoever_ends_all_their_sessions(ana: User) -> None:
    secret = token_of(ana, "risks:read")
    address = f"{TOKENS}{ApiToken.objects.get().pk}/revoke/"
    assert as_client(person("otto", Role.ANALYST)).post(address).status_code == 404
    assert with_token(secret).get(f"{API}risks/").status_code == 200
    as_client(ana).post(address)
    problem(with_token(secret).get(f"{API}risks/"), Problem.NO_SUCH_TOKEN)
    assert AuditEvent.objects.get(action="revoked an API token").actor == "ana"

    another = token_of(ana, "risks:read")
    as_client(person("ivan", Role.SYSADMIN)).post(f"/desk/people/{ana.pk}/sign-out/")
    problem(with_token(another).get(f"{API}risks/"), Problem.NO_SUCH_TOKEN)


def test_what_makes_no_sense_makes_no_token(ana: User) -> None:
    client = as_client(ana)
    for wrong in ({"name": " "}, {"scopes": ["all:write"]}, {"scopes": []}, {"days": 9999}):
        sent = {"name": "Mirror", "scopes": ["risks:read"], "days": 30} | wrong
        assert client.post(f"{TOKENS}new/", sent).status_code == 400
    assert not ApiToken.objects.exists()
    for _ in range(MOST_AT_ONCE):
        token_of(ana, "risks:read")
    with pytest.raises(NotAllowed, match="Revoke one"):
        token_of(ana, "risks:read")
