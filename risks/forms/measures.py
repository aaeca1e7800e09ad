"""Forms about measures and their re-assessment."""

from typing import Any

from django import forms

from risks.forms.shapes import FilterForm, GroupedForm, words
from risks.models import Finding, Measure, Reassessment, Signal
from risks.rules.ladder import LADDER
from risks.rules.three_part_test import ANSWERS, QUESTIONS


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


class ReassessmentForm(GroupedForm):
    """What a person decides on a finding; the action holds the rules."""

    groups = (
        ("Decision", "", ("outcome", "reasons")),
        ("To de-escalate or refer", "", ("lower_kind", "referred_to")),
        (
            "To maintain",
            "A fresh three-part test (ICCPR 19(3)). An honest unknown is better than a hopeful yes.",
            tuple(question.code for question in QUESTIONS),
        ),
    )
    outcome = forms.ChoiceField(
        choices=Reassessment.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Outcome: choose what you decide.",
            "invalid_choice": "Outcome: choose one of the four.",
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

    def __init__(self, *args: Any, intrusion: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lower = [(code, rung.label) for code, rung in LADDER.items() if rung.intrusion < intrusion]
        self.fields["lower_kind"].choices = [("", "Only to de-escalate"), *lower]  # type: ignore[attr-defined]
        for question in QUESTIONS:
            self.fields[question.code] = forms.ChoiceField(
                label=f"{question.code}. {question.text}",
                choices=[(answer, answer) for answer in ANSWERS],
                initial="unknown",
                required=False,
                error_messages={"invalid_choice": f"{question.code}: choose yes, no or unknown."},
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        answers = {question.code: given.pop(question.code, "") or "unknown" for question in QUESTIONS}
        return given | {"three_part_test": answers}
