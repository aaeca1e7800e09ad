"""The one definition of what the register can be filtered by: for the page, the map, the export and the API."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.search import SearchQuery
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.forms import BoundField, Select, TextInput
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django_filters import CharFilter, ChoiceFilter, FilterSet, ModelChoiceFilter

from hrdd.governance.models import User
from risks.models import Involvement, Product, Right, Risk, RiskRight
from risks.queries.gaps import risks_with
from risks.queries.register_pages import ORDERS, SALIENCE
from risks.rules.countries import country_names
from risks.rules.gaps import REGISTER_GAPS
from risks.rules.severity import BANDS
from risks.rules.standing import CLOSED, REMEDIED
from risks.rules.words import Activity, Driver, Vulnerability, labels

UNFOUND = "unfound"
LIKELIHOODS: Mapping[int, str] = {1: "remote", 2: "unlikely", 3: "possible", 4: "likely", 5: "imminent"}
COULD = Q(state_of_harm__in=("", "potential"))
HARMS: Mapping[str, tuple[str, Q]] = {
    "potential": ("Could happen, any likelihood", COULD),
    **{
        str(number): (f"Could happen, likelihood {number} {said}", COULD & Q(likelihood=number))
        for number, said in LIKELIHOODS.items()
    },
    "unknown": ("Could happen, likelihood not known", COULD & Q(likelihood__isnull=True)),
    "actual_unremedied": ("Happened, not yet put right", Q(state_of_harm="actual_unremedied")),
    "actual_remedied": ("Happened, put right", Q(state_of_harm="actual_remedied")),
}
LEVELS: Mapping[str, Q] = {"4+": Q(level__gte=4), **{str(level): Q(level=level) for level in BANDS}}
TIERS: Mapping[str, tuple[str, Q]] = {
    "open": ("All open", Q(tier__lt=CLOSED)),
    **{f"P{number}": (f"P{number}", Q(tier=number)) for number in range(1, 5)},
    "remedied": ("Remedied", Q(tier=REMEDIED)),
    "closed": ("Closed", Q(tier=CLOSED)),
}
DUE: Mapping[str, tuple[str, int]] = {
    "overdue": ("Overdue", -1),
    "7": ("Overdue or within 7 days", 7),
    "30": ("Overdue or within 30 days", 30),
}
YES_OR_NO = (("yes", "Yes"), ("no", "No"))
FIRST = ("q", "level", "tier", "status", "owner", "due", "sort")


class Options(Select):
    """A select that is written at once: a template for each of 300 options costs more than the whole page."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the select with its options, the chosen one marked."""
        chosen = "" if value is None else str(getattr(value, "pk", value))
        options = _options(tuple((str(key), str(label)) for key, label in self.choices), chosen)
        return format_html(
            "<select{}>{}</select>",
            flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name})),
            options,
        )


