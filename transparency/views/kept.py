"""Public pages that may be kept for a while and are not sent twice."""

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag

FRESH_SECONDS = 300
FRESH = f"public, max-age={FRESH_SECONDS}"


def shown(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Return a public page that may be kept (see `kept`)."""
    return kept(request, render(request, template, context))


def kept(
    request: HttpRequest, page: HttpResponse, *, modified: int | None = None, cache: str = FRESH
) -> HttpResponse:
    """Return a page that may be kept and asked for again by its tag: what is unchanged is not sent twice.

    Args:
        request: as it came.
        page: what is to be sent.
        modified: when it last changed, in seconds of the epoch, where that is known.
        cache: for how long it may be kept.
    """
    etag = quote_etag(hashlib.sha256(page.content).hexdigest())
    page["ETag"] = etag
    if modified is not None:
        page["Last-Modified"] = http_date(modified)
    page["Cache-Control"] = cache
    return get_conditional_response(request, etag=etag, last_modified=modified, response=page) or page


def fresh(answer: HttpResponseBase) -> None:
    """Let an answer be kept by anybody for a while: it is the same for all, for no cookie reaches a public page."""
    answer["Cache-Control"] = FRESH
