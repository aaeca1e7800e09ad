"""A person raises a concern: nothing saved before, nothing sent twice, no trace of them (reliability.md 2.2-2.4)."""

import logging
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from hrdd.governance.models import AuditEvent
from hrdd.governance.rules import Role
from remedies.access import HEADERS, PAGE_BUCKET
from remedies.actions.intake import Received, receive, renew_form_keys
from remedies.models import Case, FormKey, IdentityKeyWrap, Message, RecoveryKey, ReplyKey, SealedIdentity
from remedies.rules import places
from remedies.rules.case import LANGUAGES
from remedies.rules.envelope import BUCKETS, HEADER, TAG, open_envelope
from remedies.rules.receipt import new_receipt, shown
from remedies.rules.wraps import unwrap
from tests.remedies.vault_stage import (
    NOW,
    RECEIPT,
    TOKEN,
    TOLD,
    Vault,
    answers,
    made_vault,
    person,
    post,
    sent,
    to_review,
    told,
    vault_of_three,
)

__all__ = ["vault_of_three"]
MOST_BYTES_OF_CSS, MOST_BYTES_OF_PAGE = 20_000, 60_000
CONTACT = "Nadira, by Signal at night"


def rows() -> int:
    tables = (Case, Message, ReplyKey, SealedIdentity, AuditEvent)
    return sum(table._default_manager.count() for table in tables)


def test_nothing_is_saved_before_the_last_button(vault_of_three: Vault, client: Client) -> None:
    before = rows()

    token, _receipt = to_review(client, said=answers())
    for step in ("what", "details", "review"):
        post(client, "/raise/en/", step=step, token=token, **answers())
    assert rows() == before
    post(client, "/raise/en/", step="send", token=token, **answers())
    assert (Case.objects.count(), Message.objects.count(), ReplyKey.objects.count()) == (1, 1, 1)


def test_what_is_kept_in_the_clear_is_coarse(vault_of_three: Vault, client: Client) -> None:
    said = answers(
        region="south_asia", threat_to_life="on", on_behalf_of="on", where="Old market", when="May"
    )
    before = AuditEvent.objects.count()

    sent(client, said=said)

    case = Case.objects.get()
    assert case.received_week.weekday() == 0
    assert case.pk.version == 4
    assert (case.type, case.region, case.threat_to_life) == ("safety_threat", "south_asia", True)
    assert (case.state, case.channel, case.language) == ("received", "web_form", "en")
    assert AuditEvent.objects.count() == before


def test_the_same_press_again_creates_nothing_and_another_text_is_a_further_message(
    vault_of_three: Vault, client: Client
) -> None:
    token, receipt = to_review(client, said=answers())

    pages = [post(client, "/raise/en/", step="send", token=token, **answers()) for _ in range(3)]
    assert len({page.content for page in pages}) == 1
    assert RECEIPT.findall(pages[0].content.decode()) == [shown(receipt)]
    assert (Case.objects.count(), Message.objects.count()) == (1, 1)

    post(client, "/raise/en/", step="send", token=token, **answers(what="Another thing."))
    assert (Case.objects.count(), Message.objects.count()) == (1, 2)


def test_a_contact_given_with_a_second_text_is_kept_from_handlers_too(vault_of_three: Vault) -> None:
    receipt = new_receipt()
    assert receive(told(), receipt=receipt, at=NOW) == Received.NEW
    more = told(identity_mode="confidential", contact=CONTACT, threat_to_life=True)

    assert receive(more, receipt=receipt, at=NOW) == Received.FURTHER
    assert receive(more, receipt=receipt, at=NOW) == Received.AGAIN
    assert SealedIdentity.objects.count() == 1
    assert Case.objects.get().threat_to_life


