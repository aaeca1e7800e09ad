"""Files with a concern: all of it or nothing, sealed, opened by a handler only after the log (ADR 23)."""

import io
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, transaction
from django.test import Client
from django.urls import reverse
from PIL import Image

from hrdd.governance.models import AuditEvent
from hrdd.governance.rules import NotAllowed, Role
from remedies.actions import file_reading, follow_up, vault
from remedies.actions.attachments import GivenFile
from remedies.actions.file_reading import read_file, take_out_original
from remedies.actions.intake import receive_with_files
from remedies.documents.cleaning import Busy
from remedies.models import Attachment, Case, Message, ReadLog, Tombstone
from remedies.rules.envelope import SEGMENT, TAG
from remedies.rules.files import LONGEST_FILE, MOST_STORED, SIZES, FileKind, kind_of, pack
from remedies.rules.receipt import new_receipt
from remedies.rules.wraps import WRAPPED_KEY
from tests.remedies.sample_files import jpeg, pdf
from tests.remedies.test_case_desk import at_desk
from tests.remedies.vault_stage import (
    NOW,
    PASSPHRASE,
    RECEIPT,
    TOKEN,
    TOLD,
    Vault,
    answers,
    post,
    received,
    sent_with_files,
    to_review,
    told,
    uploads,
    vault_of_three,
)

__all__ = ["vault_of_three"]
TEXT = b"What the guard said to us, word by word."
BROKEN = b"\xff\xd8\xff\xe0 this is no picture"
REASONS = "The court asked for the photograph as it was taken by the person."


def opened(stage: Vault, file: Attachment) -> file_reading.OpenedFile:
    return read_file(
        file.case,
        file.pk,
        by=stage.grace,
        pair=stage.pair(stage.grace),
        purpose="screening",
        request_id=uuid4(),
        at=NOW,
    )


@pytest.mark.django_db(transaction=True)
def test_files_go_from_the_last_page_to_a_handler_who_is_logged_first() -> None:
    from tests.remedies.vault_stage import made_vault

    stage, client = made_vault(), Client()
    page, _receipt = sent_with_files(client, jpeg(), pdf(), TEXT)

    assert "We received your message" in page.content.decode()
    assert "Not all files can be opened" not in page.content.decode()
    files = list(Attachment.objects.all())
    assert [file.number for file in files] == [1, 2, 3]
    assert {file.original for file in files} == {None}
    kinds = [opened(stage, file).kind for file in files]
    assert kinds == [FileKind.JPEG, FileKind.PDF, FileKind.TEXT]
    assert opened(stage, files[2]).content == TEXT
    assert Image.open(io.BytesIO(opened(stage, files[0]).content)).size == (64, 48)
    assert ReadLog.objects.filter(group="file").count() == 5
    grace = at_desk(stage.grace)
    case = Case.objects.get()
    assert ">3<" in grace.get(reverse("case-detail", args=[case.pk])).content.decode()
    read = grace.post(reverse("case-read", args=[case.pk]), {"purpose": "screening"}).content.decode()
    assert read.count("Save file") == 3
    assert "Nadira.jpg" not in read


