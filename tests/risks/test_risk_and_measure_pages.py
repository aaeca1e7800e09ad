"""An analyst finds a risk, judges it, reads a measure and notes what is new; the register stays quick."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import Role
from risks.actions.proportionality import assess_chunk, plan_cycle
from risks.models import Measure, ReviewTask, Risk, SeverityAssessment, Signal

TODAY = datetime.now(tz=UTC).date()
WHY = "Told by three organisations on the ground."
JUDGEMENT = {
    "scale": "5",
    "scope": "3",
    "irremediability": "5",
    "scale_rationale": WHY,
    "scope_rationale": WHY,
    "irremediability_rationale": WHY,
    "state_of_harm": "potential",
    "likelihood": "4",
    "consulted": "Two organisations of journalists.",
}
VECTORS = Path(__file__).parents[1] / "rules" / "vectors" / "severity.md"


def vectors() -> list[dict[str, str]]:
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in VECTORS.read_text(encoding="utf-8").splitlines()
        if line.startswith("|")
    ]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[2:]]


@pytest.fixture
def ana(db: None, client: Client) -> User:
    ana = User.objects.create_user("ana", "x", display_name="Ana", roles=[Role.ANALYST])
    client.force_login(ana)
    return ana


@pytest.fixture
def risk(db: None) -> Risk:
    return Risk.objects.create(title="Doxxing of journalists", summary="x", opened_on=TODAY)


def judge(client: Client, risk: Risk, **changes: str) -> Any:
    return client.post(f"/desk/risks/{risk.pk}/assess/", JUDGEMENT | changes)


def test_a_judgement_is_added_and_the_one_before_stays(ana: User, client: Client, risk: Risk) -> None:
    assert judge(client, risk, scale="3", irremediability="3").status_code == 302
    first = SeverityAssessment.objects.values().get()
    assert judge(client, risk).status_code == 302

    page = client.get(f"/desk/risks/{risk.pk}/").content.decode()
    assert SeverityAssessment.objects.values().get(pk=first["id"]) == first
    assert page.index("5 <b>critical") < page.index("3 <b>serious")
    assert AuditEvent.objects.filter(action="assessed severity", actor="ana").count() == 2
    risk.refresh_from_db()
    assert risk.status == "assessed"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"scale": ""}, "This field is required"),
        ({"scale": "9"}, "not one of the available choices"),
        ({"scale_rationale": ""}, "This field is required"),
        ({"consulted": ""}, "This field is required"),
        ({"likelihood": ""}, "a potential harm needs a likelihood"),
        ({"state_of_harm": "actual_unremedied"}, "an actual harm has no likelihood"),
        ({"scale": "3", "harm_type": "torture"}, "torture has scale 5"),
        (
            {"scale": "3", "harm_type": "torture", "floor_reason": "Not credible."},
            "only a reviewer records why",
        ),
    ],
)
def test_a_judgement_without_its_grounds_is_refused_and_kept_as_typed(
    ana: User, client: Client, risk: Risk, changes: dict[str, str], says: str
) -> None:
    answer = judge(client, risk, **changes)

    assert answer.status_code == 400
    assert says in answer.content.decode()
    assert "Two organisations of journalists" in answer.content.decode() or "consulted" in changes
    assert not SeverityAssessment.objects.exists()


def test_one_person_does_not_lower_a_severe_judgement(ana: User, client: Client, risk: Risk) -> None:
    judge(client, risk)

    answer = judge(client, risk, scale="2", irremediability="2")

    assert b"SD5" in answer.content
    assert SeverityAssessment.objects.get().level == 5


def test_what_counted_as_four_in_the_interim_may_be_scored_lower(
    ana: User, client: Client, risk: Risk
) -> None:
    judge(client, risk, scale="unknown", scope="unknown", irremediability="unknown")

    assert judge(client, risk, scale="2", scope="2", irremediability="2").status_code == 302
    assert list(SeverityAssessment.objects.values_list("level", flat=True)) == [2, 4]


@pytest.mark.parametrize("row", vectors(), ids=lambda row: row["id"])
def test_every_vector_of_severity_comes_out_of_the_form_as_the_domain_says(
    ana: User, client: Client, risk: Risk, row: dict[str, str]
) -> None:
    said = {"-": "", "?": "unknown"}
    given = {head: said.get(row[key], row[key]) for head, key in (("scale", "scale"), ("scope", "scope"))}
    given["irremediability"] = said.get(row["irrem"], row["irrem"])
    given["likelihood"] = said.get(row["lik"], row["lik"])
    given["state_of_harm"] = row["state"]
    given |= {"delay_makes_irremediable": "on"} if row["delay"] == "y" else {}

    assert judge(client, risk, **given).status_code == 302

    assert SeverityAssessment.objects.get().level == int(row["L band"][0])
    page = client.get(f"/desk/risks/?tier={row['tier']}").content.decode()
    assert (risk.title in page) == (row["tier"] != "-")


def test_the_register_is_filtered_and_says_how_many(ana: User, client: Client, risk: Risk) -> None:
    judge(client, risk)
    other = Risk.objects.create(title="Wrong removals", summary="x", opened_on=TODAY)
    judge(client, other, scale="2", scope="2", irremediability="2")

    every = client.get("/desk/risks/").content.decode()
    severe = client.get("/desk/risks/", {"level": "5", "q": "journalists"}).content.decode()
    none = client.get(
        "/desk/risks/", {"q": "zebra", "level": "x", "tier": "%", "page": "-3"}
    ).content.decode()

    assert every.index(risk.title) < every.index(other.title)
    assert "2 risks" in every
    assert (risk.title in severe, other.title in severe) == (True, False)
    assert "No risk matches" in none
    assert 'value="zebra"' in none


@pytest.mark.parametrize("address", ["/desk/risks/", "/desk/measures/", "/desk/", "/risks/", "/"])
def test_a_list_asks_the_database_as_often_for_one_row_as_for_thirty(
    record: None, ana: User, client: Client, django_assert_num_queries: Any, address: str
) -> None:
    with CaptureQueriesContext(connection) as before:
        client.get(address)
    asked = len(before)
    for number in range(30):
        risk = Risk.objects.create(title=f"Risk {number}", summary="x", opened_on=TODAY, published=True)
        judge(client, risk, scale="unknown")
        measure = Measure.objects.create(
            risk=risk,
            kind="label",
            intrusion=1,
            target="posts",
            starts_on=TODAY,
            starts_said="today",
            level_then=4,
            reviewed_on=TODAY,
            justified_on=TODAY,
        )
        finding = ReviewTask.objects.all()[0].finding
        then = finding.cycle.started_at
        ReviewTask.objects.create(measure=measure, finding=finding, opened_at=then, due_at=then)

    with django_assert_num_queries(asked):
        assert client.get(address).status_code == 200


def test_new_evidence_is_noted_and_the_next_cycle_asks_for_a_review(
    record: None, ana: User, client: Client
) -> None:
    measure = Measure.objects.filter(state="active", kind="remove_item")[0]
    given = {"kind": "new_evidence", "noted_on": TODAY, "note": "A second video contradicts the first."}

    assert client.post(f"/desk/measures/{measure.pk}/signals/", given).status_code == 302
    now = datetime.now(tz=UTC)
    cycle = plan_cycle(as_of=TODAY, at=now)
    for chunk in cycle.chunks.all():
        assess_chunk(chunk.pk, at=now)

    assert "NEW_EVIDENCE" in cycle.findings.get(measure=measure).codes
    page = client.get(f"/desk/measures/{measure.pk}/").content.decode()
    assert "A second video contradicts the first." in page
    assert Signal.objects.get().noted_by == "ana"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"noted_on": TODAY + timedelta(days=1)}, "still to come"),
        ({"note": ""}, "This field is required"),
        ({"kind": "gossip"}, "not one of the available choices"),
    ],
)
def test_a_signal_without_its_grounds_is_refused(
    record: None, ana: User, client: Client, changes: dict[str, Any], says: str
) -> None:
    measure = Measure.objects.filter(state="active")[0]
    given = {"kind": "new_evidence", "noted_on": TODAY, "note": "x"} | changes

    answer = client.post(f"/desk/measures/{measure.pk}/signals/", given)

    assert answer.status_code == 400
    assert says in answer.content.decode()
    assert not Signal.objects.exists()


def test_who_may_not_decide_reads_the_finding_and_has_no_form(record: None, client: Client) -> None:
    client.force_login(User.objects.create_user("eve", "x", display_name="Eve", roles=[Role.SENIOR]))
    task = ReviewTask.objects.filter(closed_at__isnull=True)[0]

    page = client.get(f"/desk/tasks/{task.pk}/").content.decode()

    assert "Your role may read this finding, not decide on it." in page
    assert "Record the decision" not in page
