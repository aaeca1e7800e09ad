"""Files that come with a form: held in memory only, their names dropped, their kind told by their content (ADR 23)."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from remedies.rules.files import (
    LONGEST_FILE,
    MIB,
    MOST_FILES,
    MOST_OF_CASE,
    FileKind,
    FileRefusal,
    FileRefused,
    kind_of,
)

FIELD = "files"
ACCEPTED = ".jpg,.jpeg,.png,.webp,.pdf,.txt,image/jpeg,image/png,image/webp,application/pdf,text/plain"
MOST_BODY = (
    MOST_FILES * LONGEST_FILE + MIB
)  # more than is taken, so that most refusals keep the text on the page
ADVICE: dict[FileRefusal, Promise] = {
    FileRefusal.EMPTY: _("It is empty."),
    FileRefusal.TOO_LARGE: _("It is larger than 20 MB. Make it smaller, or send a part of it."),
    FileRefusal.TOO_MANY: _(
        "At most five files fit into one message. Send the others with a further message."
    ),
    FileRefusal.CASE_FULL: _("No more files fit into this concern. Write to us what else you have."),
    FileRefusal.ARCHIVE: _("It is a packed folder. Unpack it, and send the files in it one by one."),
    FileRefusal.OFFICE: _(
        "It is an office document, which can hold your name. Save it as PDF and send that."
    ),
    FileRefusal.PAGE: _(
        "It is a web page or a drawing that can run programs. Take a picture of the screen, and send that."
    ),
    FileRefusal.PICTURE: _(
        "It is a picture of a kind that we cannot open safely. Save it as JPEG, or take a picture of the screen."
    ),
    FileRefusal.RECORDING: _(
        "It is a sound or a film. Keep it safe, and write to us what it shows. We then tell you how we can get it."
    ),
    FileRefusal.UNKNOWN: _("We do not know this kind of file. Send a picture, a PDF or a plain text."),
}


class InMemoryOnly(FileUploadHandler):
    """Takes files into memory and nowhere else, no more of them than fit; their names go no further."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.files = self.bytes = 0

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *_args: Any) -> None:  # noqa: N803
        """Refuse a body that is far too large before any of it is read.

        Raises:
            RequestDataTooBig: it is.
        """
        if content_length > MOST_BODY:
            raise RequestDataTooBig

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file; leave out the sixth, which is counted and refused."""
        super().new_file(*args, **kwargs)
        self.file_name = "file"
        self.files += 1
        self.held = BytesIO()
        if self.files > MOST_FILES + 1:
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Hold a piece, as long as all of it can still be taken."""
        self.bytes += len(raw_data)
        if start <= LONGEST_FILE and self.files <= MOST_FILES and self.bytes <= MOST_OF_CASE:
            self.held.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """Return the file without its name."""
        self.held.seek(0)
        return InMemoryUploadedFile(self.held, self.field_name, "file", "", file_size, None)


def given_files(uploads: Iterable[Any]) -> list[tuple[FileKind, bytes]]:
    """Return the files of a request with their kinds.

    Raises:
        FileRefused: one is not taken, or there are more than five.
    """
    given = list(uploads)
    if len(given) > MOST_FILES:
        raise FileRefused(FileRefusal.TOO_MANY)
    if any(upload.size > LONGEST_FILE for upload in given):
        raise FileRefused(FileRefusal.TOO_LARGE)
    if sum(upload.size for upload in given) > MOST_OF_CASE:
        raise FileRefused(FileRefusal.CASE_FULL)
    found = []
    for upload in given:
        content = upload.read()
        upload.close()
        found.append((kind_of(content), content))
    return found
