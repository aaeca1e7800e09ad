"""A number for each request of the desk: in its answer, and in whatever is logged meanwhile (hrdd/logs.py)."""

from collections.abc import Callable
from contextvars import ContextVar
from uuid import uuid4

from django.http import HttpRequest, HttpResponseBase

from hrdd.surfaces import Surface, surface_of

HEADER = "X-Request-ID"
_NUMBER: ContextVar[str] = ContextVar("the number of the request", default="")


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
        taken = _NUMBER.set(number)
        try:
            response = self.get_response(request)
        finally:
            _NUMBER.reset(taken)
        response.headers[HEADER] = number
        return response


def number() -> str:
    """Return the number of the request that is being answered, or nothing."""
    return _NUMBER.get()
