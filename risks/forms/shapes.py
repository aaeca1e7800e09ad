"""What forms share: fields in groups, filters that survive nonsense, long texts."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.forms import BoundField

from hrdd.forms import Form, named

LONGEST = 5000
Groups = Sequence[tuple[str, str, Sequence[str]]]


class GroupedForm(Form):
    """A form shown in groups: a legend, a sentence and the names of fields."""

    groups: Groups = ()

    @property
    def fieldsets(self) -> Iterator[tuple[str, str, list[BoundField]]]:
        for legend, sentence, names in self.groups:
            yield legend, sentence, [self[name] for name in names]


class FilterForm(Form):
    """What a list is filtered by; a value it does not know is left out."""

    def chosen(self) -> dict[str, str]:
        """Return the filters that make sense, by name."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def querystring(self) -> str:
        """Return them as they stand in an address."""
        return urlencode(self.chosen())


def words(
    label: str, *, missing: str, rows: int = 3, sentence: str = "", required: bool = True
) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=sentence,
        required=required,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": rows}),
        error_messages={
            "required": f"{label}: {missing}",
            "max_length": f"{label}: keep it under {LONGEST} characters.",
        },
    )


def choice(
    label: str, choices: Any, sentence: str = "", *, required: bool = True, **more: Any
) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        required=required,
        help_text=sentence,
        error_messages={
            "required": named(label, "choose one of the list."),
            "invalid_choice": named(label, "choose one of the list."),
        },
        **more,
    )


def day(label: str, sentence: str = "", *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=sentence,
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": f"{label}: choose a day.",
            "invalid": f"{label}: a day such as 2026-11-25.",
        },
    )
