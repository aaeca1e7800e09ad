"""What a process writes about itself names nobody (reliability.md 2.4, issue 10)."""

import json
import logging
import sys
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from hrdd.logs import AsJson, RequestNumber

SECRET = "Nadira"  # noqa: S105


def written(logger: str, said: object, *args: object, **more: Any) -> dict[str, Any]:
    record = logging.LogRecord(logger, logging.ERROR, "file.py", 1, said, args, more.pop("exc_info", None))
    for name, value in more.items():
        setattr(record, name, value)
    line = AsJson().format(record)
    assert "\n" not in line
    told: dict[str, Any] = json.loads(line)
    return told


def failure() -> Any:
    try:
        int(SECRET)
    except ValueError:
        return sys.exc_info()


def test_our_own_sentences_are_written_whole() -> None:
    told = written("hrdd.celery", "%s waits for beat.", "tick")

    assert (told["said"], told["level"], told["logger"]) == ("tick waits for beat.", "ERROR", "hrdd.celery")


@pytest.mark.parametrize(
    ("logger", "said", "args"),
    [
        ("django.request", "%s: %s", ("Not Found", f"/desk/{SECRET}")),
        ("django.security.DisallowedHost", f"Invalid HTTP_HOST header: {SECRET}", ()),
        ("gunicorn.error", f"Invalid request from ip={SECRET}", ()),
        (
            "celery.app.trace",
            "Task %(name)s[%(id)s] raised: %(exc)s",
            ({"name": "x", "id": "1", "exc": SECRET},),
        ),
        ("celery.worker.strategy", "Task %(name)s received", ({"name": "x", "id": "1", "args": SECRET},)),
        ("weasyprint", "Ignored `%s`", (SECRET,)),
        ("fontTools", ValueError(SECRET), ()),
    ],
)
def test_what_others_put_into_their_sentences_is_not_written(
    logger: str, said: object, args: tuple[object, ...]
) -> None:
    told = written(logger, said, *args)

    assert SECRET not in json.dumps(told)
    assert told["logger"] == logger


def test_a_task_is_known_by_its_name_its_number_and_how_long_it_took() -> None:
    args = {"name": "risks.tasks.x", "id": "7", "runtime": 0.2, "return_value": SECRET}

    assert written("celery.app.trace", "Task %(name)s succeeded", args)["task"] == {
        "name": "risks.tasks.x",
        "id": "7",
        "runtime": 0.2,
    }


@pytest.mark.parametrize("logger", ["hrdd.x", "django.request", "celery.app.trace"])
def test_an_error_is_its_class_and_where_it_happened(logger: str) -> None:
    told = written(logger, "It failed.", exc_info=failure())

    assert told["error"] == "builtins.ValueError"
    assert told["where"][-1].startswith("tests/test_logs.py:")
    assert SECRET not in json.dumps(told)


def test_a_request_is_told_by_its_page_not_by_its_address(db: None, client: Client) -> None:
    request = client.get(f"/reports/2021/?q={SECRET}").wsgi_request
    told = written("django.request", "%s: %s", "Not Found", request.path, request=request, status_code=404)

    assert (told["method"], told["page"], told["status"]) == ("GET", "public-report", 404)
    assert "2021" not in json.dumps({name: told[name] for name in ("said", "page")})


@pytest.mark.parametrize(("path", "numbered"), [("/desk/", True), ("/", False), ("/raise/", False)])
def test_a_request_of_the_desk_has_a_number_and_nobody_elses_has(path: str, numbered: bool) -> None:
    lines: list[dict[str, Any]] = []

    def answer(_request: object) -> HttpResponse:
        lines.append(written("hrdd.x", "meanwhile"))
        return HttpResponse()

    response = RequestNumber(answer)(
        RequestFactory().get(path, headers={"X-Request-ID": "chosen by a visitor"})
    )

    assert ("request" in lines[0], "X-Request-ID" in response.headers) == (numbered, numbered)
    if numbered:
        assert lines[0]["request"] == response.headers["X-Request-ID"] != "chosen by a visitor"
    assert "request" not in written("hrdd.x", "afterwards")
