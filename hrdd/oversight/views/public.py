"""Who oversees, for anyone (RF A2.2)."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from hrdd.oversight.queries.public import BODY_WORDS, as_data, structure
from transparency.views.kept import kept


@require_safe
def oversight_public(request: HttpRequest) -> HttpResponse:
    """Who answers for human rights, by function, how often those who oversee met and on what, and who was trained."""
    told = structure(on=timezone.now().date())
    context = {"told": told, "bodies": BODY_WORDS.values()}
    return kept(request, render(request, "transparency/oversight_public.html", context))


@require_safe
def oversight_public_data(request: HttpRequest) -> HttpResponse:
    """The same as data."""
    return kept(request, JsonResponse(as_data(structure(on=timezone.now().date()))))
