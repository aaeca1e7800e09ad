"""The search finds all that a reader may see and nothing else; what it leaves out cannot be told from its absence."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import resolve

from hrdd.governance.models import User
from hrdd.governance.rules import Role
from hrdd.workbench.queries.places import acts_for, pages_for
from hrdd.workbench.queries.search import KINDS, MOST_COUNTED, found_of, kinds_of, search
from remedies.actions import assignment
from remedies.models import CaseConflict
from remedies.rules.case import CaseRole
from risks.models import (
    Consultation,
    Dilemma,
    DilemmaDecision,
    DilemmaOption,
    Measure,
    Partner,
    Policy,
    PolicyVersion,
    Relationship,
    Risk,
)
from tests.permissions.table import GROUPS, declared
from tests.remedies.vault_stage import Vault, person, received, vault_of_three
from transparency.models import Report

__all__ = ["vault_of_three"]

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
DAY = NOW.date()
WORD = "Quagmire"
DESK = sorted(GROUPS["desk"])


@dataclass(frozen=True)
class Shelf:
    """A record of each kind of the desk, which a word is found in."""

    ana: User
    emma: User
    open: Consultation
    kept: Consultation


@pytest.fixture
def shelf(db: None) -> Shelf:
    ana, emma = person("ana", Role.ANALYST), person("emma", Role.ENGAGE)
    risk = Risk.objects.create(title=f"{WORD} of risk", summary="x", opened_on=DAY)
    supplier = Partner.objects.create(name=f"{WORD} Cloud")
    Relationship.objects.create(partner=supplier, kind="reseller", supplied="Hosting")
    measure(risk, target=f"posts about {WORD}")
    by_ana: dict[str, Any] = {"prepared_by": ana, "prepared_at": NOW}
    dilemma = Dilemma.objects.create(risk=risk, question="Which right?", kind="other", facts="x", **by_ana)
    option = DilemmaOption.objects.create(dilemma=dilemma, kind="label", put_by=ana, put_at=NOW)
    DilemmaDecision.objects.create(
        dilemma=dilemma,
        option=option,
        reasons=f"The {WORD} outweighs it.",
        policy_relied_on="x",
        restricts=True,
        review_on=DAY,
        decided_by=ana,
        decided_at=NOW,
    )
    policy = Policy.objects.create(
        slug="x", title="Terms", kind="data", owner=ana, recorded_by=ana, recorded_at=NOW
    )
    PolicyVersion.objects.create(
        policy=policy,
        number=1,
        language="en",
        title="Terms",
        clauses=[{"id": "1", "title": "Scope", "text": f"No {WORD} is sold."}],
        drafted_by=ana,
        drafted_at=NOW,
        changed_at=NOW,
    )
    Report.objects.create(
        title=f"{WORD} 2026", period="2026", period_from=DAY, period_to=DAY, prepared_by=ana, prepared_at=NOW
    )
    plan: dict[str, Any] = {"organiser": emma, "purpose": "severity_assessment"}
    return Shelf(
        ana=ana,
        emma=emma,
        open=Consultation.objects.create(title=f"{WORD} heard", risk_to_participants=1, **plan),
        kept=Consultation.objects.create(title=f"{WORD} in hiding", risk_to_participants=5, **plan),
    )


def measure(risk: Risk, **given: Any) -> Measure:
    return Measure.objects.create(
        **{
            "risk": risk,
            "kind": "label",
            "intrusion": 1,
            "target": "posts",
            "starts_on": DAY,
            "starts_said": "x",
            "level_then": 4,
            "reviewed_on": DAY,
            "justified_on": DAY,
        }
        | given
    )


def told(client: Client, user: User, said: str, **more: str) -> str:
    """Return the page of a search as this person gets it, without what is new in every answer."""
    client.force_login(user)
    page = client.get("/desk/search/", {"q": said, **more}).content.decode()
    options = client.get("/desk/search/palette/", {"q": said}).content.decode()
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page) + options


def numbers(user: User, said: str) -> dict[str, int]:
    return {one.kind: one.many for one in search(user, said, shown=5)}


def test_a_word_is_found_in_every_kind_that_one_reads(shelf: Shelf, client: Client) -> None:
    of_the_desk = dict.fromkeys(KINDS.keys() - {"cases"}, 1)

    assert numbers(shelf.ana, "quagm") == of_the_desk
    page = told(client, shelf.ana, "quagmire")
    assert f"{WORD} of risk" in page
    assert f"{WORD} Cloud" in page
    assert "Which right?" in page
    assert f"{WORD} heard" in page


def test_what_is_kept_for_a_team_is_found_by_the_team_alone(shelf: Shelf, client: Client) -> None:
    assert numbers(shelf.emma, WORD)["consultations"] == 2
    seen = told(client, shelf.ana, WORD), told(client, shelf.ana, WORD, kind="consultations")
    assert "in hiding" not in "".join(seen)

    shelf.kept.delete()

    assert (told(client, shelf.ana, WORD), told(client, shelf.ana, WORD, kind="consultations")) == seen


def test_nobody_can_tell_that_a_case_is_there_which_is_not_theirs(
    vault_of_three: Vault, client: Client
) -> None:
    roles = [*sorted(GROUPS["cases"]), Role.ANALYST, Role.AUDITOR, Role.CUSTODIAN]
    readers = [person(f"only-{role.lower()}", role) for role in roles]

    def all_told(*words: str) -> list[str]:
        asked = [(word, more) for word in words for more in ({}, {"kind": "cases"})]
        return [told(client, reader, word, **more) for reader in readers for word, more in asked]

    before = all_told("received")

    case, _receipt = received()

    assert all_told("received") == before
    by_number = [page.replace(case.short, "x") for page in all_told(case.short)]
    assert by_number == [page.replace("0a0b0c0d", "x") for page in all_told("0a0b0c0d")]
    who = [role for role, reader in zip(roles, readers, strict=True) if "cases" in kinds_of(reader)]
    assert who == [Role.APPEAL, Role.GRV_DEC, Role.GRV_INTAKE, Role.GRV_INV]


def test_a_case_is_found_by_who_works_on_it_until_they_have_a_conflict(
    vault_of_three: Vault, client: Client
) -> None:
    stage = vault_of_three
    case, _receipt = received()
    other, _receipt = received()
    assignment.assign(
        case,
        to=stage.ivan,
        role=CaseRole.GRV_INV,
        by=stage.grace,
        pair=stage.pair(stage.grace),
        attested=True,
        at=NOW,
    )

    assert [one.pk for one in found_of("cases", stage.ivan, case.short)] == [case.pk]
    assert not found_of("cases", stage.ivan, other.short).exists()
    assert found_of("cases", stage.grace, other.short).exists()
    assert "Nadira" not in told(client, stage.ivan, case.short)
    assert not found_of("cases", stage.ivan, "Nadira").exists()
    CaseConflict.objects.create(case=case, user=stage.ivan)
    assert not found_of("cases", stage.ivan, case.short).exists()


@pytest.mark.parametrize("role", [Role.EXPERT, Role.SYSADMIN])
def test_who_does_not_read_the_desk_searches_nothing(shelf: Shelf, client: Client, role: Role) -> None:
    reader = person("outside", role)
    client.force_login(reader)

    assert client.get("/desk/search/", {"q": WORD}).status_code == 403
    assert client.get("/desk/search/palette/", {"q": WORD}).status_code == 403
    assert search(reader, WORD, shown=5) == []


@pytest.mark.parametrize(
    "said", ["", " ", "'", "a & | !", "\0", "💡", "-", '"', "or", ":*", "x" * 300, "%", "(("]
)
def test_whatever_is_typed_the_page_answers(shelf: Shelf, client: Client, said: str) -> None:
    client.force_login(shelf.ana)

    assert client.get("/desk/search/", {"q": said}).status_code == 200
    assert client.get("/desk/search/", {"q": said, "kind": "measures", "page": "9"}).status_code == 200
    assert client.get("/desk/search/palette/", {"q": said}).status_code == 200


def test_a_kind_that_one_does_not_read_is_none(shelf: Shelf, client: Client) -> None:
    client.force_login(shelf.ana)

    page = client.get("/desk/search/", {"q": WORD, "kind": "cases"})

    assert page.context["found"]
    assert '<option value="cases"' not in page.content.decode()
    with pytest.raises(KeyError):
        found_of("cases", shelf.ana, WORD)


def test_what_was_typed_is_never_markup(shelf: Shelf, client: Client) -> None:
    assert "<b>x" not in told(client, shelf.ana, '"><b>x')


def test_many_are_counted_no_further_than_anybody_reads(shelf: Shelf) -> None:
    risk = Risk.objects.get()
    made = [measure(risk, target="row")]
    Measure.objects.bulk_create(
        Measure(
            **{
                f.attname: getattr(made[0], f.attname)
                for f in Measure._meta.concrete_fields
                if not f.primary_key
            }
        )
        for _ in range(MOST_COUNTED + 5)
    )

    [found] = [one for one in search(shelf.ana, "row", shown=5) if one.kind == "measures"]

    assert (len(found.hits), found.many, found.said) == (5, MOST_COUNTED + 1, "more than 1,000")


def test_measures_are_found_by_an_index(shelf: Shelf) -> None:
    with connection.cursor() as cursor:
        # Of so few rows any way is as cheap: only an index of words is left to find them by.
        cursor.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off; SET LOCAL enable_nestloop = off"
        )
        plan = found_of("measures", shelf.ana, "posts").order_by().explain()

    assert "measure_words" in plan


@pytest.mark.parametrize("role", DESK)
def test_every_place_that_is_offered_opens_for_the_role(db: None, role: Role) -> None:
    user = person("somebody", role)
    offered = [*pages_for(user), *acts_for(user)]

    cells = {one.label: declared()[str(resolve(one.url).url_name), "GET"] for one in offered}

    assert [label for label, cell in cells.items() if role not in cell.who and not cell.open_to] == []
    assert len(cells) == len(offered) >= 15
