"""The one definition of what the relationships can be filtered by: for the page, the export and the API.

The clock is the one filter that the database does not answer. Its rule stands once, in `risks.rules.leverage`, and the
vectors of domain.md 5.6 run on it; the same rule in SQL would be a second one that drifts. So the clocks of what the
other filters leave are read in one query and judged by the rule. A page over 2,000 relationships with 4,000 harms took
about a second on two busy cores, in as many queries as one over ten; companies have relationships by the thousand, not
by the million.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.forms import TextInput
from django_filters import CharFilter

from risks.models import Relationship, RelationshipRisk
from risks.models.onboarding import PASSED_STATUSES, Onboarding
from risks.queries.list_filter import YES_OR_NO, ListFilter, choice, countries, people
from risks.queries.time_to_change import SENTENCES, UNREAD, Reading, read_clocks, with_severity
from risks.rules.leverage import CLOCK_STATUSES
from risks.rules.severity import BANDS

BY_CLOCK = "clock"
NO_CLOCK = "none"
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
    code = choice("Code of the clock", [(one, one) for one in SENTENCES], method="leave")
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
        """Return the most pressing clock of each relationship that the other filters leave, by its number."""
        shown = RelationshipRisk.objects.filter(relationship__in=self.qs.order_by().values("pk"))
        tied = with_severity(shown.defer(*UNREAD), on=self.on)
        lean = tied.select_related(None).select_related("relationship", "risk")
        found: dict[int, Reading] = {}
        for reading in read_clocks(lean, on=self.on):
            found.setdefault(reading.tied.relationship_id, reading)
        return found

    @cached_property
    def ids(self) -> list[int]:
        """Return the numbers of all relationships that every filter leaves, in order."""
        order = self.chosen.get("sort", BY_CLOCK)
        columns = ORDERS[order][1] or ORDERS["name"][1]
        found = [pk for pk in self.qs.order_by(*columns).values_list("pk", flat=True) if self._kept(pk)]
        if order != BY_CLOCK:
            return found
        place = {pk: number for number, pk in enumerate(self.pressing)}
        return sorted(found, key=lambda pk: place.get(pk, len(place)))

    def rows(self, ids: Sequence[int]) -> list[tuple[Relationship, Reading | None]]:
        """Return some of them in their order, each with its most pressing clock."""
        found = Relationship.objects.select_related("partner", "owner").in_bulk(list(ids))
        return [(found[pk], self.pressing.get(pk)) for pk in ids if pk in found]

    @property
    def counts(self) -> list[Count]:
        """Return how many relationships stand at each status of the clock, the clock itself left out."""
        stands = Counter(self._status(pk) for pk in self.qs.order_by().values_list("pk", flat=True))
        return [
            Count(status, label, stands[status], self.address(clock=status, code=""))
            for status, label in STATUSES.items()
        ]

    def _status(self, pk: int) -> str:
        reading = self.pressing.get(pk)
        return reading.clock.status if reading else NO_CLOCK

    def _kept(self, pk: int) -> bool:
        status, code = self.chosen.get("clock"), self.chosen.get("code")
        if status and self._status(pk) != status:
            return False
        return not code or (pk in self.pressing and self.pressing[pk].clock.code == code)

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
