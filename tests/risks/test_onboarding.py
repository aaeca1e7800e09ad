"""The gate before a relationship starts: asked, reviewed, decided by somebody else; shut over a finding of five."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from hrdd.governance.models import AuditEvent, User
from risks.actions.onboarding import content_hash
from risks.models import Onboarding, Relationship
from tests.risks.partner_stage import ASKED, LONG, RECORDED, TODAY, ask, clients, one, people

__all__ = ["clients", "one", "people"]


@pytest.fixture
def reviewed(one: Relationship, clients: dict[str, Client]) -> Onboarding:
    """An onboarding in review with an open finding of severity 5."""
    asked = ask(clients["paul"], one)
    clients["ana"].post(f"/desk/partners/onboarding/{asked.pk}/review/")
    given = {"says": "The ministry detains people by what is stored.", "level": 5}
    assert clients["ana"].post(f"/desk/partners/onboarding/{asked.pk}/findings/", given).status_code == 302
    asked.refresh_from_db()
    return asked


def decide(client: Client, onboarding: Onboarding, decision: str, **changes: str) -> Any:
    given = {"decision": decision, "reasons": LONG, "conditions": "", "seen_hash": content_hash(onboarding)}
    return client.post(f"/desk/partners/onboarding/{onboarding.pk}/decision/", given | changes)


def close(client: Client, onboarding: Onboarding) -> Any:
    [finding] = onboarding.findings.all()
    return client.post(f"/desk/partners/onboarding/findings/{finding.pk}/", {"what_changed": LONG})


@pytest.mark.parametrize(("decision", "conditions"), [("approve", ""), ("conditions", "Log every search.")])
def test_an_open_finding_of_severity_five_shuts_the_gate(
    reviewed: Onboarding, clients: dict[str, Client], people: dict[str, User], decision: str, conditions: str
) -> None:
    page = decide(clients["dan"], reviewed, decision, conditions=conditions)
    given = {"decision": decision, "reasons": LONG, "conditions": conditions}
    api = clients["dan"].post(
        f"/api/v1/onboardings/{reviewed.pk}/decision/",
        given | {"seen_hash": content_hash(reviewed)},
        "application/json",
    )

    assert page.status_code == 400
    assert b"method 7a: a finding of severity 5 is open" in page.content
    assert (api.status_code, api.headers["Content-Type"]) == (409, "application/problem+json")
    assert "a finding of severity 5 is open" in api.json()["detail"]
    with pytest.raises(DatabaseError, match="open finding of severity 5"), transaction.atomic():
        Onboarding.objects.filter(pk=reviewed.pk).update(
            status="approved_with_conditions" if conditions else "approved",
            decided_by=people["dan"],
            decided_at=reviewed.asked_at,
            reasons="x",
            conditions="x",
        )


def test_from_the_question_to_the_first_day(clients: dict[str, Client]) -> None:
    clients["paul"].post("/desk/partners/new/", RECORDED | {"not_begun": "on"})
    one = Relationship.objects.get()
    too_soon = clients["paul"].post(f"/desk/partners/{one.pk}/begin/", {"on": TODAY})
    asked = ask(clients["paul"], one)
    waiting = clients["ana"].get("/desk/").content.decode()
    clients["ana"].post(f"/desk/partners/onboarding/{asked.pk}/review/")
    clients["ana"].post(f"/desk/partners/onboarding/{asked.pk}/findings/", {"says": "Detention.", "level": 5})
    assert close(clients["ana"], asked).status_code == 302
    to_decide = clients["dan"].get("/desk/").content.decode()
    stale = decide(clients["dan"], asked, "approve", seen_hash="x")
    approved = decide(clients["dan"], asked, "conditions", conditions="No search by name.")
    begun = clients["paul"].post(f"/desk/partners/{one.pk}/begin/", {"on": TODAY})
    again = clients["paul"].post(f"/desk/partners/{one.pk}/begin/", {"on": TODAY})

    one.refresh_from_db()
    assert one.status == "active"
    assert (too_soon.status_code, approved.status_code, begun.status_code) == (400, 302, 302)
    assert "An onboarding was asked for and waits for its review." in waiting
    assert "waits for your decision" in to_decide
    assert b"changed since you opened it" in stale.content
    assert b"is not the next step here" in again.content
    page = clients["bob"].get(f"/desk/partners/{one.pk}/").content.decode()
    assert "No search by name." in page
    assert "BEGUN_WITHOUT_ONBOARDING" not in page
    logged = AuditEvent.objects.values_list("subject", "detail")
    assert "Northern" not in "".join(f"{subject}{detail}" for subject, detail in logged)


def test_whoever_asked_closed_a_finding_or_earns_by_it_does_not_decide(
    reviewed: Onboarding, clients: dict[str, Client], people: dict[str, User]
) -> None:
    people["paul"].roles = ["PARTNER_MGR", "DECIDER"]
    people["ana"].roles = ["ANALYST", "DECIDER"]
    for name in ("paul", "ana"):
        people[name].save()
    close(clients["ana"], reviewed)
    reviewed.relationship.revenue_owners.add(people["eve"])

    answers = [decide(clients[name], reviewed, "refuse").content.decode() for name in ("paul", "ana", "eve")]

    assert ["SD1" in answers[0], "SD1" in answers[1], "SD4" in answers[2]] == [True] * 3
    with pytest.raises(DatabaseError, match="onboarding_decided_by_another"), transaction.atomic():
        Onboarding.objects.filter(pk=reviewed.pk).update(
            status="refused", decided_by=people["paul"], decided_at=reviewed.asked_at, reasons="x"
        )


def test_what_was_decided_stays_as_it_was(
    reviewed: Onboarding, clients: dict[str, Client], people: dict[str, User]
) -> None:
    assert decide(clients["dan"], reviewed, "refuse").status_code == 302
    finding = reviewed.findings.get()

    late = clients["ana"].post(
        f"/desk/partners/onboarding/{reviewed.pk}/findings/", {"says": "More.", "level": 1}
    )

    assert b"was decided on; its findings stay" in late.content
    assert b"was decided on" in close(clients["ana"], reviewed).content
    for statement in (
        f"UPDATE risks_onboarding SET status = 'asked' WHERE id = {reviewed.pk}",  # noqa: S608
        f"UPDATE risks_onboarding SET use_case = 'x' WHERE id = {reviewed.pk}",  # noqa: S608
        f"DELETE FROM risks_onboarding WHERE id = {reviewed.pk}",  # noqa: S608
        f"UPDATE risks_onboardingfinding SET level = 1 WHERE id = {finding.pk}",  # noqa: S608
        f"DELETE FROM risks_onboardingfinding WHERE id = {finding.pk}",  # noqa: S608
    ):
        with (
            pytest.raises(DatabaseError, match=r"domain\.md 5\.3"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    with pytest.raises(DatabaseError, match=r"domain\.md 5\.3"), transaction.atomic():
        reviewed.findings.create(says="x", level=1, found_by=people["ana"], found_at=reviewed.asked_at)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"use_case": ""}, "say what the partner will use it for"),
        ({"red_flags": ""}, "where was looked and nothing found"),
        ({"country": ""}, "Country: say where the end users are"),
        ({"end_users": "Ask pat@example.org"}, "take out what could identify a person"),
    ],
)
def test_what_is_asked_is_asked_whole_and_kept_as_typed(
    one: Relationship, clients: dict[str, Client], changes: dict[str, str], says: str
) -> None:
    answer = clients["paul"].post(f"/desk/partners/{one.pk}/onboarding/", ASKED | changes)

    assert answer.status_code == 400
    assert says in answer.content.decode()
    assert not Onboarding.objects.exists()


def test_one_gate_is_open_at_a_time_and_what_ended_has_none(
    one: Relationship, clients: dict[str, Client]
) -> None:
    ask(clients["paul"], one)
    second = clients["paul"].post(f"/desk/partners/{one.pk}/onboarding/", ASKED)
    Relationship.objects.update(status="ended")
    after = clients["paul"].post(f"/desk/partners/{one.pk}/onboarding/", ASKED)

    assert b"is open already" in second.content
    assert b"has ended" in after.content


def test_what_began_without_its_gate_is_a_gap_that_is_seen(
    one: Relationship, clients: dict[str, Client]
) -> None:
    page = clients["bob"].get(f"/desk/partners/{one.pk}/").content.decode()
    listed = clients["bob"].get("/desk/partners/?gate=without").context["rows"]

    assert "Began without its gate." in page
    assert [each.pk for each, _reading in listed] == [one.pk]
