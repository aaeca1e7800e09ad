"""Each request of the schema has an example, and each example is what its serializer takes."""

from typing import Any

import pytest
from django.db.models import CharField
from drf_spectacular.generators import SchemaGenerator
from rest_framework import relations, serializers

from hrdd.governance.rules import Role
from hrdd.request_examples import request_examples
from tests.api.test_lost_updates import a_right, person

PEOPLE = {
    "ana": Role.ANALYST,
    "emma": Role.ENGAGE,
    "paul": Role.PARTNER_MGR,
    "rex": Role.SENIOR,
    "rita": Role.REVIEWER,
}


def serializers_by_shape() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the schema, and what each of its shapes was written from."""
    generator = SchemaGenerator()
    told = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return told, {
        name: one.object for (name, kind), one in generator.registry._components.items() if kind == "schemas"
    }


def requests(told: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (f"{method} {path}", content["schema"].get("$ref", "").rpartition("/")[2], content)
        for path, methods in told["paths"].items()
        for method, one in methods.items()
        if (content := one.get("requestBody", {}).get("content", {}).get("application/json"))
    ]


def stands_for(field: Any, said: Any) -> Any:
    """Return the record whose number or code an example names, without looking it up: it stands for another."""
    model = field.get_queryset().model
    if not isinstance(said, str if isinstance(model._meta.pk, CharField) else int):
        raise serializers.ValidationError("Not what names a record.")
    return model(pk=said)


@pytest.fixture
def known_records(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relations.PrimaryKeyRelatedField, "to_internal_value", stands_for)
    a_right("EXPRESSION")
    for name, role in PEOPLE.items():
        person(name, role)


def refused(shape: Any, name: str, example: Any) -> Any:
    made = type(shape) if isinstance(shape, serializers.BaseSerializer) else shape
    given = made(data=example, partial=name.startswith("Patched"))
    unknown = set(example) - {key for key, field in given.fields.items() if not field.read_only}
    return sorted(unknown) or (given.errors if not given.is_valid() else None)


def test_every_request_has_an_example_that_its_serializer_takes(known_records: None) -> None:
    told, shapes = serializers_by_shape()
    asked = requests(told)

    without = [where for where, _shape, content in asked if "examples" not in content]
    wrong = {
        f"{where}: {called}": refusal
        for where, shape, content in asked
        for called, example in content.get("examples", {}).items()
        if (refusal := refused(shapes[shape], shape, example["value"])) is not None
    }

    assert without == [], "Write one in hrdd/request_examples.json."
    assert wrong == {}, "\n".join(f"{where}: {refusal}" for where, refusal in wrong.items())
    assert len(asked) >= 90


def test_no_example_is_left_over_from_a_shape_that_went_or_tells_its_own() -> None:
    told, _shapes = serializers_by_shape()
    ours = {
        shape for _where, shape, content in requests(told) if list(content.get("examples", {})) == ["Example"]
    }

    assert set(request_examples()) - ours == set()


def test_an_example_that_its_serializer_refuses_is_found(known_records: None) -> None:
    _told, shapes = serializers_by_shape()

    assert refused(shapes["Plan"], "Plan", {**request_examples()["Plan"], "due": "soon"})
    assert refused(shapes["Plan"], "Plan", {**request_examples()["Plan"], "no_such_field": 1})
    assert refused(shapes["Owner"], "Owner", {"owner": 7})
