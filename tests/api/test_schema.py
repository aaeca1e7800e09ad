"""The API answers what its schema says, to whoever asks, and never breaks (reliability.md T31)."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from hrdd.accounts.models import ApiToken
from hrdd.accounts.rules.tokens import SCOPES, hash_of_token, new_token
from hrdd.governance.rules import Role
from risks.api.catalogue import ProductSerializer
from tests.addresses import addresses, arguments_of, viewset_of
from tests.api.test_lost_updates import person
from tests.cast import MANY_ROLES
from tests.permissions.cube import taken_back
from tests.permissions.keys import schema
from tests.test_access import everything

__all__ = ["everything"]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
METHODS = ("get", "post", "put", "patch", "delete")
READERS = {
    "an analyst": (Role.ANALYST,),
    "an auditor": (Role.AUDITOR,),
    "an owner of a relationship": (Role.PARTNER_MGR,),
    "a first reader of concerns": (Role.GRV_INTAKE,),
    "a technical operator": (Role.SYSADMIN,),
}
FEW, MANY = 1, 60
FEWEST_OPERATIONS = 160


@pytest.fixture
def in_this_transaction() -> Iterator[None]:
    """Let an answer end without closing the connection, as the test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def a_token(name: str, *roles: Role) -> str:
    """Return a token that leaves nothing out of what its person may, also of who reads no register."""
    secret, now = new_token(), timezone.now()
    ApiToken.objects.create(
        user=person(name, *roles),
        name="x",
        token_hash=hash_of_token(secret),
        scopes=list(SCOPES),
        made_at=now,
        expires_at=now + timedelta(days=1),
    )
    return secret


def operations() -> list[APIOperation]:
    told = schemathesis.openapi.from_dict(schema())
    told.app = WSGIHandler()
    return [found.ok() for found in told.get_all_operations()]


def known_places() -> dict[str, dict[str, Any]]:
    """Return for each path of the schema the arguments of a record that is there."""
    found = {}
    for pattern in addresses():
        if viewset_of(pattern) is not None:
            names = {"pk": "code" if "right" in str(pattern.name) else "id"}
            path = f"/{pattern.pattern}"
            given_ = {names.get(name, name): value for name, value in arguments_of(pattern).items()}
            for name in pattern.pattern.converters:
                kind = type(pattern.pattern.converters[name]).__name__.removesuffix("Converter").lower()
                path = path.replace(f"<{kind}:{name}>", f"{{{names.get(name, name)}}}")
            found[path.removeprefix("/")] = given_
    return found


def ask(operation: APIOperation, token: str, place: dict[str, Any], *, examples: int) -> list[int]:
    answered: list[int] = []

    @settings(
        max_examples=examples,
        phases=[Phase.generate],
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def asked(case: schemathesis.Case) -> None:
        case.path_parameters = {**(case.path_parameters or {}), **place}
        with taken_back():
            answer = case.call(headers={"Authorization": f"Bearer {token}"})
            answered.append(answer.status_code)
            case.validate_response(answer, checks=CHECKS)

    asked()
    return answered


def all_asked(*roles: Role, examples: int, methods: tuple[str, ...] = METHODS, below: str = "/") -> list[str]:
    token = a_token("somebody", *roles)
    places, wrong, answered = known_places(), [], []
    every = operations()
    assert len(every) >= FEWEST_OPERATIONS
    for operation in every:
        if operation.method not in methods or not operation.path.startswith(below):
            continue
        place = places.get(operation.path.removeprefix("/api/v1/"), {})
        try:
            answered += ask(operation, token, place, examples=examples)
        except (Exception, BaseExceptionGroup) as broken:  # each failure is told
            told = " ".join(str(one) for one in getattr(broken, "exceptions", [broken]))
            wrong.append(f"{operation.method.upper()} {operation.path}: {told}"[:4000])
    print(f"{len(answered)} answers: {sorted(Counter(answered).items())}")  # noqa: T201  # the figure of T31
    return wrong


def test_whoever_may_much_is_answered_as_the_schema_says(everything: None, in_this_transaction: None) -> None:
    wrong = all_asked(*MANY_ROLES, examples=FEW)

    assert not wrong, "\n\n".join(wrong)


def test_each_sort_of_reader_is_answered_as_the_schema_says(
    everything: None, in_this_transaction: None
) -> None:
    every = operations()
    for number, (who, roles) in enumerate(READERS.items()):
        token = a_token(who, *roles)
        for operation in [one for one in every if one.method == "get"][number :: len(READERS)]:
            ask(
                operation,
                token,
                known_places().get(operation.path.removeprefix("/api/v1/"), {}),
                examples=FEW,
            )


def test_an_answer_that_the_schema_does_not_know_is_found(
    everything: None, in_this_transaction: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ProductSerializer, "to_representation", lambda *_given: {"id": "no number"})

    wrong = all_asked(Role.ANALYST, examples=FEW, methods=("get",), below="/api/v1/products/")

    assert len(wrong) == len(("the list", "the record"))


@pytest.mark.nightly
@pytest.mark.parametrize("role", [*Role], ids=str)
def test_every_role_is_answered_as_the_schema_says(
    everything: None, in_this_transaction: None, role: Role
) -> None:
    wrong = all_asked(role, examples=MANY)

    assert not wrong, "\n\n".join(wrong)
