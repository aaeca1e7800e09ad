"""The one definition of what the relationships can be filtered by: for the page, the export and the API.

The clock is the one filter that the database does not answer. Its rule stands once, in `risks.rules.leverage`, and the
vectors of domain.md 5.6 run on it; the same rule in SQL would be a second one that drifts. So the database leaves out
the relationships whose clocks are all quiet (`risks.queries.narrowed_clocks`), counts them and puts them in order; the
others are read and judged by the rule, and so is every clock that a page shows. A filter by the code of a clock, and a
file, read them all.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Count as DbCount
from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.forms import TextInput
from django_filters import CharFilter

from risks.models import Relationship, RelationshipRisk
from risks.models.onboarding import PASSED_STATUSES, Onboarding
from risks.queries.bounded import ReadByPage
from risks.queries.list_filter import YES_OR_NO, ListFilter, choice, countries, people
from risks.queries.narrowed_clocks import could_stand_out, with_next_day
from risks.queries.time_to_change import SENTENCES, Reading, narrowed, read_clocks, read_those
from risks.rules.leverage import CLOCK_STATUSES
from risks.rules.severity import BANDS

BY_CLOCK = "clock"
NO_CLOCK, IN_TIME = "none", "OK"
TIMED = Q(
    Exists(RelationshipRisk.objects.filter(relationship=OuterRef("pk"), known_since__isnull=False).order_by())
)
STATUSES: Mapping[str, str] = {**CLOCK_STATUSES, NO_CLOCK: "No clock"}
ORDERS: Mapping[str, tuple[str, Sequence[str | Lower]]] = {
    BY_CLOCK: ("Most pressing clock first", ()),
    "name": ("By partner", (Lower("partner__name"), "pk")),
    "newest": ("Newest first", ("-pk",)),
    "contract": ("Contract end first", ("contract_end", "pk")),
}
LEVELS: Mapping[str, str] = {
    "4+": "5 or 4: severe",
    **{str(level): f"{level} {BANDS[level]}" for level in sorted(BANDS, reverse=True)},
}
GATES: Mapping[str, str] = {"passed": "Passed", "without": "Began without", "open": "Asked or in review"}


def without_gate() -> Q:
    """Return the condition of relationships that go on, though no onboarding of theirs was ever approved (5.3)."""
    passed = Onboarding.objects.filter(relationship=OuterRef("pk"), status__in=PASSED_STATUSES).order_by()
    return Q(status__in=["active", "suspended"]) & ~Q(Exists(passed))


class Parts(ReadByPage[int]):
    """The numbers of relationships from several sources, one after the other; what the database holds, by the page."""

    def __init__(self, *parts: Sequence[int] | QuerySet[Any, int]) -> None:
        self._parts = parts

    @cached_property
    def _sizes(self) -> list[int]:
        return [one.count() if isinstance(one, QuerySet) else len(one) for one in self._parts]

    def __len__(self) -> int:
        return sum(self._sizes)

    def part(self, start: int, stop: int) -> list[int]:
        """Return the numbers from a place up to another."""
        found: list[int] = []
        for part, size in zip(self._parts, self._sizes, strict=True):
            first, last = max(start, 0), min(stop, size)
            if first < last:
                found += part[first:last]
            start, stop = start - size, stop - size
        return found


def _read(tied: QuerySet[RelationshipRisk], *, on: date) -> list[Reading]:
    """Read the clocks of some harms, the most pressing first, without the names of partners."""
    return read_clocks(
        narrowed(tied, on=on).select_related(None).select_related("relationship", "risk"), on=on
    )


def _most_pressing(readings: Iterable[Reading]) -> dict[int, Reading]:
    """Return the first clock of each relationship, of clocks of which the most pressing is the first."""
    found: dict[int, Reading] = {}
    for reading in readings:
        found.setdefault(reading.tied.relationship_id, reading)
    return found


def _stands(one: Reading, status: str, code: str) -> bool:
    return (not status or one.clock.status == status) and (not code or one.clock.code == code)


@dataclass(frozen=True)
class Count:
    """How many relationships stand at a status of the clock, and the address that shows them."""

    status: str
    label: str
    many: int
    address: str


class PartnerFilter(ListFilter):
    """The filters and the order of relationships; a value that makes no sense is left out, as if it were not given."""

    first = ("q", "clock", "level", "status", "owner", "sort")

    q = CharFilter(
        label="Words", max_length=200, method="by_words", widget=TextInput({"type": "search"}), strip=True
    )
    clock = choice("Clock", list(STATUSES.items()), method="leave")
    level = choice("Severity of a tied risk", list(LEVELS.items()), method="by_level")
    status = choice("Status", Relationship.Status.choices, method="by_column")
    owner = choice("Owner", people, method="by_owner")
    kind = choice("Kind", Relationship.Kind.choices, method="by_column")
    country = choice("Country", lambda: countries()[1:], method="by_country")
    crucial = choice("Crucial", YES_OR_NO, method="by_flag")
    code = choice("What the clock says", list(SENTENCES.items()), method="leave")
    gate = choice("Onboarding", list(GATES.items()), method="by_gate")
    sort = choice(
        "Order",
        [(name, label) for name, (label, _columns) in ORDERS.items() if name != BY_CLOCK],
        method="leave",
        empty=ORDERS[BY_CLOCK][0],
    )

    class Meta:
        model = Relationship
        fields: list[str] = []

    @cached_property
    def pressing(self) -> dict[int, Reading]:
        """Return the most pressing clock of each relationship that the other filters leave; it reads every clock."""
        return _most_pressing(_read(self._tied, on=self.on))

    @cached_property
    def _noticed(self) -> dict[int, Reading]:
        """Return the most pressing clock of each relationship with one that is not quiet, the most pressing first."""
        read = _most_pressing(read_those(could_stand_out, self._tied, on=self.on))
        return {pk: one for pk, one in read.items() if one.needs_somebody or one.clock.status != IN_TIME}

    @property
    def _tied(self) -> QuerySet[RelationshipRisk]:
        return RelationshipRisk.objects.filter(relationship__in=self.qs.order_by().values("pk"))

    @cached_property
    def _many(self) -> dict[str, int]:
        """Return how many relationships there are, and how many have a clock, the clock left out of the filters."""
        many: dict[str, int] = self.qs.order_by().aggregate(
            all=DbCount("pk"), timed=DbCount("pk", filter=TIMED)
        )
        return many

    @cached_property
    def found(self) -> "Parts":
        """Return the numbers of the relationships that every filter leaves, in order, read a page at a time."""
        status, code = self.chosen.get("clock", ""), self.chosen.get("code", "")
        columns = ORDERS[self.chosen.get("sort", BY_CLOCK)][1]
        if not columns:
            return self._by_clock(status, code)
        found = self.qs.filter(self._of_clock(status, code)).order_by(*columns)
        return Parts(found.values_list("pk", flat=True))

    @property
    def ids(self) -> list[int]:
        """Return the numbers of all relationships that every filter leaves, in order."""
        return self.found[:]

    def rows(self, ids: Sequence[int]) -> list[tuple[Relationship, Reading | None]]:
        """Return some of them in their order, each with its most pressing clock."""
        found = Relationship.objects.select_related("partner", "owner").in_bulk(list(ids))
        read = _most_pressing(_read(RelationshipRisk.objects.filter(relationship__in=list(ids)), on=self.on))
        return [(found[pk], read.get(pk)) for pk in ids if pk in found]

    @property
    def counts(self) -> list[Count]:
        """Return how many relationships stand at each status of the clock, the clock itself left out."""
        stands = Counter(one.clock.status for one in self._noticed.values())
        stands[IN_TIME] = self._many["timed"] - sum(stands.values()) + stands[IN_TIME]
        stands[NO_CLOCK] = self._many["all"] - self._many["timed"]
        return [
            Count(status, label, stands[status], self.address(clock=status, code=""))
            for status, label in STATUSES.items()
        ]

    def _by_clock(self, status: str, code: str) -> "Parts":
        """Return what the filters leave: what is not quiet, then what is by its next day, then what has no clock."""
        if code:
            return Parts([pk for pk, one in self.pressing.items() if _stands(one, status, code)])
        noticed = [pk for pk, one in self._noticed.items() if _stands(one, status, code)]
        parts: list[Sequence[int] | QuerySet[Any, int]] = [noticed]
        if status in {"", IN_TIME}:
            others = with_next_day(self._tied.exclude(relationship__in=list(self._noticed)), on=self.on)
            nearest = others.values("relationship").annotate(nearest=Min("next_day"))
            in_order = nearest.order_by(F("nearest").asc(nulls_last=True), "relationship")
            parts.append(in_order.values_list("relationship", flat=True))
        if status in {"", NO_CLOCK}:
            parts.append(self.qs.exclude(TIMED).order_by(*ORDERS["name"][1]).values_list("pk", flat=True))
        return Parts(*parts)

    def _of_clock(self, status: str, code: str) -> Q:
        """Return the condition of the relationships whose most pressing clock is so."""
        if code:
            return Q(pk__in=[pk for pk, one in self.pressing.items() if _stands(one, status, code)])
        if status == NO_CLOCK:
            return ~TIMED
        if status == IN_TIME:
            return TIMED & ~Q(pk__in=[pk for pk, one in self._noticed.items() if one.clock.status != IN_TIME])
        if status:
            return Q(pk__in=[pk for pk, one in self._noticed.items() if one.clock.status == status])
        return Q()

    def by_words(self, rows: QuerySet[Relationship], _name: str, value: str) -> QuerySet[Relationship]:
        for word in value.split()[:10]:
            titled = RelationshipRisk.objects.filter(relationship=OuterRef("pk"), risk__title__icontains=word)
            rows = rows.filter(
                Q(partner__name__icontains=word) | Q(supplied__icontains=word) | Q(Exists(titled.order_by()))
            )
        return rows

    def by_country(self, rows: QuerySet[Relationship], _name: str, value: str) -> QuerySet[Relationship]:
        return rows.filter(Q(country=value) | Q(partner__country=value))

    def by_level(self, rows: QuerySet[Relationship], _name: str, value: str) -> QuerySet[Relationship]:
        of = {"risk__level__gte": 4} if value == "4+" else {"risk__level": int(value)}
        return rows.filter(
            Exists(RelationshipRisk.objects.filter(relationship=OuterRef("pk"), **of).order_by())
        )

    def by_gate(self, rows: QuerySet[Relationship], _name: str, value: str) -> QuerySet[Relationship]:
        if value == "without":
            return rows.filter(without_gate())
        statuses = PASSED_STATUSES if value == "passed" else ["asked", "in_review"]
        of = Onboarding.objects.filter(relationship=OuterRef("pk"), status__in=statuses)
        return rows.filter(Exists(of.order_by()))
