"""Anyone reads every approved version at an address that stays, and never a draft (UNGP 16, 21; L1)."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
import rfc8785
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hrdd.governance.models import User
from hrdd.governance.rules import Role
from risks.actions import policies as actions
from risks.actions.policy_force import repeal
from risks.models import Consultation, PolicyVersion
from risks.rules.policy import Clause
from tests.risks.policy_stage import (
    NOW,
    TODAY,
    WHY,
    approved,
    drafted,
    in_force,
    next_draft,
    person,
    signed_in,
)

KEPT_INSIDE = "Nobody outside reads this yet"
ADDRESSES = (
    "/policies/",
    "/policies.json",
    *(f"/policies/content-rules{tail}" for tail in ("/", ".json", "/1/", "/1.json", "/1/en/", "/1/changes/")),
    *(f"/policies/content-rules/2{tail}" for tail in ("/", ".json", "/en/", "/changes/", "/en/changes/")),
    *("/policies/content-rules/1/fr/", "/policies/content-rules/1/fr/changes/"),
)


@pytest.fixture
def ana(db: None) -> User:
    return person("ana", Role.ANALYST)


@pytest.fixture
def dan(db: None) -> User:
    return person("dan", Role.DECIDER)


@pytest.fixture
def first(ana: User, dan: User) -> PolicyVersion:
    return in_force(ana, dan)


@pytest.mark.parametrize("submitted", [False, True])
def test_no_draft_is_ever_public(first: PolicyVersion, ana: User, submitted: bool) -> None:
    clauses = (Clause("1", KEPT_INSIDE, KEPT_INSIDE),)
    drafts = [
        next_draft(first.policy, ana, title=KEPT_INSIDE, clauses=clauses, what_changed=KEPT_INSIDE * 2),
        drafted(ana, slug="secret", title=KEPT_INSIDE, clauses=clauses, what_changed=KEPT_INSIDE * 2),
    ]
    for draft in drafts if submitted else ():
        actions.submit(draft, by=ana, at=NOW)

    answers = {
        address: Client().get(address) for address in (*ADDRESSES, "/policies/secret/", "/policies/secret/1/")
    }

    assert [one for one, answer in answers.items() if KEPT_INSIDE in answer.content.decode()] == []
    there = {address for address, answer in answers.items() if answer.status_code == 200}
    assert there == {
        "/policies/",
        "/policies.json",
        *(
            f"/policies/content-rules{tail}"
            for tail in ("/", ".json", "/1/", "/1.json", "/1/en/", "/1/changes/")
        ),
    }
    assert {answer.status_code for answer in answers.values()} == {200, 404}


def test_every_version_stays_at_its_address_whatever_became_of_it(
    first: PolicyVersion, ana: User, dan: User
) -> None:
    second = approved(
        next_draft(first.policy, ana, clauses=(Clause("1", "Threats", "Never threaten people."),)), ana, dan
    )
    assert "Approved, not in force yet" in Client().get("/policies/content-rules/2/").content.decode()
    signed_in(dan).post(f"/desk/policies/versions/{second.pk}/force/")
    second.refresh_from_db()
    old = Client().get("/policies/content-rules/1/").content.decode()
    assert "Replaced by a later version" in old
    assert "Do not threaten people." in old

    repeal(second, reasons=WHY, by=dan, at=NOW)

    gone = Client().get("/policies/content-rules/2/").content.decode()
    assert "Repealed" in gone
    assert WHY in gone
    assert "No version" in Client().get("/policies/").content.decode()


def test_the_page_of_a_policy_shows_what_is_in_force_and_what_comes(
    first: PolicyVersion, ana: User, dan: User
) -> None:
    coming = TODAY + timedelta(days=30)
    approved(next_draft(first.policy, ana, in_force_from=coming), ana, dan)

    page = Client().get("/policies/content-rules/").content.decode()

    assert "Version 1, in force since" in page
    assert "<strong>least</strong>" in page
    assert "Version 2 was approved and comes into force on" in page


def test_each_language_has_its_address_and_says_which_language_it_is(
    first: PolicyVersion, ana: User, dan: User
) -> None:
    begun = {"in_force_from": first.in_force_on, "adopted_before": WHY}
    arabic = (Clause("1", "التهديد", "لا تهدد الناس."),)
    approved(
        next_draft(
            first.policy, ana, language="ar", translation=True, clauses=arabic, title="القواعد", **begun
        ),
        ana,
        dan,
    )

    page = Client().get("/policies/content-rules/1/ar/").content.decode()

    assert 'lang="ar" dir="rtl"' in page
    assert "لا تهدد الناس." in page
    assert "لا تهدد" not in Client().get("/policies/content-rules/").content.decode()
    assert Client().get("/policies/content-rules/1/fr/").status_code == 404


def test_what_changed_is_told_in_words_and_not_by_colour_only(
    first: PolicyVersion, ana: User, dan: User
) -> None:
    clauses = (
        Clause("1", "Threats", "Do not ever threaten people."),
        Clause("3", "Appeals", "You can appeal."),
    )
    approved(next_draft(first.policy, ana, clauses=clauses, in_force_from=TODAY), ana, dan)

    page = Client().get("/policies/content-rules/2/changes/").content.decode()

    assert '<ins><span class="unseen" lang="en"> [added:</span> ever' in page
    assert [f"Clause {number}" in page for number in ("1: changed", "2: removed", "3: added")] == [True] * 3
    first_page = Client().get("/policies/content-rules/1/changes/").content.decode()
    assert "first version in this language" in first_page


def test_the_data_holds_the_content_of_which_the_hash_is_made(first: PolicyVersion) -> None:
    told = Client().get("/policies/content-rules/1.json").json()

    [text] = told["texts"]
    assert text["content_hash"] == hashlib.sha256(rfc8785.dumps(text["content"])).hexdigest()
    assert text["content"]["clauses"][0]["text"] == "Do not threaten people."
    assert text["approved_by"] == "the head of the function"
    listed = Client().get("/policies.json").json()["policies"]
    assert [(one["policy"], one["version_in_force"]) for one in listed] == [("content-rules", 1)]
    assert Client().get("/policies/content-rules.json").json()["text_shown"]["texts"] == [text]


def test_no_name_of_staff_is_public(first: PolicyVersion) -> None:
    for address in ADDRESSES[:8]:
        said = Client().get(address).content.decode()
        assert "Ana" not in said
        assert "Dan" not in said


def test_only_published_consultations_are_named(ana: User, dan: User) -> None:
    kept = Consultation.objects.create(title="Kept inside", organiser=ana)
    told = Consultation.objects.create(
        title="Told to all", organiser=ana, screened_by=dan, published=True, published_at=NOW
    )
    in_force(ana, dan, consultations=[kept, told])

    page = Client().get("/policies/content-rules/").content.decode()

    assert f"/consultations/#consultation-{told.pk}" in page
    assert "Kept inside" not in page


@pytest.mark.parametrize(
    "address", ["/policies/", "/policies.json", "/policies/content-rules/", "/policies/content-rules/1.json"]
)
def test_an_unchanged_page_is_not_sent_twice_and_a_changed_one_is(
    first: PolicyVersion, ana: User, dan: User, address: str
) -> None:
    answer = Client().get(address)
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["Last-Modified"].endswith("GMT")
    assert not answer.cookies
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert Client().get(address, headers=tag).status_code == 304

    approved(next_draft(first.policy, ana, in_force_from=TODAY), ana, dan)

    assert Client().get(address, headers=tag).status_code == 200


def test_a_public_page_is_the_same_whoever_is_signed_in(first: PolicyVersion, ana: User) -> None:
    theirs, anybodys = signed_in(ana).get("/policies/"), Client().get("/policies/")

    assert theirs.headers["Cache-Control"] == "public, max-age=300"
    assert theirs.content == anybodys.content
    assert not theirs.cookies


def test_a_public_page_asks_the_database_as_often_for_one_policy_as_for_ten(
    first: PolicyVersion, ana: User, dan: User, django_assert_num_queries: Any
) -> None:
    with CaptureQueriesContext(connection) as before:
        Client().get("/policies/")
    for number in range(9):
        in_force(ana, dan, slug=f"policy-{number}")

    with django_assert_num_queries(len(before)):
        assert Client().get("/policies/").status_code == 200


def test_html_in_a_clause_is_shown_as_it_was_typed(ana: User, dan: User) -> None:
    in_force(ana, dan, clauses=(Clause("1", "<b>x</b>", "<script>alert(1)</script>"),))

    page = Client().get("/policies/content-rules/").content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
