"""What people think of how they were treated: behind the receipt, apart from the case, changed by nobody else."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from hrdd.governance.models import AuditEvent
from remedies.actions import ratings
from remedies.models import Case, Rating
from remedies.rules.case import week_of
from remedies.rules.receipt import new_receipt
from tests.remedies.vault_stage import NOW, TOKEN, Vault, post, received, vault_of_three

__all__ = ["vault_of_three"]


def ended() -> tuple[Case, str]:
    case, receipt = received()
    Case.objects.filter(pk=case.pk).update(
        state="withdrawn", withdrawn_week=week_of(NOW.date()), closed_on=NOW.date()
    )
    return case, receipt


def token_of(client: Client, receipt: str, language: str = "en") -> str:
    page = post(client, f"/follow/{language}/", step="open", receipt=receipt).content.decode()
    return TOKEN.findall(page)[0]


def test_a_person_answers_once_something_was_decided_and_can_change_it(
    vault_of_three: Vault, client: Client
) -> None:
    _case, receipt = ended()
    events = AuditEvent.objects.count()

    for fairness in ("2", "5"):
        page = post(
            client,
            "/follow/en/",
            step="rate",
            token=token_of(client, receipt),
            fairness=fairness,
            satisfaction="",
            safety="4",
        ).content.decode()
        assert "Thank you. Your answers are kept apart from your concern." in page

    rating = Rating.objects.get()
    assert (rating.fairness, rating.satisfaction, rating.safety) == (5, None, 4)
    assert rating.quarter.day == 1
    assert AuditEvent.objects.count() == events
    assert receipt not in page


def test_nothing_in_a_rating_leads_to_the_case(vault_of_three: Vault) -> None:
    case, receipt = ended()
    ratings.rate(receipt, satisfaction=1, fairness=None, safety=None, today=NOW.date())

    stored = Rating.objects.values().get()

    assert case.pk not in stored.values()
    assert bytes(stored["mark"]) not in {
        bytes(one or b"") for one in case.messages.values_list("mark", flat=True)
    }
    assert bytes(stored["mark"]) != bytes(case.reply_key.lookup)
    assert not [field for field in Rating._meta.get_fields() if field.is_relation]
    assert not [field for field in Rating._meta.get_fields() if "Time" in type(field).__name__]


@pytest.mark.parametrize("said", [{}, {"fairness": "6"}, {"fairness": "x"}, {"fairness": "0"}])
def test_nothing_and_what_is_no_mark_are_not_kept(
    vault_of_three: Vault, client: Client, said: dict[str, str]
) -> None:
    _case, receipt = ended()

    page = post(client, "/follow/en/", step="rate", token=token_of(client, receipt), **said).content.decode()

    assert "Choose at least one answer." in page
    assert not Rating.objects.exists()


def test_before_anything_was_decided_nobody_is_asked(vault_of_three: Vault, client: Client) -> None:
    _case, receipt = received()

    page = post(client, "/follow/en/", step="open", receipt=receipt).content.decode()
    post(client, "/follow/en/", step="rate", token=TOKEN.findall(page)[0], fairness="4")

    assert "How did we treat you?" not in page
    assert not Rating.objects.exists()
    assert not ratings.rate(new_receipt(), satisfaction=1, fairness=1, safety=1, today=NOW.date())


@pytest.mark.parametrize(
    ("language", "asked"),
    [
        ("en", "Were you treated fairly?"),
        ("fr", "Avez-vous été traité équitablement"),
        ("es", "¿Se le ha tratado de forma justa?"),
        ("ar", "هل عوملت بإنصاف؟"),
    ],
)
def test_the_questions_stand_in_every_language_without_script_and_in_one_size_of_page(
    vault_of_three: Vault, client: Client, language: str, asked: str
) -> None:
    _case, receipt = ended()

    answer = post(client, f"/follow/{language}/", step="open", receipt=receipt)

    assert asked in answer.content.decode()
    assert "<script" not in answer.content.decode()
    assert len(answer.content) == 16 * 1024


def test_the_database_keeps_quarters_and_one_to_five(db: None) -> None:
    for wrong in (
        {"quarter": date(2026, 10, 2), "fairness": 1},
        {"quarter": date(2026, 11, 1), "fairness": 1},
        {"quarter": date(2026, 10, 1), "fairness": 6},
        {"quarter": date(2026, 10, 1)},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Rating.objects.create(**wrong)
    Rating.objects.create(quarter=date(2026, 10, 1), fairness=1, mark=None)
