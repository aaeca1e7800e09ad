"""What was acknowledged is stored, once and whole, whenever the database goes away (T22 of reliability.md)."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client

from hrdd.celery import database_url
from remedies.actions import intake
from remedies.models import Attachment, Case, Message
from remedies.queries.receipts import find_reply_key
from remedies.rules.receipt import new_receipt
from remedies.views import intake as page_of_intake
from tests.remedies.vault_stage import answers, made_vault, to_review, uploads

PRESSES = 24
AFTER_COMMIT = 0


@contextmanager
def severed(nth: int) -> Iterator[None]:
    """Let PostgreSQL end our session just before its nth statement, or the answer get lost after the commit."""
    if nth == AFTER_COMMIT:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(page_of_intake, "receive_with_files", lost_after(intake.receive_with_files))
            yield
        return
    count = 0

    def cut(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal count
        count += 1
        if count == nth:
            end_our_session()
        return execute(*arguments)

    with connection.execute_wrapper(cut):
        yield


def lost_after(receive: Callable[..., Any]) -> Callable[..., Any]:
    def received_but_never_told(*arguments: Any, **named: Any) -> None:
        receive(*arguments, **named)
        raise OperationalError("the answer got lost")

    return received_but_never_told


def end_our_session() -> None:
    mine = connection.connection.info.backend_pid
    other = psycopg2.connect(database_url())
    other.autocommit = True
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [mine])
    other.close()


def pressed_until_acknowledged(client: Client, nth: int, points: list[int]) -> tuple[str, int]:
    """Send one concern with a file while sessions end at these statements; return the receipt and the 503s."""
    said = answers(what=f"Thing {nth}")
    token, receipt = to_review(client, said=said)
    form, failed = said | {"step": "send", "token": token}, 0
    for point in [*points, 10_000]:
        with severed(point):
            page = client.post("/raise/en/", form | {"files": uploads(f"Words {nth}".encode())})
        text = page.content.decode()
        if page.status_code == 503:
            failed += 1
            assert "Not received" in text
            assert "We received your message" not in text
            connection.close()
    assert "We received your message" in text
    return receipt, failed


def stored(presses: int) -> tuple[list[str], int]:
    drawn = random.Random(22)  # noqa: S311  # to be repeated, not to be secret
    client, receipts, failures = Client(), [], 0
    for nth in range(presses):
        points = [drawn.randrange(0, 14) for _ in range(2)]
        receipt, failed = pressed_until_acknowledged(client, nth, points)
        receipts.append(receipt)
        failures += failed
    return receipts, failures


@pytest.mark.django_db(transaction=True)
def test_what_was_acknowledged_is_stored_once_and_whole_though_sessions_end_anywhere() -> None:
    """T22, in a small size: PostgreSQL ends our sessions at random statements, and answers get lost."""
    made_vault()

    receipts, failures = stored(PRESSES)

    assert failures >= PRESSES // 2
    found = [find_reply_key(receipt) for receipt in receipts]
    assert all(one is not None and one.case_id for one in found)
    assert Case.objects.count() == Message.objects.count() == Attachment.objects.count() == PRESSES
    assert all(case.keys.count() == 1 and case.keys.get().wraps.count() == 2 for case in Case.objects.all())


@pytest.mark.django_db(transaction=True)
def test_without_the_receipt_as_its_key_a_reload_would_be_stored_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The switch that shows what the receipt is for: the same presses with a reply key of no use."""
    made_vault()
    monkeypatch.setattr(intake, "find_reply_key", lambda _receipt: None)
    useless = intake._reply_key
    monkeypatch.setattr(intake, "_reply_key", lambda case, _receipt: useless(case, new_receipt()))

    stored(6)

    assert Case.objects.count() > 6


@pytest.mark.django_db(transaction=True)
def test_text_and_files_would_part_without_their_one_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """The switch that shows what the transaction is for."""
    from contextlib import nullcontext

    made_vault()
    client = Client()
    token, _receipt = to_review(client, said=answers())
    monkeypatch.setattr(intake.transaction, "atomic", lambda *_args, **_named: nullcontext())
    monkeypatch.setattr(intake, "attach", lost_after(lambda *_args, **_named: None))

    client.post("/raise/en/", answers() | {"step": "send", "token": token, "files": uploads(b"Words")})

    assert (Case.objects.count(), Message.objects.count(), Attachment.objects.count()) == (1, 1, 0)


@pytest.mark.nightly
def test_30000_submissions_survive_ten_killed_servers_and_twenty_killed_web_processes() -> None:
    """T22 at full size, on servers of its own; Redis is off throughout."""
    command = [sys.executable, "-m", "benchmarks", "intake", "--json"]
    command += ["--size", "30000", "--kills", "10", "--web-kills", "20"]
    environment = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}
    }
    environment["DJANGO_SETTINGS_MODULE"] = "hrdd.settings"

    done = subprocess.run(
        command, cwd=Path(settings.BASE_DIR), env=environment, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["acknowledged"] >= 30_000
    assert (found["postgresql_killed"], found["web_killed"]) == (10, 20)
    assert (found["lost"], found["doubled"], found["partial"]) == (0, 0, 0)
