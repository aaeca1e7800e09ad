"""A number for each request of the desk: in its answer, and in whatever is logged meanwhile (hrdd/logs.py).

Beside it stands with which token it was asked, for the audit log.
"""

from collections.abc import Callable
from contextvars import ContextVar
from uuid import uuid4

from django.http import HttpRequest, HttpResponseBase

from hrdd.surfaces import Surface, surface_of

HEADER = "X-Request-ID"
_NUMBER: ContextVar[str] = ContextVar("the number of the request", default="")
_TOKEN: ContextVar[str] = ContextVar("the token of the request", default="")


class RequestNumber:
    """Gives a request of the desk its number; one that a visitor sends is not taken over.

    A public page is the same for everybody, and the pages for concerns leave no trace: neither has one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if surface_of(request.path_info) is not Surface.STAFF:
            return self.get_response(request)
        number = uuid4().hex
        taken, token = _NUMBER.set(number), _TOKEN.set("")
        try:
            response = self.get_response(request)
        finally:
            _NUMBER.reset(taken)
            _TOKEN.reset(token)
        response.headers[HEADER] = number
        return response


def number() -> str:
    """Return the number of the request that is being answered, or nothing."""
    return _NUMBER.get()


def ask_with_token(name: str) -> None:
    """Remember until the answer that a program asks, and with which token of its person."""
    _TOKEN.set(name)


def token_of_the_request() -> str:
    """Return the token that the request is asked with, or nothing where a person asks."""
    return _TOKEN.get()