@lru_cache(maxsize=64)
def _options(choices: tuple[tuple[str, str], ...], chosen: str) -> SafeString:
    """Return the options of a select, written once for each set of words: most are the same for everybody."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((key, mark_safe(" selected") if key == chosen else "", label) for key, label in choices),
    )


def people() -> Iterator[tuple[str, str]]:
    """Return whom an owner is chosen from: me, nobody, and everybody by name."""
    yield "mine", "Me"
    yield "nobody", "Nobody"
    for pk, name in User.objects.order_by("display_name", "pk").values_list("pk", "display_name"):
        yield str(pk), name


def countries() -> list[tuple[str, str]]:
    """Return the whole world, and the countries by name."""
    named = sorted(country_names().items(), key=lambda one: one[1])
    return [("GLOBAL", "The whole world"), *named]


def _choice(label: str, choices: Any, *, method: str, empty: str = "Any") -> ChoiceFilter:
    return ChoiceFilter(label=label, choices=choices, method=method, empty_label=empty, widget=Options)


def _record(label: str, queryset: QuerySet[Any], *, method: str) -> ModelChoiceFilter:
    return ModelChoiceFilter(label=label, queryset=queryset, method=method, empty_label="Any", widget=Options)


@dataclass(frozen=True)
class Applied:
    """A filter that is in force, as people read it, and the address without it."""

    label: str
    value: str
    without: str


class RegisterFilter(FilterSet):  # type: ignore[misc]  # django-filter has no types
    """The filters and the order of the register; a value that makes no sense is left out, as if it were not given."""

    q = CharFilter(
        label="Words", max_length=200, method="by_words", widget=TextInput({"type": "search"}), strip=True
    )
    level = _choice(
        "Severity",
        [
            ("4+", "5 or 4: severe"),
            *((str(one), f"{one} {BANDS[one]}") for one in sorted(BANDS, reverse=True)),
        ],
        method="by_level",
    )
    tier = _choice("Tier", [(tier, said) for tier, (said, _wanted) in TIERS.items()], method="by_tier")
    status = _choice("Status", Risk.Status.choices, method="by_column")
    owner = _choice("Owner", people, method="by_owner")
    due = _choice("Review due", [(due, said) for due, (said, _days) in DUE.items()], method="by_due")
    harm = _choice(
        "Harm and likelihood", [(one, said) for one, (said, _q) in HARMS.items()], method="by_harm"
    )
    right = _record("Right", Right.objects.all(), method="by_right")
    group = _choice("Vulnerable group", labels(Vulnerability), method="by_group")
    country = _choice("Country", countries, method="by_country")
    product = _record("Product", Product.objects.all(), method="by_product")
    activity = _choice("Activity", labels(Activity), method="by_column")
    driver = _choice("Driver", labels(Driver), method="by_driver")
    involvement = _choice(
        "Involvement",
        [*((tie, said) for tie, said in Involvement.Tie.choices if tie), (UNFOUND, "Not found yet")],
        method="by_involvement",
    )
    gap = _choice("Gap", [(code, code) for code in REGISTER_GAPS], method="by_gap")
    salient = _choice("Salient", YES_OR_NO, method="by_flag")
    published = _choice("Published", YES_OR_NO, method="by_flag")
    sort = _choice(
        "Order",
        [(name, order.label) for name, order in ORDERS.items() if name != SALIENCE],
        method="leave",
        empty=ORDERS[SALIENCE].label,
    )

    class Meta:
        model = Risk
        fields: list[str] = []

    def __init__(
        self,
        data: Any = None,
        queryset: QuerySet[Risk] | None = None,
        *,
        reader: User,
        at: datetime,
        **rest: Any,
    ) -> None:
        """Read the filters.

        Args:
            data: a QueryDict or a mapping of names to values.
            queryset: what to filter; all risks where none is given.
            reader: for whom; "mine" are theirs.
            at: now, for what is due and what is late.
            rest: what the API's filter backend passes on.
        """
        super().__init__({} if data is None else data, queryset, **rest)
        self.reader, self.at, self.on = reader, at, at.date()

    @property
    def chosen(self) -> dict[str, str]:
        """Return the filters and the order that make sense, by name, as they stand in an address."""
        return {
            name: str(value.pk) if isinstance(value, (Right, Product)) else value
            for name, value in self._cleaned().items()
            if value
        }

    @property
    def querystring(self) -> str:
        """Return them as they stand in an address."""
        return urlencode(self.chosen)

    @property
    def order(self) -> str:
        """Return the name of the chosen order."""
        return self.chosen.get("sort", SALIENCE)

    @property
    def applied(self) -> list[Applied]:
        """Return the filters in force as people read them, each with the address that leaves it out."""
        return [
            Applied(str(self.form.fields[name].label), self._said(name), self.address(**{name: ""}))
            for name in self.chosen
            if name != "sort"
        ]

    def address(self, **changes: str) -> str:
        """Return the filters in force with some of them changed; an empty one is left out."""
        return urlencode({name: value for name, value in (self.chosen | changes).items() if value})

    @property
    def first_fields(self) -> list[BoundField]:
        """Return the fields that are always in sight."""
        return [self.form[name] for name in FIRST]

    @property
    def more_fields(self) -> list[BoundField]:
        """Return the fields that open on demand."""
        return [field for field in self.form if field.name not in FIRST]

    @property
    def more_in_force(self) -> bool:
        """Whether one of those is in force."""
        return any(name not in FIRST for name in self.chosen)

    def _cleaned(self) -> dict[str, Any]:
        self.form.is_valid()
        return dict(self.form.cleaned_data)

    def _said(self, name: str) -> str:
        value = self._cleaned()[name]
        choices = getattr(self.form.fields[name], "choices", ())
        if name == "q" or isinstance(value, (Right, Product)):
            return str(value)
        return str(dict(choices).get(value, value))

    def leave(self, risks: QuerySet[Risk], _name: str, _value: str) -> QuerySet[Risk]:
        """Leave the rows as they are: an order filters nothing."""
        return risks

    def by_words(self, risks: QuerySet[Risk], _name: str, value: str) -> QuerySet[Risk]:
        return risks.filter(search=_searched(value))

    def by_level(self, risks: QuerySet[Risk], _name: str, value: str) -> QuerySet[Risk]:
        return risks.filter(LEVELS[value])

    def by_tier(self, risks: QuerySet[Risk], _name: str, value: str) -> QuerySet[Risk]:
        return risks.filter(TIERS[value][1])

    def by_column(self, risks: QuerySet[Risk], name: str, value: str) -> QuerySet[Risk]:
        return risks.filter(**{name: value})

    def by_flag(self, risks: QuerySet[Risk], name: str, value: str) -> QuerySet[Risk]:
        return risks.filter(**{name: value == "yes"})

    def by_owner(self, risks: QuerySet[Risk], _name: str, value: str) -> QuerySet[Risk]:
        if value == "nobody":
            return risks.filter(owner__isnull=True)
        return risks.filter(owner=self.reader.pk if value == "mine" else int(value))

    def by_due(self, risks: QuerySet[Risk], _name: str, value: str) -> QuerySet[Risk]:
        return risks.filter(next_review__lte=self.on + timedelta(days=DUE[value][1]))

    def by_harm(self, risks: QuerySet[Risk], _name: str, value: str) -> QuerySet[Risk]:
        return risks.filter(HARMS[value][1])

    def by_right(self, risks: QuerySet[Risk], _name: str, value: Right) -> QuerySet[Risk]:
        return risks.filter(Exists(RiskRight.objects.filter(risk=OuterRef("pk"), right=value)))

    def by_product(self, risks: QuerySet[Risk], _name: str, value: Product) -> QuerySet[Risk]:
        return risks.filter(Exists(value.risks.through.objects.filter(risk=OuterRef("pk"), product=value)))

    def by_group(self, risks: QuerySet[Risk], _name: str, value: str) -> QuerySet[Risk]:
        return risks.filter(vulnerabilities__contains=[value])

    def by_driver(self, risks: QuerySet[Risk], _name: str, value: str) -> QuerySet[Risk]:
        return risks.filter(drivers__contains=[value])

    def by_country(self, risks: QuerySet[Risk], _name: str, value: str) -> QuerySet[Risk]:
        return risks.filter(countries__contains=[value])

    def by_gap(self, risks: QuerySet[Risk], _name: str, value: str) -> QuerySet[Risk]:
        return risks.filter(risks_with(value, at=self.at))

    def by_involvement(self, risks: QuerySet[Risk], _name: str, value: str) -> QuerySet[Risk]:
        return risks.filter(tie="" if value == UNFOUND else value)


def _searched(said: str) -> SearchQuery:
    """Return what was typed as a search: the last word may be the beginning of one, unless it is marked otherwise."""
    whole = SearchQuery(said, search_type="websearch", config="simple")
    head, _blank, last = said.rpartition(" ")
    unfinished = said.count('"') % 2 == 0 and re.fullmatch(r"\w+", last) and last.lower() != "or"
    if not unfinished or re.search(r"(^|\s)or\s*$", head, re.IGNORECASE):
        return whole
    begun = SearchQuery(f"{last}:*", search_type="raw", config="simple")
    return SearchQuery(head, search_type="websearch", config="simple") & begun if head.strip() else begun
