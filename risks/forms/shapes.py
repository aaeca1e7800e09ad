"""What forms share: fields in groups, filters that survive nonsense, long texts, long lists of boxes."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.forms import BoundField
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from hrdd.forms import Form, named

LONGEST = 5000
TICKED = " checked"
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


class Checkboxes(forms.CheckboxSelectMultiple):
    """Checkboxes that are written at once: a template for each of 1,200 costs more than the whole page."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the boxes with their labels, the chosen ones ticked."""
        given = self.build_attrs(self.attrs, attrs)
        group, chosen = given.pop("id", f"id_{name}"), set(self.format_value(value))
        rest = flatatt(given)
        boxes = format_html_join(
            "",
            '<div><label for="{}_{}"><input type="checkbox" name="{}" value="{}" id="{}_{}"{}{}> {}</label></div>',
            (
                (group, at, name, key, group, at, TICKED if str(key) in chosen else "", rest, label)
                for at, (key, label) in enumerate(self.choices)
            ),
        )
        return format_html('<div id="{}" class="{}">{}</div>', group, given.get("class", ""), boxes)


def words(
    label: str, *, missing: str, rows: int = 3, sentence: str = "", required: bool = True
) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=sentence,
        required=required,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": rows}),
        error_messages={"required": named(label, missing)} if missing else None,
    )


def choice(
    label: str, choices: Any, sentence: str = "", *, required: bool = True, **more: Any
) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        required=required,
        help_text=sentence,
        **more,
    )


def day(label: str, sentence: str = "", *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=sentence,
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
