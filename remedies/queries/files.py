"""Files and messages of a case in the clear: how many, how large about, whether a handler can open them."""

from django.db.models import Count, F, Func, IntegerField, Q, QuerySet

from remedies.models import Attachment, Case, Message


def files_of(case: Case) -> QuerySet[Attachment]:
    """Return the files of a case with `size`, the bytes of what a handler can open, or null; not their content."""
    size = Func(F("sealed"), function="octet_length", output_field=IntegerField())
    shown = case.attachments.select_related("message").only("number", "case_id", "message__number")
    return shown.annotate(size=size)


def messages_of(case: Case) -> QuerySet[Message]:
    """Return the messages of a case, each with `files` and how many of them are `unsafe`; nothing sealed."""
    unsafe = Count("attachments", filter=Q(attachments__sealed__isnull=True))
    shown = case.messages.only("number", "direction", "week", "case_id")
    return shown.annotate(files=Count("attachments"), unsafe=unsafe)
