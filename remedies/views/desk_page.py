"""What the pages of the desk of cases share: not there without a right, never cached, one form a page."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from hrdd.governance.access import person
from hrdd.governance.rules import NotAllowed
from remedies.actions import vault
from remedies.queries.case_desk import Standing, standing_of
from remedies.rules.wraps import KeyPair

COOKIE = "__Host-vk"
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def never_kept(view: View[P]) -> View[P]:
    """Let no browser and no proxy keep a page: going back finds nothing."""

    @wraps(view)
    def answered(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return cast("View[P]", answered)


def standing_or_404(request: HttpRequest, pk: UUID) -> Standing:
    """Return a case that is there for the person.

    Raises:
        Http404: it is not, and they do not learn whether it exists.
    """
    found = standing_of(person(request), pk, today=timezone.now().date())
    if found is None:
        raise Http404
    return found


def open_pair(request: HttpRequest) -> KeyPair:
    """Return the key pair of the person's open vault, and keep it open for another half hour.

    Raises:
        NotAllowed: it is closed.
    """
    return vault.pair_of(person(request), cookie=request.COOKIES.get(COOKIE, ""), at=timezone.now())


def vault_is_open(request: HttpRequest) -> bool:
    """Whether the vault of the person is open in this browser."""
    return vault.is_open(person(request), cookie=request.COOKIES.get(COOKIE, ""), at=timezone.now())


def to_the_vault(request: HttpRequest) -> HttpResponse:
    """Lead to the page that opens the vault, and from there back to this one."""
    return redirect(f"{reverse('vault')}?{urlencode({'next': request.path})}")


def desk_form(
    request: HttpRequest,
    form: forms.Form,
    *,
    act: Callable[..., object],
    title: str,
    lead: str,
    back: str,
    done: str,
    then: str = "",
) -> HttpResponse:
    """Show a form, or act on it; what was typed stays when a rule refuses.

    Args:
        request, form: bound on POST.
        act: called with the cleaned data; its NotAllowed is shown above the form.
        title, lead: what the page says; nothing of what was told.
        back: where the link back leads.
        done: the sentence shown afterwards.
        then: where to go afterwards; `back` where it is not given.
    """
    if request.method == "POST" and form.is_valid():
        try:
            act(**form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.info(request, done)
            return redirect(then or back)
    context: dict[str, Any] = {"form": form, "heading": title, "lead": lead, "button": title, "back": back}
    return render(request, "risks/form_page.html", context, status=400 if form.errors else 200)
