"""What came to a list while somebody was away is marked there as new to them; what is guarded tells not even that."""

from datetime import timedelta

import pytest
from django.utils import timezone

from hrdd.governance.rules import Role
from risks.actions.lists import open_list
from risks.actions.partners import record_relationship
from risks.models import StatementOfReasons
from risks.rules.partner import PartnerFacts, RelationshipFacts
from tests.risks.consultation_stage import Stage, person, stage

__all__ = ["stage"]
NOW = timezone.now()
OPEN = "1"  # how dangerous it is to take part, where those outside the team read who was asked


def came(stage: Stage, name: str, *, risk: str = OPEN) -> None:
    if name == "partners":
        facts = RelationshipFacts(kind="reseller", supplied="Hosting")
        record_relationship(PartnerFacts("Northern Cloud"), facts, by=stage.ana, at=NOW)
    elif name == "consultations":
        assert stage.plan(risk_to_participants=risk).status_code == 302
    else:
        StatementOfReasons.objects.create(
            measure=stage.measure,
            puid="0f6e2b9c-9a5d-4a6e-8f0e-2a1c5b7d9e30",
            content={},
            text="x",
            ground="DECISION_GROUND_INCOMPATIBLE_CONTENT",
            category="STATEMENT_CATEGORY_VIOLENCE",
            sha256="0" * 64,
            issued_by=stage.ana,
            issued_at=NOW,
        )


def page_of(stage: Stage, name: str) -> str:
    return str(stage.by(stage.ana).get(f"/desk/{name}/").content.decode())


@pytest.mark.parametrize("name", ["partners", "consultations", "statements"])
def test_what_came_while_i_was_away_is_new_to_me_and_not_to_who_was_never_here(
    stage: Stage, name: str
) -> None:
    open_list(stage.ana, name, at=NOW - timedelta(days=2))
    came(stage, name)

    assert page_of(stage, name).count("New to you") == 1
    never = stage.by(person("rob", Role.REVIEWER)).get(f"/desk/{name}/").content.decode()
    assert "New to you" not in never


@pytest.mark.parametrize("name", ["partners", "consultations", "statements"])
def test_what_was_there_before_is_not_new(stage: Stage, name: str) -> None:
    came(stage, name)
    open_list(stage.ana, name, at=NOW + timedelta(days=1))

    open_list(stage.ana, name, at=NOW + timedelta(days=2))

    assert "New to you" not in page_of(stage, name)


def test_a_guarded_consultation_does_not_tell_those_outside_its_team_when_it_came(stage: Stage) -> None:
    for one in (stage.ana, stage.rita):
        open_list(one, "consultations", at=NOW - timedelta(days=2))
    came(stage, "consultations", risk="5")

    assert "kept for the team" in page_of(stage, "consultations")
    assert "New to you" not in page_of(stage, "consultations")
    assert "New to you" in stage.by(stage.rita).get("/desk/consultations/").content.decode()
