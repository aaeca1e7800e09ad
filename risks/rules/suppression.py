"""Small numbers of people are never shown, nor what lets them be computed (domain.md 8.5; reliability.md T17).

A table and its totals are a network: what flows into a row flows out of its columns. How far a hidden number could be
from the true one is what can flow around it, counted in whole people, so that the rule knows exactly what an attacker
with linear programming would find. Whoever attacks is given more than they have: visible cells unrounded, and, of an
earlier release, every number.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf

ROUNDED_TO = 5
MEDIAN_LEAST, P90_LEAST, PERCENT_LEAST = 10, 50, 30
NEVER_CROSSED = frozenset({"country", "group", "type"})
PERIODS = ("month", "quarter", "half-year", "year")  # merging goes to the right
PLACES = ("city", "country", "region")
KINDS = ("subtype", "type")
MERGE_ORDERS = (PERIODS, PLACES, KINDS)
MOST_DIMENSIONS = 2


class NotPublishable(ValueError):
    """This table is never published, whatever its numbers; the text says why."""


@dataclass(frozen=True)
class Cell:
    """A count as outsiders may see it, or None: `few` says that it is small, `merged` that it changed by few."""

    shown: int | None
    few: bool = False
    merged: bool = False


@dataclass(frozen=True)
class Suppressed:
    """A row of counts as outsiders may see it, and its total, exact or None."""

    cells: tuple[Cell, ...]
    total: int | None


@dataclass(frozen=True)
class Split:
    """A question by which people are counted, its answers, and whether being few in one is sensitive (7.2)."""

    name: str
    values: tuple[str, ...]
    sensitive: bool = False


@dataclass(frozen=True)
class Table:
    """People counted by one or two questions; `within` names those by which all of them were picked."""

    splits: tuple[Split, ...]
    counts: tuple[tuple[int, ...], ...]
    within: tuple[str, ...] = ()

    @property
    def sensitive(self) -> bool:
        """Whether zero is a small number here."""
        return any(split.sensitive for split in self.splits)


class Why(StrEnum):
    """Why a number is hidden."""

    FEW = "few"
    MERGED = "merged"
    KEPT = "kept"


@dataclass(frozen=True)
class Printable:
    """A table as anybody may read it; inner cells are rounded, totals exact."""

    cells: tuple[tuple[Cell, ...], ...]
    rows: tuple[Cell, ...]
    columns: tuple[Cell, ...]
    total: Cell
    hidden: frozenset[str]


@dataclass(frozen=True)
class Earlier:
    """An earlier release of the same table: its true counts, and the names of what it hid."""

    counts: tuple[tuple[int, ...], ...]
    hidden: frozenset[str]


def printable(table: Table, k: int, earlier: Sequence[Earlier] = ()) -> Printable:
    """Return what of a table may be printed (domain.md 8.5).

    Hidden is what is under `k` (zero as well on a sensitive question), what changed by 1 to k-1 since an earlier
    release on a sensitive question, what an earlier release hid, and then the next smallest, until every hidden
    number could be at least `k` wide, and at least half of what its mark allows stays possible.

    Args:
        table: the true counts.
        k: the smallest number that is shown, people.
        earlier: the earlier releases of this very table, the oldest first; rows and columns are the same.

    Raises:
        NotPublishable: three questions crossed, or counts that are no table.
    """
    demand_publishable(table)
    network = _Network.of(table, k, earlier)
    while (open_one := network.first_unprotected()) is not None:
        if not network.hide_next(open_one):
            network.hide_all()
            break
    return network.printed()


def demand_publishable(table: Table) -> None:
    """Refuse what is never published: more than two questions, country by group by type (domain.md 8.5).

    Raises:
        NotPublishable: in a sentence.
    """
    asked = [*(split.name for split in table.splits), *table.within]
    if not table.splits or len(table.splits) > MOST_DIMENSIONS or len(asked) > MOST_DIMENSIONS:
        raise NotPublishable(
            "Method 15: a table splits people by two questions at most, those that picked them included."
        )
    if set(asked) >= NEVER_CROSSED:
        raise NotPublishable("Method 15: country by group by type is never published.")
    rows = len(table.splits[0].values) if len(table.splits) > 1 else 1
    if len(table.counts) != rows or any(len(row) != len(table.splits[-1].values) for row in table.counts):
        raise NotPublishable("The counts are not those of the answers.")
    if any(count < 0 for row in table.counts for count in row):
        raise NotPublishable("Nobody counts fewer than no people.")


def suppressed(counts: Sequence[int], total: int, k: int) -> Suppressed:
    """Return a row of counts of people who were consulted without the small ones (domain.md 8.5).

    Every such breakdown is sensitive, so that zero is small, too.

    Args:
        counts: how many people, by group; together they are the total (a remainder is one more group).
        total: how many people in all.
        k: the smallest number that is shown.

    Raises:
        ValueError: the counts are not the total.
    """
    if counts and sum(counts) != total:
        raise ValueError("The counts of a breakdown together are its total.")
    split = Split("breakdown", tuple(map(str, range(max(1, len(counts))))), sensitive=True)
    found = printable(Table((split,), (tuple(counts) or (total,),)), k)
    return Suppressed(found.cells[0][: len(counts)], found.total.shown)


def percentage(part: int, whole: int, k: int, *, sensitive: bool = False) -> str:
    """Return a share as it may be printed, in percent; a small part, or a small rest, only as a bound.

    Args:
        part, whole: people, or what stands for people.
        k: the smallest number that is shown.
        sensitive: whether none at all is told as few.
    """
    if whole < PERCENT_LEAST:
        return "not shown"
    rest, least = whole - part, 0 if sensitive else 1
    if least <= part < k:
        return f"under {-(-100 * k // whole)} %"
    if least <= rest < k:
        return f"over {100 * (whole - k) // whole} %"
    return f"{round(100 * part / whole)} %"


def median(values: Sequence[float]) -> float | None:
    """Return the middle of at least ten values, else None."""
    if len(values) < MEDIAN_LEAST:
        return None
    ordered, middle = sorted(values), len(values) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def ninetieth(values: Sequence[float]) -> float | None:
    """Return what nine in ten of at least fifty values do not exceed, else None."""
    if len(values) < P90_LEAST:
        return None
    return sorted(values)[-(-len(values) * 9 // 10) - 1]


def mean(values: Sequence[float], k: int) -> float | None:
    """Return the mean of at least k values to one digit, else None."""
    return round(sum(values) / len(values), 1) if len(values) >= max(k, MEDIAN_LEAST) else None


def coarser(level: str) -> str | None:
    """Return what a level of time, place or kind is merged into; None where it is the coarsest.

    Raises:
        NotPublishable: no such level.
    """
    for order in MERGE_ORDERS:
        if level in order:
            place = order.index(level)
            return order[place + 1] if place + 1 < len(order) else None
    raise NotPublishable(f"“{level}” is no level of time, place or kind.")


def merged_up(levels: Mapping[str, Table], level: str, k: int) -> tuple[str, Printable]:
    """Return the finest level, from one on, at which nothing but zero is small; else the coarsest (domain.md 8.5).

    Args:
        levels: the same people counted at each level.
        level: where to begin: month, city or subtype, or what they merge into.
        k: the smallest number that is shown.
    """
    found = printable(levels[level], k)
    above = coarser(level)
    if not found.hidden or above is None or above not in levels:
        return level, found
    return merged_up(levels, above, k)


def said(cell: Cell, k: int, *, exact: bool = False) -> str:
    """Return a cell in words.

    Args:
        cell: the cell.
        k: the smallest number that is shown.
        exact: whether it is a total, which is not rounded.
    """
    if cell.shown is not None:
        return str(cell.shown) if exact or cell.shown == 0 else f"about {cell.shown}"
    if cell.merged:
        return "counted in the total only"
    return f"fewer than {k}" if cell.few else "not shown"


@dataclass
class _Arc:
    """One number of the table in the network."""

    name: str
    tail: int
    head: int
    count: int
    sensitive: bool
    before: int = 0
    was_hidden: bool = False
    why: Why | None = None


@dataclass
class _Network:
    """The table with its totals, and what of it is hidden so far."""

    arcs: list[_Arc]
    shape: tuple[int, int]
    k: int
    nodes: int
    by_name: dict[str, _Arc] = field(default_factory=dict)

    @classmethod
    def of(cls, table: Table, k: int, earlier: Sequence[Earlier]) -> "_Network":
        """Return the network of a table with its small numbers hidden."""
        height, width = len(table.counts), len(table.counts[0])
        arcs = list(_arcs(table, height, width))
        found = cls(arcs, (height, width), k, nodes=2 if height == 1 else height + width + 2)
        found.by_name = {arc.name: arc for arc in arcs}
        for one in earlier:
            for arc, before in zip(arcs, _totalled(one.counts), strict=True):
                arc.was_hidden = arc.was_hidden or arc.name in one.hidden
                if arc.sensitive and 1 <= abs(arc.count - before) < k:
                    arc.why = Why.MERGED
                arc.before = before
        found._hide_small()
        return found

    def first_unprotected(self) -> _Arc | None:
        """Return a hidden number that the rest gives away, totals first, then the smallest."""
        waiting = sorted(
            (arc for arc in self.arcs if arc.why), key=lambda arc: (_is_cell(arc), arc.count, arc.name)
        )
        return next((arc for arc in waiting if not self._is_protected(arc)), None)

    def hide_next(self, arc: _Arc) -> bool:
        """Hide one more number that keeps another from being moved; return whether there was one.

        First what cuts it off from the rest of the hidden ones, cells before totals, then the smallest.
        """
        cut = self._cut(arc)
        near = {one.name for one in self.arcs if {one.tail, one.head} & {arc.tail, arc.head}}
        shown = [one for one in self.arcs if not one.why and one.count]
        chosen = min(
            shown,
            key=lambda one: (
                one.name not in cut,
                not _is_cell(one),
                one.name not in near,
                one.count,
                one.name,
            ),
            default=None,
        )
        if chosen is not None:
            chosen.why = Why.KEPT
        return chosen is not None

    def hide_all(self) -> None:
        """Hide whatever is left, since nothing less is enough."""
        for arc in self.arcs:
            arc.why = arc.why or (Why.FEW if arc.count < self.k else Why.KEPT)

    def printed(self) -> Printable:
        """Return the table as anybody may read it."""
        height, width = self.shape
        cells = tuple(
            tuple(self._cell(f"{row}:{column}", rounded=True) for column in range(width))
            for row in range(height)
        )
        total = self._cell("total")
        rows: tuple[Cell, ...] = (total,)
        columns = cells[0]
        if height > 1:
            rows = tuple(self._cell(f"{row}:") for row in range(height))
            columns = tuple(self._cell(f":{column}") for column in range(width))
        return Printable(cells, rows, columns, total, frozenset(arc.name for arc in self.arcs if arc.why))

    def _cell(self, name: str, *, rounded: bool = False) -> Cell:
        arc = self.by_name[name]
        if arc.why is None:
            return Cell(_rounded(arc.count) if rounded else arc.count)
        return Cell(None, few=arc.why == Why.FEW, merged=arc.why == Why.MERGED)

    def _hide_small(self) -> None:
        k = self.k
        for arc in self.arcs:
            if 0 < arc.count < k or (arc.count == 0 and arc.sensitive):
                arc.why = Why.FEW
            elif arc.was_hidden and arc.why is None:
                arc.why = Why.KEPT if arc.count else Why.FEW
        for arc in self.arcs:  # a zero under a small total is part of what is small (reliability.md 2.8)
            if arc.count == 0 and any(one.why == Why.FEW for one in self._totals_of(arc)):
                arc.why = Why.FEW

    def _totals_of(self, arc: _Arc) -> list[_Arc]:
        row, _, column = arc.name.partition(":")
        names = ["total"] if self.shape[0] == 1 else [f"{row}:", f":{column}", "total"]
        return [self.by_name[name] for name in names if name in self.by_name and name != arc.name]

    def _cut(self, arc: _Arc) -> set[str]:
        """Return the visible numbers between what can be moved together with a hidden one and what cannot."""
        reached, waiting = {arc.head}, [arc.head]
        while waiting:
            node = waiting.pop()
            for one in self.arcs:
                if one.why and one is not arc and node in (one.tail, one.head):
                    other = one.head if node == one.tail else one.tail
                    if other not in reached:
                        reached.add(other)
                        waiting.append(other)
        return {
            one.name for one in self.arcs if not one.why and (one.tail in reached) != (one.head in reached)
        }

    def _is_protected(self, arc: _Arc) -> bool:
        """Whether a reader who knows the totals, or these rules as well, cannot tell what is hidden."""
        plain = self._room(arc, [self._bounds(one, of=arc, marked=False) for one in self.arcs], enough=self.k)
        if plain < self.k:
            return False
        marked = [self._bounds(one, of=arc, marked=True) for one in self.arcs]
        return (self._room(arc, marked, enough=self.k) + 1) * 2 >= self.k

    def _bounds(self, arc: _Arc, *, of: _Arc, marked: bool) -> tuple[float, float]:
        """Return what an attacker knows: a visible number whole, of a hidden one what came before, and its mark."""
        if not arc.why:
            return arc.count, arc.count
        before = 0 if of.was_hidden else min(arc.before, arc.count)
        if not marked or arc.was_hidden or arc.why == Why.MERGED:
            return before, inf
        if arc.why == Why.FEW:
            return max(before, 0 if arc.sensitive or arc.count == 0 else 1), self.k - 1
        return max(before, self.k), self._largest_kept(arc)

    def _largest_kept(self, arc: _Arc) -> float:
        """Return how large a further hidden cell of a row may be: the next smallest is hidden first."""
        if self.shape[0] > 1 or not _is_cell(arc):
            return inf
        shown = [one.count for one in self.arcs if _is_cell(one) and not one.why and one.count]
        return max(arc.count, min(shown)) if shown else inf

    def _room(self, arc: _Arc, bounds: Sequence[tuple[float, float]], *, enough: int) -> int:
        """Return how far a number could be above and below the true one together, up to what is enough."""
        own = self.arcs.index(arc)
        low, high = bounds[own]
        above = self._flow(own, bounds, start=arc.head, end=arc.tail, most=min(high - arc.count, enough))
        if above >= enough:
            return above
        return above + self._flow(
            own, bounds, start=arc.tail, end=arc.head, most=min(arc.count - low, enough - above)
        )

    def _flow(
        self, own: int, bounds: Sequence[tuple[float, float]], *, start: int, end: int, most: float
    ) -> int:
        """Return how many people can be moved from one node to another through all numbers but one."""
        leaving: list[list[int]] = [[] for _ in range(self.nodes)]
        room: list[float] = []
        heads: list[int] = []
        for number, (arc, (low, high)) in enumerate(zip(self.arcs, bounds, strict=True)):
            if number == own:
                continue
            for tail, head, capacity in (
                (arc.tail, arc.head, high - arc.count),
                (arc.head, arc.tail, arc.count - low),
            ):
                leaving[tail].append(len(room))
                room.append(capacity)
                heads.append(head)
        moved = 0
        while moved < most:
            path = _path(leaving, room, heads, start, end)
            if not path:
                break
            step = min(most - moved, *(room[edge] for edge in path))
            for edge in path:
                room[edge] -= step
                room[edge ^ 1] += step
            moved += int(step)
        return moved


def _path(
    leaving: Sequence[Sequence[int]], room: Sequence[float], heads: Sequence[int], start: int, end: int
) -> list[int]:
    came: dict[int, int] = {start: -1}
    waiting = deque([start])
    while waiting and end not in came:
        node = waiting.popleft()
        for edge in leaving[node]:
            if room[edge] > 0 and heads[edge] not in came:
                came[heads[edge]] = edge
                waiting.append(heads[edge])
    if end not in came:
        return []
    path, node = [], end
    while node != start:
        path.append(came[node])
        node = heads[came[node] ^ 1]
    return path


def _arcs(table: Table, height: int, width: int) -> Iterator[_Arc]:
    counts, whole = table.counts, table.sensitive
    values = _totalled(counts)
    if height == 1:
        for column in range(width):
            yield _Arc(f"0:{column}", 0, 1, next(values), whole)
        yield _Arc("total", 1, 0, next(values), sensitive=whole)
        return
    into, out = height + width, height + width + 1
    for row in range(height):
        for column in range(width):
            yield _Arc(f"{row}:{column}", row, height + column, next(values), whole)
    for row in range(height):
        yield _Arc(f"{row}:", out, row, next(values), table.splits[0].sensitive)
    for column in range(width):
        yield _Arc(f":{column}", height + column, into, next(values), table.splits[1].sensitive)
    yield _Arc("total", into, out, next(values), sensitive=whole)


def _totalled(counts: Sequence[Sequence[int]]) -> Iterator[int]:
    """Yield cells, then row totals and column totals where there are several rows, then the total."""
    for row in counts:
        yield from row
    if len(counts) > 1:
        yield from map(sum, counts)
        yield from map(sum, zip(*counts, strict=True))
    yield sum(map(sum, counts))


def _is_cell(arc: _Arc) -> bool:
    return arc.name[0] != ":" and arc.name[-1] not in {":", "l"}


def _rounded(count: int) -> int:
    return (count + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO
