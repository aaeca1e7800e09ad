"""Coming back with a receipt: a status and unread answers, one path for every receipt (reliability.md T8)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from remedies.actions import follow_up, reading
from remedies.actions.intake import Received, receive, renew_form_keys
from remedies.models import Case, Message, ReplyKey
from remedies.rules.case import CaseState
from remedies.rules.receipt import new_receipt, shown
from tests.remedies.vault_stage import NOW, TOKEN, TOLD, Vault, post, received, told, vault_of_three

__all__ = ["vault_of_three"]
ANSWER = "We read your message and look into it. Can you tell us more?"


def opened(client: Client, receipt: str) -> Any:
    return post(client, "/follow/en/", step="open", receipt=receipt)


def answered(stage: Vault, case: Case, text: str = ANSWER) -> None:
    reading.answer(case, text, by=stage.grace, pair=stage.pair(stage.grace), at=NOW)


def test_a_receipt_shows_status_and_unread_answers_never_what_was_told(
    vault_of_three: Vault, client: Client
) -> None:
    case, receipt = received()

    before = opened(client, shown(receipt).lower()).content.decode()
    assert "We received your message. Nobody has answered yet." in before
    assert "There is no new answer." in before
    answered(vault_of_three, case)
    Case.objects.filter(pk=case.pk).update(state=str(CaseState.ACKNOWLEDGED))
    text = opened(client, receipt).content.decode()
    assert ANSWER in text
    assert "Somebody has read your message." in text
    assert TOLD not in before + text
    assert receipt not in text
    assert shown(receipt) not in text


def test_valid_unknown_and_forgotten_receipts_look_alike_from_outside(
    vault_of_three: Vault, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    _case, valid = received()
    _other, forgotten = received(what="Other")
    follow_up.forget_receipt(forgotten, today=NOW.date())
    opened(client, valid)  # whatever is made once, is made
    seen, queries = {}, {}

    for kind, receipt in {"valid": valid, "unknown": new_receipt(), "forgotten": forgotten}.items():
        with CaptureQueriesContext(connection) as captured:
            page = opened(client, receipt)
        seen[kind] = (page.status_code, sorted(page.headers.items()), len(page.content))
        queries[kind] = len(captured)
    mistyped = opened(client, valid[:-1] + ("0" if valid[-1] != "0" else "2"))
    seen["mistyped"] = (mistyped.status_code, sorted(mistyped.headers.items()), len(mistyped.content))

    assert len(set(map(str, seen.values()))) == 1, seen
    assert len(set(queries.values())) == 1, queries
    monkeypatch.setattr("remedies.access.pad_page", lambda _page: None)
    assert len(opened(client, valid).content) != len(opened(client, forgotten).content)
    assert opened(client, forgotten).content.decode().count("Nothing is kept under this receipt") == 1


def test_a_further_message_is_sent_once_however_often_the_button_is_pressed(
    vault_of_three: Vault, client: Client
) -> None:
    _case, receipt = received()
    token = TOKEN.findall(opened(client, receipt).content.decode())[0]

    pages = [post(client, "/follow/en/", step="send", token=token, text="More.") for _ in range(3)]
    assert all("We received your message. Sending it twice" in page.content.decode() for page in pages)
    assert Message.objects.count() == 2
    fresh = TOKEN.findall(pages[0].content.decode())[0]
    post(client, "/follow/en/", step="send", token=fresh, text="More.")
    assert Message.objects.count() == 3


def test_an_empty_message_is_refused_in_words(vault_of_three: Vault, client: Client) -> None:
    _case, receipt = received()
    token = TOKEN.findall(opened(client, receipt).content.decode())[0]

    text = post(client, "/follow/en/", step="send", token=token, text=" ").content.decode()

    assert "Write your message first." in text
    assert Message.objects.count() == 1


def test_what_was_read_is_deleted_for_the_receipt_and_stays_with_the_team(
    vault_of_three: Vault, client: Client
) -> None:
    case, receipt = received()
    answered(vault_of_three, case)
    token = TOKEN.findall(opened(client, receipt).content.decode())[0]
    answered(vault_of_three, case, "A later one.")

    text = post(client, "/follow/en/", step="hide", token=token).content.decode()

    assert ANSWER not in text
    assert "A later one." in text
    kept = Message.objects.get(number=2)
    assert (kept.for_person, bool(kept.sealed)) == (None, True)


@pytest.mark.parametrize(("weeks", "there"), [(0, True), (1, True), (2, False)])
def test_answers_disappear_by_themselves_after_they_were_shown(
    vault_of_three: Vault, weeks: int, there: bool
) -> None:
    case, receipt = received()
    answered(vault_of_three, case)
    assert follow_up.open_mailbox(receipt, at=NOW + timedelta(weeks=8)).answers

    later = follow_up.open_mailbox(receipt, at=NOW + timedelta(weeks=8 + weeks))

    assert bool(later.answers) == there


def test_everything_told_can_be_deleted_and_new_answers_still_come(
    vault_of_three: Vault, client: Client
) -> None:
    case, receipt = received()
    answered(vault_of_three, case)
    token = TOKEN.findall(opened(client, receipt).content.decode())[0]
    asked = post(client, "/follow/en/", step="ask", token=token).content.decode()
    assert ANSWER in follow_up.open_mailbox(receipt, at=NOW).answers[0].text

    done = post(client, "/follow/en/", step="delete", token=TOKEN.findall(asked)[0]).content.decode()

    assert "This receipt shows no answer any more." in done
    assert "There is no new answer." in opened(client, receipt).content.decode()
    answered(vault_of_three, case, "A later one.")
    assert "A later one." in opened(client, receipt).content.decode()


def test_a_receipt_made_useless_opens_nothing_and_no_old_page_sends_the_story_again(
    vault_of_three: Vault, client: Client
) -> None:
    case, receipt = received()
    token = TOKEN.findall(opened(client, receipt).content.decode())[0]

    post(client, "/follow/en/", step="delete", token=token, receipt_too="on")

    assert "Nothing is kept" in opened(client, receipt).content.decode()
    assert (
        "Nothing is kept" in post(client, "/follow/en/", step="send", token=token, text="x").content.decode()
    )
    assert receive(told(), receipt=receipt, at=NOW) == Received.AGAIN
    assert (Case.objects.count(), Message.objects.count()) == (1, 1)
    with pytest.raises(Exception, match="made their receipt useless"):
        answered(vault_of_three, case)
    renew_form_keys(at=NOW + timedelta(days=365))
    assert not ReplyKey.objects.exists()


@pytest.mark.parametrize("token", ["", "x", "AAAA" * 30])
@pytest.mark.parametrize("step", ["send", "hide", "ask", "delete", "anything"])
def test_a_token_that_is_not_ours_asks_for_the_receipt_and_keeps_the_text(
    vault_of_three: Vault, client: Client, token: str, step: str
) -> None:
    page = post(client, "/follow/en/", step=step, token=token, text="what I typed")

    assert page.status_code == 200
    assert "Enter the receipt again" in page.content.decode()
    assert "what I typed" in page.content.decode()
    assert Message.objects.count() == 0


def test_markup_in_an_answer_or_a_typed_receipt_stays_text(vault_of_three: Vault, client: Client) -> None:
    case, receipt = received()
    answered(vault_of_three, case, "<script>alert(1)</script>\n\n<b>x</b>")

    assert "<script" not in opened(client, receipt).content.decode()
    assert "<script" not in opened(client, '"><script>alert(1)</script>').content.decode()