def test_a_file_is_handed_out_so_that_nothing_in_it_runs(vault_of_three: Vault, client: Client) -> None:
    sent_with_files(client, jpeg(), pdf(), TEXT)
    case, grace = Case.objects.get(), at_desk(vault_of_three.grace)
    addresses = [reverse("case-file", args=[case.pk, file.pk]) for file in Attachment.objects.all()]

    answered = [
        [grace.post(address, {"purpose": "screening", "how": how}) for how in ("show", "save")]
        for address in addresses
    ]

    for shown, saved in answered:
        assert (shown.status_code, saved.status_code) == (200, 200)
        assert saved["Content-Disposition"].startswith('attachment; filename="case-')
        for one in (shown, saved):
            assert one["X-Content-Type-Options"] == "nosniff"
            assert one["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
            assert one["Cache-Control"] == "no-store"
    assert [shown["Content-Disposition"].split(";")[0] for shown, _saved in answered] == [
        "inline",
        "attachment",
        "attachment",
    ]
    assert [shown["Content-Type"] for shown, _saved in answered] == [
        "image/jpeg",
        "application/pdf",
        "text/plain; charset=utf-8",
    ]
    unsaid = grace.post(addresses[0], {"how": "show"})
    assert (unsaid.status_code, grace.get(addresses[0]).status_code) == (302, 302)
    ivan = at_desk(vault_of_three.ivan)
    assert ivan.post(addresses[0], {"purpose": "screening"}).status_code == 404


def test_no_log_no_file(vault_of_three: Vault, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    sent_with_files(client, TEXT)
    file = Attachment.objects.get()
    began: list[str] = []
    unsealed = file_reading.open_file_sealed_to
    monkeypatch.setattr(
        file_reading,
        "open_file_sealed_to",
        lambda *args, **named: began.append("x") or unsealed(*args, **named),
    )

    def denied(**_row: Any) -> None:
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(ReadLog.objects, "create", denied)
        with pytest.raises(OperationalError):
            opened(vault_of_three, file)
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        opened(vault_of_three, file)  # a transaction around it could take the row back
    assert began == []
    monkeypatch.setattr(file_reading, "log_read", lambda *_args, **_named: None)
    assert opened(vault_of_three, file).content == TEXT  # the switch is off: it would have been opened
    assert began == ["x"]


def test_what_cannot_be_made_safe_stays_with_custodians_and_both_sides_hear_of_it(
    vault_of_three: Vault, client: Client
) -> None:
    stage = vault_of_three
    page, _receipt = sent_with_files(client, BROKEN, TEXT)

    assert "Not all files can be opened" in page.content.decode()
    broken, whole = Attachment.objects.all()
    assert (broken.is_safe, whole.is_safe) == (False, True)
    with pytest.raises(NotAllowed, match="could not be made safe"):
        opened(stage, broken)
    grace = at_desk(stage.grace)
    detail = grace.get(reverse("case-detail", args=[broken.case_id])).content.decode()
    assert "2, 1 could not be made safe" in detail
    with pytest.raises(NotAllowed, match="No such file was kept"):
        taken_out(stage, whole)


def taken_out(stage: Vault, file: Attachment, **more: Any) -> file_reading.OpenedFile:
    both = (stage.custodians[0], stage.custodians[2])
    options = {"custodians": both, "reasons": REASONS, "request_id": uuid4(), "at": NOW} | more
    return take_out_original(file.case, file.pk, **options)


@pytest.mark.django_db(transaction=True)
def test_evidence_is_taken_out_by_two_custodians_together_and_logged() -> None:
    from tests.remedies.vault_stage import made_vault

    stage, evidence = made_vault(), jpeg(7) + b"behind the picture"
    page, _receipt = sent_with_files(Client(), evidence, keep="on")
    assert "We received your message" in page.content.decode()
    file = Attachment.objects.get()

    assert b"behind" not in opened(stage, file).content
    alone = (stage.custodians[0], stage.custodians[0])
    with pytest.raises(NotAllowed, match="do not open"):
        taken_out(stage, file, custodians=alone)
    with pytest.raises(NotAllowed, match="at least"):
        taken_out(stage, file, reasons="Because.")
    assert ReadLog.objects.filter(purpose="original").count() == 0
    assert taken_out(stage, file).content == evidence
    assert set(ReadLog.objects.filter(purpose="original").values_list("reader", flat=True)) == {
        "cleo",
        "tara",
    }
    event = AuditEvent.objects.get(action="took out a file as it came")
    assert event.detail["reasons"] == REASONS


@pytest.mark.django_db(transaction=True)
def test_the_command_takes_out_evidence_with_two_files_of_custodians(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.remedies.vault_stage import person

    files = {}
    for name in ("cleo", "milo", "tara"):
        key, file = vault.enrol_custodian(person(name, Role.CUSTODIAN), passphrase=PASSPHRASE, at=NOW)
        files[name] = tmp_path / f"{name}.json"
        files[name].write_bytes(file)
        assert key.pk
    vault.hold_ceremony(by="test", at=NOW)
    receive_with_files(told(), (GivenFile(FileKind.TEXT, TEXT, keep=True),), receipt=new_receipt(), at=NOW)
    monkeypatch.setattr("remedies.management.custodian_files.getpass", lambda _asks: PASSPHRASE)
    out = tmp_path / "evidence"

    def taken(*names: str, reasons: str = REASONS) -> None:
        both = [part for name in names for part in ("--custodian", name, str(files[name]))]
        file = str(Attachment.objects.get().pk)
        call_command(
            "vault_original", file, *both, "--reasons", reasons, "--out", str(out), stdout=io.StringIO()
        )

    for names, reasons in ((("cleo",), REASONS), (("cleo", "cleo"), REASONS), (("cleo", "tara"), "Why not.")):
        with pytest.raises(CommandError):
            taken(*names, reasons=reasons)
    assert not out.exists()
    taken("cleo", "tara")
    assert out.read_bytes() == TEXT
    with pytest.raises(CommandError, match="not there"):
        taken("cleo", "tara")


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (b"PK\x03\x04\x14\0\x08\0\x08\0x", "It is a packed folder"),
        (b"PK\x03\x04\x14\0\x06\0[Content_Types].xml", "Save it as PDF"),
        (b"<svg onload='x'/>", "Take a picture of the screen"),
        (b"\0\0\0\x18ftypheic", "Save it as JPEG"),
        (b"MZ\x90\0", "We do not know this kind of file"),
    ],
)
def test_a_file_that_is_not_taken_is_refused_with_advice_and_nothing_is_sent(
    vault_of_three: Vault, client: Client, content: bytes, advice: str
) -> None:
    page, receipt = sent_with_files(client, TEXT, content, said=answers(wish="An apology"))

    text = page.content.decode()
    assert "Nothing was sent yet" in text
    assert advice in text
    assert TOLD in text
    assert "An apology" in text
    assert (Case.objects.count(), Attachment.objects.count()) == (0, 0)
    done = post(client, "/raise/en/", step="send", token=TOKEN.findall(text)[0], **answers())
    assert "We received your message" in done.content.decode()
    assert receipt in RECEIPT.findall(done.content.decode())[0].replace(" ", "")


def test_six_files_or_too_large_ones_are_refused(vault_of_three: Vault, client: Client) -> None:
    six, _receipt = sent_with_files(client, *(TEXT + bytes([65 + nth]) for nth in range(6)))
    large, _receipt = sent_with_files(client, b"\xff\xd8\xff" + bytes(LONGEST_FILE))
    token, _receipt = to_review(client, said=answers())
    form = answers() | {"step": "send", "token": token}
    much = client.post("/raise/en/", form | {"files": uploads(*[b"x" * (16 << 20)] * 4)})
    huge = client.post("/raise/en/", form | {"files": uploads(*[b"x" * (18 << 20)] * 6)})

    assert "At most five files fit into one message" in six.content.decode()
    assert "larger than 20 MB" in large.content.decode()
    assert "No more files fit into this concern" in much.content.decode()
    assert TOLD in much.content.decode()
    assert huge.status_code == 413
    assert "Not received" in huge.content.decode()
    assert Case.objects.count() == 0


def test_the_same_press_again_stores_no_file_twice_and_cleans_none(
    vault_of_three: Vault, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, _receipt = to_review(client, said=answers())
    form = answers() | {"step": "send", "token": token}
    cleaned: list[int] = []
    from remedies.documents import cleaning

    rebuilt = cleaning._rebuilt
    monkeypatch.setattr(
        cleaning, "_rebuilt", lambda *args, **named: cleaned.append(1) or rebuilt(*args, **named)
    )

    pages = [client.post("/raise/en/", form | {"files": uploads(TEXT, jpeg())}) for _ in range(3)]
    assert len({page.content for page in pages}) == 1
    assert (Case.objects.count(), Message.objects.count(), Attachment.objects.count()) == (1, 1, 2)
    assert len(cleaned) == 2
    client.post("/raise/en/", form | {"files": uploads(TEXT, b"One more that was forgotten.")})
    assert (Message.objects.count(), Attachment.objects.count()) == (1, 3)


def test_files_come_with_a_further_message_and_a_message_may_be_files_alone(
    vault_of_three: Vault, client: Client
) -> None:
    _case, receipt = received()
    page = post(client, "/follow/en/", step="open", receipt=receipt).content.decode()
    assert 'type="file"' in page

    form = {"step": "send", "token": TOKEN.findall(page)[0], "text": "", "files": uploads(TEXT)}
    done = client.post("/follow/en/", form).content.decode()
    assert "We received your message. Sending it twice" in done
    assert Attachment.objects.get().message.number == 2
    refused = client.post(
        "/follow/en/", form | {"token": TOKEN.findall(done)[0], "text": "Look", "files": uploads(b"GIF89a")}
    ).content.decode()
    assert "Save it as JPEG" in refused
    assert "Look" in refused
    assert Message.objects.count() == 2


def test_files_under_a_receipt_that_finds_nothing_are_looked_at_by_nobody(
    vault_of_three: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_args: Any, **_named: Any) -> Any:
        raise AssertionError

    monkeypatch.setattr("remedies.documents.cleaning._rebuilt", never)
    file = GivenFile(FileKind.TEXT, TEXT)

    assert follow_up.send_with_files(new_receipt(), "x", (file,), nonce="n", at=NOW) is None


def test_text_and_files_are_stored_together_or_not_at_all(
    vault_of_three: Vault, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_args: Any, **_named: Any) -> None:
        raise OperationalError

    token, _receipt = to_review(client, said=answers())
    form = answers() | {"step": "send", "token": token}
    with monkeypatch.context() as patch:
        patch.setattr(Attachment, "save", down)
        failed = client.post("/raise/en/", form | {"files": uploads(TEXT)})
    with monkeypatch.context() as patch:
        patch.setattr("remedies.actions.attachments.made_safe", lambda _files: (_ for _ in ()).throw(Busy))
        busy = client.post("/raise/en/", form | {"files": uploads(TEXT)})

    assert (failed.status_code, busy.status_code) == (503, 503)
    assert "choose them again" in failed.content.decode()
    assert "More arrives at this moment" in busy.content.decode()
    assert TOLD in busy.content.decode()
    assert (Case.objects.count(), Message.objects.count(), Attachment.objects.count()) == (0, 0, 0)


def test_a_case_holds_as_much_as_fits(vault_of_three: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    receipt, full = new_receipt(), GivenFile(FileKind.TEXT, TEXT)
    monkeypatch.setattr("remedies.actions.attachments.MOST_STORED", 3 * SIZES[0])

    def more(nth: int) -> None:
        receive_with_files(
            told(what=f"Thing {nth}"),
            (GivenFile(full.kind, TEXT + bytes([65 + nth])),),
            receipt=receipt,
            at=NOW,
        )

    for nth in range(2):
        more(nth)
    with pytest.raises(Exception, match="case_full"):
        more(2)
    assert (Message.objects.count(), Attachment.objects.count()) == (2, 2)
    assert 3 * (max(SIZES) + SEGMENT) <= MOST_STORED


def test_sealed_files_show_a_size_class_and_nothing_else(vault_of_three: Vault, client: Client) -> None:
    sent_with_files(client, TEXT, TEXT * 1000, jpeg(), pdf(), keep="on")
    segments = {size: -(-size // SEGMENT) for size in SIZES}
    lengths = {WRAPPED_KEY + 2 + 16 + 7 + size + count * TAG for size, count in segments.items()}

    stored = [bytes(data) for pair in Attachment.objects.values_list("sealed", "original") for data in pair]
    assert len(stored) == 8
    assert {len(data) for data in stored} <= lengths
    assert {file.pk.version for file in Attachment.objects.all()} == {4}
    columns = {field.name for field in Attachment._meta.get_fields()}
    assert columns == {
        "id",
        "case",
        "message",
        "number",
        "key_version",
        "sealed",
        "original",
        "recovery",
        "mark",
    }


def test_a_file_opens_nowhere_but_in_its_place(
    vault_of_three: Vault, client: Client, monkeypatch: Any
) -> None:
    sent_with_files(client, TEXT, TEXT + b"!")
    monkeypatch.setattr(file_reading, "log_read", lambda *_args, **_named: None)
    one, other = Attachment.objects.all()
    sealed = bytes(one.sealed or b"")
    changed = [
        bytes(other.sealed or b""),
        sealed[:-1],
        sealed[:-1] + bytes([sealed[-1] ^ 1]),
        sealed[:WRAPPED_KEY],
    ]

    for data in changed:
        Attachment.objects.filter(pk=one.pk).update(sealed=data)
        with pytest.raises(NotAllowed, match="does not open"):
            opened(vault_of_three, one)
    Attachment.objects.filter(pk=one.pk).update(sealed=sealed)
    assert opened(vault_of_three, one).content == TEXT


def test_a_concern_about_handlers_keeps_its_files_from_them(vault_of_three: Vault, client: Client) -> None:
    sent_with_files(client, TEXT, said=answers(about_handlers="on"))

    with pytest.raises(NotAllowed):
        opened(vault_of_three, Attachment.objects.get())


def test_files_go_with_their_case(vault_of_three: Vault, client: Client) -> None:
    sent_with_files(client, TEXT, keep="on")
    Message.objects.all().delete()
    assert Attachment.objects.count() == 0
    sent_with_files(client, TEXT, keep="on")
    monday = date(2020, 1, 6)
    Case.objects.update(
        state="withdrawn", withdrawn_week=monday, closed_on=monday
    )  # an open one is never erased
    for case in Case.objects.all():
        Tombstone.objects.create(case_id=case.pk, week=case.received_week, category=case.type)
    Case.objects.all().delete()
    assert Attachment.objects.count() == 0


def test_the_database_holds_a_file_to_its_shape(vault_of_three: Vault) -> None:
    case, _receipt = received()
    message = case.messages.get()
    whole: dict[str, Any] = {"number": 1, "sealed": b"x", "mark": b"1"}
    wrong = [
        {"number": 6},
        {"number": 0},
        {"sealed": None},
        {"original": b"x"},
        {"recovery": vault_of_three.recovery},
    ]

    for one in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Attachment.objects.create(case=case, message=message, key_version=1, **(whole | one))
    Attachment.objects.create(case=case, message=message, key_version=1, **whole)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.create(case=case, message=message, key_version=1, **(whole | {"number": 2}))


def test_what_is_taken_down_at_the_desk_comes_with_files_too(vault_of_three: Vault) -> None:
    grace = at_desk(vault_of_three.grace)
    page = grace.get("/desk/cases/new/").content.decode()
    said = answers(channel="postal", language="en", token=TOKEN.findall(page)[0])

    refused = grace.post("/desk/cases/new/", said | {"files": uploads(b"GIF89a")})
    assert refused.status_code == 400
    assert "Save it as JPEG" in refused.content.decode()
    assert Case.objects.count() == 0
    done = grace.post("/desk/cases/new/", said | {"files": uploads(jpeg(), BROKEN)})
    assert "Of the files, 1 could not be made safe" in done.content.decode()
    assert Attachment.objects.count() == 2


def test_packing_keeps_the_kind() -> None:
    assert kind_of(jpeg()) == FileKind.JPEG
    assert len(pack(FileKind.JPEG, jpeg())) == SIZES[0]
