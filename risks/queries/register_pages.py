"""Pages of the register by key: the next page begins after the last row seen, whatever came or went before it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django.core import signing
from django.db.models import Count, F, Q, QuerySet, Value, Window
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Lower

from risks.models import Risk
from risks.queries.register import UNSHOWN

PAGE_SIZE = 50
SALIENCE = "salience"
SALT = "risks.register.cursor"


@dataclass(frozen=True)
class Order:
    """An order of the register: a key that is never null, and the id among equals.

    `telling` is a key that may name people, so it never stands in an address; it is read from the row again.
    """

    label: str
    key: Combinable
    descending: bool = False
    telling: bool = False


ORDERS: Mapping[str, Order] = {
    SALIENCE: Order("By salience", F("rank"), descending=True),
    "review": Order("Next review first", Coalesce("next_review", Value(date.max))),
    "assessed": Order("Longest not assessed", Coalesce("assessed_on", Value(date.min))),
    "newest": Order("Newest first", F("id"), descending=True),
    "title": Order("By title", Lower("title"), telling=True),
}


def in_order(risks: QuerySet[Risk], order: str, *, backwards: bool = False) -> QuerySet[Risk]:
    """Return risks in one of ORDERS, the id ascending among equals, or all of it the other way round."""
    descending = ORDERS[order].descending != backwards
    keyed = risks.annotate(sort_key=ORDERS[order].key)
    key = F("sort_key").desc() if descending else F("sort_key").asc()
    return keyed.order_by(key, "-pk" if backwards else "pk")


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: after a row, or before it."""

    order: str
    backwards: bool
    pk: int
    key: Any

    @property
    def text(self) -> str:
        """Return the cursor as it stands in an address, signed."""
        shown = self.key.isoformat() if isinstance(self.key, date) else self.key
        told = None if ORDERS[self.order].telling else shown
        return signing.Signer(salt=SALT).sign_object([self.order, self.backwards, self.pk, told])

    @classmethod
    def read(cls, text: str, *, order: str) -> Self | None:
        """Return the cursor of an address, or None where it is none of ours, or of another order."""
        try:
            found, backwards, pk, key = signing.Signer(salt=SALT).unsign_object(text)
        except (signing.BadSignature, ValueError, TypeError):
            return None
        if found != order:
            return None
        if ORDERS[order].telling:
            row = Risk.objects.filter(pk=pk).annotate(sort_key=ORDERS[order].key).values_list("sort_key")
            [key] = row.first() or [None]
        elif isinstance(key, str):
            key = date.fromisoformat(key)
        return None if key is None else cls(order, backwards, pk, key)

    def onwards(self, risks: QuerySet[Risk]) -> QuerySet[Risk]:
        """Return the rows after this one, or before it, of rows that `in_order` prepared.

        The first condition is what an index is entered by; the second settles ties.
        """
        downwards = ORDERS[self.order].descending != self.backwards
        reach, past = ("lte", "lt") if downwards else ("gte", "gt")
        among_equals = Q(pk__lt=self.pk) if self.backwards else Q(pk__gt=self.pk)
        return risks.filter(
            Q(**{f"sort_key__{past}": self.key}) | among_equals, **{f"sort_key__{reach}": self.key}
        )


@dataclass(frozen=True)
class Page:
    """A page of risks, how many there are in all, and where it goes on in both directions."""

    rows: list[Risk]
    count: int
    previous: str
    next: str
    beginning: bool

    @property
    def several(self) -> bool:
        """Whether there is more than this page."""
        return self.count > len(self.rows)


def page_of(
    risks: QuerySet[Risk],
    *,
    order: str,
    after: str,
    size: int = PAGE_SIZE,
    few: bool = False,
    cursors: type[Cursor] = Cursor,
) -> Page:
    """Return one page, in two queries whatever the number of risks and however far in.

    Args:
        risks: the filtered risks.
        order: one of ORDERS.
        after: the cursor of the address; nonsense begins at the beginning.
        size: rows a page.
        few: whether a search found these risks: then it is made once, for the first rows and for the number of all.
        cursors: how a place between two rows stands in an address.
    """
    cursor = cursors.read(after, order=order) if after else None
    backwards = cursor is not None and cursor.backwards
    wanted = in_order(risks, order, backwards=backwards)
    if cursor is not None:
        wanted = cursor.onwards(wanted)
    count = None
    if few and cursor is None:
        keys = list(wanted.annotate(many=Window(Count("*"))).values_list("pk", "many")[: size + 1])
        count = keys[0][1] if keys else 0
        wanted = in_order(
            Risk.objects.filter(pk__in=[pk for pk, _many in keys]).select_related("owner"), order
        )
    found = list(wanted.defer(*UNSHOWN)[: size + 1])
    more, rows = len(found) > size, found[:size]
    if backwards:
        rows.reverse()
    before, behind = (more, True) if backwards else (cursor is not None, more)
    return Page(
        rows,
        risks.order_by().count() if count is None else count,
        previous=_at(cursors, rows[0], order, backwards=True) if rows and before else "",
        next=_at(cursors, rows[-1], order, backwards=False) if rows and behind else "",
        beginning=cursor is None,
    )


def _at(cursors: type[Cursor], row: Risk, order: str, *, backwards: bool) -> str:
    return cursors(order, backwards, row.pk, row.sort_key).text  # type: ignore[attr-defined]  # annotated by in_order
