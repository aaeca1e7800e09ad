"""A risk is recorded and corrected on a form, refused in sentences, logged without what it says."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import NotAllowed, Role
from risks.actions.recording import correct_facts, facts_of, record_product, record_risk
from risks.models import Partner, Product, Risk, SeverityAssessment

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
NEW = "/desk/risks/new/"
TYPED: dict[str, Any] = {
    "title": "Reporters identified through data requests",
    "summary": "Account data is asked for without a court order.",
    "affected_groups": "people who report on the conflict\r\ntheir families",
    "vulnerabilities": ["defenders_journalists"],
    "why_vulnerable": "Reporting is prosecuted under the emergency law.",
    "rights": ["EXPRESSION", "PRIVACY"],
    "how": "Fear of being identified silences people.",
    "countries": "ET, Kenya",
    "products": "Messaging, Maps",
    "activity": "data_disclosure",
    "source": "consultation",
    "drivers": ["government_customer"],
    "context_tags": ["election"],
    "context_until": "2027-06-30",
    "threat_to_life": "on",
}


@pytest.fixture
def ana(db: None, capsys: pytest.CaptureFixture[str]) -> User:
    call_command("load_rights")
    return User.objects.create_user("ana", "x", display_name="Ana", roles=[Role.ANALYST])


@pytest.fixture
def analyst(ana: User, client: Client) -> Client:
    client.force_login(ana)
    return client


@pytest.fixture
def risk(analyst: Client) -> Risk:
    assert analyst.post(NEW, TYPED).status_code == 302
    return Risk.objects.get()


def test_what_was_typed_is_on_record_as_a_draft(risk: Risk, ana: User) -> None:
    assert (risk.status, risk.recorded_by, risk.level, risk.incomplete) == ("draft", "ana", 4, True)
    assert risk.affected_groups == [
        {"group": "people who report on the conflict", "size": ""},
        {"group": "their families", "size": ""},
    ]
    assert (risk.countries, risk.drivers) == (["ET", "KE"], ["government_customer"])
    assert (risk.context_until, risk.threat_to_life, risk.gross_abuse) == (date(2027, 6, 30), True, False)
    assert {(one.right_id, one.how) for one in risk.touches.all()} == {
        ("EXPRESSION", TYPED["how"]),
        ("PRIVACY", TYPED["how"]),
    }
    assert risk.touches.get(right_id="PRIVACY").said == "Privacy, family, home and correspondence"
    assert set(risk.products.values_list("name", flat=True)) == {"Messaging", "Maps"}
    assert risk.next_review == risk.opened_on
    assert not SeverityAssessment.objects.exists()


def test_the_log_names_the_risk_by_its_number_only(risk: Risk) -> None:
    event = AuditEvent.objects.get(action="recorded risk")
    assert (event.actor, event.subject, event.detail) == ("ana", f"risk {risk.pk}", {})


def test_a_product_is_found_again_however_it_is_capitalised(risk: Risk, analyst: Client, ana: User) -> None:
    analyst.post(NEW, TYPED | {"title": "Another", "products": "messaging"})
    found = record_product(" MAPS ", by=ana, at=NOW)
    made = record_product("Search", about="Finds.", by=ana, at=NOW)

    assert Product.objects.count() == 3
    assert (found.name, made.about) == ("Maps", "Finds.")
    assert AuditEvent.objects.get(action="recorded product").subject == f"product {made.pk}"


def test_money_and_reputation_feed_nothing_and_are_logged(analyst: Client) -> None:
    analyst.post(NEW, TYPED | {"company_revenue": "5000000", "reputation": "bad"})

    assert AuditEvent.objects.get(action="recorded risk").detail == {
        "ignored": ["company_revenue", "reputation"]
    }
    assert "5000000" not in str(Risk.objects.values().get())


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"title": ""}, "Title: say in a few words"),
        ({"title": "x" * 121}, "Title: keep it to 120"),
        ({"summary": " "}, "What could happen: say it"),
        ({"rights": []}, "Rights: choose at least one right"),
        ({"rights": ["TO_PROFIT"]}, "Rights: choose from the catalogue"),
        ({"affected_groups": ""}, "Affected groups: say who"),
        ({"affected_groups": ";;"}, "Affected groups: say who"),
        ({"why_vulnerable": ""}, "say why these people are at heightened risk here"),
        ({"vulnerabilities": ["rich"]}, "Heightened vulnerability: choose from the list"),
        ({"countries": "Narnia"}, "is no ISO 3166-1 code"),
        ({"countries": "GLOBAL, ET"}, "GLOBAL stands alone"),
        ({"activity": "x"}, "Activity: choose one from the list"),
        ({"source": "x"}, "Source: choose one from the list"),
        ({"context_until": "soon"}, "Context until: write the day"),
        ({"context_tags": []}, "Context until: say first which context"),
        ({"owner": "999999"}, "Owner: choose somebody"),
        ({"summary": "Call +251 911 234 567"}, "this holds a telephone number"),
        ({"title": "Write to a@example.org"}, "Title: this holds an e-mail address"),
        ({"summary": "nul \0 byte"}, "leave out the character NUL"),
    ],
)
def test_a_refusal_names_the_field_keeps_what_was_typed_and_writes_nothing(
    analyst: Client, given: dict[str, Any], says: str
) -> None:
    answer = analyst.post(NEW, TYPED | given)

    content = answer.content.decode()
    assert answer.status_code == 400
    assert says in content
    assert "Fear of being identified" in content
    assert not Risk.objects.exists()
    assert not AuditEvent.objects.exists()


def test_an_owner_who_cannot_open_the_desk_is_refused(ana: User, risk: Risk) -> None:
    outsider = User.objects.create_user("out", "x", display_name="Out", roles=[Role.EXPERT])

    with pytest.raises(NotAllowed, match="cannot open the desk"):
        record_risk(facts_of(risk), owner=outsider, by=ana, at=NOW)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ANALYST])
def test_only_an_analyst_records_and_corrects(risk: Risk, role: Role) -> None:
    other = User.objects.create_user("other", "x", display_name="Other", roles=[role])

    with pytest.raises(NotAllowed, match="may not record a risk"):
        record_risk(facts_of(risk), by=other, at=NOW)
    with pytest.raises(NotAllowed, match="may not record a risk"):
        correct_facts(risk, facts_of(risk), by=other, at=NOW)
    with pytest.raises(NotAllowed, match="may not record a risk"):
        record_product("Search", by=other, at=NOW)


def test_a_correction_changes_the_facts_and_logs_the_names_of_the_fields(risk: Risk, analyst: Client) -> None:
    kept = risk.touches.get(right_id="PRIVACY").pk
    changes = {"summary": "Half of it was wrong.", "rights": ["PRIVACY", "LIFE"], "products": "Search"}

    answer = analyst.post(f"/desk/risks/{risk.pk}/facts/", TYPED | changes)

    risk.refresh_from_db()
    assert answer.status_code == 302
    assert risk.summary == "Half of it was wrong."
    assert set(risk.touches.values_list("right_id", flat=True)) == {"PRIVACY", "LIFE"}
    assert risk.touches.get(right_id="PRIVACY").pk == kept
    event = AuditEvent.objects.get(action="corrected risk")
    assert event.detail == {"changed": ["summary", "rights", "products"], "was_public": False}
    assert "wrong" not in str(event.detail)


def test_the_log_says_that_a_corrected_risk_was_public(risk: Risk, analyst: Client) -> None:
    Risk.objects.update(published=True)

    page = analyst.get(f"/desk/risks/{risk.pk}/facts/")
    analyst.post(f"/desk/risks/{risk.pk}/facts/", TYPED | {"title": "Another title"})

    assert b"This risk is public" in page.content
    assert AuditEvent.objects.get(action="corrected risk").detail["was_public"] is True


@pytest.mark.parametrize(("published", "status"), [(True, 400), (False, 302)])
def test_a_correction_of_what_is_public_names_no_partner_whose_name_endangers_people(
    risk: Risk, analyst: Client, published: bool, status: int
) -> None:
    Partner.objects.create(name="Northern Cloud", naming_endangers="Its engineers are watched.")
    Risk.objects.update(published=published)

    changed = TYPED | {"summary": "Northern Cloud hands over account data."}
    answer = analyst.post(f"/desk/risks/{risk.pk}/facts/", changed)

    risk.refresh_from_db()
    assert answer.status_code == status
    assert (b"names a partner whose name endangers people" in answer.content) is published
    assert (risk.summary == TYPED["summary"]) is published


def test_the_form_shows_what_is_on_record_and_sending_it_unchanged_is_refused(
    risk: Risk, analyst: Client
) -> None:
    page = analyst.get(f"/desk/risks/{risk.pk}/facts/")
    same = analyst.post(f"/desk/risks/{risk.pk}/facts/", TYPED)

    assert page.context["form"]["countries"].value() == "ET, KE"
    assert b"Fear of being identified" in page.content
    assert b"Nothing differs from what is on record" in same.content
    assert not AuditEvent.objects.filter(action="corrected risk").exists()


def test_a_closed_risk_is_not_corrected(risk: Risk, analyst: Client) -> None:
    Risk.objects.update(status="closed", closed_on=NOW.date())

    answer = analyst.post(f"/desk/risks/{risk.pk}/facts/", TYPED | {"title": "Another title"})

    risk.refresh_from_db()
    assert b"This risk is closed. Re-open it" in answer.content
    assert risk.title == TYPED["title"]


def test_the_end_of_the_context_moves_the_next_review(risk: Risk, analyst: Client, ana: User) -> None:
    from tests.risks.test_partners import assess

    assess(risk, 2, on=NOW.date())
    analyst.post(f"/desk/risks/{risk.pk}/facts/", TYPED | {"context_until": "2026-11-30"})

    risk.refresh_from_db()
    assert risk.next_review == date(2026, 12, 1)


def test_the_form_explains_itself(analyst: Client) -> None:
    content = analyst.get(NEW).content.decode()

    assert content.count('name="rights"') == 45
    for words in (
        "UNGP 23",
        "Name no person at risk",
        "Absolute: no limitation ever",
        "Amplified incitement",
    ):
        assert words in content


def test_a_group_keeps_its_size_when_other_facts_are_corrected_and_the_risk_page_names_it(
    risk: Risk, analyst: Client
) -> None:
    sized = [{"group": "people who report on the conflict", "size": "about 300"}]
    Risk.objects.update(affected_groups=[*sized, {"group": "their families", "size": ""}])

    analyst.post(f"/desk/risks/{risk.pk}/facts/", TYPED | {"title": "Another title"})

    risk.refresh_from_db()
    assert risk.affected_groups[0] == sized[0]
    assert b"people who report on the conflict (about 300)" in analyst.get(f"/desk/risks/{risk.pk}/").content
    assert AuditEvent.objects.get(action="corrected risk").detail["changed"] == ["title"]


def test_the_facts_of_a_risk_from_the_public_record_open_in_the_form(analyst: Client, record: None) -> None:
    for risk in Risk.objects.all():
        assert analyst.get(f"/desk/risks/{risk.pk}/facts/").status_code == 200
