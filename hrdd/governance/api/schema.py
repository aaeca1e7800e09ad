"""What the schema says of every register beside its own: headers, chosen fields, problems (OpenAPI 3.1)."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from hrdd.problems import CONTENT_TYPE, Problem

FIELDS = OpenApiParameter(
    "fields", str, description="The fields to answer, with commas between them: `id,title`. All if not given."
)
IF_MATCH = "The ETag that was read; `*` for whatever stands. {}"
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[A-Za-z0-9_-]{16,100}$"},
    OpenApiParameter.HEADER,
    description="Made at random, such as a UUID. Sent again within 24 hours, the same request is answered and not done "
    "again.",
)
ERROR = {
    "type": "object",
    "required": ["detail"],
    "properties": {
        "pointer": {
            "type": "string",
            "description": "Into what was sent (RFC 6901, as a fragment): `#/title`",
        },
        "parameter": {"type": "string", "description": "Of the address"},
        "detail": {"type": "string"},
    },
}
PROBLEM = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {
            "type": "string",
            "description": f"Ends in one of {', '.join(one.anchor for one in Problem)}",
        },
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "A sentence for people"},
        "provision": {"type": "string", "description": "The rule that refused, such as SD5 or UNGP 19"},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/ProblemError"}},
    },
}
EXAMPLE = {
    "type": "https://hrdd.example.org/api/docs/#refused-by-a-rule",
    "title": "Refused by a rule",
    "status": 409,
    "detail": "UNGP 19: an extension needs a partial change that was measured (effect 2).",
    "provision": "UNGP 19",
}


class RegisterSchema(AutoSchema):
    """Tells of each act what every register asks and answers."""

    def _map_serializer_field(self, field: Any, direction: Any, *more: Any, **named: Any) -> Any:
        """Tell of a field that is only read what its column may hold: nothing at all, or an empty choice."""
        column = _column_of(field)
        if field.read_only and column is not None:
            field.allow_null = field.allow_null or column.null
            if isinstance(field, serializers.ChoiceField):
                field.allow_blank = field.allow_blank or (column.blank and column.empty_strings_allowed)
        told: Any = super()
        return told._map_serializer_field(field, direction, *more, **named)

    def get_override_parameters(self) -> list[Any]:
        """Return the headers and parameters that no viewset names for itself."""
        if self.method == "GET":
            return [FIELDS]
        found = [IDEMPOTENCY_KEY] if self.method == "POST" else []
        replaces = self.method in {"PUT", "PATCH"}
        if replaces or (self.method == "POST" and "{" in self.path):
            said = "Without it the answer is 428." if replaces else ""
            found.append(
                OpenApiParameter(
                    "If-Match",
                    str,
                    OpenApiParameter.HEADER,
                    required=replaces,
                    description=IF_MATCH.format(said).strip(),
                )
            )
        return found


def _column_of(field: Any) -> "Field[Any, Any] | None":
    """Return the column that a field of a ModelSerializer tells, or nothing."""
    model = getattr(getattr(field.parent, "Meta", None), "model", None)
    if model is None:
        return None
    try:
        column = model._meta.get_field(field.source)
    except FieldDoesNotExist:
        return None
    return column if isinstance(column, Field) else None


def with_problems(result: dict[str, Any], **_given: Any) -> dict[str, Any]:
    """Return the schema with the problem as every other answer, and the ETag of what has one."""
    shapes = result["components"]["schemas"]
    shapes["ProblemError"], shapes["Problem"] = ERROR, PROBLEM
    result["components"]["responses"] = {
        "Problem": {
            "description": "Refused, or failed.",
            "content": {
                CONTENT_TYPE: {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "examples": {"a rule": {"value": EXAMPLE}},
                }
            },
        }
    }
    for methods in result["paths"].values():
        for method, told in methods.items():
            answers: dict[str, Any] = told["responses"]
            answers["default"] = {"$ref": "#/components/responses/Problem"}
            if told["operationId"].endswith(("_retrieve", "_update")):
                answers["200"]["headers"] = _etag(method)
    return result


def _etag(method: str) -> Mapping[str, Any]:
    told = "Of the record as it stands" + (", to be sent as If-Match" if method == "get" else "")
    return {"ETag": {"schema": {"type": "string"}, "description": told}}
