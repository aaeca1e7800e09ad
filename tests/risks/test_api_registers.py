"""The lists of the API: filtered as the pages, paged by key, in as many queries whatever the number of rows."""

import io
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hrdd.governance.models import User
from hrdd.governance.rules import Role
from risks.models import (
    Change,
    Consultation,
    ConsultationFinding,
    Evidence,
    Involvement,
    LoweringProposal,
    MitigationPlan,
    ModelReview,
    Product,
    Right,
    Risk,
    RiskRight,
    SavedView,
    StakeholderGroup,
)
from risks.queries.gaps import register_gaps_of
from risks.queries.register_filter import RegisterFilter
from risks.rules.words import Activity, Driver

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
API = "/api/v1/"


def person(name: str, *roles: Role) -> User:
    return User.objects.create_user(name, "x", display_name=name.capitalize(), roles=list(roles))


@pytest.fixture
def ana(db: None) -> User:
    return person("ana", Role.ANALYST, Role.SENIOR)


@pytest.fixture
def reader(ana: User, client: Client) -> Client:
    client.force_login(ana)
    return client


@pytest.fixture
def rights(db: None) -> None:
    call_command("load_rights", stdout=io.StringIO())


def a_risk(number: int, **given: Any) -> Risk:
    return Risk.objects.create(title=f"Risk {number}", summary="x", opened_on=NOW.date(), **given)


@pytest.fixture
def register(ana: User, rights: None) -> list[Risk]:
    product = Product.objects.create(name="Maps")
    other = {
        "level": 2,
        "tier": 3,
        "status": Risk.Status.MANAGED,
        "next_review": date(2020, 1, 1),
        "state_of_harm": "actual_unremedied",
        "vulnerabilities": ["children"],
        "countries": ["ET"],
        "activity": str(next(iter(Activity))),
        "drivers": [str(next(iter(Driver)))],
        "tie": "cause",
        "salient": True,
        "published": True,
        "owner": ana,
    }
    risks = [a_risk(number, level=4, salient=False) for number in range(3)] + [a_risk(9, **other)]
    risks[-1].products.add(product)
    right = Right.objects.get(code="PRIVACY")
    RiskRight.objects.create(risk=risks[-1], right=right, said="x")
    return risks


FILTERS = {
    "q": "9",
    "level": "4+",
    "tier": "P3",
    "status": "managed",
    "owner": "mine",
    "due": "overdue",
    "harm": "actual_unremedied",
    "right": "PRIVACY",
    "group": "children",
    "country": "ET",
    "product": None,
    "activity": str(next(iter(Activity))),
    "driver": str(next(iter(Driver))),
    "involvement": "cause",
    "salient": "yes",
    "gap": "NO_REMEDIATION_PLAN",
    "published": "yes",
    "sort": "newest",
}


