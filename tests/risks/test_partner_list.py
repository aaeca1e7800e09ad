"""The list of relationships: filtered, counted, ordered and taken away, in as many queries for 2,000 as for one."""

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hrdd.governance.models import AuditEvent, User
from risks.models import AgreedTerms, Onboarding, Partner, Relationship, RelationshipRisk, Risk
from tests.risks.partner_stage import LONG, NOW, TODAY, WARNING, clients, harm, people, relationship_with

__all__ = ["clients", "people"]


@pytest.fixture
def listed(people: dict[str, User]) -> dict[str, Relationship]:
    """Relationships that each filter tells apart."""
    made = {
        "expired": relationship_with("Ahead", owner=people["ana"]),
        "fresh": relationship_with("Boreal", kind="supplier", country="DE", crucial=False),
        "quiet": relationship_with(
            "Calm", status="ended", crucial=True, crucial_essential="x", crucial_no_alternative="y"
        ),
        "gated": relationship_with("Dune", country=""),
    }
    harm(made["expired"], level=5, days=20, title="Arrests after data requests")
    harm(made["expired"], level=2, days=1, title="Slower service")
    harm(made["fresh"], level=3, days=1, title="Unpaid moderators")
    Partner.objects.filter(name="Dune").update(country="FR")
    Onboarding.objects.create(
        relationship=made["gated"],
        **dict.fromkeys(("use_case", "end_users", "red_flags", "reasons"), "x"),
        country="FR",
        status="approved",
        asked_by=people["paul"],
        asked_at=NOW,
        decided_by=people["dan"],
        decided_at=NOW,
    )
    return made


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["expired", "fresh", "quiet", "gated"]),
        ("sort=name", ["expired", "fresh", "quiet", "gated"]),
        ("sort=newest", ["gated", "quiet", "fresh", "expired"]),
        ("q=boreal", ["fresh"]),
        ("q=arrests+ahead", ["expired"]),
        ("clock=EXIT_CONSIDERATION_DUE", ["expired"]),
        ("clock=OK", ["fresh"]),
        ("clock=none", ["quiet", "gated"]),
        ("code=FIRST_ACTION_PENDING", ["fresh"]),
        ("clock=OK&code=TIME_TO_CHANGE_EXPIRED", []),
        ("level=4%2B", ["expired"]),
        ("level=2", ["expired"]),
        ("status=ended", ["quiet"]),
        ("owner=mine", ["expired"]),
        ("owner=nobody", ["fresh", "quiet", "gated"]),
        ("kind=supplier", ["fresh"]),
        ("country=FR", ["gated"]),
        ("crucial=yes", ["quiet"]),
        ("gate=passed", ["gated"]),
        ("gate=without", ["expired", "fresh"]),
        ("gate=open", []),
        ("status=nothing&clock=%00&page=x&level=9&owner=abc", ["expired", "fresh", "quiet", "gated"]),
    ],
)
def test_each_filter_leaves_its_own_on_the_page_in_the_file_and_in_the_api(
    listed: dict[str, Relationship], clients: dict[str, Client], query: str, found: list[str]
) -> None:
    page = clients["ana"].get(f"/desk/partners/?{query}")
    file = clients["ana"].get(f"/desk/partners/export.csv?{query}")
    api = clients["ana"].get(f"/api/v1/relationships/?{query}").json()["results"]

    wanted = [listed[name].pk for name in found]
    assert [one.pk for one, _reading in page.context["rows"]] == wanted
    rows = list(csv.DictReader(io.StringIO(b"".join(file).decode("utf-8-sig"))))
    assert [int(row["id"]) for row in rows] == wanted
    assert sorted(row["id"] for row in api) == sorted(wanted)


