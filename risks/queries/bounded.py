"""Rows that nobody counts or reads to the end: a list of a million opens as fast as one of a thousand."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, overload

from django.core.paginator import Paginator
from django.db import connection
from django.db.models import QuerySet

if TYPE_CHECKING:
    _Pages = Paginator[Any]
else:
    _Pages = Paginator

MOST_COUNTED = 10_000
Row = TypeVar("Row")


def said(many: int) -> str:
    """Return how many, for people; beyond the limit that there are more."""
    return f"more than {MOST_COUNTED:,}" if many > MOST_COUNTED else str(many)


def counted(rows: QuerySet[Any]) -> int:
    """Return how many rows there are, at most one beyond the limit."""
    return rows.order_by()[: MOST_COUNTED + 1].count()


class BoundedPages(_Pages):
    """Pages of the first MOST_COUNTED rows; `said` tells whether there are more."""

    @cached_property
    def found(self) -> int:
        """Return how many rows there are, at most one beyond the limit."""
        assert isinstance(self.object_list, QuerySet)  # noqa: S101  # what a list of rows is made of
        return counted(self.object_list)

    @cached_property
    def count(self) -> int:
        """Return how many rows the pages show."""
        return min(self.found, MOST_COUNTED)

    @property
    def said(self) -> str:
        """Return how many rows there are, for people."""
        return said(self.found)

    @property
    def cut(self) -> bool:
        """Whether there are more rows than the pages show."""
        return self.found > MOST_COUNTED


def measures_by_state(states: Sequence[str]) -> dict[str, int]:
    """Return how many measures are in each state, none beyond one more than the limit, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT one.state, (SELECT count(*) FROM (SELECT FROM risks_measure WHERE state = one.state LIMIT %s) few) "
            "FROM unnest(%s) AS one(state)",
            [MOST_COUNTED + 1, list(states)],
        )
        return dict(cursor.fetchall())


class ReadByPage(Sequence[Row]):
    """A list of which only the asked for part is read."""

    @abstractmethod
    def part(self, start: int, stop: int) -> list[Row]:
        """Return the rows from a place up to another; both lie within the list."""

    @overload
    def __getitem__(self, place: int) -> Row: ...

    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...

    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        """Return one row, or some that follow one another.

        Raises:
            IndexError: there are not so many.
        """
        if isinstance(place, slice):
            start, stop, _step = place.indices(len(self))
            return self.part(start, max(start, stop))
        at = range(len(self))[place]
        return self.part(at, at + 1)[0]

    def __iter__(self) -> Iterator[Row]:
        """Yield every row, all read at once."""
        return iter(self[:])
