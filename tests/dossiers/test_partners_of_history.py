"""Partners that a dossier tells of: taken as said, taken up by people, marked by the importer alone (domain.md 5)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.test import Client
from django.utils import timezone

from hrdd.dossiers.partners import kind_of
from risks.models import ClockEntry, LeverageAction, Partner, RecordEntry, Relationship, RelationshipRisk
from risks.queries.time_to_change import ListedClocks
from risks.queries.told_partners import told_of
from tests.dossiers.test_import_dossier import CASES, catalogue, run
from tests.dossiers.test_whole_dossiers import BARE
from tests.risks.partner_stage import LONG, clients, people

__all__ = ["catalogue", "clients", "people"]
TODAY = timezone.now().date()
TAKEN_UP = {
    "kind": "government_customer",
    "status": "active",
    "supplied": "A licence to software that reads telephones.",
    "reasons": LONG,
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "case.yaml"


@pytest.fixture
def told(catalogue: None) -> Relationship:
    """The customers of the vendor in c05: the one business relationship of that case."""
    run(next(case for case in CASES if case.name.startswith("c05")))
    return Relationship.objects.get()


def entries(file: Path, *said: str) -> list[Relationship]:
    file.write_text(BARE + "relationships:\n" + "".join(f"  - {{{one}}}\n" for one in said))
    run(file)
    return list(Relationship.objects.order_by("pk"))


def test_a_real_case_tells_its_partner_with_leverage_and_exit_on_one_page(told: Relationship) -> None:
    assert (told.kind, told.status, told.told_by) == ("government_customer", "unknown", "c05")
    assert told.partner.name == "government customers (from the vendor's side)"
    story = told_of(told)
    assert story is not None
    assert ("Leverage on hand", "licence, suspension, termination") in story.words
    assert [one.when_said for one in story.leverage] == ["2019-09-10", "2021-06-30"]
    [(exit_entry, gaps)] = story.exits
    assert (exit_entry.what, gaps) == ("by the vendor, case by case", [])


def test_a_hostile_third_party_is_named_and_no_partner(told: Relationship) -> None:
    assert not Partner.objects.filter(name__startswith="NSO").exists()
    entry = RecordEntry.objects.get(kind=RecordEntry.Kind.RELATIONSHIP)
    assert (entry.what, entry.relationship) == ("NSO Group (from the platform's side)", None)


def test_what_a_dossier_never_dates_has_no_clock_and_no_leverage_of_today(told: Relationship) -> None:
    tied = told.risks.get()
    assert (tied.known_since, list(ListedClocks(on=TODAY))) == (None, [])
    assert not LeverageAction.objects.exists()


def test_a_relationship_that_was_decided_against_has_not_begun_and_shows_the_gap(catalogue: None) -> None:
    run(next(case for case in CASES if case.name.startswith("c08")))

    both = list(Relationship.objects.order_by("pk"))

    assert [(one.partner.name, one.kind, one.kind_said, one.status) for one in both] == [
        ("Chinese authorities", "", "regulator", "proposed"),
        ("local partner required by law", "joint_venture", "joint venture partner", "proposed"),
    ]
    for one in both:
        story = told_of(one)
        assert story is not None
        [(_entry, [gap])] = story.exits
        assert "UNGP 19" in gap


def test_every_real_case_comes_in_and_no_two_share_a_partner(catalogue: None) -> None:
    for case in CASES:
        run(case)

    assert Relationship.objects.count() == 8
    assert Partner.objects.count() == 8
    assert set(Partner.objects.values_list("told_by", flat=True)) == {
        "c01",
        "c05",
        "c08",
        "c09a",
        "c09b",
        "c10",
    }


@pytest.mark.parametrize(
    ("said", "party", "kind"),
    [
        ("customer", "government customers", "government_customer"),
        ("customers", "police of three countries", "government_customer"),
        ("customer", "a bank", ""),
        ("enterprise customer", "a bank", "enterprise_customer"),
        ("government_customer", "x", "government_customer"),
        ("Outsourced moderation", "x", "outsourced_moderation"),
        ("joint venture partner", "x", "joint_venture"),
        ("suppliers; of cloud", "x", "supplier"),
        ("developers", "x", "developer_app"),
        ("regulator", "the authorities", ""),
        ("requesting authority", "states", ""),
        ("user", "an account", ""),
        ("", "a ministry", ""),
    ],
)
def test_a_kind_is_read_only_where_the_words_say_it(said: str, party: str, kind: str) -> None:
    assert kind_of(said, party=party) == kind


@pytest.mark.parametrize("kind", ["none", "None; hostile", "no business relationship", "not a partner"])
def test_who_has_no_tie_is_no_partner(catalogue: None, file: Path, kind: str) -> None:
    assert entries(file, f"party: x, kind: '{kind}'") == []
    assert RecordEntry.objects.get().what == "x"


def test_an_entry_without_a_party_is_kept_and_no_partner(catalogue: None, file: Path) -> None:
    assert entries(file, "kind: supplier") == []
    assert RecordEntry.objects.get().detail == {"kind": "supplier"}


def test_long_words_are_cut_in_names_and_kept_whole(catalogue: None, file: Path) -> None:
    [one] = entries(file, f"party: {'p' * 250}, kind: {'k' * 250}, note: said so")

    assert (len(one.partner.name), one.partner.about) == (200, "p" * 250)
    assert (len(one.kind_said), one.told) == (200, {"kind": "k" * 250, "note": "said so"})


@pytest.mark.parametrize(
    ("towards", "whom"),
    [
        ("reseller", "a reseller in Kenya"),
        ("the resellers", "a reseller in Kenya"),
        ("the ministry", "a ministry"),
        ("a", None),
        ("", None),
        ("nobody known", None),
    ],
)
def test_leverage_goes_to_the_one_partner_that_its_words_mean(
    catalogue: None, file: Path, towards: str, whom: str | None
) -> None:
    file.write_text(
        BARE + "relationships:\n  - {party: a reseller in Kenya, kind: reseller}\n"
        "  - {party: a ministry, kind: state customer}\n"
        f"leverage:\n  - {{action: a letter, towards: '{towards}'}}\n"
    )
    run(file)

    entry = RecordEntry.objects.get(kind=RecordEntry.Kind.LEVERAGE)

    assert (entry.relationship.partner.name if entry.relationship else None) == whom


def test_a_partner_of_the_company_with_the_same_name_is_another(
    told: Relationship,
    clients: dict[str, Client],
) -> None:
    given = {"name": told.partner.name.upper(), "kind": "reseller", "supplied": "Hosting"}

    clients["paul"].post("/desk/partners/new/", given)

    assert Partner.objects.count() == 2
    assert told.partner.relationships.count() == 1


def test_a_person_takes_it_up_and_says_since_when_and_then_a_clock_runs(
    told: Relationship,
    clients: dict[str, Client],
) -> None:
    page = clients["paul"].get(f"/desk/partners/{told.pk}/")
    assert "nobody took it up yet" in page.content.decode()

    clients["paul"].post(f"/desk/partners/{told.pk}/take-up/", TAKEN_UP)
    tied = told.risks.get()
    knowledge = {"known_since": TODAY, "how_known": "A report of a university laboratory"}
    clients["ana"].post(f"/desk/partners/clocks/{tied.pk}/known/", knowledge)

    told.refresh_from_db()
    assert (told.status, told.supplied, told.kind_said) == ("active", TAKEN_UP["supplied"], "customer")
    [reading] = ListedClocks(on=TODAY)
    assert (reading.tied, reading.clock.code) == (tied, "FIRST_ACTION_PENDING")
    assert ClockEntry.objects.get().kind == "started"
    changed = told.partner.corrections.get().changes
    assert {"field": "Where it stands", "before": "Not known", "after": "Active"} in changed


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"status": "unknown"}, "choose one from the list"),
        ({"status": ""}, "Where it stands"),
        ({"kind": ""}, "Kind of relationship"),
        ({"supplied": " "}, "say what is supplied"),
        ({"reasons": "short"}, "50 characters"),
        ({"status": "proposed", "started_on": "2020-01-01"}, "has not begun yet"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_taken_up(
    told: Relationship,
    clients: dict[str, Client],
    wrong: dict[str, str],
    says: str,
) -> None:
    page = clients["paul"].post(f"/desk/partners/{told.pk}/take-up/", TAKEN_UP | wrong)

    assert says in page.content.decode()
    told.refresh_from_db()
    assert told.status == "unknown"


def test_it_is_taken_up_once_and_corrected_only_then(
    told: Relationship,
    clients: dict[str, Client],
) -> None:
    before = clients["paul"].post(f"/desk/partners/{told.pk}/facts/", TAKEN_UP | {"supplied": "Else"})
    clients["paul"].post(f"/desk/partners/{told.pk}/take-up/", TAKEN_UP)
    again = clients["paul"].post(f"/desk/partners/{told.pk}/take-up/", TAKEN_UP | {"supplied": "Else"})
    corrected = clients["paul"].post(f"/desk/partners/{told.pk}/facts/", TAKEN_UP | {"supplied": "Else"})

    assert "Take it up" in before.content.decode()
    assert "taken up before" in again.content.decode()
    assert corrected.status_code == 302
    told.refresh_from_db()
    assert told.supplied == "Else"


def test_the_day_of_knowledge_is_said_once(told: Relationship, clients: dict[str, Client]) -> None:
    address = f"/desk/partners/clocks/{told.risks.get().pk}/known/"
    future = clients["ana"].post(address, {"known_since": "2999-01-01", "how_known": "x"})
    clients["ana"].post(address, {"known_since": "2021-07-18", "how_known": "A report"})
    again = clients["ana"].post(address, {"known_since": "2026-01-01", "how_known": "A report"})

    assert "still to come" in future.content.decode()
    assert "on record already" in again.content.decode()
    assert str(told.risks.get().known_since) == "2021-07-18"


def test_no_leverage_is_logged_before_the_day_of_knowledge(
    told: Relationship,
    clients: dict[str, Client],
) -> None:
    tied = told.risks.get()
    given = {
        "kind": "direct_dialogue",
        "rung": 0,
        "requested_change": "Stop",
        "started_on": TODAY,
        "deadline": TODAY,
    }
    page = clients["paul"].post(f"/desk/partners/leverage/{tied.pk}/", given)
    clock = clients["paul"].get(f"/desk/partners/clocks/{tied.pk}/")

    assert "UNGP 19" in page.content.decode()
    assert clock["Location"].endswith(f"/clocks/{tied.pk}/known/")
    assert not LeverageAction.objects.exists()


def test_the_api_tells_and_takes_up_what_the_page_does(
    told: Relationship,
    clients: dict[str, Client],
) -> None:
    story = clients["paul"].get(f"/api/v1/relationships/{told.pk}/").json()
    tied = told.risks.get()
    clock = clients["paul"].get(f"/api/v1/leverage/clocks/{tied.pk}/")
    address = f"/api/v1/relationships/{told.pk}/take-up/"
    done = clients["paul"].post(address, TAKEN_UP, "application/json")
    again = clients["paul"].post(address, TAKEN_UP, "application/json")
    known = {"known_since": "2021-07-18", "how_known": "A report"}
    dated = clients["ana"].post(f"/api/v1/leverage/clocks/{tied.pk}/known/", known, "application/json")

    assert (story["told_by"], story["undated"], story["clocks"]) == ("c05", [tied.pk], [])
    assert len(story["told"]["leverage"]) == 2
    assert 400 <= clock.status_code < 500
    assert "UNGP 19" in clock.content.decode()
    assert (done.status_code, done.json()["status"]) == (200, "active")
    assert 400 <= again.status_code < 500
    assert (dated.status_code, dated.json()["known_since"]) == (200, "2021-07-18")


def test_the_list_says_which_partners_have_no_day_of_knowledge(
    told: Relationship,
    clients: dict[str, Client],
) -> None:
    page = clients["paul"].get("/desk/partners/?status=unknown").content.decode()

    assert "no day of knowledge yet" in page
    assert "from the public record" in page


@contextmanager
def refused_by_the_database() -> Iterator[None]:
    with pytest.raises(Error), transaction.atomic():
        yield


def test_direct_sql_brings_in_nothing_as_told_and_takes_no_mark_off(told: Relationship) -> None:
    partner, tied = told.partner_id, told.risks.get()

    def sql(said: str, *given: Any) -> None:
        with refused_by_the_database(), connection.cursor() as cursor:
            cursor.execute(said, given)

    with refused_by_the_database():
        Partner.objects.create(name="x", told_by="c05")
    with refused_by_the_database():
        Relationship.objects.create(partner_id=partner, kind="", supplied="x", status="active")
    with refused_by_the_database():
        Relationship.objects.create(partner_id=partner, kind="reseller", supplied="x", status="unknown")
    live = Relationship.objects.create(partner_id=partner, kind="reseller", supplied="x")
    with refused_by_the_database():
        RelationshipRisk.objects.create(relationship=live, risk=tied.risk, how_known="x")
    with refused_by_the_database():
        RelationshipRisk.objects.create(relationship=live, risk=tied.risk, how_known="x", told_by="c05")
    sql("UPDATE risks_partner SET told_by = '' WHERE id = %s", partner)
    sql("UPDATE risks_relationship SET told_by = 'c05' WHERE id = %s", live.pk)
    sql(
        "UPDATE risks_relationship SET told_by = '', kind = 'reseller', status = 'active' WHERE id = %s",
        told.pk,
    )
    sql("UPDATE risks_relationship SET kind = '' WHERE id = %s", told.pk)
    sql("UPDATE risks_relationship SET kind_said = 'friend' WHERE id = %s", told.pk)
    sql("UPDATE risks_relationshiprisk SET told_by = '' WHERE id = %s", tied.pk)
    sql("UPDATE risks_recordentry SET what = 'nothing happened'")
    sql("DELETE FROM risks_recordentry")


def test_a_day_of_knowledge_is_not_moved_by_direct_sql(
    told: Relationship,
    clients: dict[str, Client],
) -> None:
    tied = told.risks.get()
    known = {"known_since": "2021-07-18", "how_known": "A report"}
    clients["ana"].post(f"/desk/partners/clocks/{tied.pk}/known/", known)

    for later in (None, "2026-01-01"):
        with refused_by_the_database():
            RelationshipRisk.objects.filter(pk=tied.pk).update(known_since=later)


def test_names_of_partners_differ_whatever_their_capitals(db: None) -> None:
    Partner.objects.create(name="Northern Cloud")

    with refused_by_the_database():
        Partner.objects.create(name="northern CLOUD")
