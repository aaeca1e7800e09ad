"""Statements of reasons: out of the measure, screened, kept as issued, corrected by a new one (DSA 17)."""

import io
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from hrdd.governance.models import AuditEvent, User
from risks.models import Measure, StatementOfReasons
from risks.queries import bounded
from risks.rules.ladder import LADDER
from risks.rules.statement import MeasureTold, Told, derive, in_plain_words, missing
from tests.risks.measure_stage import LATER, NOW, REASONS, TODAY, a_risk, people, signed_in

FACTS = "A public post called on readers to come armed to a building on a named day."
SENT: dict[str, Any] = {
    "facts": FACTS,
    "explanation": "The rule forbids calls to violence, whoever makes them.",
    "category": "STATEMENT_CATEGORY_VIOLENCE",
    "content_types": ["CONTENT_TYPE_TEXT"],
    "content_date": "2026-01-01",
    "source_type": "SOURCE_VOLUNTARY",
}
TOLD = Told(
    facts=FACTS,
    explanation="The rule forbids it.",
    category="STATEMENT_CATEGORY_VIOLENCE",
    content_types=("CONTENT_TYPE_TEXT",),
    content_type_other="",
    content_date=date(2026, 1, 1),
    source_type="SOURCE_VOLUNTARY",
)
DUE = sorted(set(LADDER) - {"no_action"})


def a_measure_told(kind: str = "remove_item", **given: Any) -> MeasureTold:
    known: dict[str, Any] = {
        "in_force": True,
        "starts_on": date(2026, 3, 1),
        "ends_on": date(2026, 4, 1),
        "territory": ("DE", "KE"),
        "rule": "Rule 3",
        "legal_ground": "",
        "automated_detection": True,
        "automated_decision": "PARTIALLY",
        "appeal_until": None,
    }
    return MeasureTold(kind=kind, **known | given)


@pytest.mark.parametrize("kind", DUE)
@pytest.mark.parametrize("rest_on", [{}, {"rule": "", "legal_ground": "Criminal code, section 111"}])
def test_every_rung_yields_a_statement_that_the_database_takes(kind: str, rest_on: dict[str, str]) -> None:
    assert missing(derive(a_measure_told(kind, **rest_on), TOLD, puid="x-1")) == {}


def test_a_measure_without_a_rule_or_law_lacks_its_ground() -> None:
    assert list(missing(derive(a_measure_told(rule=""), TOLD, puid="x-1"))) == ["incompatible_content_ground"]


@pytest.mark.parametrize(
    ("ends_on", "decision"),
    [(None, "DECISION_MONETARY_TERMINATION"), (date(2026, 4, 1), "DECISION_MONETARY_SUSPENSION")],
)
def test_demonetisation_without_an_end_is_a_termination(ends_on: date | None, decision: str) -> None:
    told = derive(a_measure_told("demonetise", ends_on=ends_on), TOLD, puid="x-1")
    assert told["decision_monetary"] == decision


@pytest.mark.parametrize(
    ("territory", "count"), [((), 30), (("DE", "KE"), 1), (("KE",), 0)], ids=["everywhere", "both", "outside"]
)
def test_only_countries_of_the_eea_are_named_to_the_database(territory: tuple[str, ...], count: int) -> None:
    told = derive(a_measure_told(territory=territory), TOLD, puid="x-1")
    assert len(told["territorial_scope"]) == count


def test_the_person_is_told_every_way_to_appeal() -> None:
    said = in_plain_words(a_measure_told(), TOLD)
    assert all(
        way in said
        for way in ("complain to us", "out of court", "to a court", "until 1 April 2026", "Germany")
    )


@pytest.fixture
def who(db: None) -> dict[str, User]:
    call_command("load_rights", stdout=io.StringIO())
    return people()


@pytest.fixture
def measure(who: dict[str, User]) -> Measure:
    return in_force()


def in_force(**given: Any) -> Measure:
    known: dict[str, Any] = {
        "kind": "temp_suspension",
        "intrusion": 4,
        "target": "Amara Osei",
        "target_type": "account",
        "rule_relied_on": "Rule 3",
        "state": "active",
        "starts_on": TODAY,
        "ends_on": LATER,
        "level_then": 4,
        "reviewed_on": TODAY,
        "justified_on": TODAY,
    }
    return Measure.objects.create(risk=a_risk(), **known | given)


def issue(who: dict[str, User], measure: Measure, by: str = "ana", **changed: Any) -> Any:
    return signed_in(who[by]).post(f"/desk/measures/{measure.pk}/statement/", SENT | changed)


def test_a_statement_is_issued_from_the_page_of_the_measure(who: dict[str, User], measure: Measure) -> None:
    assert f"/desk/measures/{measure.pk}/statement/" in page(who, f"/desk/measures/{measure.pk}/")
    assert issue(who, measure).status_code == 302
    issued = StatementOfReasons.objects.get()
    assert issued.content["decision_account"] == "DECISION_ACCOUNT_SUSPENDED"
    assert issued.content["end_date_account_restriction"] == LATER.isoformat()
    assert "Amara" not in issued.text + str(issued.content)
    assert AuditEvent.objects.filter(action="Statement of reasons issued", detail__sha256=issued.sha256)
    assert "Suspension of the account" in page(who, f"/desk/statements/{issued.pk}/")
    assert f"/desk/statements/{issued.pk}/" in page(who, f"/desk/measures/{measure.pk}/")


