"""Whoever asks too often in a minute waits; every answer says how much is left; without Redis nobody is refused."""

from typing import Any

import pytest

from hrdd.governance.models import User
from hrdd.problems import Problem
from tests.api.test_lost_updates import as_client
from tests.api.test_problems import API, problem
from tests.api.test_tokens import ana, token_of, with_token

__all__ = ["ana"]


@pytest.fixture
def few(settings: Any) -> None:
    settings.API_REQUESTS_A_MINUTE = 3


@pytest.fixture
def same_minute(monkeypatch: pytest.MonkeyPatch, servers: Any) -> None:
    """Stand still in time, so that no window ends between two requests."""
    monkeypatch.setattr("hrdd.request_limits.time.time", lambda: 1_800_000_030.0)


def test_each_caller_has_their_own_count_and_is_told_of_it(few: None, same_minute: None, ana: User) -> None:
    client, program = as_client(ana), with_token(token_of(ana, "risks:read"))

    left = [client.get(f"{API}rights/").headers["RateLimit"] for _ in range(3)]
    assert left == [f'"api";r={number};t=30' for number in (2, 1, 0)]
    refused = client.get(f"{API}rights/")
    problem(refused, Problem.TOO_MANY)
    assert refused.headers["Retry-After"] == "30"
    assert refused.headers["RateLimit-Policy"] == '"api";q=3;w=60'
    assert program.get(f"{API}rights/").status_code == 200


def test_without_redis_nobody_is_refused(few: None, ana: User, settings: Any) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    client = as_client(ana)

    assert {client.get(f"{API}rights/").status_code for _ in range(5)} == {200}
