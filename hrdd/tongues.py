"""The languages of the public pages: told by the address alone, so that an address says the same to everybody (ADR 41).

`/risks/` is English, `/fr/risks/` French. No cookie, no header and no query decides. What people wrote for the record
stays in the language in which they wrote it, and is marked as such.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, is_valid_path, reverse
from django.urls.resolvers import LocalePrefixPattern
from django.utils import translation
from django.utils.html import format_html

from hrdd.surfaces import Surface, surface_of

ENGLISH = "en"


def languages() -> dict[str, str]:
    """Return the languages by code, each by its own name; English, which has no prefix, first."""
    return {code.partition("-")[0]: name for code, name in settings.LANGUAGES}


def language_of(path: str) -> str:
    """Return the language of an address."""
    first = path.removeprefix("/").partition("/")[0]
    return first if first in languages() and first != ENGLISH else ENGLISH


def in_language(path: str, language: str) -> str:
    """Return the address of a public page in a language."""
    now = language_of(path)
    bare = path if now == ENGLISH else path.removeprefix(f"/{now}")
    return bare if language == ENGLISH else f"/{language}{bare}"


def in_every_language(pages: list[URLPattern | URLResolver]) -> URLResolver:
    """Return pages for people at their address in English and, behind a prefix, in every other language."""
    return URLResolver(_Prefix(), pages)


class _Prefix(LocalePrefixPattern):
    """The beginning of an address in the language that is spoken; none for English, of whatever country."""

    @property
    def language_prefix(self) -> str:
        """Return `fr/`, or nothing."""
        spoken = (translation.get_language() or ENGLISH).partition("-")[0]
        return "" if spoken == ENGLISH or spoken not in languages() else f"{spoken}/"


class LanguageOfTheAddress:
    """Answers each request in the language of its address; nothing remembers it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with translation.override(spoken(language_of(request.path_info))):
            return self.get_response(request)


def page_language(request: HttpRequest) -> dict[str, Any]:
    """Return what a public page says of its language: which, its address in the others, and how the record is marked.

    `written` stands in the tag around each text of the record; it is empty where page and record share a language.
    """
    if surface_of(request.path) is not Surface.PUBLIC:
        return {}
    language, site, asked = language_of(request.path), f"{request.scheme}://{request.get_host()}", ""
    if request.META.get("QUERY_STRING"):
        asked = f"?{request.META['QUERY_STRING']}"
    record = settings.RECORD_LANGUAGE
    foreign = record != language
    return {
        "language": language,
        "bidi": is_rtl(language),
        "languages": [
            {
                "code": code,
                "name": name,
                "path": in_language(request.path, code) + asked,
                "url": site + in_language(request.path, code),
            }
            for code, name in languages().items()
            if _stands(request.path, code)
        ],
        "raise_url": reverse("raise") if language == ENGLISH else reverse("raise-in", args=[language]),
        "follow_url": reverse("follow") if language == ENGLISH else reverse("follow-in", args=[language]),
        "record_language": record if foreign else "",
        "written": format_html(' lang="{}" dir="{}"', record, _direction(record)) if foreign else "",
    }


def _stands(path: str, language: str) -> bool:
    """Whether a page stands in a language; frozen documents and data have one address."""
    with translation.override(spoken(language)):
        return bool(is_valid_path(in_language(path, language)))


def spoken(language: str) -> str:
    """Return the name by which Django knows a language."""
    return str(settings.LANGUAGE_CODE) if language == ENGLISH else language


def is_rtl(language: str) -> bool:
    """Whether a language is written from right to left."""
    return language.partition("-")[0] in settings.LANGUAGES_BIDI


def _direction(language: str) -> str:
    return "rtl" if is_rtl(language) else "ltr"
