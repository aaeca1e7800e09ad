"""What the pages of `/raise/` and `/follow/` share: the language of the address, the form token, the rendering."""

import time
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from hrdd.tongues import is_rtl, languages
from remedies.actions.intake import renew_form_keys
from remedies.queries.keys import form_keys
from remedies.rules.case import LANGUAGES
from remedies.rules.form_token import FormToken, open_token, seal_token

View = Callable[[HttpRequest, str], HttpResponse]
LocalView = Callable[..., HttpResponse]
TICK = 0.05  # seconds; several times what opening a receipt takes


def in_language(view: View) -> LocalView:
    """Call a page in the language of its address, else in one that the browser asks for; nothing remembers it."""

    @wraps(view)
    def spoken(request: HttpRequest, language: str = "") -> HttpResponse:
        if language and language not in LANGUAGES:
            raise Http404
        chosen = language or _asked_for(request)
        with translation.override(chosen):
            return view(request, chosen)

    return spoken


def at_even_pace(view: View) -> View:
    """Let a page with a receipt leave at full ticks only, so that its time does not tell what it found (T8)."""

    @wraps(view)
    def paced(request: HttpRequest, language: str) -> HttpResponse:
        began = time.perf_counter()
        response = view(request, language)
        if request.method == "POST":
            spent = time.perf_counter() - began
            time.sleep((spent // TICK + 1) * TICK - spent)
        return response

    return paced


def show(name: str, context: dict[str, Any], *, page: str, language: str, status: int = 200) -> HttpResponse:
    """Return a page that no context processor touched: it knows nothing of who asks.

    Args:
        name: the template.
        context: what it shows.
        page: `raise` or `follow`, the address of its forms.
        language: of the page.
        status: of the answer.
    """
    shared = {
        "organisation": settings.ORGANISATION,
        "demonstration": settings.DEMONSTRATION,
        "quick_exit": settings.QUICK_EXIT,
        "language": language,
        "bidi": is_rtl(language),
        "here": reverse(f"{page}-in", args=[language]),
        "raise_url": reverse("raise-in", args=[language]),
        "follow_url": reverse("follow-in", args=[language]),
        "languages": [
            {"code": code, "name": name, "url": reverse(f"{page}-in", args=[code])}
            for code, name in languages().items()
        ],
    }
    return HttpResponse(render_to_string(f"remedies/{name}.html", shared | context), status=status)


def sealed_token(token: FormToken, *, purpose: str, at: datetime) -> str:
    """Return a token for a hidden field, under the key of its day."""
    day = at.date().toordinal()
    keys = form_keys(at=at)
    if day not in keys:
        renew_form_keys(at=at)
        keys = form_keys(at=at)
    return seal_token(token, key=keys[day], day=day, purpose=purpose)


def opened_token(request: HttpRequest, *, purpose: str, at: datetime) -> FormToken:
    """Return what the token of a form carries.

    Raises:
        TokenRefused: missing, not ours, or older than a day.
    """
    return open_token(request.POST.get("token", ""), keys=form_keys(at=at), purpose=purpose, at=at)


def _asked_for(request: HttpRequest) -> str:
    asked = parse_accept_lang_header(request.META.get("HTTP_ACCEPT_LANGUAGE", "")[:200].lower())
    return next((base for code, _weight in asked if (base := code.split("-")[0]) in LANGUAGES), LANGUAGES[0])
