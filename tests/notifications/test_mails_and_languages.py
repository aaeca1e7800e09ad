"""Mails are written in the language of the account, whole, and say numbers only."""

import ast
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from hrdd.governance.models import User
from hrdd.governance.rules import Role
from hrdd.notifications.actions import digests
from hrdd.notifications.documents import AS_BEFORE, FROM_THE_RIGHT, digest
from hrdd.notifications.models import NotificationSettings, OutgoingMail
from hrdd.notifications.rules.digest import Counts
from hrdd.tongues import languages

DESK = "https://desk.example/desk/inbox/"
ALL = Counts(5, 2, 1)
NOW = timezone.now()
SENDS = {
    "send_mail",
    "send_mass_mail",
    "mail_admins",
    "mail_managers",
    "EmailMessage",
    "EmailMultiAlternatives",
}


def lines_of(language: str) -> list[str]:
    letter = digest(ALL, language=language, desk=DESK)
    return [str(letter.subject), *str(letter.body).splitlines()]


@pytest.fixture
def dan(db: None) -> User:
    return User.objects.create_user("dan", "x", display_name="Dan", roles=[Role.DECIDER])


def test_a_mail_says_how_many_and_where_and_nothing_else() -> None:
    letter = digest(ALL, language="en", desk=DESK)

    assert letter.subject == "Waiting for you: 5"
    assert str(letter.body).startswith("Waiting for you: 5\nPast their day: 2\nNot seen by you yet: 1\n\n")
    assert DESK in str(letter.body).splitlines()
    assert "Past" not in str(digest(Counts(5, 0, 1), language="en", desk=DESK).body)
    assert "Not seen" not in str(digest(Counts(5, 2, 0), language="en", desk=DESK).body)


@pytest.mark.parametrize("language", sorted(set(languages()) - {"en"}))
def test_no_sentence_of_a_mail_escapes(language: str) -> None:
    english, said = lines_of("en"), lines_of(language)

    assert len(said) == len(english)
    same = [one for one, other in zip(english, said, strict=True) if one.strip() and one == other]
    assert same == [DESK]


def test_a_mail_in_arabic_reads_from_the_right_and_holds_no_latin_letter() -> None:
    letter = digest(ALL, language="ar", desk=DESK)
    lines = [one for one in str(letter.body).splitlines() if one and one != DESK]

    assert len(lines) == 6
    assert all(one[0] == FROM_THE_RIGHT and one[-1] == AS_BEFORE for one in lines)
    assert not any(sign.isascii() and sign.isalpha() for one in [letter.subject, *lines] for sign in one)
    assert letter.extra_headers["Content-Language"] == "ar"


def test_only_one_module_writes_mails() -> None:
    """A second one is added here, and to the tests above, or it would be sent in English to everybody."""
    names = {
        path.relative_to(settings.BASE_DIR).as_posix()
        for app in ("hrdd", "risks", "remedies", "transparency")
        for path in (Path(settings.BASE_DIR) / app).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Name) and node.id in SENDS)
        or (isinstance(node, ast.Attribute) and node.attr in {*SENDS, "email_user"})
    }

    assert names == {"hrdd/notifications/documents.py"}


def test_a_person_is_written_to_in_the_language_they_chose(dan: User) -> None:
    client = Client()
    client.force_login(dan)
    NotificationSettings.objects.create(user=dan, email="dan@example.org", every="day", changed_at=NOW)
    told: dict[str, Any] = {"user": dan, "waiting": 3, "late": 0, "new": 1, "next_try_at": NOW}

    OutgoingMail.objects.create(day=NOW.date(), **told)
    digests.send_mails(at=NOW)
    answer = client.post("/desk/account/language/", {"language": "es"}, follow=True)
    OutgoingMail.objects.create(day=NOW.date() + timedelta(days=1), **told)
    digests.send_mails(at=NOW)

    assert [one.subject for one in mail.outbox] == ["Waiting for you: 3", "Le esperan: 3"]
    assert mail.outbox[1].message()["Content-Language"] == "es"
    assert "Mails to you are in Español now." in answer.content.decode()
    assert '<option value="es" lang="es" selected>' in answer.content.decode()


def test_a_language_that_is_not_spoken_here_is_refused_by_form_and_database(dan: User) -> None:
    client = Client()
    client.force_login(dan)

    assert client.post("/desk/account/language/", {"language": "xx"}).status_code == 400
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=dan.pk).update(language="xx")
    dan.refresh_from_db()
    assert dan.language == "en"
