"""Whether a password is known to have leaked: asked of files that are here, of no service (reliability.md 2.9)."""

import hashlib
from functools import cache
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from hrdd.governance.models import User

SAID = (
    "This password, or what it is made of, is on the list of those that leaked. Take another: a few words that "
    "nobody would put together are good."
)
OURS = "A password made of your name or the organisation's is guessed first. Take another."
HASH_BYTES = 40


class BreachedPassword:
    """Refuses what leaked: Django's list, repetitions of its words, and the operator's file of hashes if there is one.

    The file is the download of Have I Been Pwned, ordered by hash (`HRDD_BREACHED_PASSWORDS`): one SHA-1 in capital
    letters a line, a colon and a number behind. Nothing is asked of the network.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        """Refuse a password.

        Raises:
            ValidationError: it leaked, or is made of the person's name.
        """
        plain = password.lower().strip()
        names = {settings.ORGANISATION.lower(), "hrdd"} | ({user.username.lower()} if user else set())
        if _core(plain) in names | {""} or plain in names:
            raise ValidationError(OURS, code="password_of_name")
        if {plain, _core(plain)} & _common() or _in_file(password):
            raise ValidationError(SAID, code="password_breached")

    def get_help_text(self) -> str:
        """Return what stands beside the field."""
        return "At least 15 characters that are not on the list of those that leaked; a sentence is fine."


def _core(plain: str) -> str:
    """Return the word that a password repeats, without the digits and signs around it."""
    bare = plain.replace(" ", "").strip("0123456789!?.,;:-_#*+$&@")
    for length in range(1, len(bare) // 2 + 1):
        if len(bare) % length == 0 and bare[:length] * (len(bare) // length) == bare:
            return bare[:length]
    return bare


@cache
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)


def _in_file(password: str) -> bool:
    path = settings.BREACHED_PASSWORDS
    if not path:
        return False
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with Path(path).open("rb") as file:
        return _holds(file, wanted)


def _holds(file: BinaryIO, wanted: bytes) -> bool:
    """Whether an ordered file holds a line that begins so, found by halving."""
    low, high = 0, file.seek(0, 2)
    while low < high:
        middle = (low + high) // 2
        file.seek(middle)
        if middle:
            file.readline()
        line = file.readline()
        if line and line[:HASH_BYTES] < wanted:
            low = middle + 1
        else:
            high = middle
    file.seek(low)
    if low:
        file.readline()
    return any(line[:HASH_BYTES] == wanted for line in (file.readline(), *_first(file, low)))


def _first(file: BinaryIO, low: int) -> tuple[bytes, ...]:
    """The very first line has no line break before it."""
    if low > HASH_BYTES * 2:
        return ()
    file.seek(0)
    return (file.readline(), file.readline())
