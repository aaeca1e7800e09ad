"""JSON piece by piece, in memory that does not grow with the number of records."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any


def json_object(about: Mapping[str, Any], name: str, records: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield one JSON object, a record a line.

    Args:
        about: what stands in the object before the records.
        name: under which name they stand.
        records: they.
    """
    yield "{"
    for key, value in about.items():
        yield f"{_told(key)}: {_told(value)},\n"
    yield f"{_told(name)}: ["
    separator = "\n"
    for one in records:
        yield separator + _told(one)
        separator = ",\n"
    yield "\n]}\n"


def _told(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
