"""A form that asks which risk offers a few and finds the others by their words, however long the register is."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hrdd.governance.models import User
from hrdd.governance.rules import Role
from risks.models import Partner, Relationship, RelationshipRisk, Risk


@pytest.fixture
def ana(client: Client, db: None) -> User:
    ana = User.objects.create_user("ana", "x", display_name="Ana", roles=[Role.ANALYST])
    client.force_login(ana)
    return ana


@pytest.fixture
def tie(ana: User) -> str:
    partner = Partner.objects.create(name="Northern Cloud")
    relationship = Relationship.objects.create(partner=partner, kind="reseller", supplied="Hosting")
    return f"/desk/partners/{relationship.pk}/tie/"


def risks(number: int, title: str = "Grave", rank: int = 9) -> list[Risk]:
    return Risk.objects.bulk_create(
        Risk(title=f"{title} {each}", summary="x", opened_on=date(2024, 1, 1), rank=rank)
        for each in range(number)
    )


def offered(client: Client, address: str) -> int:
    return client.get(address).content.decode().count("<option")


def test_a_form_offers_as_much_of_a_long_register_as_of_a_short_one(client: Client, tie: str) -> None:
    addresses = (tie, "/desk/dilemmas/new/")
    risks(40)
    few = [offered(client, one) for one in addresses]
    with CaptureQueriesContext(connection) as before:
        client.get(tie)
    risks(400)

    assert [offered(client, one) for one in addresses] == few == [31, 31]
    with CaptureQueriesContext(connection) as after:
        client.get(tie)
    assert len(after) == len(before)


def test_looking_finds_a_harm_to_tie_keeps_what_was_typed_and_records_nothing(
    client: Client, tie: str
) -> None:
    risks(40)
    [hidden] = risks(1, "Slow answers in Tigrinya", rank=1)
    assert "Tigrinya" not in client.get(tie).content.decode()

    answer = client.post(tie, {"look": "1", "look_for": "answers tigr", "how_known": "A press report."})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'<option value="{hidden.pk}">' in page
    assert "A press report." in page
    assert not RelationshipRisk.objects.exists()


def test_a_harm_that_was_found_is_tied_and_a_closed_one_is_refused(client: Client, tie: str) -> None:
    risks(40)
    [hidden, closed] = risks(2, "Slow answers in Tigrinya", rank=1)
    Risk.objects.filter(pk=closed.pk).update(status=Risk.Status.CLOSED, closed_on=date(2025, 1, 1))
    given = {"known_since": "2026-01-01", "how_known": "A press report, confirmed."}

    refused = client.post(tie, given | {"risk": closed.pk})
    done = client.post(tie, given | {"risk": hidden.pk})

    assert (refused.status_code, done.status_code) == (400, 302)
    assert "Risk: choose one from the list." in refused.content.decode()
    assert RelationshipRisk.objects.get().risk == hidden


def test_looking_finds_what_a_dilemma_is_about(client: Client, ana: User) -> None:
    risks(40)
    [hidden] = risks(1, "Slow answers in Tigrinya", rank=1)

    page = client.get("/desk/dilemmas/new/?look=1&risk=&look_for=Tigrinya").content.decode()

    assert f'<option value="{hidden.pk}">' in page
    chosen = client.get(f"/desk/dilemmas/new/?risk={hidden.pk}").content.decode()
    assert f"Rights stand against rights: {hidden}" in chosen


@pytest.mark.parametrize("odd", ["\0", "'\"&|", "9" * 400, "²"])
def test_odd_words_and_numbers_are_no_error(client: Client, tie: str, odd: str) -> None:
    looked = client.post(tie, {"look": "1", "look_for": odd, "risk": odd})
    tied = client.post(tie, {"risk": odd})
    opened = client.get("/desk/dilemmas/new/", {"look_for": odd, "risk": odd, "look": "1"})

    assert (looked.status_code, tied.status_code, opened.status_code) == (200, 400, 200)
