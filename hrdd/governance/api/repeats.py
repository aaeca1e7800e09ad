"""`Idempotency-Key`: what was sent twice is done once, and answered twice.

The key is taken and the act done in one transaction: a crash leaves neither, and there is no lease that could stay
behind. A second request waits for the first. An answer is kept sealed, for a day, for the very person and request.
"""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import RawPostDataException
from django.utils import timezone
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from hrdd.governance.actions import keep_answer, take_key
from hrdd.governance.models import User
from hrdd.problems import Problem
from hrdd.sealing import open_sealed, seal

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEY = re.compile(r'"?([A-Za-z0-9_-]{16,100})"?')


class NoKey(exceptions.ParseError):
    """The key is too short to be one."""

    default_detail = f"{HEADER}: send 16 to 100 letters, digits, - or _, made at random, such as a UUID."


class KeySpent(exceptions.APIException):
    """The key belongs to another request."""

    status_code = Problem.KEY_SPENT.value.status
    default_detail = f"This {HEADER} was sent with another request. Send each request with a key of its own."
    default_code = "key_spent"


class DoneAlready(exceptions.APIException):
    """The request was done, and its answer is of a sort that is not kept."""

    status_code = Problem.REFUSED_BY_A_RULE.value.status
    default_detail = (
        "This was done already, and its answer is not kept. Read the record to see where it stands."
    )
    default_code = "done_already"


def once(act: Callable[[], Response], request: Request, user: User, *, kept: bool) -> Response:
    """Do what was asked, or answer as it was answered before.

    Args:
        act: does it; what it refuses is rolled back and may be sent again under the same key.
        request: what was asked, with the key.
        user: who asks; the keys of others are other keys.
        kept: whether the answer may be kept; else a repeat is told that it was done.

    Raises:
        NoKey, KeySpent, DoneAlready: as they say.
    """
    found = KEY.fullmatch(request.headers.get(HEADER, "").strip())
    if found is None:
        raise NoKey
    with transaction.atomic():
        taken = take_key(user, found.group(1), asked=_hash_of(request), at=timezone.now())
        if taken.is_new:
            answer = act()
            sealed = seal({"answer": _written(answer.data)}) if kept else b""
            keep_answer(taken.row, status=answer.status_code, sealed=sealed)
            return answer
    if not taken.is_same:
        raise KeySpent
    if not taken.row.sealed:
        raise DoneAlready
    told = json.loads(open_sealed(bytes(taken.row.sealed))["answer"])
    return Response(told, status=taken.row.status, headers={REPLAYED: "true"})


def _written(data: Any) -> str:
    return bytes(JSONRenderer().render(data)).decode() or "null"


def _hash_of(request: Request) -> str:
    """Return the SHA-256 of the method, the address and the body."""
    asked = request._request
    try:
        body = asked.body
    except RawPostDataException:  # a form; no register takes one
        body = b""
    head = f"{request.method}\0{asked.get_full_path()}\0".encode(errors="surrogatepass")
    return hashlib.sha256(b"hrdd-request\0" + head + body).hexdigest()
