"""A request of the desk can be named without saying what was done (issue 10)."""

import json
import logging

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from hrdd.logs import Line
from hrdd.request_numbers import RequestNumber


def logged() -> dict[str, str]:
    record = logging.LogRecord("hrdd.x", logging.WARNING, "file.py", 1, "meanwhile", (), None)
    told: dict[str, str] = json.loads(Line().format(record))
    return told


@pytest.mark.parametrize(
    ("path", "numbered"), [("/desk/", True), ("/api/v1/risks/", True), ("/", False), ("/raise/", False)]
)
def test_a_request_of_the_desk_has_a_number_and_no_other_has(path: str, numbered: bool) -> None:
    lines: list[dict[str, str]] = []

    def answer(_request: object) -> HttpResponse:
        lines.append(logged())
        return HttpResponse()

    response = RequestNumber(answer)(
        RequestFactory().get(path, headers={"X-Request-ID": "chosen by a visitor"})
    )

    assert ("request" in lines[0], "X-Request-ID" in response.headers) == (numbered, numbered)
    if numbered:
        assert lines[0]["request"] == response.headers["X-Request-ID"] != "chosen by a visitor"
    assert "request" not in logged()
