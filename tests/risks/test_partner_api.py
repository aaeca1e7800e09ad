"""Partners, relationships and onboardings in the API: the same acts, rules and words as the pages, and no more told."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from hrdd.governance.models import User
from risks.models import AgreedTerms, Partner, Relationship, Risk
from tests.risks.partner_stage import (
    ASKED,
    LONG,
    TODAY,
    WARNING,
    clients,
    harm,
    one,
    people,
    relationship_with,
)

__all__ = ["clients", "one", "people"]
API = "/api/v1/"
RECORDED = {"partner": "Northern Cloud", "kind": "reseller", "supplied": "Hosting", "products": ["Maps"]}
DAY = TODAY.isoformat()
TO_COME = (TODAY + timedelta(days=1)).isoformat()


def post(client: Client, address: str, **given: Any) -> Any:
    return client.post(f"{API}{address}", given, "application/json")


def patch(client: Client, address: str, **given: Any) -> Any:
    return client.patch(f"{API}{address}", given, "application/json", headers={"if-match": "*"})


def test_a_relationship_is_recorded_corrected_and_told(clients: dict[str, Client]) -> None:
    paul = clients["paul"]
    made = post(paul, "relationships/", **RECORDED)
    address = f"relationships/{made.json()['id']}/"

    corrected = patch(paul, address, kind="supplier", owner="ana", reasons=LONG)
    untold = patch(paul, address, kind="reseller")
    same = patch(paul, address, kind="supplier", reasons=LONG)

    assert (made.status_code, corrected.status_code, same.status_code) == (201, 200, 409)
    told = corrected.json()
    assert (told["kind"], told["owner"], told["products"]) == ("supplier", "ana", ["Maps"])
    assert "at least 50 characters" in untold.json()["detail"]
    assert "Nothing differs" in same.json()["detail"]
    assert paul.get(f"{API}partners/").json()["results"][0]["name"] == "Northern Cloud"


@pytest.mark.parametrize(
    ("who", "act", "given", "code", "says"),
    [
        ("bob", "", RECORDED, 403, "role"),
        ("paul", "", RECORDED | {"kind": "friend"}, 400, "Mend what is named"),
        ("paul", "", RECORDED | {"country": "XX"}, 409, "ISO 3166-1"),
        ("paul", "", RECORDED | {"not_begun": True, "started_on": DAY}, 409, "has not begun yet"),
        ("paul", "begin/", {"on": DAY}, 409, "is not the next step here"),
        ("paul", "crucial/", {"crucial": False, "reasons": LONG}, 403, "role"),
        ("eve", "crucial/", {"crucial": True, "essential": "x", "reasons": LONG}, 409, "Give both reasons"),
        (
            "eve",
            "crucial/",
            {"crucial": True, "essential": "Our revenue", "no_alternative": "x", "reasons": LONG},
            409,
            "is no reason",
        ),
        ("ana", "revenue-owners/", {"owners": ["eve"], "reasons": LONG}, 403, "role"),
        ("eve", "revenue-owners/", {"owners": [], "reasons": LONG}, 409, "Nothing differs"),
        ("ana", "risks/", {"risk": 0, "known_since": DAY, "how_known": "x"}, 400, "Mend"),
        ("paul", "risks/", {}, 403, "role"),
        ("paul", "terms/", {"agreed_from": DAY}, 409, "choose a version of one of our policies"),
        (
            "paul",
            "terms/",
            {"agreed_from": TO_COME, "code_name": "A", "code_version": "1"},
            409,
            "still to come",
        ),
        ("bob", "onboarding/", ASKED, 403, "role"),
        ("paul", "onboarding/", ASKED | {"country": "XX"}, 409, "Country: say where"),
    ],
)
def test_an_act_is_refused_as_on_the_page(
    one: Relationship,
    clients: dict[str, Client],
    who: str,
    act: str,
    given: dict[str, Any],
    code: int,
    says: str,
) -> None:
    answer = post(clients[who], f"relationships/{one.pk}/{act}" if act else "relationships/", **given)

    assert (answer.status_code, answer.headers["Content-Type"]) == (code, "application/problem+json")
    assert says in answer.json()["detail"]


def test_terms_risks_notes_and_who_earns_by_it(
    one: Relationship, clients: dict[str, Client], people: dict[str, User]
) -> None:
    risk, paul = Risk.objects.create(title="x", summary="x", opened_on=TODAY), clients["paul"]
    address = f"relationships/{one.pk}/"
    known = {"risk": risk.pk, "known_since": DAY, "how_known": "Press"}
    tied = post(clients["ana"], f"{address}risks/", **known)
    twice = post(clients["ana"], f"{address}risks/", **known)
    agreed = post(paul, f"{address}terms/", code_name="A code", code_version="1", agreed_from=DAY)
    [terms] = AgreedTerms.objects.all()
    ended = [post(paul, f"{address}terms/end/", terms=terms.pk, on=DAY, reasons=LONG) for _twice in range(2)]
    note = {"kind": "ownership", "subject": "Boreal", "share": "60", "source": "Register", "noted_on": DAY}
    noted = post(paul, f"partners/{one.partner_id}/notes/", **note)
    too_much = post(paul, f"partners/{one.partner_id}/notes/", **note)
    earns = post(clients["eve"], f"{address}revenue-owners/", owners=["paul"], reasons=LONG)

    assert (tied.status_code, twice.status_code, agreed.status_code) == (201, 409, 201)
    assert tied.json()["clocks"][0]["code"] == "FIRST_ACTION_PENDING"
    assert agreed.json()["terms"][0]["stands"] is True
    assert [each.status_code for each in ended] == [200, 409]
    assert (noted.status_code, too_much.status_code) == (201, 409)
    assert earns.json()["revenue_owners"] == ["paul"]
    assert paul.get(f"{API}partners/{one.partner_id}/").json()["notes"][0]["share"] == "60.00"


def test_the_gate_by_the_api(clients: dict[str, Client]) -> None:
    made = post(clients["paul"], "relationships/", **RECORDED, not_begun=True).json()
    begin = f"relationships/{made['id']}/begin/"
    asked = post(clients["paul"], f"relationships/{made['id']}/onboarding/", **ASKED).json()
    address = f"onboardings/{asked['id']}/"
    early = post(clients["paul"], begin, on=DAY)
    post(clients["ana"], f"{address}review/")
    found = post(clients["ana"], f"{address}findings/", says="Detention.", level=5).json()
    decision = {"decision": "approve", "reasons": LONG, "seen_hash": found["content_hash"]}
    shut = post(clients["dan"], f"{address}decision/", **decision)
    finding = found["findings"][0]["id"]
    closed = post(clients["ana"], f"{address}findings/close/", finding=finding, what_changed=LONG)
    stale = post(clients["dan"], f"{address}decision/", **decision)
    decision["seen_hash"] = closed.json()["content_hash"]
    approved = post(clients["eve"], f"{address}decision/", **decision)
    begun = post(clients["paul"], begin, on=DAY)

    assert "before a relationship starts, leverage is greatest" in early.json()["detail"]
    assert "a finding of severity 5 is open" in shut.json()["detail"]
    assert "changed since you opened it" in stale.json()["detail"]
    assert (approved.status_code, approved.json()["status"]) == (200, "approved")
    assert begun.json()["status"] == "active"
    listed = clients["bob"].get(f"{API}onboardings/?status=approved").json()["results"]
    assert [each["id"] for each in listed] == [asked["id"]]
    assert clients["bob"].get(f"{API}onboardings/?status=asked").json()["results"] == []


def test_what_endangers_people_is_taken_and_never_told(clients: dict[str, Client]) -> None:
    given = RECORDED | {"supplied": "Hosting by Northern Cloud", "naming_endangers": WARNING}
    made = post(clients["paul"], "relationships/", **given)
    partner = Partner.objects.get()
    harm(Relationship.objects.get(), level=5, days=20)
    note = {"kind": "ownership", "subject": "Northern Cloud Holding", "source": "x", "noted_on": DAY}
    post(clients["paul"], f"partners/{partner.pk}/notes/", **note)
    warned = patch(clients["paul"], f"partners/{partner.pk}/", warning="Its lawyers too.", reasons=LONG)
    barred = post(clients["paul"], f"partners/{partner.pk}/warning/", naming_endangers="", reasons=LONG)
    told = [
        clients["ana"].get(f"{API}{address}").content.decode()
        for address in (
            "partners/",
            f"partners/{partner.pk}/",
            "relationships/",
            f"relationships/{made.json()['id']}/",
        )
    ]

    partner.refresh_from_db()
    assert partner.naming_endangers == f"{WARNING}\nIts lawyers too."
    assert barred.status_code == 403
    everything = "".join([*told, made.content.decode(), warned.content.decode()])
    assert not any(said in everything for said in ("Northern", "arrested", "lawyers"))
    assert '"never_named":true' in told[0]
    lifted = post(clients["rex"], f"partners/{partner.pk}/warning/", naming_endangers="", reasons=LONG)
    assert lifted.json()["name"] == "Northern Cloud"


def test_a_partner_is_corrected_once_for_all_its_relationships(clients: dict[str, Client]) -> None:
    one, _other = relationship_with("Northern"), relationship_with("Southern")

    taken = patch(clients["paul"], f"partners/{one.partner_id}/", name="southern", reasons=LONG)
    renamed = patch(clients["paul"], f"partners/{one.partner_id}/", name="Boreal", country="DE", reasons=LONG)

    assert "another partner has this name" in taken.json()["detail"]
    assert (renamed.json()["name"], renamed.json()["country"]) == ("Boreal", "DE")