def page(who: dict[str, User], address: str) -> str:
    shown = signed_in(who["ana"]).get(address)
    assert shown.status_code == 200
    return str(shown.content.decode())


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"facts": "It was posted by Osei, Amara in a group."}, "a name that must not be written here"),
        ({"explanation": "Ask ana@example.org about it."}, "an e-mail address"),
        ({"content_types": ["CONTENT_TYPE_OTHER"]}, "Other content type: this is missing."),
        ({"content_type_other": "A post of Amara Osei"}, "Other content: this holds"),
        ({"content_date": "1999-12-31"}, "it is before 2000-01-01"),
        ({"facts": ""}, "Facts: say it for the person affected"),
    ],
)
def test_what_is_missing_or_names_somebody_is_refused_in_a_sentence(
    who: dict[str, User], measure: Measure, sent: dict[str, Any], why: str
) -> None:
    refused = issue(who, measure, **sent)
    assert refused.status_code == 400
    assert why in refused.content.decode()
    assert not StatementOfReasons.objects.exists()


@pytest.mark.parametrize(
    ("by", "given", "why"),
    [
        ("rita", {}, "Your role may not propose a measure"),
        ("ana", {"state": "lifted", "ended_on": TODAY}, "once the measure is in force"),
        ("ana", {"kind": "no_action", "intrusion": 0}, "no action restricts nobody"),
        ("ana", {"rule_relied_on": ""}, "names no rule and no law"),
        ("ana", {"rule_relied_on": "As told to ana@example.org"}, "Rule or law of the measure: this holds"),
    ],
)
def test_who_may_not_and_what_does_not_stand_issue_nothing(
    who: dict[str, User], by: str, given: dict[str, Any], why: str
) -> None:
    refused = issue(who, in_force(**given), by)
    assert why in refused.content.decode()
    assert not StatementOfReasons.objects.exists()


def test_a_correction_supersedes_the_last_and_says_why(who: dict[str, User], measure: Measure) -> None:
    issue(who, measure)
    assert issue(who, measure).status_code == 400
    assert issue(who, measure, "dan", correction_reasons=REASONS).status_code == 302
    first, second = StatementOfReasons.objects.order_by("pk")
    assert second.supersedes == first
    assert first.puid != second.puid
    assert REASONS in page(who, f"/desk/statements/{first.pk}/")
    Measure.objects.filter(pk=measure.pk).update(state="lifted", ended_on=TODAY)
    assert "Correct it" in page(who, f"/desk/measures/{measure.pk}/")
    assert issue(who, measure, "dan", correction_reasons=REASONS).status_code == 302


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE risks_statementofreasons SET text = ''",
        "DELETE FROM risks_statementofreasons",
        "TRUNCATE risks_statementofreasons CASCADE",
    ],
)
def test_the_database_keeps_a_statement_as_issued(who: dict[str, User], measure: Measure, sql: str) -> None:
    issue(who, measure)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(sql)


def test_the_list_filters_and_asks_the_same_number_of_questions(
    who: dict[str, User], measure: Measure
) -> None:
    client = signed_in(who["ana"])
    assert "No statement was issued yet" in client.get("/desk/statements/").content.decode()
    issue(who, measure)
    client.get("/desk/statements/")
    with CaptureQueriesContext(connection) as one:
        client.get("/desk/statements/")
    for _ in range(3):
        issue(who, in_force())
    with CaptureQueriesContext(connection) as four:
        assert "4 statements" in client.get("/desk/statements/").content.decode()
    assert len(one) == len(four)
    today = NOW.date().isoformat()
    for query, said in (
        ("kind=temp_suspension&ground=DECISION_GROUND_INCOMPATIBLE_CONTENT", "4 statements match"),
        ("q=armed", "4 statements match"),
        (f"first={today}", "4 statements match"),
        ("ground=DECISION_GROUND_ILLEGAL_CONTENT", "No statement matches"),
        ("kind=geoblock", "No statement matches"),
    ):
        assert said in client.get(f"/desk/statements/?{query}").content.decode()


def test_beyond_a_limit_the_list_says_that_more_measures_are_owed_a_statement(
    who: dict[str, User], measure: Measure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded, "MOST_COUNTED", 1)
    assert "<strong>1</strong><span>measure in force without one" in page(who, "/desk/statements/")

    for _ in range(3):
        in_force()

    assert "more than 1</strong><span>measures in force without one" in page(who, "/desk/statements/")


def test_the_api_issues_and_lists_statements_in_the_same_words(
    who: dict[str, User], measure: Measure
) -> None:
    client, address = signed_in(who["dan"]), "/api/v1/statements/"

    def post(**changed: Any) -> Any:
        return client.post(address, SENT | {"measure": measure.pk} | changed, content_type="application/json")

    refused = post(facts="It was posted by Amara Osei in a group.")
    assert refused.status_code == 409
    assert "a name that must not be written here" in refused.json()["detail"]
    issued = post()
    assert issued.status_code == 201
    told = issued.json()
    assert told["content"]["decision_account"] == "DECISION_ACCOUNT_SUSPENDED"
    assert client.get(f"{address}{told['id']}/").json() == told
    assert len(client.get(address, {"kind": "temp_suspension"}).json()["results"]) == 1
    assert client.get(address, {"kind": "geoblock"}).json()["results"] == []
    rita = signed_in(who["rita"])
    assert (
        rita.post(address, SENT | {"measure": measure.pk}, content_type="application/json").status_code == 403
    )
