"""The policies in public: every approved version at an address that stays, with what changed in it."""

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from risks.models import PolicyVersion
from risks.queries.policies import Numbered, difference
from transparency.documents import structured
from transparency.queries import policies as queries
from transparency.queries.policies import PublicPolicy
from transparency.views.data import site_of
from transparency.views.kept import kept


@require_safe
def policy_list(request: HttpRequest) -> HttpResponse:
    """Every policy with a public version."""
    policies = queries.public_policies()
    context = {"policies": policies, "structured": structured.dataset(site_of(request), "policies")}
    page = render(request, "transparency/policy_list_public.html", context)
    return _kept(request, page, policies)


@require_safe
def policy_list_data(request: HttpRequest) -> HttpResponse:
    """The same as data."""
    policies = queries.public_policies()
    return _kept(request, _data({"policies": [queries.summary_of(one) for one in policies]}), policies)


@require_safe
def policy(request: HttpRequest, slug: str) -> HttpResponse:
    """A policy as it is in force, with all its versions."""
    found = _policy(slug)
    return _text_page(request, found, found.shown, "", of_policy=True)


@require_safe
def policy_data(request: HttpRequest, slug: str) -> HttpResponse:
    """A policy with its versions, as data."""
    found = _policy(slug)
    shown = {"text_shown": queries.texts_of(found.shown)}
    return _kept(request, _data(queries.summary_of(found) | shown), [found])


@require_safe
def policy_version(request: HttpRequest, slug: str, number: int, language: str = "") -> HttpResponse:
    """One version, in one of its languages."""
    found = _policy(slug)
    return _text_page(request, found, _numbered(found, number), language)


@require_safe
def policy_version_data(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One version in all its languages, as data."""
    found = _policy(slug)
    told = {"policy": found.slug, "kind": found.kind} | queries.texts_of(_numbered(found, number))
    return _kept(request, _data(told), [found])


@require_safe
def policy_changes(request: HttpRequest, slug: str, number: int, language: str = "") -> HttpResponse:
    """What a version changed from the one before it in the same language."""
    found = _policy(slug)
    version = _text(_numbered(found, number), language)
    earlier = queries.before(found, version)
    context = {
        "policy": found,
        "version": version,
        "before": earlier,
        "changes": difference(earlier, version) if earlier else (),
    }
    return _kept(request, render(request, "transparency/policy_changes_public.html", context), [found])


def _text_page(
    request: HttpRequest, found: PublicPolicy, numbered: Numbered, language: str, *, of_policy: bool = False
) -> HttpResponse:
    version = _text(numbered, language)
    context = {
        "policy": found,
        "numbered": numbered,
        "version": version,
        "standing": queries.standing(version),
        "before": queries.before(found, version),
        "consultations": queries.heard(version),
        "of_policy": of_policy,
    }
    return _kept(request, render(request, "transparency/policy_public.html", context), [found])


def _policy(slug: str) -> PublicPolicy:
    found = queries.public_policy(slug)
    if found is None:
        raise Http404
    return found


def _numbered(found: PublicPolicy, number: int) -> Numbered:
    numbered = next((one for one in found.numbers if one.number == number), None)
    if numbered is None:
        raise Http404
    return numbered


def _text(numbered: Numbered, language: str) -> PolicyVersion:
    version = queries.text_in(numbered, language)
    if version is None:
        raise Http404
    return version


def _data(told: dict[str, Any]) -> HttpResponse:
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 2})


def _kept(request: HttpRequest, page: HttpResponse, policies: Iterable[PublicPolicy]) -> HttpResponse:
    changed = queries.last_changed(policies)
    return kept(request, page, modified=int(changed.timestamp()) if changed else None)
