"""Comments are read by whoever sees the record, call nobody else to it, and stay as they were said."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from hrdd.change_feed import changed_by
from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import NotAllowed, Role
from hrdd.notifications.queries.waiting import waiting_for
from hrdd.workbench.actions.comments import comment, finish_mention
from hrdd.workbench.models import Comment, Mention
from hrdd.workbench.rules.mentions import mentioned
from risks.models import Consultation, Partner, Relationship, Risk
from tests.risks.consultation_stage import person

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture
def ana(db: None) -> User:
    return person("ana", Role.ANALYST)


@pytest.fixture
def rob(db: None) -> User:
    return person("rob", Role.REVIEWER)


@pytest.fixture
def risk(db: None) -> Risk:
    return Risk.objects.create(title="Arrests", summary="x", opened_on=NOW.date())


def calls(user: User) -> list[Any]:
    return [one for one in waiting_for(user, at=NOW) if one.kind == "mention"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@ana and (@rob), @ana again.", ["ana", "rob"]),
        ("write to ana@example.org or @", []),
        ("@o.paul-x. now", ["o.paul-x"]),
        ("@@ana", []),
    ],
)
def test_only_an_at_before_a_name_calls(text: str, names: list[str]) -> None:
    assert mentioned(text) == names


def test_who_is_called_finds_it_in_the_inbox_until_they_answer(
    client: Client, ana: User, rob: User, risk: Risk
) -> None:
    client.force_login(ana)
    client.post(f"/desk/comments/risk/{risk.pk}/", {"text": "@rob <b>look</b> at this"})

    page = client.get(f"/desk/risks/{risk.pk}/").content.decode()
    assert "&lt;b&gt;look" in page
    assert "Asks for you" not in page
    assert calls(ana) == []
    [call] = calls(rob)
    assert "look" not in call.entry.what + call.entry.url
    client.force_login(rob)
    assert "Asks for you" in client.get(f"/desk/risks/{risk.pk}/").content.decode()

    client.post(f"/desk/comments/risk/{risk.pk}/", {"text": "Looked."})

    assert calls(rob) == []
    assert "look" not in str(list(AuditEvent.objects.values_list("detail", "subject")))


def test_the_log_names_the_relationship_whose_page_was_commented_on(ana: User) -> None:
    Partner.objects.create(name="Another")
    one = Relationship.objects.create(partner=Partner.objects.create(name="Northern Cloud"), kind="reseller")

    comment("partner", one.pk, text="Ask again.", by=ana, at=NOW)

    [event] = AuditEvent.objects.filter(action="commented")
    assert event.subject == f"relationship {one.pk}"
    assert [(of.kind, of.id) for of in changed_by(event)] == [("relationship", one.pk)]


def test_a_call_is_done_by_whom_it_calls_alone(client: Client, ana: User, rob: User, risk: Risk) -> None:
    comment("risk", risk.pk, text="@rob?", by=ana, at=NOW)
    mention = Mention.objects.get()
    client.force_login(ana)

    assert client.post(f"/desk/comments/mentions/{mention.pk}/done/").status_code == 404
    with pytest.raises(NotAllowed):
        finish_mention(mention, by=ana, at=NOW)
    client.force_login(rob)
    client.post(f"/desk/comments/mentions/{mention.pk}/done/")

    assert calls(rob) == []


def test_nobody_is_called_to_what_they_may_not_see(client: Client, ana: User, rob: User) -> None:
    emma, root = person("emma", Role.ENGAGE), person("root", Role.SYSADMIN)
    kept = Consultation.objects.create(title="In hiding", organiser=emma, risk_to_participants=5)
    kept.team.add(rob)
    comment("consultation", kept.pk, text="@rob, safe?", by=emma, at=NOW)

    for name in ("ana", root.username, "nobody"):
        with pytest.raises(NotAllowed, match=f"nobody called {name} reads"):
            comment("consultation", kept.pk, text=f"@{name}", by=emma, at=NOW)
    assert len(calls(rob)) == 1
    kept.team.clear()
    assert calls(rob) == []
    client.force_login(ana)
    assert client.post(f"/desk/comments/consultation/{kept.pk}/", {"text": "x"}).status_code == 404
    assert "safe?" not in client.get(f"/desk/consultations/{kept.pk}/").content.decode()
    client.force_login(emma)
    assert "safe?" in client.get(f"/desk/consultations/{kept.pk}/").content.decode()


def test_whoever_only_reads_says_nothing(client: Client, risk: Risk) -> None:
    audrey = person("audrey", Role.AUDITOR)
    client.force_login(audrey)

    assert client.post(f"/desk/comments/risk/{risk.pk}/", {"text": "x"}).status_code == 403
    assert "comment-text" not in client.get(f"/desk/risks/{risk.pk}/").content.decode()


def test_what_was_refused_is_still_in_the_form(client: Client, ana: User, risk: Risk) -> None:
    client.force_login(ana)

    page = client.post(
        f"/desk/comments/risk/{risk.pk}/", {"text": "@noone: a long thought"}, follow=True
    ).content.decode()

    assert page.index("nobody called noone reads this record") > page.index('for="comment-text"')
    assert 'aria-invalid="true" autofocus>@noone: a long thought</textarea>' in page
    assert not Comment.objects.exists()
    assert client.post("/desk/comments/case/1/", {"text": "x"}).status_code == 404


def test_the_database_keeps_what_was_said(ana: User, risk: Risk) -> None:
    comment("risk", risk.pk, text="Said.", by=ana, at=NOW)

    for statement in ("UPDATE workbench_comment SET text = 'x'", "DELETE FROM workbench_comment"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
