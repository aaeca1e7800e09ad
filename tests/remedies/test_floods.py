"""In a flood a question is asked, then nothing is received and it says so; nobody is locked out, nothing lost (T22)."""

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from remedies.actions.follow_up import open_mailbox
from remedies.forms.question import QUESTIONS, new_questions
from remedies.models import Attachment, Case, Message
from remedies.rules.case import LANGUAGES, CaseState
from remedies.rules.flood import Gate
from tests.remedies.vault_stage import (
    NOW,
    TOKEN,
    TOLD,
    Vault,
    answers,
    post,
    received,
    sent,
    to_review,
    uploads,
    vault_of_three,
)

__all__ = ["vault_of_three"]
QUESTION = re.compile(r'name="question" value="([^"]+)"')
ASKED = re.compile(
    r"<legend>([^<]+)</legend>\s*((?:<label class=\"pick\"><input type=\"radio\" name=\"answer.*?</label>\s*)+)"
)
CHOICE = re.compile(r'name="(answer_\w+)" value="(\d)"> <span>([^<]+)</span>')
RIGHT = {str(asks): {str(word) for word in words} for asks, words in QUESTIONS}


@pytest.fixture
def hot(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """Return a gate whose first budget is spent, and whose second takes three more."""
    gate = Gate(1, 4)
    gate.enter(1, answered=False, now=0)
    monkeypatch.setattr("remedies.views.sending.gate", lambda: gate)
    monkeypatch.setattr("remedies.views.sending.time.monotonic", lambda: 0.0)
    return gate


def answered(page: str) -> dict[str, str]:
    """Answer the questions of a page as a person does, by what the words mean."""
    right = {
        name: value
        for asks, choices in ASKED.findall(page)
        for name, value, word in CHOICE.findall(choices)
        if html.unescape(word) in RIGHT[html.unescape(asks)]
    }
    return {"question": QUESTION.findall(page)[0]} | right


def review(client: Client, token: str, **more: Any) -> str:
    page: str = post(client, "/raise/en/", step="review", token=token, **answers(), **more).content.decode()
    return page


def test_in_a_flood_the_last_page_asks_and_an_answer_sends(
    vault_of_three: Vault, client: Client, hot: Gate
) -> None:
    token, _receipt = to_review(client, said=answers())
    page = review(client, token)
    said = answered(page)

    assert "Two short questions" in page
    assert set(said) == {"question", "answer_one", "answer_two"}
    unanswered = post(client, "/raise/en/", step="send", token=token, **answers()).content.decode()
    assert "Nothing was sent yet" in unanswered
    assert TOLD in unanswered
    assert Case.objects.count() == 0
    done = post(client, "/raise/en/", step="send", token=token, **answers(), **said).content.decode()
    assert "We received your message" in done
    assert Case.objects.count() == 1


def test_wrong_borrowed_and_old_answers_send_nothing(
    vault_of_three: Vault, client: Client, hot: Gate
) -> None:
    token, _receipt = to_review(client, said=answers())
    other, _receipt = to_review(client, said=answers())
    mine, theirs = answered(review(client, token)), answered(review(client, other))
    wrong = [
        mine | {"answer_one": str((int(mine["answer_one"]) + 1) % 5)},
        {name: value for name, value in mine.items() if name != "answer_two"},
        theirs,
        mine | {"question": mine["question"][:-2] + "xx"},
        mine | {"question": token},
    ]

    for said in wrong:
        page = post(client, "/raise/en/", step="send", token=token, **answers(), **said).content.decode()
        assert "Nothing was sent yet" in page
    assert Case.objects.count() == 0


def test_without_the_gate_every_press_would_be_taken(vault_of_three: Vault, client: Client) -> None:
    """The switch that shows what the gate is for: the same presses, and no budget."""
    for _ in range(6):
        sent(client, said=answers())

    assert Case.objects.count() == 6


def test_above_the_second_budget_it_says_not_received_and_keeps_the_text(
    vault_of_three: Vault, client: Client, hot: Gate
) -> None:
    statuses, last = [], ""
    for _ in range(5):
        token, _receipt = to_review(client, said=answers())
        said = answered(review(client, token))
        page = post(client, "/raise/en/", step="send", token=token, **answers(wish="An apology"), **said)
        statuses.append(page.status_code)
        last = page.content.decode()

    assert statuses == [200, 200, 200, 503, 503]
    assert Case.objects.count() == 3
    assert "Not received" in last
    assert "More arrives at this moment" in last
    assert TOLD in last
    assert "An apology" in last
    assert "We received your message" not in last


def test_what_was_not_received_is_sent_from_the_same_page_later(
    vault_of_three: Vault, client: Client, hot: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    hot.enter(3, answered=True, now=0)
    token, receipt = to_review(client, said=answers())
    page = post(client, "/raise/en/", step="send", token=token, **answers())
    assert page.status_code == 503
    monkeypatch.setattr("remedies.views.sending.time.monotonic", lambda: 60.0)

    again = post(
        client, "/raise/en/", step="send", token=TOKEN.findall(page.content.decode())[0], **answers()
    )

    assert "We received your message" in again.content.decode()
    assert open_mailbox(receipt, at=NOW).state == CaseState.RECEIVED


def test_reading_answers_is_never_asked_for_and_a_further_message_is(
    vault_of_three: Vault, client: Client, hot: Gate
) -> None:
    _case, receipt = received()
    page = post(client, "/follow/en/", step="open", receipt=receipt).content.decode()
    token = TOKEN.findall(page)[0]
    assert "We received your message. Nobody has answered yet." in page

    refused = post(client, "/follow/en/", step="send", token=token, text="More words.").content.decode()
    assert "Nothing was sent yet" in refused
    assert "More words." in refused
    said = answered(refused)
    done = post(client, "/follow/en/", step="send", token=token, text="More words.", **said).content.decode()
    assert "Sending it twice changes nothing" in done
    assert Message.objects.count() == 2


def test_files_count_for_more(vault_of_three: Vault, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(12, 100)
    monkeypatch.setattr("remedies.views.sending.gate", lambda: gate)
    monkeypatch.setattr("remedies.views.sending.time.monotonic", lambda: 0.0)
    statuses = []
    for nth in range(2):
        token, _receipt = to_review(client, said=answers())
        form = answers() | {"step": "send", "token": token, "files": uploads(f"Words {nth}".encode())}
        statuses.append("Two short questions" in client.post("/raise/en/", form).content.decode())

    assert statuses == [False, True]
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_question_is_asked_in_the_language_of_the_page(
    vault_of_three: Vault, client: Client, hot: Gate, language: str
) -> None:
    token, _receipt = to_review(client, said=answers())

    page = post(client, f"/raise/{language}/", step="review", token=token, **answers()).content.decode()

    assert page.count('type="radio" name="answer_') == 10
    assert ("Two short questions" in page) == (language == "en")
    assert page.count("<legend>") >= 3


def test_every_question_has_one_right_word_and_its_place_is_drawn() -> None:
    places = set()
    for _ in range(300):
        for one in new_questions():
            words = [str(word) for word in one.words]
            right = [at for at, word in enumerate(words) if word in RIGHT[str(one.asks)]]
            assert right == [one.right]
            assert len(set(words)) == 5
            places.add(one.right)
    assert places == {0, 1, 2, 3, 4}
