"""What a process writes about itself: one line of JSON each, with nothing that a person wrote or is known by.

What others' code says may hold anything: a broken constraint its values, an invalid request its sender, a failed task
its arguments. So their sentences are written as they stand in the code, without what was put into them, and of an
error only its class and where it happened. Our own sentences are written whole; none of ours holds a person's words.
"""

import json
import logging
import traceback
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponseBase

from hrdd.surfaces import Surface, surface_of

ROOT = Path(__file__).resolve().parent.parent
OURS = ("hrdd", "risks", "remedies", "transparency")
# Of what Celery says of a task: its name, its number, how long it took. Never its arguments or what it returned.
OF_A_TASK = ("name", "id", "runtime")
FRAMES = 8
HEADER = "X-Request-ID"
_REQUEST: ContextVar[str] = ContextVar("the number of the request", default="")


class AsJson(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "said": _sentence(record),
        }
        told |= {"request": number} if (number := _REQUEST.get()) else {}
        told |= _of_a_request(record) | _of_a_task(record) | _of_an_error(record)
        return json.dumps(told, ensure_ascii=False)


class RequestNumber:
    """Gives each request of the desk a number, for its answer and for whatever is logged meanwhile.

    A public page is the same for everybody, and the pages for concerns leave no trace: neither has one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if surface_of(request.path_info) is not Surface.STAFF:
            return self.get_response(request)
        number = uuid4().hex
        taken = _REQUEST.set(number)
        try:
            response = self.get_response(request)
        finally:
            _REQUEST.reset(taken)
        response.headers[HEADER] = number
        return response


def _sentence(record: logging.LogRecord) -> str:
    if record.name.split(".")[0] in OURS:
        return record.getMessage()
    if not record.args and not isinstance(record.msg, str):
        return type(record.msg).__name__
    return record.msg if record.args else f"({len(str(record.msg))} characters)"


def _of_a_request(record: logging.LogRecord) -> dict[str, Any]:
    request, status = getattr(record, "request", None), getattr(record, "status_code", None)
    found: dict[str, Any] = {"status": status} if isinstance(status, int) else {}
    if isinstance(request, HttpRequest):
        match = request.resolver_match
        found |= {"method": request.method, "page": match.view_name if match else ""}
    return found


def _of_a_task(record: logging.LogRecord) -> dict[str, Any]:
    if not (record.name.startswith("celery") and isinstance(record.args, Mapping)):
        return {}
    return {"task": {key: record.args[key] for key in OF_A_TASK if key in record.args}}


def _of_an_error(record: logging.LogRecord) -> dict[str, Any]:
    if not (record.exc_info and record.exc_info[1]):
        return {}
    error = record.exc_info[1]
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    where = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    return {"error": f"{type(error).__module__}.{type(error).__qualname__}", "where": where}


def _short(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else "/".join(path.parts[-3:])
