"""Take in files: made safe in memory before anything is stored, then sealed with their message (ADR 23)."""

from dataclasses import dataclass

from django.db.models import F, Func, IntegerField, Sum
from django.db.models.functions import Greatest

from remedies.documents.cleaning import made_safe
from remedies.models import Attachment, Case, CaseKey, Message, RecoveryKey
from remedies.queries.receipts import find_reply_key
from remedies.rules import places
from remedies.rules.files import MOST_FILES, MOST_STORED, FileKind, FileRefusal, FileRefused, pack
from remedies.rules.receipt import mark_of
from remedies.rules.wraps import seal_file_to

COLUMNS = ("sealed", "original")


@dataclass(frozen=True)
class GivenFile:
    """A file as it came, in memory only, and whether the person wants it kept so as evidence."""

    kind: FileKind
    content: bytes
    keep: bool = False


@dataclass(frozen=True)
class ReadyFile:
    """A file before it is sealed: rebuilt, and as it came where that is kept."""

    clean: bytes | None
    original: bytes | None
    mark: bytes


@dataclass(frozen=True)
class Ready:
    """The files of one press of “send”, ready to be sealed."""

    files: tuple[ReadyFile, ...] = ()

    @property
    def unsafe(self) -> int:
        """Return how many could not be made safe to open."""
        return sum(file.clean is None for file in self.files)


def make_ready(files: tuple[GivenFile, ...], *, receipt: str) -> Ready:
    """Rebuild the files that are not there yet, outside of any transaction.

    What cannot be made safe is kept as it came, for custodians.

    Raises:
        Busy: other files are being made safe.
    """
    marks = {mark_of(receipt, b"file\0" + file.content): file for file in files}
    found = find_reply_key(receipt) if marks else None
    if found is not None and found.case_id is not None:
        there = Attachment.objects.filter(case_id=found.case_id, mark__in=list(marks))
        for mark in there.values_list("mark", flat=True):
            marks.pop(bytes(mark), None)
    clean = made_safe([(file.kind, file.content) for file in marks.values()])
    return Ready(
        tuple(
            ReadyFile(
                clean=pack(*safe) if safe else None,
                original=pack(file.kind, file.content) if file.keep or not safe else None,
                mark=mark,
            )
            for (mark, file), safe in zip(marks.items(), clean, strict=True)
        )
    )


def attach(message: Message, ready: Ready, *, key: CaseKey, recovery: RecoveryKey) -> None:
    """Seal files with a message: rebuilt ones to the inbox of the case, originals to the recovery key.

    The caller holds a lock on the case, or has just made it.

    Raises:
        FileRefused: the message has its five files, or the case its 60 MiB.
    """
    if not ready.files:
        return
    there = {bytes(mark) for mark in message.case.attachments.values_list("mark", flat=True)}
    files = [file for file in ready.files if file.mark not in there]
    before = message.attachments.count()
    if before + len(files) > MOST_FILES:
        raise FileRefused(FileRefusal.TOO_MANY)
    more = sum(max(len(file.clean or b""), len(file.original or b"")) for file in files)
    if _held(message.case) + more > MOST_STORED:
        raise FileRefused(FileRefusal.CASE_FULL)
    for number, file in enumerate(files, before + 1):
        row = Attachment(
            case_id=message.case_id, message=message, number=number, key_version=key.version, mark=file.mark
        )
        if file.clean is not None:
            place = places.file(row.pk, row.case_id, key.version)
            row.sealed = seal_file_to(file.clean, to=bytes(key.inbox_public), place=place)
        if file.original is not None:
            place = places.original(row.pk, row.case_id)
            row.original = seal_file_to(file.original, to=bytes(recovery.public), place=place)
            row.recovery = recovery
        row.save(force_insert=True)


def _held(case: Case) -> int:
    """Return how many bytes of files a case holds, without fetching them."""
    sizes = [Func(F(name), function="octet_length", output_field=IntegerField()) for name in COLUMNS]
    return int(case.attachments.aggregate(held=Sum(Greatest(*sizes)))["held"] or 0)
