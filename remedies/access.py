"""The door of the pages for people who raise a concern: nothing that knows a visitor stands behind it (ADR 20)."""

import logging
from collections.abc import Callable

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve

from remedies.forms.files import MOST_BODY, InMemoryOnly

APART = ("/raise/", "/follow/")
IN_MEMORY = (*APART, "/desk/cases/")
METHODS = ("GET", "HEAD", "POST")
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
# What the server needs to answer; whatever else it knows about the visitor is dropped.
NEEDED = {
    *("REQUEST_METHOD", "PATH_INFO", "SCRIPT_NAME", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL"),
    *("HTTP_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_ACCEPT_LANGUAGE", "CONTENT_TYPE", "CONTENT_LENGTH"),
}
PAGE_BUCKET = 16 * 1024
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; object-src 'none'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=(), interest-cohort=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
logger = logging.getLogger("hrdd.intake")


class IntakeStandsApart:
    """Answers `/raise/` and `/follow/` before any session, cookie, sign-in or message can be looked at.

    Files sent to these pages and to the desk of cases stay in memory: nothing spools them to disk.
    A failure is logged by the name of the page and the class of the error, never by what was sent.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(IN_MEMORY):
            request.upload_handlers = [InMemoryOnly(request)]
        if not request.path_info.startswith(APART):
            return self.get_response(request)
        forget_the_visitor(request)
        response = _answer(request)
        for name, value in HEADERS.items():
            response[name] = value
        pad_page(response)
        response._has_been_logged = True  # type: ignore[attr-defined]  # Django would log when a page failed
        return response


def forget_the_visitor(request: HttpRequest) -> None:
    """Drop what the server knows of the visitor: address, browser, referrer, cookies, query, all of it."""
    for name in [name for name in request.META if name not in NEEDED and not name.startswith("wsgi.")]:
        del request.META[name]
    request.META.update(REMOTE_ADDR="", QUERY_STRING="", RAW_URI="")
    request.COOKIES = {}
    request.__dict__.pop("headers", None)


def pad_page(response: HttpResponse) -> None:
    """Fill a page up to the next 16 KiB with a comment, so that its length says little."""
    rest = -len(response.content) % PAGE_BUCKET
    opening, closing = b"\n<!-- ", b" -->"
    least = len(opening) + len(closing)
    if rest < least:
        rest += PAGE_BUCKET
    response.content += opening + b"." * (rest - least) + closing
    response["Content-Length"] = str(len(response.content))


def _answer(request: HttpRequest) -> HttpResponse:
    name = "unknown"
    try:
        request.get_host()
        found = resolve(request.path_info)
        name = str(found.url_name)
        if request.method not in METHODS:
            return _plain(405, allow=True)
        if request.method == "POST" and request.content_type not in FORMS:
            return _plain(415)
        length = str(request.META.get("CONTENT_LENGTH", ""))
        if length.isdecimal() and int(length) > MOST_BODY:
            return _plain(413)
        answered: HttpResponse = found.func(request, *found.args, **found.kwargs)
    except (Http404, Resolver404):
        return _plain(404)
    except (BadRequest, SuspiciousOperation, MultiPartParserError):
        return _plain(400)
    except Exception as failure:  # the last place that may know; it says what kind, and no more
        logger.error("%s failed: %s", name, type(failure).__name__)  # noqa: TRY400  # a traceback may hold what was told
        return _plain(503)
    return answered


def _plain(status: int, *, allow: bool = False) -> HttpResponse:
    response = HttpResponse(
        render_to_string("remedies/intake_trouble.html", {"status": status}), status=status
    )
    if allow:
        response["Allow"] = ", ".join(METHODS)
    return response
