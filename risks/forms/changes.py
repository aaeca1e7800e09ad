"""Forms of a change before the launch gate."""

from collections.abc import Iterable
from typing import Any

from django import forms

from hrdd.forms import Form
from risks.forms.shapes import FilterForm, GroupedForm, words
from risks.models import Change, Product, Risk
from risks.rules.countries import country_names


class ChangeFilter(FilterForm):
    """State, kind, and whether the gate is shut."""

    state = forms.ChoiceField(choices=[("", "Any"), *Change.State.choices], required=False)
    kind = forms.ChoiceField(choices=[("", "Any"), *Change.Kind.choices], required=False)
    blocked = forms.ChoiceField(
        label="Gate",
        choices=[("", "Any"), ("yes", "Waits before a shut gate"), ("no", "Does not")],
        required=False,
    )


class ChangeForm(GroupedForm):
    """What is to change, and which risks it touches."""

    groups = (
        ("The change", "", ("title", "kind", "about", "planned_on")),
        ("Where", "", ("products", "countries")),
        (
            "Risks it touches",
            "A severe one needs an approved mitigation before the change may start (G4).",
            ("look_for", "risks", "no_risk_reasons"),
        ),
    )
    title = forms.CharField(max_length=160, error_messages={"required": "Title: name the change."})
    kind = forms.ChoiceField(
        choices=[("", "Choose"), *Change.Kind.choices],
    )
    about = words("What changes, and for whom", missing="say what changes.", rows=5)
    planned_on = forms.DateField(
        label="Planned for",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        required=False,
        error_messages={"invalid": "Planned for: write the day as year-month-day, such as 2026-11-24."},
    )
    products = forms.ModelMultipleChoiceField(Product.objects.all(), required=False)
    countries = forms.MultipleChoiceField(
        choices=lambda: sorted(country_names().items(), key=lambda pair: pair[1]), required=False
    )
    look_for = forms.CharField(
        label="Look for risks by their words",
        help_text="The gravest open ones are offered; “Look” lists others. Nothing is recorded by it.",
        max_length=200,
        required=False,
    )
    risks = forms.MultipleChoiceField(label="Risks", widget=forms.CheckboxSelectMultiple, required=False)
    no_risk_reasons = words(
        "If none: which rights were looked at, and why none is at risk",
        missing="",
        sentence="At least 50 characters.",
        required=False,
    )

    def __init__(self, *args: Any, offered: Iterable[Risk], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {str(risk.pk): risk for risk in offered}
        self.fields["risks"].choices = [  # type: ignore[attr-defined]
            (pk, f"{risk.title} (level {risk.level})") for pk, risk in self.offered.items()
        ]

    def clean_risks(self) -> list[Risk]:
        return [self.offered[pk] for pk in self.cleaned_data["risks"]]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given.pop("look_for", None)
        return given


class DecisionForm(Form):
    """Why a change is approved or refused, bound to what was read."""

    reasons = words(
        "Reasons", missing="say why, in 50 characters or more.", sentence="At least 50 characters."
    )
    seen_hash = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)


class ReasonsForm(Form):
    """Why."""

    reasons = words(
        "Reasons", missing="say why, in 50 characters or more.", sentence="At least 50 characters."
    )
