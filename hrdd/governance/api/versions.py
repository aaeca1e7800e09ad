"""Versions of records (RFC 9110, 8.8.3 and 13.1): nobody overwrites what they have not read.

An ETag is a hash of all that the reader is told of a record, so no table needs a number of its own, and a change of
whatever is told with it counts. It is compared under a lock of the record, in the transaction of the act.
"""

import hashlib
import json
from typing import Any

from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.utils.encoders import JSONEncoder

from hrdd.problems import Problem

REPLACES = frozenset({"PUT", "PATCH"})
ANY = "*"


class VersionNotSaid(exceptions.APIException):
    """Whoever replaces something did not say what they have read."""

    status_code = Problem.SAY_WHICH.value.status
    default_detail = (
        "This changes what stands. Send the ETag of what you read as If-Match, so that nothing is lost."
    )
    default_code = "say_which"


class ChangedMeanwhile(exceptions.APIException):
    """What stands is not what was read."""

    status_code = Problem.CHANGED_MEANWHILE.value.status
    default_detail = (
        "The record changed since you read it. Read it again, and decide whether your change still fits."
    )
    default_code = "changed_meanwhile"


def etag_of(data: Any) -> str:
    """Return the ETag of what a reader is told of a record."""
    told = json.dumps(data, cls=JSONEncoder, sort_keys=True).encode()
    return f'"{hashlib.sha256(told).hexdigest()[:32]}"'


def named_in(header: str, etag: str) -> bool:
    """Whether a list of ETags (`If-Match`, `If-None-Match`) names this one, or any."""
    return any(one.strip() in {ANY, etag} for one in header.split(","))


def demand_read(request: Request, etag: str) -> None:
    """Refuse a change by somebody who did not read what stands.

    Raises:
        VersionNotSaid: it replaces something, and `If-Match` is not sent; `*` says that this is meant.
        ChangedMeanwhile: `If-Match` names something else.
    """
    said = request.headers.get("If-Match", "")
    if not said and request.method in REPLACES:
        raise VersionNotSaid
    if said and not named_in(said, etag):
        raise ChangedMeanwhile
