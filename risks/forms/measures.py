"""Forms about measures and what is noticed of them."""

from django import forms

from hrdd.forms import Form
from risks.forms.shapes import FilterForm, words
from risks.models import Finding, Measure, Signal
from risks.rules.ladder import LADDER


class MeasureFilter(FilterForm):
    """State, kind, and what the latest cycle found."""

    state = forms.ChoiceField(choices=[("", "Any"), *Measure.State.choices], required=False)
    kind = forms.ChoiceField(
        choices=[("", "Any"), *((code, rung.label) for code, rung in LADDER.items())], required=False
    )
    finding = forms.ChoiceField(
        choices=[
            ("", "Any"),
            *(choice for choice in Finding._meta.get_field("finding").flatchoices if choice[0] != "OK"),
            ("none", "No finding"),
        ],
        required=False,
    )


class SignalForm(Form):
    """Something new about a measure."""

    kind = forms.ChoiceField(
        label="What is new",
        choices=[
            ("", "Choose"),
            *(one for one in Signal.Kind.choices if one[0] != Signal.Kind.APPEAL_UPHELD),
        ],
        error_messages={"required": "What is new: choose what the signal is about."},
    )
    noted_on = forms.DateField(
        label="Noted on",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "Noted on: give the day.",
            "invalid": "Noted on: write the day as year-month-day, such as 2026-11-24.",
        },
    )
    note = words(
        "Note",
        missing="say what is new.",
        sentence="What is new and where it is documented. Name no person at risk.",
    )
