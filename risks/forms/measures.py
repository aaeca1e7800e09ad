"""Forms about measures and their re-assessment."""

from typing import Any

from django import forms

from risks.forms.shapes import FilterForm, words
from risks.forms.three_part_test import ThreePartTestForm
from risks.models import Finding, Measure, Reassessment, Signal
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


class SignalForm(forms.Form):
    """Something new about a measure."""

    kind = forms.ChoiceField(
        label="What is new",
        choices=[("", "Choose"), *Signal.Kind.choices],
        error_messages={
            "required": "What is new: choose what the signal is about.",
            "invalid_choice": "What is new: choose one of the list.",
        },
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


class ReassessmentForm(ThreePartTestForm):
    """What a person decides on a finding; the action holds the rules."""

    outcome = forms.ChoiceField(
        choices=Reassessment.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Outcome: choose what you decide.",
            "invalid_choice": "Outcome: choose one of the list.",
        },
    )
    reasons = words(
        "Reasons", missing="write at least 50 characters.", rows=5, sentence="At least 50 characters."
    )
    lower_kind = forms.ChoiceField(
        label="Less intrusive measure",
        required=False,
        error_messages={"invalid_choice": "Less intrusive measure: choose one of the list."},
    )
    referred_to = forms.CharField(
        label="Referred to",
        max_length=120,
        required=False,
        error_messages={"max_length": "Referred to: keep it under 120 characters."},
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, kind=kind, **kwargs)
        lower = [(code, LADDER[code].label) for code in self.lower]
        self.fields["lower_kind"].choices = [("", "Only to de-escalate"), *lower]  # type: ignore[attr-defined]
        self.groups = (
            ("Decision", "", ("outcome", "reasons")),
            ("To de-escalate or refer", "", ("lower_kind", "referred_to")),
            *self.test_groups(),
        )
