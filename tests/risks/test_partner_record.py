"""The record of a partner: corrections, what is crucial, terms by version, lists, owners and sealed contacts."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import NotAllowed
from risks.actions.contacts import erase_contact, open_contact
from risks.models import AgreedTerms, CrucialTest, Partner, PartnerContact, PartnerNote, Product, Relationship
from tests.risks.partner_stage import LONG, RECORDED, TODAY, WARNING, clients, one, people
from tests.risks.policy_stage import approved, in_force, next_draft

__all__ = ["clients", "one", "people"]
KEPT = {"kind": "reseller", "supplied": "Hosting", "country": "KE", "reasons": LONG}
SECRETS = ("Pat Poe", "pat@example.org", "+49 30 1234567")
CONTACT = dict(zip(("name", "email", "phone"), SECRETS, strict=True)) | {"role": "Head of compliance"}


def audit() -> str:
    rows = AuditEvent.objects.values_list("actor", "action", "subject", "detail")
    return "".join(str(row) for row in rows)


def at(one: Relationship, part: str = "") -> str:
    return f"/desk/partners/{one.pk}/{part}"


def test_a_correction_is_kept_before_and_after_and_cannot_be_changed(
    one: Relationship, clients: dict[str, Client], people: dict[str, User]
) -> None:
    given = KEPT | {
        "kind": "supplier",
        "supplied": "Hosting for Northern Cloud",
        "products": "Maps, Mail",
        "revenue_band": "1m_10m",
        "owner": "ana",
    }

    answer = clients["paul"].post(at(one, "facts/"), given, follow=True)

    one.refresh_from_db()
    page = answer.content.decode()
    assert (one.kind, one.owner, one.revenue_band) == ("supplier", people["ana"], "1m_10m")
    assert sorted(one.products.values_list("name", flat=True)) == ["Mail", "Maps"]
    for said in ("<del>Reseller</del>", "<ins>Supplier</ins>", "1 to 10 million euros", "Maps, Mail", LONG):
        assert said in page
    [logged] = AuditEvent.objects.filter(action="corrected relationship")
    kind = {"field": "Kind of relationship", "before": "Reseller", "after": "Supplier"}
    assert logged.detail["changed"][0] == kind
    assert "Northern" not in audit()
    assert "(names the partner; see its page)" in audit()
    for statement in (
        "UPDATE risks_partnercorrection SET reasons = 'x'",
        "DELETE FROM risks_partnercorrection",
    ):
        refused = pytest.raises(DatabaseError, match="append-only")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"reasons": "Typo."}, "at least 50 characters"),
        ({}, "Nothing differs from what is on record"),
        ({"supplied": ""}, "say what is supplied"),
        ({"supplied": "Ask pat@example.org"}, "take out what could identify a person"),
        ({"kind": "friend"}, "Kind of relationship: choose one from the list"),
        ({"started_on": TODAY + timedelta(days=1)}, "this day is still to come"),
        (
            {"started_on": TODAY, "contract_end": TODAY - timedelta(days=1)},
            "ends before the relationship began",
        ),
    ],
)
def test_a_correction_that_is_none_is_refused(
    one: Relationship, clients: dict[str, Client], changes: dict[str, Any], says: str
) -> None:
    answer = clients["paul"].post(at(one, "facts/"), KEPT | changes)

    assert answer.status_code == 400
    assert says in answer.content.decode()
    assert not one.corrections.exists()


def test_a_name_and_a_warning_stay_out_of_the_audit_and_a_warning_is_lifted_by_the_safety_officer_alone(
    one: Relationship, clients: dict[str, Client]
) -> None:
    Partner.objects.create(name="Southern Cloud")
    warned = {"name": "Boreal", "naming_endangers": WARNING, "reasons": LONG}

    taken = clients["paul"].post(at(one, "partner/"), warned | {"name": "SOUTHERN cloud"})
    renamed = clients["paul"].post(at(one, "partner/"), warned)
    lost = clients["paul"].post(at(one, "partner/"), warned | {"naming_endangers": ""})
    barred = clients["ana"].post(at(one, "warning/"), {"naming_endangers": "", "reasons": LONG})
    page = clients["rex"].get(at(one)).content.decode()
    lifted = clients["rex"].post(at(one, "warning/"), {"naming_endangers": "", "reasons": LONG})

    one.partner.refresh_from_db()
    assert b"another partner has this name" in taken.content
    assert b"added to, never taken off here" in lost.content
    assert (renamed.status_code, barred.status_code, lifted.status_code) == (302, 403, 302)
    assert (one.partner.name, one.partner.naming_endangers) == ("Boreal", "")
    assert "<del>Northern Cloud</del>" in page
    assert "Do not name this partner in public" in page
    assert not any(name in audit() for name in ("Northern", "Boreal", "arrested"))


def test_a_crucial_relationship_is_found_by_a_senior_for_both_reasons_and_looked_at_each_year(
    one: Relationship, clients: dict[str, Client], people: dict[str, User]
) -> None:
    both = {
        "crucial": "yes",
        "essential": "Emergency calls of hospitals run over it.",
        "no_alternative": "Three others were asked; none has lines there.",
        "reasons": LONG,
    }
    barred = [clients[name].post(at(one, "crucial/"), both).status_code for name in ("paul", "ana", "dan")]
    half = clients["eve"].post(at(one, "crucial/"), both | {"no_alternative": ""})
    money = clients["eve"].post(at(one, "crucial/"), both | {"essential": "It brings most of our revenue."})
    found = clients["eve"].post(at(one, "crucial/"), both)
    one.refresh_from_db()
    on_time = clients["eve"].get("/desk/").content.decode()
    Relationship.objects.update(crucial_due=TODAY - timedelta(days=1))
    late = clients["eve"].get("/desk/").content.decode()

    assert barred == [403] * 3
    assert b"Give both reasons; revenue is none." in half.content
    assert b"is no reason" in money.content
    assert found.status_code == 302
    assert (one.crucial, one.crucial_due.year if one.crucial_due else 0) == (True, TODAY.year + 1)
    assert "that is due every year" not in on_time
    assert "that is due every year" in late
    assert "Overdue" in clients["bob"].get(at(one)).content.decode()
    assert "that is due every year" not in clients["ana"].get("/desk/").content.decode()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        CrucialTest.objects.update(crucial=False)
    with pytest.raises(DatabaseError, match="crucial_test_has_both_reasons"), transaction.atomic():
        one.crucial_tests.create(
            crucial=True,
            essential="x",
            reasons="x",
            tested_by=people["eve"],
            tested_at=one.crucial_tests.get().tested_at,
        )


def test_who_earns_by_a_partner_is_named_in_the_browser_and_decides_nothing_about_it(
    one: Relationship, clients: dict[str, Client], people: dict[str, User]
) -> None:
    named = clients["eve"].post(at(one, "revenue-owners/"), {"owners": ["eve", "paul"], "reasons": LONG})
    judged = clients["eve"].post(at(one, "crucial/"), {"crucial": "no", "reasons": LONG})
    herself = clients["eve"].post(at(one, "revenue-owners/"), {"owners": ["paul"], "reasons": LONG})

    assert named.status_code == 302
    assert b"SD4" in judged.content
    assert b"nobody takes themselves off" in herself.content
    assert set(one.revenue_owners.all()) == {people["eve"], people["paul"]}
    assert clients["paul"].get(at(one, "revenue-owners/")).status_code == 403
    assert "Have a revenue target on it" in clients["bob"].get(at(one)).content.decode()


def test_terms_follow_the_policy_by_version_and_warn_when_it_moved_on(
    one: Relationship, clients: dict[str, Client], people: dict[str, User]
) -> None:
    first = in_force(people["ana"], people["dan"])
    paul = clients["paul"]
    since = {"agreed_from": TODAY - timedelta(days=50)}
    assert paul.post(at(one, "terms/"), {"policy_version": first.pk, **since}).status_code == 302
    code = {"code_name": "Joint code of moderators", "code_version": "2023", "source": "Annex 4"}
    assert paul.post(at(one, "terms/"), code | since).status_code == 302
    before = paul.get(at(one)).content.decode()
    second = approved(
        next_draft(first.policy, people["ana"], in_force_from=TODAY), people["ana"], people["dan"]
    )
    behind = paul.get(at(one)).content.decode()
    agreed = paul.post(at(one, "terms/"), {"policy_version": second.pk, "agreed_from": TODAY})
    after = paul.get(at(one)).content.decode()

    assert second.state == "in_force"
    assert "Behind the policy." not in before
    assert "the partner agreed to version 1" in behind
    assert "Joint code of moderators, 2023" in behind
    assert agreed.status_code == 302
    assert "Behind the policy." not in after
    earlier = AgreedTerms.objects.get(policy_version=first)
    assert (earlier.agreed_until, earlier.ended_by) == (TODAY - timedelta(days=1), people["paul"])


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "choose a version of one of our policies, or name an outside code"),
        ({"code_name": "A code"}, "give its name and its version"),
        ({"code_name": "A code", "code_version": "1", "policy_version": "own"}, "choose a version of one"),
        ({"policy_version": "draft"}, "choose a version that is or was in force"),
        (
            {"code_name": "A", "code_version": "1", "agreed_from": TODAY + timedelta(days=1)},
            "this day is still to come",
        ),
        (
            {"code_name": "A", "code_version": "1", "agreed_until": TODAY - timedelta(days=1)},
            "end before they begin",
        ),
    ],
)
def test_terms_that_nobody_can_have_agreed_to_are_refused(
    one: Relationship, clients: dict[str, Client], people: dict[str, User], given: dict[str, Any], says: str
) -> None:
    own = in_force(people["ana"], people["dan"])
    versions = {"own": own.pk, "draft": next_draft(own.policy, people["ana"]).pk}
    sent = {"agreed_from": TODAY} | given
    if "policy_version" in sent:
        sent["policy_version"] = versions[str(sent["policy_version"])]

    answer = clients["paul"].post(at(one, "terms/"), sent)

    assert answer.status_code == 400
    assert says in answer.content.decode()


def test_terms_are_ended_once_and_never_rewritten(one: Relationship, clients: dict[str, Client]) -> None:
    paul = clients["paul"]
    paul.post(at(one, "terms/"), {"code_name": "A code", "code_version": "1", "agreed_from": TODAY})
    terms = AgreedTerms.objects.get()
    end = {"on": TODAY, "reasons": LONG}

    answers = [paul.post(f"/desk/partners/terms/{terms.pk}/end/", end) for _twice in range(2)]

    assert [one.status_code for one in answers] == [302, 400]
    assert b"have an end already" in answers[1].content
    for statement in (
        "UPDATE risks_agreedterms SET code_version = '2'",
        "UPDATE risks_agreedterms SET agreed_until = NULL, ended_by_id = NULL, ending_reasons = ''",
        "DELETE FROM risks_agreedterms",
    ):
        refused = pytest.raises(DatabaseError, match="never rewritten")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_lists_and_owners_have_a_day_and_a_source_and_are_replaced_never_edited(
    one: Relationship, clients: dict[str, Client]
) -> None:
    paul, source = clients["paul"], "https://example.org/list?of=entities"
    listed = {"subject": "EU list", "standing": "listed", "source": source, "noted_on": TODAY}
    owned = {"subject": "Boreal Holding", "share": "60", "source": "Register of companies", "noted_on": TODAY}
    assert paul.post(at(one, "notes/sanctions/"), listed).status_code == 302
    assert paul.post(at(one, "notes/ownership/"), owned).status_code == 302
    note = PartnerNote.objects.get(kind="sanctions")

    unsourced = paul.post(at(one, "notes/sanctions/"), listed | {"source": ""})
    unsaid = paul.post(at(one, "notes/sanctions/"), listed | {"standing": ""})
    too_much = paul.post(at(one, "notes/ownership/"), owned | {"subject": "The State", "share": "50"})
    to_come = paul.post(at(one, "notes/ownership/"), owned | {"noted_on": TODAY + timedelta(days=1)})
    change = listed | {"standing": "delisted", "since": TODAY}
    replaced = [paul.post(at(one, f"notes/sanctions/{note.pk}/"), change) for _twice in range(2)]

    page = clients["bob"].get(at(one)).content.decode()
    assert b"Source: fill it in." in unsourced.content
    assert b"Standing: choose one from the list." in unsaid.content
    assert b"hold 60 % already" in too_much.content
    assert b"this day is still to come" in to_come.content
    assert [one.status_code for one in replaced] == [302, 400]
    assert b"was replaced already" in replaced[1].content
    for said in ("Taken off the list", "Replaced: 1", "60 %", f'href="{source}"'):
        assert said in page
    assert paul.get(at(one, "notes/gossip/")).status_code == 404
    for statement in ("UPDATE risks_partnernote SET source = 'x'", "DELETE FROM risks_partnernote"):
        refused = pytest.raises(DatabaseError, match="append-only")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_contact_is_sealed_and_read_only_with_a_trace(
    one: Relationship, clients: dict[str, Client]
) -> None:
    paul = clients["paul"]
    assert paul.post(at(one, "contacts/"), CONTACT).status_code == 302
    contact = PartnerContact.objects.get()
    telling = paul.post(at(one, "contacts/"), CONTACT | {"role": "Pat Poe, compliance"})
    unreachable = paul.post(at(one, "contacts/"), {"role": "x", "name": "y"})

    seen = [clients[name].get(at(one)).content.decode() for name in ("paul", "bob", "rex")]
    opened = paul.post(at(one, f"contacts/{contact.pk}/open/"))
    barred = [
        clients[name].post(at(one, f"contacts/{contact.pk}/open/")).status_code for name in ("bob", "rex")
    ]

    assert b"name, the pseudonym or the contact" in telling.content
    assert b"at least one way to reach them" in unreachable.content
    assert ["Head of compliance" in page for page in seen] == [True, False, False]
    assert all(secret in opened.content.decode() for secret in SECRETS)
    assert "no-store" in opened.headers["Cache-Control"]
    assert barred == [403, 403]
    assert AuditEvent.objects.get(action="opened contact of partner").detail == {"contact": contact.pk}
    everywhere = "".join([*seen, audit(), str(bytes(contact.sealed)), contact.role])
    for address in ("/desk/partners/", "/desk/partners/export.csv", "/desk/partners/export.json"):
        everywhere += b"".join(clients["bob"].get(address)).decode()
    for address in (f"/api/v1/partners/{one.partner_id}/", f"/api/v1/relationships/{one.pk}/"):
        everywhere += clients["ana"].get(address).content.decode()
    assert not any(secret in everywhere for secret in SECRETS)
    assert not clients["ana"].get("/desk/partners/?q=pat@example.org").context["rows"]


@pytest.mark.parametrize("act", [open_contact, erase_contact])
def test_the_roles_of_contacts_hold_behind_the_page_too(
    act: Callable[..., object], one: Relationship, clients: dict[str, Client]
) -> None:
    clients["paul"].post(at(one, "contacts/"), CONTACT)

    with pytest.raises(NotAllowed):
        act(PartnerContact.objects.get(), by=User.objects.get(username="rex"), at=timezone.now())

    assert PartnerContact.objects.exists()
    assert not AuditEvent.objects.filter(action__in=["opened contact of partner", "erased contact"]).exists()


def test_a_read_that_cannot_be_logged_shows_nothing_and_an_erased_contact_is_gone(
    one: Relationship, clients: dict[str, Client]
) -> None:
    paul = clients["paul"]
    paul.post(at(one, "contacts/"), CONTACT)
    contact = PartnerContact.objects.get()
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE governance_auditevent ADD CONSTRAINT no_reads CHECK (action NOT LIKE 'opened%')"
        )

    unlogged = paul.post(at(one, f"contacts/{contact.pk}/open/"), follow=True)
    erased = paul.post(at(one, f"contacts/{contact.pk}/erase/"), follow=True)

    assert "could not be written to the audit log" in unlogged.content.decode()
    assert not any(secret in unlogged.content.decode() for secret in SECRETS)
    assert "is erased" in erased.content.decode()
    assert not PartnerContact.objects.exists()


def test_what_is_recorded_leads_to_its_page(clients: dict[str, Client]) -> None:
    answer = clients["paul"].post("/desk/partners/new/", RECORDED | {"products": "Maps", "owner": "paul"})
    started = clients["paul"].post(
        "/desk/partners/new/", RECORDED | {"not_begun": "on", "started_on": TODAY, "supplied": "Other"}
    )

    one = Relationship.objects.get()
    assert answer.headers["Location"] == at(one)
    assert Product.objects.get().name == "Maps"
    assert b"leave the day empty until it does" in started.content
    with pytest.raises(DatabaseError, match="not_begun_has_no_day"), transaction.atomic():
        Relationship.objects.update(status="proposed", started_on=TODAY)