def ids(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.content
    return [one["id"] for one in answer.json()["results"]]


def test_every_filter_of_the_page_is_tested() -> None:
    assert set(FILTERS) == set(RegisterFilter.base_filters)


@pytest.mark.parametrize("name", FILTERS)
def test_the_page_and_the_api_list_the_same(reader: Client, register: list[Risk], name: str) -> None:
    value = FILTERS[name] or Product.objects.get().pk

    page = reader.get("/desk/risks/", {name: value})
    answer = reader.get(f"{API}risks/", {name: value})

    assert ids(answer) == [row.risk.pk for row in page.context["rows"]]
    assert answer.json()["count"] == page.context["page"].count
    if name != "sort":
        assert 0 < answer.json()["count"] < len(register)


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_that_makes_no_sense_is_left_out(reader: Client, register: list[Risk], name: str) -> None:
    assert len(ids(reader.get(f"{API}risks/", {name: "\0" if name == "q" else "nonsense\0"}))) == len(
        register
    )


def test_a_risk_that_comes_in_between_moves_no_row_of_the_register(reader: Client) -> None:
    made = [a_risk(number).pk for number in range(5)]
    first = reader.get(f"{API}risks/", {"sort": "newest", "page_size": 2})
    a_risk(99)

    second = reader.get(first.json()["next"])
    third = reader.get(second.json()["next"])

    assert ids(first) + ids(second) + ids(third) == made[::-1]
    assert third.json()["next"] is None
    assert ids(reader.get(third.json()["previous"])) == ids(second)


@pytest.mark.parametrize("size", ["0", "-1", "x", "1000", "²"])
def test_no_page_is_larger_than_two_hundred(reader: Client, size: str) -> None:
    Risk.objects.bulk_create(Risk(title="x", summary="x", opened_on=NOW.date()) for _ in range(210))

    assert len(ids(reader.get(f"{API}risks/", {"page_size": size}))) == (50 if size != "1000" else 200)


def make(model: str, number: int, ana: User) -> None:
    risk = a_risk(number)
    risk.products.add(Product.objects.create(name=f"Product {number}"))
    RiskRight.objects.create(risk=risk, right=Right.objects.all()[number], said="x")
    at = {"proposed_by": ana, "proposed_at": NOW}
    makers: dict[str, Callable[[], Any]] = {
        "plans": lambda: MitigationPlan.objects.create(
            risk=risk, kind="mitigation", actions="x", target="x", owner=ana, due=NOW.date(), **at
        ),
        "involvements": lambda: Involvement.objects.create(risk=risk, said="x", state="proposed", **at),
        "lowering-proposals": lambda: LoweringProposal.objects.create(
            risk=risk, given={}, level_held=4, level_proposed=2, reasons="x", **at
        ),
        "changes": lambda: _change(risk, at),
        "consultations": lambda: _consultation(risk, ana, number),
        "consultation-findings": lambda: _consultation(risk, ana, number),
        "stakeholder-groups": lambda: StakeholderGroup.objects.create(name=f"{number}", type="regulator"),
        "model-reviews": lambda: ModelReview.objects.create(
            driver=str(list(Driver)[number]), opened_by=ana, opened_on=NOW.date()
        ).risks.add(risk),
        "saved-views": lambda: SavedView.objects.create(name=f"{number}", owner=ana, saved_at=NOW),
    }
    makers.get(model, lambda: None)()


def _change(risk: Risk, at: dict[str, Any]) -> None:
    change = Change.objects.create(title="x", kind="market_entry", about="x", **at)
    change.risks.add(risk)
    change.products.add(risk.products.get())


def _consultation(risk: Risk, ana: User, number: int) -> None:
    one = Consultation.objects.create(title="x", organiser=ana, participants_n=30)
    one.risks.add(risk)
    one.groups.add(StakeholderGroup.objects.create(name=f"{number}", type="regulator"))
    said = {"you_said": "x", "theme": "x", "recorded_by": ana, "recorded_at": NOW, "due": NOW.date()}
    ConsultationFinding.objects.create(consultation=one, **said).risks.add(risk)


LISTS = [
    *("risks", "plans", "involvements", "lowering-proposals", "changes", "consultations"),
    *("consultation-findings", "stakeholder-groups", "model-reviews", "saved-views", "products"),
]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_takes_as_many_queries_whatever_its_rows_and_is_paged(
    reader: Client, ana: User, rights: None, name: str
) -> None:
    make(name, 0, ana)
    make(name, 1, ana)
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert len(ids(reader.get(f"{API}{name}/", {"page_size": 200}))) == 2
    for number in range(2, 6):
        make(name, number, ana)
    with CaptureQueriesContext(connection) as many:
        assert len(ids(reader.get(f"{API}{name}/"))) == 6

    assert len(many) == len(few)
    assert "OFFSET" not in str(many.captured_queries)
    first = reader.get(f"{API}{name}/?page_size=4&sort=newest").json()
    make(name, 6, ana)
    assert len(ids(reader.get(first["next"]))) == 2


def test_the_catalogue_is_paged_by_code(reader: Client, rights: None) -> None:
    found, address = [], f"{API}rights/?page_size=7"
    while address:
        answer = reader.get(address).json()
        found += [one["code"] for one in answer["results"]]
        address = answer["next"]

    assert sorted(found) == sorted(Right.objects.values_list("code", flat=True))
    assert reader.get(f"{API}rights/PRIVACY/").json()["code"] == "PRIVACY"


@pytest.mark.parametrize(
    "cursor", ["nonsense", "cD0lMDA=", "cD14", "cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ==", "\0"]
)
@pytest.mark.parametrize("name", ["rights", "plans", "changes"])
def test_a_cursor_of_somebody_else_breaks_nothing(reader: Client, name: str, cursor: str) -> None:
    answer = reader.get(f"{API}{name}/", {"cursor": cursor})

    assert answer.status_code in {200, 404}


def test_the_gaps_are_those_of_the_board_for_whoever_reads_it(reader: Client, register: list[Risk]) -> None:
    shown = {one.code: one.count for one in reader.get("/board/").context["gaps"]}

    counted: Counter[str] = Counter()
    found, address = [], f"{API}gaps/?page_size=2"
    while address:
        answer = reader.get(address).json()
        assert 0 < len(answer["results"]) <= 2
        for one in answer["results"]:
            counted.update(gap["code"] for gap in one["gaps"])
            risk = Risk.objects.get(pk=one["risk"])
            assert [gap["code"] for gap in one["gaps"]] == [
                gap.code for gap in register_gaps_of(risk, at=timezone.now())
            ]
        found += [one["risk"] for one in answer["results"]]
        address = answer["next"]

    assert counted == shown
    assert found == list(Risk.objects.order_by("-pk").values_list("pk", flat=True))
    reader.force_login(person("emma", Role.ENGAGE))
    assert reader.get(f"{API}gaps/").status_code == 403


def test_only_the_risks_of_a_page_are_judged(reader: Client, register: list[Risk]) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert len(reader.get(f"{API}gaps/?page_size=1").json()["results"]) == 1

    [judged] = [one["sql"] for one in captured if "NO_OWNER" in one["sql"]]
    assert judged.endswith("LIMIT 2")  # one more, to know whether it goes on
    assert "COUNT(" not in judged


def test_a_view_of_another_is_there_only_when_it_is_shared(reader: Client, ana: User) -> None:
    given = {"name": "Mine", "querystring": "level=5&nonsense=1&owner=mine", "shared": False}
    made = reader.post(f"{API}saved-views/", given, "application/json").json()
    assert made["querystring"] == "level=5&owner=mine"
    address = f"{API}saved-views/{made['id']}/"
    again = reader.post(f"{API}saved-views/", given, "application/json")
    assert (again.status_code, SavedView.objects.count()) == (409, 1)

    reader.force_login(person("otto", Role.ANALYST))
    assert reader.get(address).status_code == 404
    SavedView.objects.update(shared=True)
    assert reader.get(address).json()["name"] == "Mine"
    for answer in (
        reader.put(address, {"name": "His", "shared": False}, "application/json", headers={"if-match": "*"}),
        reader.delete(address),
    ):
        assert (answer.status_code, answer.json()["detail"][:30]) == (409, "This view is another person's.")
    reader.force_login(ana)
    renamed = reader.put(
        address, {"name": "Ours", "shared": True}, "application/json", headers={"if-match": "*"}
    )
    assert renamed.json()["name"] == SavedView.objects.get().name == "Ours"
    assert reader.delete(address).status_code == 204
    assert not SavedView.objects.exists()


def test_whoever_may_not_read_restricted_evidence_reads_what_is_open(reader: Client) -> None:
    risk = a_risk(1)
    for disclosure in ("internal", "restricted"):
        Evidence.objects.create(
            risk=risk,
            title=disclosure,
            kind="data",
            says="x",
            disclosure=disclosure,
            recorded_by="x",
            recorded_at=NOW,
        )
    proposal = LoweringProposal.objects.create(
        risk=risk,
        given={"scope_group_share": None, "evidence": [], "consultations": [], "findings_considered": []}
        | dict.fromkeys(("scale", "scope", "irremediability", "likelihood"), 2)
        | {f"{head}_rationale": "x" for head in ("scale", "scope", "irremediability")}
        | {"state_of_harm": "potential", "likelihood_unknown": False, "consulted": "x"},
        level_held=4,
        level_proposed=2,
        reasons="x",
        proposed_by=User.objects.get(username="ana"),
        proposed_at=NOW,
    )
    proposal.new_evidence.set(Evidence.objects.all())
    address, page = f"{API}risks/{risk.pk}/evidence/", f"/desk/risks/lowering/{proposal.pk}/"
    assert {one["title"] for one in reader.get(address).json()["results"]} == {"internal", "restricted"}
    assert "<strong>restricted</strong>" in reader.get(page).content.decode()

    reader.force_login(person("pia", Role.PUBLISHER))

    assert [one["title"] for one in reader.get(address).json()["results"]] == ["internal"]
    assert "<strong>restricted</strong>" not in reader.get(page).content.decode()


def test_the_schema_is_whole() -> None:
    call_command("spectacular", "--fail-on-warn", "--validate", stdout=io.StringIO(), stderr=io.StringIO())


def test_the_page_about_the_api_tells_each_address_without_a_script(reader: Client) -> None:
    page = reader.get("/api/docs/").content.decode()

    assert "POST /api/v1/risks/{id}/assess/" in page
    assert "Reporters are traced" in page
    assert "<script" not in page.split("<main")[1].split("</main>")[0]
    assert '<a href="/api/docs/">The API</a>' in reader.get("/desk/").content.decode()


def test_the_schema_and_its_page_are_for_those_who_read_the_desk(reader: Client) -> None:
    assert reader.get("/api/schema/").status_code == 200
    for answer in (Client().get("/api/schema/"), Client().get("/api/docs/")):
        assert answer.status_code in {302, 403}
    reader.force_login(person("xenia", Role.EXPERT))
    assert reader.get("/api/schema/").status_code == 403
    assert reader.get("/api/docs/").status_code == 403