def test_filters_survive_in_the_address_and_clocks_are_counted(
    listed: dict[str, Relationship], clients: dict[str, Client]
) -> None:
    page = clients["ana"].get("/desk/partners/?clock=OK&kind=supplier&sort=name")

    content = page.content.decode()
    assert '<option value="OK" selected>' in content
    assert 'href="?kind=supplier&amp;sort=name"' in content.replace("&amp;amp;", "&amp;")
    assert "1 relationship matches" in content
    counts = {one.status: one.many for one in clients["ana"].get("/desk/partners/").context["counts"]}
    assert (counts["EXIT_CONSIDERATION_DUE"], counts["OK"], counts["none"]) == (1, 1, 2)


def test_empty_lists_say_what_to_do(clients: dict[str, Client]) -> None:
    assert "No relationship is on record yet" in clients["ana"].get("/desk/partners/").content.decode()
    assert "No relationship matches" in clients["ana"].get("/desk/partners/?q=x").content.decode()


def test_a_file_runs_no_formula_and_tells_nothing_that_is_kept_inside(
    people: dict[str, User], clients: dict[str, Client]
) -> None:
    relationship_with("=cmd|' /C calc'!A0", supplied="@SUM(1)", revenue_band="over_100m")
    hidden = relationship_with("Northern Cloud", warning=WARNING, supplied="Hosting by northern cloud")
    hidden.revenue_owners.add(people["eve"])
    AgreedTerms.objects.create(relationship=hidden, code_name="Northern Cloud code", code_version="1")

    files = {
        form: b"".join(clients["bob"].get(f"/desk/partners/export.{form}?q=o"))
        for form in ("csv", "json", "xlsx")
    }
    everything = b"".join(clients["bob"].get("/desk/partners/export.csv"))

    text = (everything + files["csv"] + files["json"]).decode("utf-8")
    assert "'=cmd|" in text
    assert "'@SUM(1)" in text
    assert "withheld: naming the partner endangers people" in text
    assert not any(said in text.lower() for said in ("northern", "arrested", "over_100m", ",eve", '"eve"'))
    assert clients["bob"].get("/desk/partners/export.pdf").status_code == 404
    logged = AuditEvent.objects.filter(action="exported the register")
    assert logged.count() == 4
    assert {"q": "…"} in [one.detail["filters"] for one in logged]


def test_as_many_queries_for_two_thousand_relationships_as_for_one(
    listed: dict[str, Relationship], clients: dict[str, Client]
) -> None:
    addresses = [
        "/desk/partners/",
        "/desk/partners/?clock=INCREASE_LEVERAGE&owner=nobody",
        "/api/v1/relationships/",
    ]

    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert clients["ana"].get(address).status_code == 200
        return len(queries)

    few = [asked(one) for one in addresses]
    many(2000)

    assert all(asked(one) <= before for one, before in zip(addresses, few, strict=True))
    assert clients["ana"].get("/desk/partners/").context["page_obj"].paginator.count == 2004


def many(number: int) -> None:
    """Record relationships in bulk, each with a harm."""
    [risk] = Risk.objects.filter(title="Unpaid moderators")
    partners = Partner.objects.bulk_create(Partner(name=f"Partner {each}") for each in range(number))
    made = Relationship.objects.bulk_create(
        Relationship(partner=partner, kind="reseller", supplied="x") for partner in partners
    )
    RelationshipRisk.objects.bulk_create(
        RelationshipRisk(relationship=each, risk=risk, known_since=TODAY, how_known="x") for each in made
    )


def test_the_record_of_one_partner_costs_no_more_with_more_of_it(
    listed: dict[str, Relationship], clients: dict[str, Client], people: dict[str, User]
) -> None:
    one = listed["expired"]

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            clients["ana"].get(f"/desk/partners/{one.pk}/")
        return len(queries)

    def add(**given: Any) -> None:
        made = {"recorded_by": people["ana"], "recorded_at": NOW}
        one.partner.notes.create(kind="ownership", subject="x", source="x", noted_on=TODAY, **made)
        one.partner.contacts.create(role="x", sealed=b"x", **made)
        one.terms.create(code_name="x", code_version="1", **made)
        one.partner.corrections.create(
            relationship=one, changes=[], reasons=LONG, made_by="ana", made_at=NOW, **given
        )

    add()
    few = asked()
    for _each in range(5):
        add()

    assert asked() == few
