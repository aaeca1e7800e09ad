"""A policy is drafted by some and approved by others, and what was approved is never rewritten (UNGP 16, SD1)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hrdd.governance.models import AuditEvent, SignOff, User
from hrdd.governance.rules import NotAllowed, Role
from risks.actions import policies as actions
from risks.models import Consultation, Policy, PolicyVersion
from risks.rules.policy import Clause
from tests.risks.policy_stage import (
    ADOPTED,
    CLAUSES,
    NOW,
    TODAY,
    WHY,
    approved,
    asked,
    drafted,
    in_force,
    next_draft,
    person,
    sign,
    signed_in,
    written,
)


@pytest.fixture
def ana(db: None) -> User:
    return person("ana", Role.ANALYST)


@pytest.fixture
def dan(db: None) -> User:
    return person("dan", Role.DECIDER)


@pytest.fixture
def eve(db: None) -> User:
    return person("eve", Role.SENIOR)


def fields(version: PolicyVersion, *clauses: Clause, **changes: Any) -> dict[str, Any]:
    """Return what the editor sends."""
    given: dict[str, Any] = {
        "title": version.title,
        "what_changed": WHY,
        "consulted": WHY,
        "experts": WHY,
        "in_force_from": "",
        "next_review": (TODAY + timedelta(days=300)).isoformat(),
        "adopted_before": "",
        "seen_hash": actions.content_hash(version),
        "clauses-TOTAL_FORMS": len(clauses),
        "clauses-INITIAL_FORMS": 0,
    }
    for row, one in enumerate(clauses):
        for name in ("number", "heading", "text"):
            given[f"clauses-{row}-{name}"] = getattr(one, name)
    return given | changes


def decide(client: Client, version: PolicyVersion, decision: str = "approve", **given: Any) -> Any:
    waiting = asked(version)
    said = {"decision": decision, "seen_hash": waiting.content_hash, "reasons": WHY}
    return client.post(f"/desk/signoffs/{waiting.pk}/", said | given)


def test_a_policy_goes_through_the_pages_from_the_first_draft_to_approval(ana: User, dan: User) -> None:
    desk = signed_in(ana)
    recorded = desk.post(
        "/desk/policies/new/",
        {"title": "Rules", "slug": "Rules", "kind": "content_rules", "language": "en", "owner": "ana"},
    )
    version = PolicyVersion.objects.get()
    page = f"/desk/policies/versions/{version.pk}/"
    assert recorded.status_code == 302
    assert version.policy.slug == "rules"
    assert "Clauses: write at least one" in desk.get(page).content.decode()

    saved = desk.post(f"{page}edit/", fields(version, *CLAUSES) | {"act": "save"})
    submitted = desk.post(f"{page}submission/")
    decided = decide(signed_in(dan), version)

    version.refresh_from_db()
    assert [saved.status_code, submitted.status_code, decided.status_code] == [302, 302, 302]
    assert (version.state, version.approved_by, version.approved_as) == (
        "approved",
        dan,
        "the head of the function",
    )
    assert version.content_hash == actions.content_hash(version)
    assert version.parts == CLAUSES
    assert {event.action for event in AuditEvent.objects.filter(subject="policy rules, version 1 (en)")} >= {
        "drafted policy version",
        "saved policy draft",
        "submit for approval",
        "approve the version",
    }


def test_the_editor_adds_moves_and_removes_clauses_and_records_nothing_until_it_is_saved(ana: User) -> None:
    version = drafted(ana)
    desk, page = signed_in(ana), f"/desk/policies/versions/{version.pk}/edit/"

    def numbers(act: str, *clauses: Clause) -> list[str]:
        answer = desk.post(page, fields(version, *clauses, title="Typed") | {"act": act})
        assert answer.status_code == 200
        assert "Not saved yet" in answer.content.decode()
        assert 'value="Typed"' in answer.content.decode()
        return [one["number"].value() for one in answer.context["clauses"]]

    assert numbers("add", *CLAUSES) == ["1", "2", "3"]
    assert numbers("remove-0", *CLAUSES) == ["2"]
    assert numbers("up-1", *CLAUSES) == ["2", "1"]
    assert numbers("up-0", *CLAUSES) == ["1", "2"]
    assert numbers("remove-7", *CLAUSES) == ["1", "2"]
    assert numbers("remove-²", *CLAUSES) == ["1", "2"]
    version.refresh_from_db()
    assert (version.title, version.parts) == ("Rules on content", CLAUSES)


def test_an_unfinished_draft_is_saved_and_an_empty_clause_is_left_out(ana: User) -> None:
    version = drafted(ana)
    half = (Clause("7", "Half", ""), Clause("", "", ""))

    answer = signed_in(ana).post(
        f"/desk/policies/versions/{version.pk}/edit/", fields(version, *half, what_changed="", consulted="")
    )

    version.refresh_from_db()
    assert answer.status_code == 302
    assert (version.parts, version.what_changed) == ((half[0],), "")
    with pytest.raises(NotAllowed, match="Clause 7: give it a heading and a text"):
        actions.submit(version, by=ana, at=NOW)


@pytest.mark.parametrize(
    ("clauses", "says"),
    [
        ((Clause("x", "Threats", "x"),), "Number: use figures and dots"),
        ((Clause("1", "a", "x"), Clause("1", "b", "y")), "number 1 stands twice"),
        ((Clause("1", "a", "x" * 5001),), "Text: keep it under 5000 characters"),
    ],
)
def test_the_editor_keeps_what_was_typed_and_names_what_is_wrong(
    ana: User, clauses: tuple[Clause, ...], says: str
) -> None:
    version = drafted(ana)

    answer = signed_in(ana).post(
        f"/desk/policies/versions/{version.pk}/edit/", fields(version, *clauses, title="Typed")
    )

    assert answer.status_code == 400
    assert says in answer.content.decode()
    assert 'value="Typed"' in answer.content.decode()
    assert PolicyVersion.objects.get().parts == CLAUSES


def test_nobody_overwrites_what_another_saved_in_between(ana: User) -> None:
    version = drafted(ana)
    stale = fields(version, *CLAUSES)
    written(version, person("pia", Role.PUBLISHER), title="Saved by Pia")

    answer = signed_in(ana).post(f"/desk/policies/versions/{version.pk}/edit/", stale)

    assert answer.status_code == 400
    assert "Somebody saved this draft since you opened it" in answer.content.decode()
    assert PolicyVersion.objects.get().title == "Saved by Pia"


def test_nobody_who_wrote_a_word_of_it_approves_it(ana: User, dan: User) -> None:
    dan.roles = [Role.DECIDER, Role.ANALYST]
    dan.save()
    version = written(drafted(ana), dan)
    actions.submit(version, by=ana, at=NOW)

    by_author, by_asker = decide(signed_in(dan), version), decide(signed_in(ana), version)

    assert (by_author.status_code, by_asker.status_code) == (400, 400)
    assert "SD1" in by_author.content.decode()
    assert PolicyVersion.objects.get().state == "submitted"
    assert sign(version, person("fay", Role.DECIDER)).state == "approved"


@pytest.mark.parametrize(("role", "may"), [(Role.DECIDER, False), (Role.SENIOR, False), (Role.BOARD, True)])
def test_a_policy_commitment_is_approved_by_the_board_only(ana: User, role: Role, may: bool) -> None:
    version = drafted(ana, slug="commitment", kind="policy_commitment")
    actions.submit(version, by=ana, at=NOW)

    answer = decide(signed_in(person("somebody", role)), version)

    version.refresh_from_db()
    assert (answer.status_code, version.state) == ((302, "approved") if may else (400, "submitted"))


def test_an_edit_voids_the_sign_off_that_was_asked_for(ana: User, dan: User) -> None:
    version = drafted(ana)
    waiting = actions.submit(version, by=ana, at=NOW)

    answer = signed_in(ana).post(
        f"/desk/policies/versions/{version.pk}/edit/", fields(version, *CLAUSES, title="Other rules")
    )

    waiting.refresh_from_db()
    version.refresh_from_db()
    assert answer.status_code == 302
    assert (waiting.decision, version.state, version.content_hash) == ("void", "draft", "")
    with pytest.raises(NotAllowed):
        actions.decide(waiting, by=dan, at=NOW, approve=True, reasons="", seen_hash=waiting.content_hash)


def test_a_decision_is_bound_to_the_text_that_was_submitted(ana: User, dan: User) -> None:
    version = drafted(ana)
    actions.submit(version, by=ana, at=NOW)
    PolicyVersion.objects.filter(pk=version.pk).update(title="Slipped in")

    answer = decide(signed_in(dan), version)

    assert answer.status_code == 400
    assert "no longer what was submitted" in answer.content.decode()


def test_a_refused_version_is_a_draft_again_with_the_reasons_on_its_page(ana: User, dan: User) -> None:
    version = drafted(ana)
    actions.submit(version, by=ana, at=NOW)

    answer = decide(
        signed_in(dan), version, "refuse", reasons="Clause 2 says nothing about how long it lasts."
    )

    version.refresh_from_db()
    assert (answer.status_code, version.state) == (302, "draft")
    page = signed_in(ana).get(f"/desk/policies/versions/{version.pk}/").content.decode()
    assert "Clause 2 says nothing about how long it lasts." in page


def test_what_waited_past_its_day_is_not_approved(ana: User, dan: User) -> None:
    version = drafted(ana, in_force_from=TODAY)
    actions.submit(version, by=ana, at=NOW)

    with pytest.raises(NotAllowed, match="In force from: choose today or later"):
        sign(version, dan, at=NOW + timedelta(days=1))


def test_a_second_number_waits_until_the_first_is_finished_but_a_translation_does_not(
    ana: User, dan: User
) -> None:
    version = in_force(ana, dan)
    draft = next_draft(version.policy, ana)

    with pytest.raises(NotAllowed, match="Version 2 is in work already"):
        actions.draft_version(version.policy, language="fr", translation=False, by=ana, at=NOW)
    french = actions.draft_version(version.policy, language="fr", translation=True, by=ana, at=NOW)
    with pytest.raises(NotAllowed, match="is there in Français already"):
        actions.draft_version(version.policy, language="fr", translation=True, by=ana, at=NOW)

    assert [(one.number, one.language, one.state) for one in (draft, french)] == [
        (2, "en", "draft"),
        (2, "fr", "draft"),
    ]
    assert french.parts == draft.parts


def test_an_address_that_is_taken_is_refused_in_a_sentence(ana: User) -> None:
    drafted(ana)

    answer = signed_in(ana).post(
        "/desk/policies/new/",
        {"title": "Again", "slug": "content-rules", "kind": "data", "language": "en", "owner": "ana"},
    )

    assert answer.status_code == 400
    assert "Address: “content-rules” is another policy" in answer.content.decode()


REWRITES = [
    "UPDATE risks_policyversion SET clauses = '[]'",
    "UPDATE risks_policyversion SET title = 'x'",
    "UPDATE risks_policyversion SET what_changed = 'x'",
    "UPDATE risks_policyversion SET consulted = 'x'",
    "UPDATE risks_policyversion SET content_hash = 'x'",
    "UPDATE risks_policyversion SET authors = '[]'",
    "UPDATE risks_policyversion SET approved_as = 'the board'",
    "UPDATE risks_policyversion SET number = 9",
    "UPDATE risks_policyversion SET language = 'fr'",
    "UPDATE risks_policyversion SET in_force_on = in_force_on - 1",
    "UPDATE risks_policyversion SET state = 'draft', approved_by_id = NULL, approved_at = NULL",
    "UPDATE risks_policyversion SET state = 'approved'",
    "DELETE FROM risks_policyversion",
    "TRUNCATE risks_policyversion CASCADE",
    "UPDATE risks_policy SET kind = 'data'",
    "UPDATE risks_policy SET slug = 'elsewhere'",
    "DELETE FROM risks_policyversion_consultations",
]


@pytest.mark.parametrize("statement", REWRITES)
def test_the_database_refuses_to_rewrite_what_was_approved(ana: User, dan: User, statement: str) -> None:
    heard = Consultation.objects.create(title="Users", organiser=ana)
    in_force(ana, dan, consultations=[heard])

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_takes_no_version_that_did_not_begin_as_a_draft(ana: User, dan: User) -> None:
    policy = drafted(ana).policy

    with pytest.raises(DatabaseError, match="begins as a draft"), transaction.atomic():
        PolicyVersion.objects.create(
            policy=policy,
            number=2,
            language="en",
            title="x",
            state="approved",
            drafted_by=ana,
            drafted_at=NOW,
            content_hash="x",
            approved_by=dan,
            approved_at=NOW,
            changed_at=NOW,
        )


def test_the_database_keeps_who_drafted_and_who_approved_apart(ana: User) -> None:
    version = drafted(ana)
    PolicyVersion.objects.filter(pk=version.pk).update(state="submitted")

    with pytest.raises(DatabaseError, match="policy_version_approved_by_another"), transaction.atomic():
        PolicyVersion.objects.filter(pk=version.pk).update(
            state="approved", content_hash="x", approved_by=ana, approved_at=NOW
        )


def test_the_database_keeps_one_version_in_force_at_a_time(ana: User, dan: User) -> None:
    version = in_force(ana, dan)
    second = approved(next_draft(version.policy, ana), ana, dan)

    with pytest.raises(DatabaseError, match="One version of a policy is in force"), transaction.atomic():
        PolicyVersion.objects.filter(pk=second.pk).update(state="in_force", in_force_on=TODAY)


def test_the_list_counts_filters_and_shows_what_is_in_work(ana: User, dan: User) -> None:
    version = in_force(ana, dan)
    next_draft(version.policy, ana)
    drafted(ana, slug="data", kind="data")
    desk = signed_in(ana)

    whole = desk.get("/desk/policies/").content.decode()
    draft_only = desk.get("/desk/policies/?state=none").content.decode()
    of_kind = desk.get("/desk/policies/?kind=grievances").content.decode()

    assert "2 policies" in whole
    assert "No policy commitment is in force" in whole
    assert "In force: 1" in whole
    assert "A version is in work: 2" in whole
    assert "1 policy match" in draft_only
    assert "No policy matches" in of_kind


def test_the_list_asks_the_database_as_often_for_one_policy_as_for_ten(
    ana: User, dan: User, django_assert_num_queries: Any
) -> None:
    in_force(ana, dan)
    desk = signed_in(ana)
    with CaptureQueriesContext(connection) as before:
        desk.get("/desk/policies/")
    for number in range(9):
        next_draft(in_force(ana, dan, slug=f"policy-{number}").policy, ana)

    with django_assert_num_queries(len(before)):
        assert desk.get("/desk/policies/").status_code == 200


def test_the_desk_shows_what_changed_between_two_versions(ana: User, dan: User) -> None:
    version = in_force(ana, dan)
    second = next_draft(
        version.policy, ana, clauses=(Clause("1", "Threats", "Do not ever threaten people."),)
    )

    page = signed_in(dan).get(f"/desk/policies/versions/{second.pk}/since/{version.pk}/").content.decode()

    assert '<ins><span class="unseen" lang="en"> [added:</span> ever' in page
    assert "Clause 2: removed" in page


def test_only_whoever_drafts_by_role_drafts(dan: User, ana: User) -> None:
    version = drafted(ana)
    desk = signed_in(dan)

    assert desk.get("/desk/policies/new/").status_code == 403
    assert desk.post(f"/desk/policies/versions/{version.pk}/submission/").status_code == 403
    with pytest.raises(NotAllowed, match="Your role may not draft a policy"):
        actions.submit(version, by=dan, at=NOW)


def test_the_api_drafts_and_submits_by_the_same_rules(ana: User, dan: User) -> None:
    api = signed_in(ana)
    recorded = api.post(
        "/api/v1/policies/",
        {"title": "Rules", "slug": "rules", "kind": "content_rules", "language": "en", "owner": "ana"},
        content_type="application/json",
    ).json()
    address = f"/api/v1/policy-versions/{recorded['id']}/"
    early = api.post(f"{address}submission/")
    assert early.status_code == 409
    assert "Clauses: write at least one" in early.json()["detail"]
    assert recorded["lacking"] != []

    saved = api.put(
        address,
        {
            "title": "Rules",
            "clauses": [{"number": "1", "heading": "Threats", "text": "Do not threaten."}],
            "what_changed": WHY,
            "consulted": WHY,
            "seen_hash": recorded["draft_hash"],
        },
        content_type="application/json",
        headers={"if-match": "*"},
    )
    submitted = api.post(f"{address}submission/")

    assert (saved.status_code, submitted.status_code) == (200, 200)
    assert (submitted.json()["state"], submitted.json()["lacking"]) == ("submitted", [])
    version = sign(PolicyVersion.objects.get(), dan)
    assert api.get(address).json()["state"] == version.state == "approved"
    listed = api.get("/api/v1/policies/?kind=content_rules").json()["results"]
    assert [one["versions"][0]["state"] for one in listed] == ["approved"]
    assert signed_in(dan).post(f"{address}submission/").status_code == 403
    began = api.post(
        f"/api/v1/policies/{version.policy_id}/versions/",
        {"language": "fr", "translation": True},
        content_type="application/json",
    )
    assert (began.status_code, began.json()["number"]) == (201, 1)
    stale = {"title": "x", "clauses": [], "seen_hash": "x"}
    assert api.put(address, stale, "application/json", headers={"if-match": "*"}).status_code == 409


def test_a_text_that_was_in_force_already_is_in_force_once_its_record_is_approved(
    ana: User, eve: User
) -> None:
    version = in_force(ana, eve, days=-400)

    assert (version.state, version.in_force_on) == ("in_force", TODAY - timedelta(days=400))
    assert version.adopted_before == ADOPTED
    assert SignOff.objects.get().decision == "approved"
    assert Policy.objects.get().versions.count() == 1
