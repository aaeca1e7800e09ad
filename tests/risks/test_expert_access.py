# ruff: noqa: F811  # the fixtures of test_experts are arguments here
"""For how long an expert reads what is shared, who shares and revokes it, and what an expert never reaches."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.urls.converters import UUIDConverter

from hrdd.demo import PASSWORD, PEOPLE, create_people
from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import Role
from risks.models import (
    Consultation,
    ExpertAccess,
    ExpertOpinion,
    MitigationPlan,
    Right,
    Risk,
    StakeholderGroup,
)
from tests.addresses import addresses, is_own
from tests.permissions.table import open_to_anyone
from tests.risks.test_experts import (  # noqa: F401
    LEAKS,
    NOW,
    OPINION,
    TODAY,
    TOMORROW,
    YESTERDAY,
    accessed,
    ana,
    consultation,
    noor,
    piece,
    risk,
    share,
)
from tests.risks.test_partners import person


@pytest.mark.parametrize(
    ("starts_on", "until", "status", "state"),
    [
        (TODAY, TODAY, 200, "Open"),
        (YESTERDAY, TODAY, 200, "Open"),
        (YESTERDAY - timedelta(days=1), YESTERDAY, 404, "Ended"),
        (TOMORROW, TOMORROW, 404, "Not begun yet"),
    ],
)
def test_a_share_is_open_from_its_first_day_to_its_last(
    starts_on: Any, until: Any, status: int, state: str, risk: Risk, ana: User, noor: User, client: Client
) -> None:
    access = accessed(risk, noor, ana, starts_on=starts_on, until=until)
    client.force_login(noor)
    page = client.get(f"/desk/shared/{access.pk}/")
    answered = client.post(f"/desk/shared/{access.pk}/", {"opinion": OPINION})
    listed = client.get("/desk/shared/").content.decode()
    client.force_login(ana)
    desk = client.get(f"/desk/risks/{risk.pk}/").content.decode()

    assert page.status_code == status
    assert answered.status_code == (302 if status == 200 else 404)
    assert ("Shared title" in listed) == (status == 200)
    assert ExpertOpinion.objects.count() == AuditEvent.objects.filter(action="expert gave an opinion").count()
    assert ExpertOpinion.objects.exists() == (status == 200)
    assert f"<small>{state};" in desk


def test_what_is_shared_with_one_expert_is_not_there_for_another(
    risk: Risk, ana: User, noor: User, client: Client
) -> None:
    access = accessed(risk, noor, ana)
    client.force_login(person("nils", Role.EXPERT))

    assert client.get(f"/desk/shared/{access.pk}/").status_code == 404
    assert client.post(f"/desk/shared/{access.pk}/", {"opinion": OPINION}).status_code == 404
    assert b"Nothing is shared with you now" in client.get("/desk/shared/").content
    assert not ExpertOpinion.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_revoked_share_closes_at_once_and_keeps_its_opinions(
    risk: Risk, ana: User, noor: User, client: Client
) -> None:
    access = accessed(risk, noor, ana)
    client.force_login(noor)
    client.post(f"/desk/shared/{access.pk}/", {"opinion": OPINION})
    client.force_login(ana)
    asked = client.get(f"/desk/experts/{access.pk}/revoke/")
    still = ExpertAccess.objects.get().revoked_at
    revoked = client.post(f"/desk/experts/{access.pk}/revoke/")
    desk = client.get(revoked.headers["Location"]).content.decode()
    client.force_login(noor)

    assert asked.status_code == 200
    assert still is None
    assert ExpertAccess.objects.get().revoked_by == ana
    assert client.get(f"/desk/shared/{access.pk}/").status_code == 404
    assert client.post(f"/desk/shared/{access.pk}/", {"opinion": OPINION}).status_code == 404
    assert ExpertOpinion.objects.count() == 1
    assert "Revoked" in desk
    assert OPINION in desk


@pytest.mark.parametrize("changes", [{"until": YESTERDAY, "starts_on": YESTERDAY}, {"revoked_at": NOW}])
def test_what_has_ended_is_not_revoked_again(
    changes: dict[str, Any], risk: Risk, ana: User, noor: User, client: Client
) -> None:
    if "revoked_at" in changes:
        changes = changes | {"revoked_by": ana}
    access = accessed(risk, noor, ana, **changes)
    client.force_login(ana)

    answer = client.post(f"/desk/experts/{access.pk}/revoke/")

    assert answer.status_code == 400
    assert b"This share has ended already." in answer.content
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ANALYST, Role.ENGAGE}))
def test_other_roles_neither_share_nor_revoke(
    role: Role, risk: Risk, consultation: Consultation, ana: User, noor: User, client: Client
) -> None:
    access, other = accessed(risk, noor, ana), person("other", role)

    assert share(client, other, risk, noor).status_code == 403
    assert share(client, other, consultation, noor).status_code == 403
    assert client.post(f"/desk/experts/{access.pk}/revoke/").status_code == 403
    assert ExpertAccess.objects.get().revoked_at is None


@pytest.mark.parametrize("role", [Role.ANALYST, Role.ENGAGE])
def test_analysts_and_the_engagement_lead_share(role: Role, risk: Risk, noor: User, client: Client) -> None:
    assert share(client, person("somebody", role), risk, noor).status_code == 302


@pytest.mark.parametrize(
    ("opinion", "sentence"),
    [
        ("", "Your opinion: answer in at least 50 characters."),
        ("x" * 49, "Opinion: say it in at least 50 characters"),
        (
            f"{OPINION} Ask reporter@example.org.",
            "Opinion: take out what could identify a person: an e-mail address",
        ),
        ("a\0b" * 60, "leave out the character NUL."),
    ],
)
def test_an_opinion_that_is_too_short_or_could_identify_somebody_is_refused_and_stays_typed(
    opinion: str, sentence: str, risk: Risk, ana: User, noor: User, client: Client
) -> None:
    access = accessed(risk, noor, ana)
    client.force_login(noor)

    answer = client.post(f"/desk/shared/{access.pk}/", {"opinion": opinion})

    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert opinion.replace("\0", "") in answer.content.decode().replace("\0", "").replace("�", "")
    assert not ExpertOpinion.objects.exists()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE risks_expertopinion SET text = 'x'",
        "DELETE FROM risks_expertopinion",
        "TRUNCATE risks_expertopinion",
        "UPDATE risks_expertaccess SET extract = '{}'",
        "UPDATE risks_expertaccess SET until = until + 1",
        "UPDATE risks_expertaccess SET expert_id = granted_by_id",
        "UPDATE risks_expertaccess SET question = 'x'",
        "DELETE FROM risks_expertaccess",
    ],
)
def test_the_database_keeps_opinions_and_what_was_shared(sql: str, risk: Risk, ana: User, noor: User) -> None:
    access = accessed(risk, noor, ana)
    ExpertOpinion.objects.create(access=access, text=OPINION, given_at=NOW)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)

    assert ExpertOpinion.objects.get().text == OPINION
    assert ExpertAccess.objects.get().until == TOMORROW


def test_a_revoked_share_is_not_opened_again_by_the_database(risk: Risk, ana: User, noor: User) -> None:
    accessed(risk, noor, ana, revoked_by=ana, revoked_at=NOW)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE risks_expertaccess SET revoked_by_id = NULL, revoked_at = NULL")


def test_a_list_of_shares_costs_the_same_however_long(
    risk: Risk, ana: User, noor: User, client: Client
) -> None:
    def cost(by: User, path: str) -> int:
        client.force_login(by)
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        return len(asked)

    accessed(risk, noor, ana)
    pages = [(noor, "/desk/shared/"), (ana, f"/desk/risks/{risk.pk}/")]
    few = [cost(*page) for page in pages]
    for _ in range(6):
        ExpertOpinion.objects.create(access=accessed(risk, noor, ana), text=OPINION, given_at=NOW)

    assert [cost(*page) for page in pages] == few


def test_each_person_starts_where_their_role_leads(db: None, client: Client, settings: Any) -> None:
    settings.DEMONSTRATION = True
    create_people()
    person("sys", Role.SYSADMIN)
    starts = {}
    for name, password in [*((one.username, PASSWORD) for one in PEOPLE), ("sys", "x")]:
        answer = client.post("/sign-in/", {"username": name, "password": password})
        starts[name] = (answer.headers["Location"], client.get(answer.headers["Location"]).status_code)
        client.post("/sign-out/")

    assert starts.pop("noor") == ("/desk/shared/", 200)
    assert starts.pop("sys") == ("/desk/people/", 200)
    assert starts.pop("oskar") == ("/desk/people/", 200)
    assert set(starts.values()) == {("/desk/", 200)}


def test_the_way_to_what_is_shared_is_there_for_experts_alone(ana: User, noor: User, client: Client) -> None:
    client.force_login(ana)
    analyst = client.get("/desk/risks/").content.decode()
    client.force_login(noor)
    expert = client.get("/desk/shared/").content.decode()

    assert "Shared with me" not in analyst
    assert 'href="/desk/shared/" aria-current="page">Shared with me' in expert
    assert 'href="/desk/risks/"' not in expert


@pytest.fixture
def full_of_canaries(risk: Risk, consultation: Consultation, ana: User) -> None:
    right = Right.objects.create(
        code="liberty",
        position=1,
        title="Liberty of person",
        character="x",
        non_derogable_iccpr_4_2=False,
        may_be_limited_by_measure=False,
    )
    risk.touches.create(right=right, said="Arrests", how=LEAKS["reasons"])
    for disclosure in ("restricted", "internal"):
        piece(risk, disclosure, LEAKS[disclosure])
    StakeholderGroup.objects.create(
        name="Reporters", type="journalist_media", vulnerabilities=["journalists"], why_here=LEAKS["why"]
    )
    MitigationPlan.objects.create(
        risk=risk,
        kind="mitigation",
        actions=LEAKS["plan"],
        target=LEAKS["target"],
        owner=ana,
        due=TODAY,
        proposed_by=ana,
        proposed_at=NOW,
    )


def test_an_expert_reaches_nothing_but_what_is_shared_and_reads_nothing_that_is_kept(
    full_of_canaries: None, risk: Risk, consultation: Consultation, ana: User, noor: User, client: Client
) -> None:
    shown = piece(risk, "public", "A public report")
    share(client, ana, risk, noor, evidence=[shown.pk])
    share(client, ana, consultation, noor)
    keys = {"risk": risk.pk, "consultation": consultation.pk}
    client.force_login(ana)
    desk = client.get(f"/desk/risks/{risk.pk}/").content.decode()
    client.force_login(noor)
    opened, leaks = set(), []
    for pattern in addresses():
        for pk in {*keys.values(), *ExpertAccess.objects.values_list("pk", flat=True)}:
            words = {"pk": pk, "other": pk, "step": "confirm", "format": "json", "period": "2021"}
            words |= {"extension": "csv", "slug": "content-rules", "number": 1, "language": "en"}
            file = "risks" if pattern.name == "public-schema" else "manifest.json"
            words |= {
                "name": "risks" if pattern.name == "list-columns" else file,
                "level": "0",
                "place": "000",
            }
            wanted = {
                name: uuid4() if isinstance(kind, UUIDConverter) else words.get(name, 1)
                for name, kind in pattern.pattern.converters.items()
            }
            answer = client.get(reverse(pattern.name or "", kwargs=wanted))
            said = b"".join(answer).decode(errors="replace")
            leaks += [(pattern.name, name) for name, canary in LEAKS.items() if canary in said]
            if answer.status_code == 200 and not is_own(pattern):
                opened.add(pattern.name)

    assert LEAKS["restricted"] in desk
    assert LEAKS["plan"] in desk
    assert leaks == []
    assert opened - open_to_anyone() == {"shared-list", "shared-detail"}
    assert ExpertAccess.objects.count() == 2
    for canary in LEAKS.values():
        assert canary not in str(list(ExpertAccess.objects.values_list("extract", flat=True)))
    assert "journalists" not in str(list(ExpertAccess.objects.values_list("extract", flat=True)))
