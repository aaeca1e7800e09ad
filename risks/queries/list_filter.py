"""What the filters of all registers share: selects written at once, and what is in force as people read it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.forms import BoundField, Select
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django_filters import ChoiceFilter, FilterSet

from hrdd.governance.models import User
from risks.rules.countries import country_names

YES_OR_NO = (("yes", "Yes"), ("no", "No"))


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


def choice(label: str, choices: Any, *, method: str, empty: str = "Any") -> ChoiceFilter:
    """Return a filter by one of a list of choices, answered by a method of its filter set."""
    return ChoiceFilter(label=label, choices=choices, method=method, empty_label=empty, widget=Options)


@dataclass(frozen=True)
class Applied:
    """A filter that is in force, as people read it, and the address without it."""

    label: str
    value: str
    without: str


class ListFilter(FilterSet):  # type: ignore[misc]  # django-filter has no types
    """The filters and the order of a register; a value that makes no sense is left out, as if it were not given.

    `first` names the fields that are always in sight; `sort` is the order.
    """

    first: Sequence[str] = ()

    def __init__(
        self,
        data: Any = None,
        queryset: QuerySet[Any] | None = None,
        *,
        reader: User,
        at: datetime,
        **rest: Any,
    ) -> None:
        """Read the filters.

        Args:
            data: a QueryDict or a mapping of names to values.
            queryset: what to filter; all records where none is given.
            reader: for whom; "mine" are theirs.
            at: now, for clocks and what is due.
            rest: what the API's filter backend passes on.
        """
        super().__init__({} if data is None else data, queryset, **rest)
        self.reader, self.at, self.on = reader, at, at.date()

    @cached_property
    def chosen(self) -> dict[str, str]:
        """Return the filters and the order that make sense, by name, as they stand in an address."""
        return {
            name: str(value.pk) if isinstance(value, Model) else value
            for name, value in self._cleaned().items()
            if value
        }

    @property
    def querystring(self) -> str:
        """Return them as they stand in an address."""
        return urlencode(self.chosen)

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
        return [self.form[name] for name in self.first]

    @property
    def more_fields(self) -> list[BoundField]:
        """Return the fields that open on demand."""
        return [field for field in self.form if field.name not in self.first]

    @property
    def more_in_force(self) -> bool:
        """Whether one of those is in force."""
        return any(name not in self.first for name in self.chosen)

    def _cleaned(self) -> dict[str, Any]:
        self.form.is_valid()
        return dict(self.form.cleaned_data)

    def _said(self, name: str) -> str:
        value = self._cleaned()[name]
        if isinstance(value, Model):
            return str(value)
        choices = getattr(self.form.fields[name], "choices", ())
        return str(dict(choices).get(value, value))

    def leave(self, rows: QuerySet[Any], _name: str, _value: str) -> QuerySet[Any]:
        """Leave the rows as they are: an order filters nothing."""
        return rows

    def by_column(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(**{name: value})

    def by_flag(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(**{name: value == "yes"})

    def by_owner(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        if value == "nobody":
            return rows.filter(owner__isnull=True)
        return rows.filter(owner=self.reader.pk if value == "mine" else int(value))
