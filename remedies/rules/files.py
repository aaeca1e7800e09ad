"""Which files a person can give us, told by their content, and the form in which they are sealed (ADR 23)."""

import re
from enum import StrEnum

from remedies.rules.envelope import KIB, LENGTH, CannotOpen

MIB = KIB * KIB
LONGEST_FILE = 20 * MIB
MOST_FILES = 5
MOST_OF_CASE = 60 * MIB
HEAD = 1 + LENGTH.size
SIZES = tuple(
    HEAD + size for size in (*(64 * KIB << power for power in range(8)), 12 * MIB, 16 * MIB, LONGEST_FILE)
)
MOST_STORED = MOST_OF_CASE + MIB  # padded to these sizes and sealed
BEGINNING = 1024


class FileKind(StrEnum):
    """What a file is, whatever it is called."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    PDF = "pdf"
    TEXT = "text"


class FileRefusal(StrEnum):
    """Why a file is not taken; each has its advice."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    CASE_FULL = "case_full"
    ARCHIVE = "archive"
    OFFICE = "office"
    PAGE = "page"
    PICTURE = "picture"
    RECORDING = "recording"
    UNKNOWN = "unknown"


class FileRefused(ValueError):
    """A file that is not taken; nothing of it is kept."""

    def __init__(self, reason: FileRefusal) -> None:
        super().__init__(str(reason))
        self.reason = reason


MEDIA = {
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.WEBP: "image/webp",
    FileKind.PDF: "application/pdf",
    FileKind.TEXT: "text/plain; charset=utf-8",
}
PICTURES = frozenset({FileKind.JPEG, FileKind.PNG, FileKind.WEBP})
# What may come out of the cleaning of each kind.
REBUILT = {
    **dict.fromkeys(PICTURES, frozenset({FileKind.JPEG, FileKind.PNG})),
    FileKind.PDF: frozenset({FileKind.PDF}),
    FileKind.TEXT: frozenset({FileKind.TEXT}),
}
_TAKEN = [
    (re.compile(rb"\xff\xd8\xff"), FileKind.JPEG),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), FileKind.PNG),
    (re.compile(rb"RIFF....WEBP", re.S), FileKind.WEBP),
    (re.compile(rb"%PDF-"), FileKind.PDF),
]
_OFFICE_PARTS = re.compile(rb"\[Content_Types\]\.xml|mimetypeapplication/vnd|_rels/\.rels|word/|xl/|ppt/")
_REFUSED = [
    (re.compile(rb"\xd0\xcf\x11\xe0|\{\\rtf"), FileRefusal.OFFICE),
    (
        re.compile(rb"PK[\x03\x05\x07]|7z\xbc\xaf|Rar!\x1a|\x1f\x8b|BZh[1-9]1AY|\xfd7zXZ|\x28\xb5\x2f\xfd"),
        FileRefusal.ARCHIVE,
    ),
    (re.compile(rb".{257}ustar", re.S), FileRefusal.ARCHIVE),
    (re.compile(rb"\s*<(?:\?xml|!doctype|!--|html|svg|head|body|script)", re.I), FileRefusal.PAGE),
    (
        re.compile(rb"GIF8|BM.{12}\x00|II\*\x00|MM\x00\*|....ftyp(?:hei|hev|mif|avi)|\x00\x00\x01\x00", re.S),
        FileRefusal.PICTURE,
    ),
    (
        re.compile(
            rb"....ftyp|RIFF....(?:WAVE|AVI )|ID3[\x02-\x04]|\xff[\xe2-\xfb]|OggS|fLaC|\x1aE\xdf\xa3|#!AMR",
            re.S,
        ),
        FileRefusal.RECORDING,
    ),
]
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")


def kind_of(what: bytes) -> FileKind:
    """Return what a file is by its content.

    Raises:
        FileRefused: empty, too large, or of a kind that is not taken.
    """
    if not what:
        raise FileRefused(FileRefusal.EMPTY)
    if len(what) > LONGEST_FILE:
        raise FileRefused(FileRefusal.TOO_LARGE)
    found = next((kind for form, kind in _TAKEN if form.match(what)), None)
    if found is not None:
        return found
    refused = next((reason for form, reason in _REFUSED if form.match(what)), None)
    if refused == FileRefusal.ARCHIVE and _OFFICE_PARTS.search(what[:BEGINNING]):
        refused = FileRefusal.OFFICE
    if refused is None and _is_text(what):
        return FileKind.TEXT
    raise FileRefused(refused or FileRefusal.UNKNOWN)


def pack(kind: FileKind, what: bytes) -> bytes:
    """Return a file with its kind and length before it and zeros behind it, as long as one of the sizes.

    Raises:
        FileRefused: it is too large.
    """
    full = HEAD + len(what)
    if len(what) > LONGEST_FILE:
        raise FileRefused(FileRefusal.TOO_LARGE)
    size = next(one for one in SIZES if one >= full)
    return b"".join((bytes([list(FileKind).index(kind)]), LENGTH.pack(len(what)), what, bytes(size - full)))


def size_class(sealed: int) -> int:
    """Return the size, in bytes, that a sealed file has at most; all that its length tells."""
    return max((size - HEAD for size in SIZES if size <= sealed), default=0)


def unpack(packed: bytes) -> tuple[FileKind, bytes]:
    """Return the kind and the content of a packed file.

    Raises:
        CannotOpen: the kind, the length or the padding does not fit.
    """
    kinds = list(FileKind)
    if len(packed) not in SIZES or packed[0] >= len(kinds):
        raise CannotOpen
    (length,) = LENGTH.unpack_from(packed, 1)
    what, rest = packed[HEAD : HEAD + length], packed[HEAD + length :]
    if len(what) != length or rest.strip(b"\0"):
        raise CannotOpen
    return kinds[packed[0]], what


def _is_text(what: bytes) -> bool:
    wide = what[:2] in {b"\xff\xfe", b"\xfe\xff"}
    try:
        said = what.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not _NO_TEXT.search(said)
