"""How far each key that the API answers may go, by the disclosure classes of domain.md 0.4 (reliability.md T6).

`keys.csv` holds one line for a shape of the schema, a class and its keys; `as` takes over the keys of another shape,
`Paginated` stands for every page of rows, the name of a route for the keys or columns of its
JSON or CSV, and the keys of `never` stand in no shape at all.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from drf_spectacular.generators import SchemaGenerator

KEYS = Path(__file__).with_name("keys.csv")
PAGE, NEVER, TAKEN_OVER = "Paginated", "never", "as"
HOW = """
Say in tests/permissions/keys.csv how far each may go (domain.md 0.4): PUBLIC, PUBLIC_AGG, STAKEHOLDER, INTERNAL
(whoever reads the desk), RESTRICTED (the team of the record alone). What is SECRET_SAFETY stands in no answer at all.
"""


class Disclosure(StrEnum):
    """domain.md 0.4."""

    PUBLIC = "PUBLIC"
    PUBLIC_AGG = "PUBLIC_AGG"
    STAKEHOLDER = "STAKEHOLDER"
    INTERNAL = "INTERNAL"
    RESTRICTED = "RESTRICTED"
    SECRET_SAFETY = "SECRET_SAFETY"  # noqa: S105  # a class, no secret


@cache
def schema() -> dict[str, Any]:
    """Return the OpenAPI schema as the API tells it."""
    return dict(SchemaGenerator().get_schema(request=None, public=True))  # type: ignore[no-untyped-call]


def shape_of(reference: str) -> str:
    """Return the name that a reference of the schema leads to."""
    return reference.rpartition("/")[2]


def references(told: Any) -> Iterator[str]:
    """Yield the shapes that a part of the schema leads to."""
    if isinstance(told, dict):
        if "$ref" in told:
            yield shape_of(told["$ref"])
        told = list(told.values())
    if isinstance(told, list):
        for one in told:
            yield from references(one)


def answered() -> Mapping[str, frozenset[str]]:
    """Return the keys of every shape that some answer holds."""
    shapes = schema()["components"]["schemas"]
    found: dict[str, frozenset[str]] = {}
    waiting = {
        name
        for methods in schema()["paths"].values()
        for told in methods.values()
        for name in references(told["responses"])
    }
    while waiting:
        name = waiting.pop()
        found[name] = frozenset(shapes[name].get("properties", ()))
        waiting |= set(references(shapes[name])) - set(found)
    return found


@cache
def classes() -> Mapping[str, Mapping[str, Disclosure]]:
    """Return the class of each key of each shape.

    Raises:
        ValueError: a key stands there twice, or a class means nothing.
    """
    found: dict[str, dict[str, Disclosure]] = {}
    with KEYS.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        own = found.setdefault(row["shape"], {})
        if row["class"] == TAKEN_OVER:
            continue
        for key in row["keys"].split():
            if key in own:
                raise ValueError(f"{row['shape']}.{key} stands there twice.")
            own[key] = Disclosure(row["class"])
    for row in rows:
        if row["class"] == TAKEN_OVER:
            found[row["shape"]] = {**found[row["keys"]], **found[row["shape"]]}
    return found


def class_of(shape: str, key: str) -> Disclosure | None:
    """Return how far a key of a shape may go, or nothing where nobody said."""
    return classes().get(PAGE if shape.startswith(PAGE) else shape, {}).get(key)


@cache
def _answers() -> Mapping[tuple[str, str], Any]:
    found = {}
    for path, methods in schema()["paths"].items():
        for method, told in methods.items():
            for code, answer in told["responses"].items():
                if code.startswith("2"):
                    shape = answer.get("content", {}).get("application/json", {}).get("schema", {})
                    found[_without_names(path), method.upper()] = shape
    return found


def _without_names(path: str) -> str:
    return re.sub(r"<[^>]*>|{[^}]*}", "{}", path.strip("/"))


def answer_of(route: str, method: str) -> Any:
    """Return what the schema says that a route is answered with, when somebody is let in."""
    return _answers().get((_without_names(route), method), {})


def told_keys(answer: Any, shape: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Yield the shape and the key of everything an answer holds; a key that its shape does not name has no shape."""
    if isinstance(answer, list):
        for one in answer:
            yield from told_keys(one, shape.get("items", shape), at)
        return
    for part in (shape, *shape.get("allOf", ()), *shape.get("oneOf", ())):
        if "$ref" in part:
            at = shape_of(part["$ref"])
            shape = schema()["components"]["schemas"][at]
    if not isinstance(answer, dict) or "properties" not in shape:
        return
    for key, value in answer.items():
        known = shape["properties"].get(key)
        yield (at if known is not None else "", key)
        if known is not None:
            yield from told_keys(value, known, at)


def all_keys(told: Any) -> Iterator[str]:
    """Yield every key of a page of data, however deep."""
    if isinstance(told, dict):
        yield from told
        told = list(told.values())
    if isinstance(told, list):
        for one in told:
            yield from all_keys(one)
