"""Whoever has every table and the environment has no word that was told, and no trace of who it was (T1, T2)."""

import base64
import gzip
import io
import logging
import os
import random
import re
import zlib
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, RequestFactory

from remedies.access import forget_the_visitor
from remedies.models import (
    Attachment,
    CaseKeyWrap,
    FormKey,
    IdentityKeyWrap,
    Message,
    RecoveryShare,
    SealedIdentity,
)
from remedies.rules import places
from remedies.rules.envelope import CannotOpen, open_envelope, open_file
from remedies.rules.wraps import WRAPPED_KEY
from tests.remedies.sample_files import planted_jpeg
from tests.remedies.vault_stage import TOKEN, Vault, answers, post, sent, uploads, vault_of_three

__all__ = ["vault_of_three"]
# A small number each time, and that of T1 and T2 each night.
PLANTED = [50, pytest.param(500, marks=pytest.mark.nightly)]
VISITORS = [100, pytest.param(2_000, marks=pytest.mark.nightly)]
START = 8  # the search looks up the first bytes of every form at every place, so that many words cost no more than few
HEX = re.compile(r"\\\\x([0-9a-f]+)")


def everything_at_rest() -> Iterator[bytes]:
    """Yield every table as text, every binary value as bytes and as what it may be packed from, and the environment."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            out = io.StringIO()
            cursor.cursor.copy_expert(f'COPY "{table}" TO STDOUT', out)  # type: ignore[attr-defined]
            yield out.getvalue().encode()
            for found in HEX.findall(out.getvalue()):
                raw = bytes.fromhex(found)
                yield raw
                yield from unpacked(raw)
    yield repr(dict(os.environ)).encode()
    yield repr({name: getattr(settings, name) for name in dir(settings) if name.isupper()}).encode()


def unpacked(raw: bytes) -> Iterator[bytes]:
    for start in (place for place in range(min(len(raw), 64)) if raw[place : place + 1] in {b"\x1f", b"x"}):
        try:
            yield zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(raw[start:])
        except zlib.error:
            continue


def forms_of(word: str) -> Iterator[bytes]:
    """Yield a word as it may lie around: plain, wide, reversed, in hex, in base 64 at each of its three places."""
    for raw in (word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be"), word[::-1].encode()):
        yield raw
        yield raw.hex().encode()
        for shift in range(3):
            yield base64.b64encode(b"\0" * shift + raw)[4 if shift else 0 : -4]
    yield quote(word).encode()


def found_at_rest(words: list[str]) -> int:
    wanted: dict[bytes, list[tuple[bytes, str]]] = {}
    for word in words:
        for form in forms_of(word):
            wanted.setdefault(form[:START], []).append((form, word))
    found = set()
    for lies in everything_at_rest():
        for place in range(len(lies) - START + 1):
            for form, word in wanted.get(lies[place : place + START], ()):
                if lies.startswith(form, place):
                    found.add(word)
    return len(found)


def word(kind: str, nth: int) -> str:
    drawn = random.Random(f"{kind}{nth}")  # noqa: S311  # canaries, no secrets
    return f"{kind}{nth}" + "".join(drawn.choice("bdfgklmnprtvz") for _ in range(14))


def plant(client: Client, how_many: int) -> list[str]:
    """Send concerns and further messages with a word of their own in every text that a person can write."""
    words, receipts = [], []
    for nth in range(how_many // 5):
        mine = {name: word(name, nth) for name in ("what", "where", "when", "wish", "contact")}
        words += mine.values()
        receipts.append(sent(client, said=answers(identity_mode="confidential", **mine)))
    for nth, receipt in enumerate(receipts):
        further, name, seen, kept = (word(kind, nth) for kind in ("further", "name", "seen", "kept"))
        words += [further, name, seen, kept]
        page = post(client, "/follow/en/", step="open", receipt=receipt).content.decode()
        form = {"step": "send", "token": TOKEN.findall(page)[0], "text": further, "keep": "on"}
        hidden = planted_jpeg(kept, nth)
        client.post("/follow/en/", form | {"files": uploads(seen.encode(), hidden, name=f"{name}.jpg")})
    return words + receipts


@pytest.mark.parametrize("many", PLANTED)
def test_nothing_that_was_told_is_at_rest(vault_of_three: Vault, client: Client, many: int) -> None:
    words = plant(client, many)

    assert len(words) >= many
    assert Message.objects.count() == 2 * SealedIdentity.objects.count() == 2 * many // 5
    assert Attachment.objects.filter(sealed__isnull=False, original__isnull=False).count() == 2 * many // 5
    assert found_at_rest(words) == 0


def test_the_search_finds_what_is_stored_unsealed(
    vault_of_three: Vault, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same search over the same intake with the sealing switched off; else it would prove nothing."""
    monkeypatch.setattr("remedies.actions.intake.seal", lambda text, **_place: text)
    monkeypatch.setattr("remedies.rules.wraps.seal", lambda text, **_place: gzip.compress(text))
    monkeypatch.setattr("remedies.rules.wraps.seal_file", lambda file, **_place: [file])
    monkeypatch.setattr("remedies.rules.wraps.wrap", lambda _key, **_place: b"")

    words = plant(client, 10)

    assert found_at_rest(words) >= 12
    assert found_at_rest([one for one in words if one.startswith(("seen", "kept"))]) == 4
    assert found_at_rest([one for one in words if one.startswith("name")]) == 0  # names are kept nowhere


