"""The exit impact assessment: a draft that says what it lacks, one more group at a time, then frozen (UNGP 18, 19)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from risks.actions import exit_assessments
from risks.models import Consultation, ExitImpactAssessment, RelationshipRisk
from tests.risks.exit_stage import (
    NOW,
    WRITTEN,
    a_consultation,
    a_tie,
    assessed,
    client_of,
    considered,
    people,
    person,
    proposed,
    written,
)

REASONS = WRITTEN["comparison_reasons"]


@pytest.fixture
def tied(db: None) -> RelationshipRisk:
    people()
    return a_tie()


def a_form(consultation: Consultation | None = None, **changes: Any) -> dict[str, Any]:
    """Return an assessment that is whole, as the page sends it."""
    return {
        "group_rows": 1,
        "source_rows": 2,
        "group_1": "Small traders",
        "why_1": "They lose their only market.",
        "scale_1": "3",
        "scope_1": "3",
        "irremediability_1": "unknown",
        "likelihood_1": "4",
        "source_1": "Own user research",
        "source_kind_1": "own_research",
        "source_2": "A local organisation",
        "source_kind_2": "civil_society",
        "consultations": [consultation.pk] if consultation else [],
        "why_not_consulted": "" if consultation else "unsafe",
        "alternatives": "phased exit\nconditions",
        "mitigation": "Six months of notice.",
        "comparison": "exit_less_harm",
        "comparison_reasons": REASONS,
        "act": "complete",
    } | changes


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"group_1": ""}, "at least one group"),
        ({"scale_1": ""}, "for: Small traders"),
        ({"likelihood_1": ""}, "for: Small traders"),
        ({"source_kind_2": "own_data"}, "one of them outside the company"),
        ({"source_2": ""}, "at least 2 sources"),
        ({"why_not_consulted": ""}, "in which people were heard"),
        ({"alternatives": "conditions\nConditions "}, "at least 2 alternatives"),
        ({"mitigation": ""}, "softened"),
        ({"comparison": ""}, "compare the harm of leaving"),
        ({"comparison_reasons": "So it is."}, "at least 50 characters"),
    ],
)
def test_what_is_not_credible_is_kept_as_a_draft_and_told(
    tied: RelationshipRisk, changes: dict[str, str], says: str
) -> None:
    decision = considered(tied)

    answer = client_of("ana").post(f"/desk/exits/{decision.pk}/assessment/", a_form(**changes))

    page = answer.content.decode()
    assert answer.status_code == 400
    assert says in page
    assert "Own user research" in page
    draft = ExitImpactAssessment.objects.get()
    assert (draft.completed_on, draft.sources[0]["source"]) == (None, "Own user research")
    decision.refresh_from_db()
    assert decision.state == "assessing"


def test_one_more_group_and_source_keep_what_was_typed_without_a_script(tied: RelationshipRisk) -> None:
    decision = considered(tied)
    ana, address = client_of("ana"), f"/desk/exits/{decision.pk}/assessment/"

    bare = {"group_1": "Small traders", "mitigation": "Notice", "act": "group"}
    more = ana.post(address, bare | {"group_rows": 1, "source_rows": 2})
    assert more["Location"] == f"{address}#group-2"
    page = ana.get(address).content.decode()
    assert page.count("affected by leaving</legend>") == 2
    for words in (
        "Small traders",
        "Notice",
        "What is missing",
        "at least 2 sources",
        "10 000 000 people or more",
    ):
        assert words in page
    ana.post(address, {"group_rows": 2, "group_1": "Small traders", "group_2": "Drivers", "act": "source"})
    page = ana.get(address).content.decode()
    assert ("Drivers" in page, page.count("<legend>Source ")) == (True, 3)
    assert ana.post(address, {"group_1": "x" * 201, "act": "draft"}).status_code == 400
    assert ana.post(address, {"group_rows": "99999", "act": "draft"}).status_code == 302


def test_a_completed_assessment_is_superseded_and_never_rewritten(tied: RelationshipRisk) -> None:
    decision = considered(tied)
    consultation = a_consultation(decision)
    ana, address = client_of("ana"), f"/desk/exits/{decision.pk}/assessment/"
    assert ana.post(address, a_form(consultation)).status_code == 302
    first = ExitImpactAssessment.objects.get()
    assert (first.groups[0]["level"], first.severity_then, first.sources[1]["outside"]) == (4, 5, True)

    for statement in (
        "UPDATE risks_exitimpactassessment SET mitigation = 'x'",
        "DELETE FROM risks_exitimpactassessment",
        "DELETE FROM risks_exitimpactassessment_consultations",
        "UPDATE risks_exitimpactassessment_written_by SET id = id",
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute(statement)
    ana.post(address, a_form(consultation, mitigation="A year of notice."))
    decision.refresh_from_db()
    latest, earlier = ExitImpactAssessment.objects.all()
    assert (latest.supersedes, earlier.mitigation) == (earlier, "Six months of notice.")
    assert (decision.impact_assessment, decision.state) == (latest, "consulted")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"groups": []}, "at least one group"),
        ({"sources": [{"source": "a", "outside": True}]}, "two sources"),
        ({"sources": [{"source": "a", "outside": False}] * 2}, "one outside"),
        ({"alternatives": ["one"]}, "two alternatives"),
        ({"why_not_consulted": ""}, "who was consulted"),
        ({"comparison": ""}, "exit_assessment_has_comparison"),
        ({"completed_at": None}, "completed at a time"),
    ],
)
def test_the_database_completes_no_assessment_that_lacks_something(
    tied: RelationshipRisk, given: dict[str, Any], says: str
) -> None:
    decision = considered(tied)
    whole = {name: said for name, said in WRITTEN.items() if name != "consultations"}
    draft = exit_assessments.save_draft(
        decision, written(decision, consultations=[], why_not_consulted="urgent"), by=person("ana"), at=NOW
    )
    completing = {
        "completed_on": NOW.date(),
        "completed_at": NOW,
        "severity_then": 5,
        "why_not_consulted": "urgent",
    }

    with pytest.raises(DatabaseError, match=says), transaction.atomic():
        ExitImpactAssessment.objects.filter(pk=draft.pk).update(**whole | completing | given)


def test_consultations_are_offered_once_held_and_called_by_number(tied: RelationshipRisk) -> None:
    decision = considered(tied)
    held = a_consultation(decision)
    planned = Consultation.objects.create(title="Secret title", purpose="exit", organiser=person("amy"))
    ana, address = client_of("ana"), f"/desk/exits/{decision.pk}/assessment/"

    page = ana.get(address).content.decode()

    assert f"Consultation {held.pk} (exit), held" in page
    assert ("Secret title" in page, f"Consultation {planned.pk}" in page) == (False, False)
    refused = ana.post(address, a_form(held, consultations=[planned.pk]))
    assert "Consultations: choose from the list." in refused.content.decode()


def test_nobody_assesses_while_a_proposal_waits_nor_without_the_role(tied: RelationshipRisk) -> None:
    decision = proposed(tied)

    answer = client_of("ana").post(f"/desk/exits/{decision.pk}/assessment/", a_form())

    assert "before a proposal waits for signature" in answer.content.decode()
    assert client_of("paul").get(f"/desk/exits/{decision.pk}/assessment/").status_code == 403
    assert client_of("paul").get(f"/desk/exits/{decision.pk}/").status_code == 200


def test_an_assessment_again_before_the_proposal_puts_the_decision_back(tied: RelationshipRisk) -> None:
    decision = assessed(tied, at=NOW - timedelta(days=1))

    client_of("ana").post(f"/desk/exits/{decision.pk}/assessment/", a_form(act="draft"))

    decision.refresh_from_db()
    assert decision.state == "assessing"
