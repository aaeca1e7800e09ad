"""Files and messages of a case in the clear: how many, how large about, whether a handler can open them."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, Func, IntegerField, Q, QuerySet

from remedies.models import Case, Message
from remedies.rules.files import size_class


@dataclass(frozen=True)
class FileShown:
    """A file before it is opened; `size` in bytes at most, None where it could not be made safe."""

    id: UUID
    number: int
    message: int
    size: int | None


def files_of(case: Case, *, first: bool) -> list[FileShown]:
    """Return the files of the first message of a case, or of those after it."""
    length = Func(F("sealed"), function="octet_length", output_field=IntegerField())
    which = Q(message__number=1) if first else Q(message__number__gt=1)
    found = case.attachments.filter(which).values_list("id", "number", "message__number", length)
    return [
        FileShown(pk, number, message, size_class(size) if size else None)
        for pk, number, message, size in found
    ]


def messages_of(case: Case) -> QuerySet[Message]:
    """Return the messages of a case, each with `files` and how many of them are `unsafe`; nothing sealed."""
    unsafe = Count("attachments", filter=Q(attachments__sealed__isnull=True))
    shown = case.messages.only("number", "direction", "week", "case_id")
    return shown.annotate(files=Count("attachments"), unsafe=unsafe).order_by("number")
