"""What a process writes to its log: one line of JSON, and nothing that anybody typed (docs/security/logs.md)."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from hrdd.governance.models import User
from hrdd.governance.rules import Role
from hrdd.logs import Line, WhatWeighs

TYPED = "Casey Heron, +44 20 7946 0958"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the handler of production would have written."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(Line())
    handler.addFilter(WhatWeighs())
    logging.getLogger().addHandler(handler)
    yield out
    logging.getLogger().removeHandler(handler)


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


@pytest.fixture
def eve(db: None) -> User:
    return User.objects.create_user("eve", "x", display_name="Eve", roles=[Role.SENIOR])


@pytest.fixture
def browser_of_eve(eve: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(eve)
    return client


def test_the_one_place_of_logs_is_the_error_output() -> None:
    assert set(settings.LOGGING["handlers"]) == {"errors"}
    assert settings.LOGGING["handlers"]["errors"]["class"] == "logging.StreamHandler"
    assert settings.LOGGING["root"]["handlers"] == ["errors"]
    assert not settings.CELERY_WORKER_HIJACK_ROOT_LOGGER


def test_a_refusal_says_who_tried_which_page_and_when(browser_of_eve: Client, written: io.StringIO) -> None:
    browser_of_eve.get("/desk/audit/", {"q": TYPED})

    (line,) = lines(written)
    assert {name: line[name] for name in ("level", "page", "method", "who", "said")} == {
        "level": "warning",
        "page": "audit-list",
        "method": "GET",
        "who": "eve",
        "said": "403",
    }
    assert line["at"].endswith("+00:00")
    assert "Casey" not in written.getvalue()


def test_whoever_tries_doors_that_are_not_there_is_seen_if_known(
    browser_of_eve: Client, written: io.StringIO
) -> None:
    browser_of_eve.get("/desk/risks/4711/")
    Client().get("/wp-login.php")

    assert [(one["said"], one["page"], one["who"]) for one in lines(written)] == [
        ("404", "risk-detail", "eve")
    ]


def test_a_failure_is_told_by_its_class_and_place_and_not_by_its_words(
    browser_of_eve: Client, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_args: Any, **_kwargs: Any) -> None:
        raise ValueError(TYPED)

    monkeypatch.setattr("risks.views.register.render", fails, raising=False)
    monkeypatch.setattr("hrdd.dashboards.render", fails)
    answer = browser_of_eve.get("/desk/", {"q": TYPED})

    (line,) = lines(written)
    assert answer.status_code == 500
    assert (line["failure"], line["page"], line["who"]) == ("ValueError", "desk", "eve")
    assert any(place.startswith("hrdd/dashboards.py:") for place in line["where"])
    assert "Casey" not in written.getvalue()


def test_a_forged_request_is_written_down(eve: User, written: io.StringIO) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(eve)
    client.post("/desk/account/sessions/end/")

    assert [(one["logger"], one["page"]) for one in lines(written)] == [
        ("django.security.csrf", "account-sessions-end")
    ]


@pytest.mark.parametrize("word", ["\n", "\r\n", "\x1b[2J", "\u2028", '", "who": "rita"}\n{"at": "', "\0"])
def test_nothing_that_is_written_begins_a_line_of_its_own(written: io.StringIO, word: str) -> None:
    logging.getLogger("hrdd.test").warning("The anchor %s cannot be reached", f"a{word}b")

    (line,) = written.getvalue().split("\n")[:-1]
    assert json.loads(line)["said"] == f"The anchor a{word}b cannot be reached"
    assert line.isascii()
    assert line.isprintable()


def test_the_link_of_an_invitation_is_not_written(db: None, written: io.StringIO) -> None:
    """Its address is its secret."""
    Client(enforce_csrf_checks=True).post("/sign-in/invitation/heron-heron-heron/", {"password": TYPED})

    assert [one["page"] for one in lines(written)] == ["invitation"]
    assert "heron" not in written.getvalue().lower()


def test_a_task_that_failed_says_which_and_not_what(written: io.StringIO) -> None:
    """As Celery logs it: the words of the failure stand among the arguments."""
    try:
        int(TYPED)
    except ValueError:
        logging.getLogger("celery.app.trace").exception(
            "Task %(name)s[%(id)s] %(description)s: %(exc)s",
            {"name": "remedies.tasks.erase", "id": "7", "description": "raised", "exc": TYPED},
        )

    (line,) = lines(written)
    assert (line["task"], line["id"], line["failure"]) == ("remedies.tasks.erase", "7", "ValueError")
    assert "Casey" not in written.getvalue()
