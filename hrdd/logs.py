"""What a process writes to its log: one JSON object a line, with nothing that anybody typed (docs/security/logs.md).

A page is told by its name and not by its address, a failure by its class and place and not by its words: those may
repeat what was sent.
"""

import json
import logging
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hrdd.request_numbers import number

ROOT = str(Path(__file__).resolve().parent.parent) + "/"
NOBODY_HERE = {404, 405}
MOST_PLACES = 30


class WhatWeighs(logging.Filter):
    """Leaves out the addresses that machines try in vain; a member of staff who tries some is written down."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record is written."""
        return getattr(record, "status_code", 0) not in NOBODY_HERE or bool(_who(record))


class Line(logging.Formatter):
    """Writes a record as one line of JSON, so that nothing in it begins another."""

    def format(self, record: logging.LogRecord) -> str:
        """Return when, how grave, by whom, on which page or in which task, and what."""
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "said": _said(record),
            "request": number(),
            **_of_request(record),
            **_of_failure(record),
        }
        return json.dumps({name: said for name, said in told.items() if said not in ("", None, [])})


def _said(record: logging.LogRecord) -> str:
    if hasattr(record, "request") or record.exc_info:
        return str(getattr(record, "status_code", "")) or str(record.msg)
    return record.getMessage()


def _of_request(record: logging.LogRecord) -> dict[str, Any]:
    request = getattr(record, "request", None)
    if request is None:
        return {}
    found = getattr(request, "resolver_match", None)
    return {
        "page": found.view_name if found else "unknown",
        "method": request.method,
        "who": _who(record),
    }


def _who(record: logging.LogRecord) -> str:
    """Return who is signed in, if the page had asked; nothing is looked up for a log."""
    user = getattr(getattr(record, "request", None), "_cached_user", None)
    return str(getattr(user, "username", ""))


def _of_failure(record: logging.LogRecord) -> dict[str, Any]:
    if not record.exc_info or record.exc_info[1] is None:
        return {}
    frames = traceback.extract_tb(record.exc_info[2])[-MOST_PLACES:]
    task = record.args if isinstance(record.args, Mapping) else {}
    return {
        "failure": type(record.exc_info[1]).__name__,
        "where": [f"{one.filename.removeprefix(ROOT)}:{one.lineno} {one.name}" for one in frames],
        "task": str(task.get("name", "")),
        "id": str(task.get("id", "")),
    }
