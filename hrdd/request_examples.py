"""An example of each request that the API takes, for people who write programs; tests hold each to its serializer.

They stand apart from the serializers, by the name of the shape, as one shape serves several addresses. Numbers and user
names stand for records of the installation; a hash is the one that was read.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).with_suffix(".json")


@cache
def request_examples() -> dict[str, Any]:
    """Return an example by the name of its shape in the schema."""
    found: dict[str, Any] = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    return found


def with_examples(result: dict[str, Any], **_given: Any) -> dict[str, Any]:
    """Return the schema with an example of each request that has none of its own."""
    for methods in result["paths"].values():
        for told in methods.values():
            sent = told.get("requestBody", {}).get("content", {}).get("application/json", {})
            shape = sent.get("schema", {}).get("$ref", "").rpartition("/")[2]
            if shape in request_examples() and "examples" not in sent:
                sent["examples"] = {"Example": {"value": request_examples()[shape]}}
    return result
