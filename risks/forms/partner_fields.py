"""The fields that the forms on partners, leverage and exit share."""

from django import forms

from risks.rules.countries import country_names


def text(label: str, help_text: str = "", *, rows: int = 3, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def country_field(label: str) -> forms.ChoiceField:
    choices = [("", "not on record"), *sorted(country_names().items(), key=lambda pair: pair[1])]
    return forms.ChoiceField(label=label, choices=choices, required=False)
