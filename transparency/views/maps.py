"""What search engines ask for first: which addresses are closed to them, and a map of the open ones."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.contrib.sitemaps import Sitemap, views
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from hrdd.surfaces import STANDS_AT
from transparency.queries import site_map
from transparency.queries.site_map import Place
from transparency.views.kept import kept


class Places(Sitemap):  # type: ignore[type-arg]  # Django's class takes no argument at run time
    """A map of places."""

    def location(self, item: Place) -> str:
        """Return where it stands."""
        return item.path

    def lastmod(self, item: Place) -> date | None:
        """Return when what stands there last changed."""
        return item.changed_on


class Pages(Places):
    """The pages that are always there."""

    def items(self) -> Sequence[Place]:
        """Return them."""
        return site_map.pages()


class Policies(Places):
    """The policies and their versions."""

    def items(self) -> Sequence[Place]:
        """Return them."""
        return site_map.policy_places()


class Reports(Places):
    """The reports and their editions."""

    def items(self) -> Sequence[Place]:
        """Return them."""
        return site_map.report_places()


class _Screened(Paginator):  # type: ignore[type-arg]  # as above
    """Pages of statements of which only those are told that anyone may read."""

    def page(self, number: int | str) -> Any:
        """Return one page; it may hold fewer than its number."""
        found = super().page(number)
        found.object_list = site_map.statement_places(list(found.object_list))
        return found


class Statements(Places):
    """The statements of reasons, a thousand to a map."""

    @property
    def paginator(self) -> "Paginator[Any]":
        """Return the maps."""
        return _Screened(site_map.statements(), site_map.STATEMENTS_ON_A_MAP)

    def get_latest_lastmod(self) -> datetime | None:
        """Return the day of the latest statement, without reading them all."""
        return site_map.latest_statement()


SECTIONS: dict[str, "type[Sitemap[Any]] | Sitemap[Any]"] = {
    "pages": Pages,
    "policies": Policies,
    "reports": Reports,
    "statements": Statements,
}


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """The maps of this site."""
    return _told(request, views.index(request, SECTIONS, sitemap_url_name="sitemap-section"))


@require_safe
def sitemap_section(request: HttpRequest, section: str) -> HttpResponse:
    """One map: addresses, and when what stands there last changed."""
    return _told(request, views.sitemap(request, SECTIONS, section))


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What no search engine needs, and where the map of the site stands."""
    closed = "".join(f"Disallow: /{start}\n" for starts in STANDS_AT.values() for start in starts)
    where = f"{request.scheme}://{request.get_host()}{reverse('sitemap')}"
    told = f"User-agent: *\n{closed}\nSitemap: {where}\n"
    return kept(request, HttpResponse(told, content_type="text/plain; charset=utf-8"))


def _told(request: HttpRequest, answer: Any) -> HttpResponse:
    answer.render()
    return kept(request, answer)
