"""The people around one partner, and the pages by which its record is made."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from hrdd.governance.models import User
from hrdd.governance.rules import Role
from risks.models import Onboarding, Partner, Relationship, RelationshipRisk, Risk

NOW = datetime.now(tz=UTC)
TODAY = NOW.date()
LONG = "Checked against the contract and with the two people who run the account every day."
WARNING = "Its engineers would be arrested."
RECORDED = {"name": "Northern Cloud", "kind": "reseller", "supplied": "Hosting, resold to ministries"}
ASKED = {
    "use_case": "Hosting of case files of a ministry",
    "end_users": "Civil servants, on people who ask for asylum",
    "country": "KE",
    "red_flags": "The ministry was named in two reports of the ombudsperson.",
}
ROLES = {
    "ana": Role.ANALYST,
    "paul": Role.PARTNER_MGR,
    "rita": Role.REVIEWER,
    "dan": Role.DECIDER,
    "eve": Role.SENIOR,
    "rex": Role.REDACTOR,
    "bob": Role.BOARD,
}


@pytest.fixture
def people(db: None) -> dict[str, User]:
    return {
        name: User.objects.create_user(name, "x", display_name=name.capitalize(), roles=[role])
        for name, role in ROLES.items()
    }


@pytest.fixture
def clients(people: dict[str, User]) -> dict[str, Client]:
    made = {}
    for name, user in people.items():
        made[name] = Client()
        made[name].force_login(user)
    return made


@pytest.fixture
def one(people: dict[str, User]) -> Relationship:
    return relationship_with("Northern Cloud")


def relationship_with(name: str, *, warning: str = "", **given: Any) -> Relationship:
    partner, _new = Partner.objects.get_or_create(name=name, defaults={"naming_endangers": warning})
    kept = {"kind": "reseller", "supplied": "Hosting", "country": "KE"} | given
    return Relationship.objects.create(partner=partner, **kept)


def harm(relationship: Relationship, *, level: int, days: int, title: str = "Arrests") -> RelationshipRisk:
    """Tie a harm at a level, known for some days; its severity is judged."""
    risk = Risk.objects.create(title=title, summary="x", opened_on=date(2020, 1, 1), level=level)
    risk.assessments.create(
        **dict.fromkeys(("scale", "scope", "irremediability", "level"), level),
        incomplete=False,
        reason="x",
        holds_from=TODAY - timedelta(days=days),
        recorded_at=NOW,
        recorded_by="ana",
    )
    return RelationshipRisk.objects.create(
        relationship=relationship, risk=risk, known_since=TODAY - timedelta(days=days), how_known="x"
    )


def ask(client: Client, relationship: Relationship, **changes: str) -> Onboarding:
    answer = client.post(f"/desk/partners/{relationship.pk}/onboarding/", ASKED | changes)
    assert answer.status_code == 302
    return Onboarding.objects.latest("pk")
