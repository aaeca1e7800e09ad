"""Forms about measures."""

from typing import Any

from django import forms

from risks.models import Reassessment, Signal
from risks.rules.ladder import LADDER
from risks.rules.three_part_test import ANSWERS, QUESTIONS


class ReassessmentForm(forms.Form):
    """What a person decides on a finding; the action holds the rules."""

    outcome = forms.ChoiceField(choices=Reassessment.Outcome.choices, widget=forms.RadioSelect)
    reasons = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 5}), max_length=5000, help_text="At least 50 characters."
    )
    lower_kind = forms.ChoiceField(
        label="Less intrusive measure",
        choices=[("", "Only to de-escalate"), *((code, rung.label) for code, rung in LADDER.items())],
        required=False,
    )
    referred_to = forms.CharField(label="Referred to", max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in QUESTIONS:
            self.fields[question.code] = forms.ChoiceField(
                label=f"{question.code}. {question.text}",
                choices=[(answer, answer) for answer in ANSWERS],
                initial="unknown",
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        answers = {question.code: given.pop(question.code, "") or "unknown" for question in QUESTIONS}
        return given | {"three_part_test": answers}


class SignalForm(forms.Form):
    """Something new about a measure."""

    kind = forms.ChoiceField(label="What is new", choices=Signal.Kind.choices)
    noted_on = forms.DateField(label="Noted on", widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(
        label="What was noted",
        help_text="Facts and where they come from; no names of people who may be in danger.",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
