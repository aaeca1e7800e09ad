"""`?fields=`: an answer with the chosen keys only. It takes away and never adds, so it tells nobody more."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

PARAMETER = "fields"


class BadParameter(serializers.ValidationError):
    """A parameter of the address makes no sense; the problem names it."""

    def __init__(self, parameter: str, sentence: str) -> None:
        super().__init__({parameter: [sentence]})
        self.parameter = parameter


def with_chosen_fields(data: Any, request: Request) -> Any:
    """Return a record, or a page of them, with the fields alone that the address names; the page keeps its links.

    Raises:
        BadParameter: a name that no record here has.
    """
    said = request.query_params.get(PARAMETER, "")
    names = [one.strip() for one in said.split(",") if one.strip()]
    if not names or not isinstance(data, Mapping):
        return data
    if isinstance(data.get("results"), list):
        return {**data, "results": _only(data["results"], names)}
    return _only([data], names)[0]


def _only(rows: list[Any], names: list[str]) -> list[dict[str, Any]]:
    known = {name for row in rows for name in row}
    unknown = [name for name in names if name not in known] if rows else []
    if unknown:
        raise BadParameter(
            PARAMETER, f"No field is called {unknown[0]}. Choose among {', '.join(sorted(known))}."
        )
    return [{name: row[name] for name in names if name in row} for row in rows]
