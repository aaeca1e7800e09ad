"""Atom feeds of what was published, issued, put in force and corrected; in the words in which it was written."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from transparency.queries import news
from transparency.queries.news import Piece
from transparency.views.kept import kept

NEVER = datetime(2026, 1, 1, tzinfo=UTC)
NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class _Atom(Atom1Feed):
    """Atom; a feed with nothing in it says the same each time."""

    def latest_post_date(self) -> datetime:
        """Return when the feed last changed."""
        return super().latest_post_date() if self.items else NEVER


class News(Feed):  # type: ignore[type-arg]  # Django's class takes no argument at run time
    """A feed of pieces; ids are `tag:` addresses (RFC 4151), which stay when the site moves or is served anew."""

    feed_type = _Atom
    language = settings.LANGUAGE_CODE

    def __init__(
        self, name: str, label: str | Promise, page: str, pieces: Callable[[], Sequence[Piece]]
    ) -> None:
        self.name, self.label, self.page, self.pieces = name, label, page, pieces

    def items(self) -> Sequence[Piece]:
        """Return the pieces."""
        return self.pieces()

    def title(self) -> str:
        """Return the title of the feed."""
        return f"{self.label}, {settings.ORGANISATION}"

    def link(self) -> str:
        """Return the page of which this is the feed."""
        return reverse(self.page)

    def author_name(self) -> str:
        """Return whose feed it is."""
        return str(settings.ORGANISATION)

    def feed_guid(self) -> str:
        """Return the id of the feed."""
        return tag(self.name)

    def item_title(self, item: Piece) -> str:
        """Return the title of a piece."""
        return NO_XML.sub("", item.title)

    def item_description(self, item: Piece) -> str:
        """Return what a piece says, as Atom has it: HTML, of which our text has none."""
        return escape(NO_XML.sub("", item.summary))

    def item_link(self, item: Piece) -> str:
        """Return where a piece stands."""
        return item.path

    def item_guid(self, item: Piece) -> str:
        """Return the id of a piece, for ever."""
        return tag(f"{self.name}/{item.key}")

    def item_pubdate(self, item: Piece) -> datetime:
        """Return when it was published."""
        return item.at

    def item_updateddate(self, item: Piece) -> datetime:
        """Return when it last changed."""
        return item.at


def tag(specific: str) -> str:
    """Return an id of this installation that never changes, whatever happens to its addresses."""
    return f"tag:{settings.LOG_ORIGIN.partition('/')[0]},2026:hrdd/{specific}"


FEEDS = {
    f"feed-{name}": News(name, label, page, pieces)
    for name, label, page, pieces in (
        ("reports", _("Reports"), "public-reports", news.reports_told),
        ("statements", _("Statements of reasons"), "public-statements", news.statements_told),
        ("policies", _("Policies"), "public-policies", news.policies_told),
        ("corrections", _("Corrections"), "public-corrections", news.corrections_told),
    )
}


@require_safe
def feed(request: HttpRequest, name: str) -> HttpResponse:
    """Answer with a feed by the name of its address; it may be kept."""
    return kept(request, FEEDS[name](request))
