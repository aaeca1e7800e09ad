"""Which files are taken, told by their content, and how they are packed (ADR 23)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remedies.rules.envelope import CannotOpen
from remedies.rules.files import (
    HEAD,
    LONGEST_FILE,
    SIZES,
    FileKind,
    FileRefusal,
    FileRefused,
    kind_of,
    pack,
    size_class,
    unpack,
)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xff\xd8\xff\xe0rest", FileKind.JPEG),
        (b"\x89PNG\r\n\x1a\nrest", FileKind.PNG),
        (b"RIFF\x10\0\0\0WEBPVP8 ", FileKind.WEBP),
        (b"%PDF-1.7\n", FileKind.PDF),
        (b"Ils sont venus la nuit.\r\n", FileKind.TEXT),
        ("\ufeff\u062c\u0624 \u0644".encode(), FileKind.TEXT),
        ("wide".encode("utf-16"), FileKind.TEXT),
        (b"BZh is how it began, and ID3 is what they called it", FileKind.TEXT),
    ],
)
def test_what_is_taken_is_told_by_its_content(content: bytes, kind: FileKind) -> None:
    assert kind_of(content) == kind


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", FileRefusal.EMPTY),
        (b"\xff\xd8\xff" + bytes(LONGEST_FILE), FileRefusal.TOO_LARGE),
        (b"PK\x03\x04\x14\0\x08\0\x08\0secret.txt", FileRefusal.ARCHIVE),
        (b"7z\xbc\xaf\x27\x1c", FileRefusal.ARCHIVE),
        (b"Rar!\x1a\x07\x01", FileRefusal.ARCHIVE),
        (b"\x1f\x8b\x08", FileRefusal.ARCHIVE),
        (b"name".ljust(257, b"\0") + b"ustar\x0000", FileRefusal.ARCHIVE),
        (b"PK\x03\x04\x14\0\x06\0[Content_Types].xml", FileRefusal.OFFICE),
        (b"PK\x03\x04\x14\0\0\0mimetypeapplication/vnd.oasis.opendocument.text", FileRefusal.OFFICE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileRefusal.OFFICE),
        (rb"{\rtf1\ansi", FileRefusal.OFFICE),
        (b"  <svg xmlns='x'>", FileRefusal.PAGE),
        (b"<?xml version='1.0'?><svg/>", FileRefusal.PAGE),
        (b"<!DOCTYPE html>", FileRefusal.PAGE),
        (b"GIF89a", FileRefusal.PICTURE),
        (b"II*\0", FileRefusal.PICTURE),
        (b"\0\0\0\x18ftypheic", FileRefusal.PICTURE),
        (b"\0\0\0\x18ftypisom", FileRefusal.RECORDING),
        (b"ID3\x04\0", FileRefusal.RECORDING),
        (b"OggS\0", FileRefusal.RECORDING),
        (b"RIFF\x10\0\0\0WAVEfmt ", FileRefusal.RECORDING),
        (b"MZ\x90\0", FileRefusal.UNKNOWN),
        (b"text with \0 in it", FileRefusal.UNKNOWN),
        (b"\xff\xfea", FileRefusal.UNKNOWN),
        (b"lone \xed\xa0\x80 surrogate", FileRefusal.UNKNOWN),
    ],
)
def test_what_is_refused_has_its_reason(content: bytes, reason: FileRefusal) -> None:
    with pytest.raises(FileRefused) as refused:
        kind_of(content)

    assert refused.value.reason == reason


@given(st.binary(max_size=3000))
def test_any_bytes_are_taken_or_refused(content: bytes) -> None:
    try:
        found: FileKind | FileRefusal = kind_of(content)
    except FileRefused as refused:
        found = refused.reason

    assert found in {*FileKind, *FileRefusal}


@given(st.sampled_from(FileKind), st.binary(max_size=200_000))
def test_a_packed_file_comes_out_as_it_was(kind: FileKind, content: bytes) -> None:
    packed = pack(kind, content)

    assert len(packed) in SIZES
    assert unpack(packed) == (kind, content)


@pytest.mark.parametrize("length", [0, 1, 65_536, 65_537, LONGEST_FILE - 1, LONGEST_FILE])
def test_only_the_size_class_shows(length: int) -> None:
    packed = pack(FileKind.PDF, bytes(length))

    assert len(packed) in SIZES
    assert len(unpack(packed)[1]) == length


def test_a_size_class_is_what_shows() -> None:
    assert size_class(len(pack(FileKind.TEXT, b"x")) + 1300) == 64 * 1024
    assert size_class(len(pack(FileKind.TEXT, bytes(70_000))) + 1400) == 128 * 1024
    assert size_class(3) == 0


def test_what_was_changed_in_a_packed_file_is_refused() -> None:
    packed = bytearray(pack(FileKind.TEXT, b"words"))
    changed = [b"", bytes(packed[:-1]), bytes([9]) + bytes(packed[1:])]
    packed[-1] = 1
    changed.append(bytes(packed))
    changed.append(bytes([0]) + b"\xff\xff\xff\xff" + bytes(SIZES[0] - HEAD))

    for one in changed:
        with pytest.raises(CannotOpen):
            unpack(one)
    with pytest.raises(FileRefused):
        pack(FileKind.PDF, bytes(LONGEST_FILE + 1))
