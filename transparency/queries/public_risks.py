"""The published risks as pages and as a file: neither holds more of them at once than it shows."""

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Self

from django.db.models import Q, QuerySet

from risks.models import Risk
from risks.queries.publications import Card, cards, published_risks
from risks.queries.register import UNSHOWN, by_salience
from risks.queries.register_pages import SALIENCE, Cursor, Page, page_of
from risks.rules.recording import GLOBAL

PAGE_SIZE, CHUNK = 20, 500
LONGEST_NUMBER = 18


class Place(Cursor):
    """A place between two published risks: 12 is after risk 12, -12 before it.

    The key would tell who is vulnerable and how likely the harm is, so it never stands in an address; it is read from
    the risk, as long as the public reads of it.
    """

    @property
    def text(self) -> str:
        """Return the place as it stands in an address."""
        return f"-{self.pk}" if self.backwards else str(self.pk)

    @classmethod
    def read(cls, text: str, *, order: str) -> Self | None:
        """Return the place of an address, or None where no published risk stands there."""
        said = text.removeprefix("-")
        if not (said.isascii() and said.isdecimal() and len(said) <= LONGEST_NUMBER):
            return None
        rank = published_risks().filter(pk=int(said)).values_list("rank", flat=True).first()
        return None if rank is None else cls(order, text != said, int(said), rank)


def listed(*, level: int | None = None, right: str = "", country: str = "") -> QuerySet[Risk]:
    """Return the published risks that match.

    Args:
        level: of which severity; none for any.
        right: which right is touched, by its code; empty for any.
        country: where, by name or because it is the whole world; empty for anywhere.
    """
    found = published_risks()
    if level:
        found = found.filter(level=level)
    if right:
        found = found.filter(touched_rights__contains=[right])
    if country:
        found = found.filter(Q(countries__contains=[country]) | Q(countries__contains=[GLOBAL]))
    return found


def published_page(risks: QuerySet[Risk], *, after: str) -> Page:
    """Return one page of published risks, the gravest first.

    Args:
        risks: as `listed` found them.
        after: where the page begins, as its address says; nonsense begins at the beginning.
    """
    shown = risks.prefetch_related("rights")
    return page_of(shown, order=SALIENCE, after=after, size=PAGE_SIZE, cursors=Place)


def gravest(many: int, *, on: date) -> list[Card]:
    """Return the gravest of the published risks, without looking at the others."""
    return cards(list(_in_order()[:many]), on=on)


def streamed(*, on: date) -> Iterator[Card]:
    """Yield every published risk, the gravest first, in memory that does not grow with their number."""
    risks = _in_order().iterator(chunk_size=CHUNK)
    while chunk := list(islice(risks, CHUNK)):
        yield from cards(chunk, on=on)


def _in_order() -> QuerySet[Risk]:
    return by_salience(published_risks()).prefetch_related("rights").defer(*UNSHOWN)
