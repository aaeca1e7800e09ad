"""The one definition of what the register can be filtered by: for the page, the map, the export and the API."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.forms import TextInput
from django_filters import CharFilter, ModelChoiceFilter

from risks.models import Involvement, Product, Right, Risk
from risks.queries.gaps import risks_with
from risks.queries.list_filter import YES_OR_NO, ListFilter, Options, choice, countries, people
from risks.queries.register_pages import ORDERS, SALIENCE
from risks.queries.words import searched
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


def _record(label: str, queryset: QuerySet[Any], *, method: str) -> ModelChoiceFilter:
    return ModelChoiceFilter(label=label, queryset=queryset, method=method, empty_label="Any", widget=Options)


class RegisterFilter(ListFilter):
    """The filters and the order of the register; a value that makes no sense is left out, as if it were not given."""

    first = ("q", "level", "tier", "status", "owner", "due", "sort")

    q = CharFilter(
        label="Words", max_length=200, method="by_words", widget=TextInput({"type": "search"}), strip=True
    )
    level = choice(
        "Severity",
        [
            ("4+", "5 or 4: severe"),
            *((str(one), f"{one} {BANDS[one]}") for one in sorted(BANDS, reverse=True)),
        ],
        method="by_level",
    )
    tier = choice("Tier", [(tier, said) for tier, (said, _wanted) in TIERS.items()], method="by_tier")
    status = choice("Status", Risk.Status.choices, method="by_column")
    owner = choice("Owner", people, method="by_owner")
    due = choice("Review due", [(due, said) for due, (said, _days) in DUE.items()], method="by_due")
    harm = choice("Harm and likelihood", [(one, said) for one, (said, _q) in HARMS.items()], method="by_harm")
    right = _record("Right", Right.objects.all(), method="by_right")
    group = choice("Vulnerable group", labels(Vulnerability), method="by_group")
    country = choice("Country", countries, method="by_country")
    product = _record("Product", Product.objects.all(), method="by_product")
    activity = choice("Activity", labels(Activity), method="by_column")
    driver = choice("Driver", labels(Driver), method="by_driver")
    involvement = choice(
        "Involvement",
        [*((tie, said) for tie, said in Involvement.Tie.choices if tie), (UNFOUND, "Not found yet")],
        method="by_involvement",
    )
    gap = choice("Gap", list(REGISTER_GAPS.items()), method="by_gap")
    salient = choice("Salient", YES_OR_NO, method="by_flag")
    published = choice("Published", YES_OR_NO, method="by_flag")
    sort = choice(
        "Order",
        [(name, order.label) for name, order in ORDERS.items() if name != SALIENCE],
        method="leave",
        empty=ORDERS[SALIENCE].label,
    )

    class Meta:
        model = Risk
        fields: list[str] = []

    @property
    def order(self) -> str:
        """Return the name of the chosen order."""
        return self.chosen.get("sort", SALIENCE)

    def by_words(self, risks: QuerySet[Risk], _name: str, value: str) -> QuerySet[Risk]:
        return risks.filter(search=searched(value))

    def by_level(self, risks: QuerySet[Risk], _name: str, value: str) -> QuerySet[Risk]:
        return risks.filter(LEVELS[value])

    def by_tier(self, risks: QuerySet[Risk], _name: str, value: str) -> QuerySet[Risk]:
        return risks.filter(TIERS[value][1])

    def by_due(self, risks: QuerySet[Risk], _name: str, value: str) -> QuerySet[Risk]:
        return risks.filter(next_review__lte=self.on + timedelta(days=DUE[value][1]))

    def by_harm(self, risks: QuerySet[Risk], _name: str, value: str) -> QuerySet[Risk]:
        return risks.filter(HARMS[value][1])

    def by_right(self, risks: QuerySet[Risk], _name: str, value: Right) -> QuerySet[Risk]:
        return risks.filter(touched_rights__contains=[value.pk])

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