def test_no_secret_of_the_server_opens_anything(vault_of_three: Vault, client: Client) -> None:
    plant(client, 10)
    secrets = [
        *settings.RECEIPT_PEPPERS,
        *(base64.urlsafe_b64decode(key) for key in settings.SEALING_KEYS),
        *(bytes(secret) for secret in FormKey.objects.values_list("secret", flat=True)),
        *(bytes(wrap)[:32] for wrap in CaseKeyWrap.objects.values_list("wrapped", flat=True)),
        *(bytes(wrap)[-32:] for wrap in IdentityKeyWrap.objects.values_list("wrapped", flat=True)),
        *(bytes(wrap)[-32:] for wrap in RecoveryShare.objects.values_list("wrapped", flat=True)),
    ]
    tried = 0

    for message in Message.objects.filter(to_inbox=False):
        for secret in secrets:
            with pytest.raises(CannotOpen):
                open_envelope(
                    bytes(message.sealed), key=secret, place=places.told(message.pk, message.case_id, 1)
                )
            tried += 1
    for identity in SealedIdentity.objects.all():
        place = places.contact(identity.pk, identity.case_id)
        for secret in secrets:
            with pytest.raises(CannotOpen):
                open_envelope(bytes(identity.sealed), key=secret, place=place)
            tried += 1

    for file in Attachment.objects.all():
        for sealed, place in (
            (bytes(file.sealed or b""), places.file(file.pk, file.case_id, 1)),
            (bytes(file.original or b""), places.original(file.pk, file.case_id)),
        ):
            for secret in secrets:
                with pytest.raises(CannotOpen):
                    list(open_file(sealed[WRAPPED_KEY:], key=secret, place=place))
                tried += 1

    assert tried >= 120


def visitor(nth: int) -> dict[str, str]:
    mark, (net, host) = word("visitor", nth), divmod(nth, 200)
    return {
        "REMOTE_ADDR": f"198.{100 + net}.{host}.{250 - host}",
        "HTTP_X_FORWARDED_FOR": f"203.{100 + net}.{host}.{240 - host}",
        "HTTP_X_REAL_IP": f"192.{100 + net}.{host}.{230 - host}",
        "HTTP_USER_AGENT": f"Browser {mark}",
        "HTTP_REFERER": f"https://inbox.example/{mark}",
        "HTTP_COOKIE": f"tracker={mark}; sessionid={mark}",
        "HTTP_DNT": mark,
        "QUERY_STRING": f"utm={mark}",
    }


@pytest.mark.parametrize("many", VISITORS)
def test_nobody_who_wrote_left_a_trace(
    vault_of_three: Vault, client: Client, caplog: pytest.LogCaptureFixture, many: int
) -> None:
    traces, cookies = [], 0

    with caplog.at_level(logging.DEBUG):
        for nth in range(many):
            headers = visitor(nth)
            said = answers(what=f"Thing {nth}")
            page = client.post("/raise/en/", "step=start", "application/x-www-form-urlencoded", **headers)
            cookies += len(page.cookies) + ("Set-Cookie" in page.headers)
            sent(client, said=said, **headers)
            traces += [value for name, value in headers.items() if name.startswith(("REMOTE", "HTTP_X"))]
            traces.append(word("visitor", nth))

    assert len(set(traces)) == 4 * many
    assert cookies == 0
    assert dict(client.cookies) == {}
    assert found_at_rest(traces) == 0
    assert [trace for trace in traces if trace in caplog.text] == []
    assert caplog.text == ""


def test_what_the_server_knows_of_a_visitor_is_gone_before_the_page_runs() -> None:
    marks = visitor(7)
    request = RequestFactory().post("/raise/", "step=start", "application/x-www-form-urlencoded", **marks)
    known = repr(request.META) + repr(request.COOKIES) + repr(request.headers)
    assert word("visitor", 7) in known  # the switch is off: all of it would reach the page

    forget_the_visitor(request)

    left = repr(request.META) + repr(request.COOKIES) + repr(request.headers) + repr(request.GET)
    assert [mark for mark in (*marks.values(), word("visitor", 7)) if mark in left] == []