@pytest.mark.django_db(transaction=True)
def test_ten_presses_at_once_are_one() -> None:
    made_vault()
    receipt = new_receipt()

    def press(_nth: int) -> Received:
        try:
            return receive(told(), receipt=receipt, at=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as hands:
        became = list(hands.map(press, range(10)))

    assert sorted(became) == [Received.AGAIN] * 9 + [Received.NEW]
    assert (Case.objects.count(), Message.objects.count(), ReplyKey.objects.count()) == (1, 1, 1)


def test_who_wrote_is_sealed_to_custodians_and_to_no_handler(vault_of_three: Vault, client: Client) -> None:
    sent(client, said=answers(identity_mode="confidential", contact=CONTACT))

    identity = SealedIdentity.objects.get()
    wraps = IdentityKeyWrap.objects.filter(identity=identity)
    assert {wrap.holder.user.username for wrap in wraps if wrap.holder} == {"cleo", "milo", "tara"}
    assert wraps.filter(recovery=vault_of_three.recovery).count() == 1
    key, pair = vault_of_three.custodians[0]
    opened = unwrap(
        bytes(wraps.get(holder=key).wrapped),
        pair=pair,
        place=places.contact_key(identity.pk, identity.case_id),
    )
    found = open_envelope(
        bytes(identity.sealed), key=opened, place=places.contact(identity.pk, identity.case_id)
    )
    assert found.decode() == CONTACT


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"type": ""}, "Choose what comes closest"),
        ({"what": "  "}, "Tell us what happened"),
        ({"what": "x" * 20_001}, "too long to be locked"),
        ({"what": "\u0646" * 10_001}, "too long to be locked"),
        ({"contact": "me"}, "You chose to stay anonymous"),
        ({"identity_mode": "open"}, "Tell us how to reach you"),
        ({"identity_mode": ""}, "Choose how you want to be known"),
        ({"region": "Atlantis"}, "Select a valid choice"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(
    vault_of_three: Vault, client: Client, said: dict[str, str], sentence: str
) -> None:
    token, receipt = to_review(client, said=answers())

    page = post(client, "/raise/en/", step="send", token=token, **answers(wish="An apology", **said))

    text = page.content.decode()
    assert sentence in text
    assert "An apology" in text
    assert Case.objects.count() == 0
    again, same = to_review_with(client, TOKEN.findall(text)[0])
    assert same == shown(receipt)
    assert again


def to_review_with(client: Client, token: str) -> tuple[str, str]:
    text = post(client, "/raise/en/", step="review", token=token, **answers()).content.decode()
    return TOKEN.findall(text)[0], RECEIPT.findall(text)[0]


def test_a_day_later_the_text_is_still_there_with_a_new_receipt(
    vault_of_three: Vault, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, receipt = to_review(client, said=answers())
    later = timezone.now() + timedelta(hours=25)
    monkeypatch.setattr("remedies.views.intake.timezone.now", lambda: later)

    text = post(client, "/raise/en/", step="send", token=token, **answers()).content.decode()

    assert "open for more than a day" in text
    assert TOLD in text
    assert Case.objects.count() == 0
    assert to_review_with(client, TOKEN.findall(text)[0])[1] != shown(receipt)


def test_keys_of_forms_are_deleted_after_a_day(vault_of_three: Vault) -> None:
    for days in range(5):
        renew_form_keys(at=NOW + timedelta(days=days))
    renew_form_keys(at=NOW + timedelta(days=4))

    assert [key.day - NOW.date() for key in FormKey.objects.order_by("day")] == [
        timedelta(days=3),
        timedelta(days=4),
    ]


def test_a_failure_never_shows_a_receipt_and_keeps_the_text(
    vault_of_three: Vault,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    token, receipt = to_review(client, said=answers())

    def down(*_args: Any, **_options: Any) -> None:
        raise OperationalError("the server closed the connection: INSERT … " + TOLD)

    with monkeypatch.context() as patch, caplog.at_level(logging.DEBUG):
        patch.setattr("remedies.views.intake.receive_with_files", down)
        page = post(client, "/raise/en/", step="send", token=token, **answers())
        patch.setattr("remedies.views.intake._not_received", down)
        worst = post(client, "/raise/en/", step="send", token=token, **answers())

    text = page.content.decode()
    assert (page.status_code, worst.status_code) == (503, 503)
    assert "Not received" in text
    assert TOLD in text
    assert shown(receipt) not in text + worst.content.decode()
    assert TOLD not in caplog.text + worst.content.decode()
    assert "OperationalError" in caplog.text
    done = post(client, "/raise/en/", step="send", token=TOKEN.findall(text)[0], **answers())
    assert RECEIPT.findall(done.content.decode()) == [shown(receipt)]


def test_without_a_recovery_key_nothing_is_taken_in(vault_of_three: Vault, client: Client) -> None:
    token, _receipt = to_review(client, said=answers())
    RecoveryKey.objects.update(retired_at=NOW)

    page = post(client, "/raise/en/", step="send", token=token, **answers())

    assert page.status_code == 503
    assert TOLD in page.content.decode()
    assert Case.objects.count() == 0
    first = client.get("/raise/en/").content.decode()
    assert "We cannot take messages here yet" in first
    assert "<form" not in first


def test_texts_are_stored_in_buckets_only(vault_of_three: Vault) -> None:
    for size in (1, 90, 500, 1100, 3000, 5000, 9000, 15_000, 20_000):
        receive(told(what="x" * size), receipt=new_receipt(), at=NOW)

    lengths = {len(bytes(sealed)) for sealed in Message.objects.values_list("sealed", flat=True)}
    assert lengths <= {bucket + HEADER + TAG for bucket in BUCKETS}
    assert {case.pk.version for case in Case.objects.all()} == {4}
    assert {message.pk.version for message in Message.objects.all()} == {4}


ADDRESSES = [
    "/raise/",
    "/follow/",
    *(f"/{page}/{code}/" for page in ("raise", "follow") for code in LANGUAGES),
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_signed_in_member_of_staff_is_nobody_here(db: None, client: Client, address: str) -> None:
    client.force_login(person("ana", Role.ANALYST))
    session = client.cookies["sessionid"].value

    for answer in (
        client.get(address),
        client.post(address, "step=start", "application/x-www-form-urlencoded"),
    ):
        assert answer.status_code == 200
        assert answer.cookies == {}
        assert "Vary" not in answer.headers
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        text = answer.content.decode()
        assert "Ana" not in text
        assert session not in text
        assert len(answer.content) % PAGE_BUCKET == 0
        assert "<script" not in text
        assert not re.findall(r'(?:src|srcset|style|\bon\w+)="', text)
        linked = set(re.findall(r'(?:href|action)="([^"#]*)', text)) - {""}
        assert {url for url in linked if not url.startswith("/")} == {settings.QUICK_EXIT}
        assert re.findall("<title>(.*?)</title>", text) == [re.findall("<title>(.*?)</title>", text)[0]]
        assert "HRDD" not in re.findall("<title>(.*?)</title>", text)[0]


def test_pages_are_light_even_with_the_longest_text(vault_of_three: Vault, client: Client) -> None:
    css = (Path(settings.BASE_DIR) / "static" / "css" / "intake.css").read_bytes()
    said = answers(what="word " * 3999, wish="w" * 1000, where="w" * 300, contact="")
    token, _receipt = to_review(client, said=said)

    sizes = [
        len(post(client, "/raise/ar/", step=step, token=token, **said).content)
        for step in ("what", "details", "review", "send")
    ]

    assert len(css) <= MOST_BYTES_OF_CSS
    assert b"@import" not in css
    assert b"url(" not in css
    assert max(sizes) <= MOST_BYTES_OF_PAGE


def test_only_plain_forms_and_known_addresses_are_answered_and_nothing_is_logged(
    db: None, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        statuses = [
            client.put("/raise/").status_code,
            client.delete("/follow/").status_code,
            client.post("/raise/", "step=start", "text/plain").status_code,
            client.post("/raise/", "{}", "application/json").status_code,
            client.get("/raise/xx/").status_code,
            client.get("/raise/en/more/").status_code,
            client.get("/raise/", headers={"host": "elsewhere.example"}).status_code,
        ]

    assert statuses == [405, 405, 415, 415, 404, 404, 400]
    assert [one for one in caplog.records if one.name != "django.security.DisallowedHost"] == []


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("fr-CH, en;q=0.5", "fr"),
        ("de, ar;q=0.4", "ar"),
        ("es-419", "es"),
        ("tlh", "en"),
        ("", "en"),
        (";;q", "en"),
    ],
)
def test_the_browser_is_heard_where_the_address_names_no_language(
    db: None, client: Client, asked: str, language: str
) -> None:
    text = client.get("/raise/", headers={"accept-language": asked}).content.decode()

    assert f'<html lang="{language}"{" dir=" if language == "ar" else ">"}' in text
    assert (
        client.get("/raise/es/", headers={"accept-language": asked}).content.decode().count('lang="es"') >= 2
    )
