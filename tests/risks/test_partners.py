"""Leverage is used and measured by the right people, through the pages; the clock reads from knowledge."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hrdd.governance.models import User
from hrdd.governance.rules import Role
from risks.actions.standing import refresh
from risks.models import (
    LeverageAction,
    Relationship,
    RelationshipRisk,
    Risk,
    SeverityAssessment,
)
from risks.queries.time_to_change import story_of
from tests.risks.leverage_stage import measured

TODAY = datetime.now(tz=UTC).date()
REASONS = "Leverage was used at every rung for a year and nothing changed for the people affected."


def person(name: str, *roles: Role) -> User:
    return User.objects.create_user(name, "x", display_name=name.capitalize(), roles=list(roles))


@pytest.fixture
def ana(db: None) -> User:
    return person("ana", Role.ANALYST)


@pytest.fixture
def eve(db: None) -> User:
    return person("eve", Role.SENIOR)


@pytest.fixture
def risk(db: None) -> Risk:
    risk = Risk.objects.create(title="Arrests after data requests", summary="x", opened_on=date(2020, 1, 1))
    assess(risk, 5, on=TODAY - timedelta(days=60))
    return risk


def assess(risk: Risk, level: int, *, on: date) -> None:
    SeverityAssessment.objects.create(
        risk=risk,
        scale=level,
        scope=level,
        irremediability=level,
        level=level,
        incomplete=False,
        reason="x",
        holds_from=on,
        recorded_at=datetime.now(tz=UTC),
        recorded_by="ana",
    )
    refresh(risk, at=datetime.now(tz=UTC))


@pytest.fixture
def tied(risk: Risk, ana: User, client: Client) -> RelationshipRisk:
    client.force_login(ana)
    answer = client.post(
        "/desk/partners/new/",
        {"name": "Northern Cloud", "kind": "reseller", "supplied": "Hosting, resold to ministries"},
    )
    assert answer.status_code == 302
    relationship = Relationship.objects.get()
    answer = client.post(
        f"/desk/partners/{relationship.pk}/tie/",
        {
            "risk": risk.pk,
            "known_since": TODAY - timedelta(days=20),
            "how_known": "A press report, confirmed.",
        },
    )
    assert answer.status_code == 302
    return RelationshipRisk.objects.get()


def clock(tied: RelationshipRisk) -> tuple[str, str]:
    [(reading, _actions)] = story_of(tied.relationship, on=TODAY)
    return reading.clock.status, reading.clock.code


def use_leverage(client: Client, tied: RelationshipRisk, **effect: Any) -> LeverageAction:
    given = {
        "kind": "direct_dialogue",
        "rung": 0,
        "requested_change": "No disclosure without a court order.",
        "started_on": TODAY - timedelta(days=15),
        "deadline": TODAY,
    }
    assert client.post(f"/desk/partners/leverage/{tied.pk}/", given).status_code == 302
    action = LeverageAction.objects.latest("pk")
    if effect:
        told = {"baseline": "0"} | effect
        assert client.post(f"/desk/partners/effects/{action.pk}/", told).status_code == 302
    return action


def test_the_clock_reads_from_knowledge_through_leverage_to_exit(
    tied: RelationshipRisk, client: Client
) -> None:
    assert clock(tied) == ("EXIT_CONSIDERATION_DUE", "TIME_TO_CHANGE_EXPIRED")

    use_leverage(client, tied, effect=3, indicator="orders refused", measured="12", evidence="court files")

    assert clock(tied) == ("OK", "CHANGE_ACHIEVED")
    page = client.get(f"/desk/partners/{tied.relationship_id}/").content.decode()
    assert "No disclosure without a court order." in page
    assert "The abuse stopped, or the risk is at its target." in page


def test_a_promise_is_no_change_and_the_partners_own_word_no_evidence(
    tied: RelationshipRisk, client: Client
) -> None:
    action = use_leverage(client, tied)
    own_word = {
        "effect": 3,
        "indicator": "x",
        "measured": "y",
        "evidence": "their letter",
        "self_report_only": "on",
    }

    answer = client.post(f"/desk/partners/effects/{action.pk}/", own_word)
    bare = client.post(f"/desk/partners/effects/{action.pk}/", {"effect": 2})

    assert (answer.status_code, bare.status_code) == (400, 400)
    assert b"own word alone counts as a promise" in answer.content
    assert b"needs an indicator that moved" in bare.content
    with pytest.raises(DatabaseError), transaction.atomic():
        measured(action, 3, on=TODAY, self_report_only=True)


def test_a_warning_not_to_name_a_partner_is_never_lost(client: Client, ana: User) -> None:
    client.force_login(ana)
    given = {"name": "Northern Cloud", "kind": "reseller", "supplied": "x"}
    client.post("/desk/partners/new/", given)
    client.post(
        "/desk/partners/new/",
        given | {"name": "northern cloud", "naming_endangers": "Staff would be arrested."},
    )

    [one, other] = Relationship.objects.all()
    assert one.partner == other.partner
    assert "Staff would be arrested." in client.get(f"/desk/partners/{one.pk}/").content.decode()


@pytest.mark.parametrize("query", ["q=%00", "status=%00", "page=x", "q=%25&status=nothing"])
def test_an_odd_filter_is_no_error(client: Client, ana: User, query: str) -> None:
    client.force_login(ana)

    assert client.get(f"/desk/partners/?{query}").status_code == 200


def test_one_extension_with_a_measured_trend_and_none_at_level_five(
    tied: RelationshipRisk, client: Client, eve: User, risk: Risk
) -> None:
    client.force_login(eve)
    at_five = client.post(f"/desk/partners/extensions/{tied.pk}/", {"reasons": REASONS})
    assess(risk, 4, on=TODAY)
    no_trend = client.post(f"/desk/partners/extensions/{tied.pk}/", {"reasons": REASONS})
    client.force_login(User.objects.get(username="ana"))
    use_leverage(client, tied, effect=2, indicator="x", measured="1", evidence="audit")
    client.force_login(eve)
    first = client.post(f"/desk/partners/extensions/{tied.pk}/", {"reasons": REASONS})
    second = client.post(f"/desk/partners/extensions/{tied.pk}/", {"reasons": REASONS})

    assert b"at severity 5 there is no extension" in at_five.content
    assert b"partial change that was measured" in no_trend.content
    assert (first.status_code, second.status_code) == (302, 400)


def test_the_list_asks_the_database_as_often_for_one_partner_as_for_thirty(
    tied: RelationshipRisk, client: Client, risk: Risk, django_assert_num_queries: Any
) -> None:
    with CaptureQueriesContext(connection) as one:
        client.get("/desk/partners/")
    asked = len(one)
    for number in range(30):
        answer = {"name": f"Partner {number}", "kind": "reseller", "supplied": "x"}
        client.post("/desk/partners/new/", answer)
        RelationshipRisk.objects.create(
            relationship=Relationship.objects.latest("pk"), risk=risk, known_since=TODAY, how_known="x"
        )
    client.get("/desk/partners/")  # shows what was said of the thirty, which a page says once

    with django_assert_num_queries(asked):
        page = client.get("/desk/partners/").content.decode()
    assert "31 relationships" in page
