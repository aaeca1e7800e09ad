"""What every answer says to a browser: pages, assets, refusals, failures (ASVS 5.0, V3.4 and V14.3)."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from hrdd.problems import Problem, is_of_the_api, problem_answer
from hrdd.surfaces import EVERYWHERE, Surface, surface_of

# What a page says about itself stands; these are for whatever says nothing.
UNLESS_SAID = {
    "Content-Security-Policy": "default-src 'none'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=(), interest-cohort=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class SafeHeaders:
    """Stands outermost. No page of the desk is kept by a browser, and the API answers nothing in the clear."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = _refused_in_the_clear(request) or self.get_response(request)
        for name, value in UNLESS_SAID.items():
            response.headers.setdefault(name, value)
        if _is_for_staff(request.path_info):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _is_for_staff(path: str) -> bool:
    return surface_of(path) is Surface.STAFF and not path.removeprefix("/").startswith(EVERYWHERE)


def _refused_in_the_clear(request: HttpRequest) -> HttpResponseBase | None:
    """Refuse a program that asks without TLS: a redirect would hide that what it sent was read on the way."""
    if request.is_secure() or not settings.SECURE_SSL_REDIRECT or not is_of_the_api(request):
        return None
    return problem_answer(
        Problem.NOT_ALLOWED, "Ask by https://. What was sent just now could be read on the way; sign in anew."
    )
