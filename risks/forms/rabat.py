"""The Rabat worksheet and its confirmation as forms (domain.md 4.1, 4.2)."""

from typing import Any

from django import forms

from hrdd.forms import Form
from risks.forms.shapes import GroupedForm, Groups, words
from risks.models import RabatAssessment
from risks.rules.rabat import Mode
from risks.rules.rabat_worksheet import (
    FACTORS,
    GATE_ANSWERS,
    GATES,
    Factor,
    Ground,
    HarmSought,
    SpeechException,
)
from risks.rules.words import said

UNKNOWN = "?"


def _several(label: str, words_of: type[Any]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=[(str(one), said(one)) for one in words_of],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": f"{label}: choose from the list."},
    )


def _score(factor: Factor) -> forms.TypedChoiceField:
    wrong = f"{factor.label}: choose 0 to 3, or that it is not known."
    return forms.TypedChoiceField(
        label="Score",
        choices=[
            *((str(score), f"{score}: {anchor}") for score, anchor in enumerate(factor.anchors)),
            (UNKNOWN, "Not known"),
        ],
        coerce=lambda value: None if value == UNKNOWN else int(value),
        widget=forms.RadioSelect,
        error_messages={"required": wrong, "invalid_choice": wrong},
    )


class RabatForm(GroupedForm):
    """The gates, the six factors with the guidance beside each, and what the words may be instead."""

    content_extract = words(
        "The words assessed",
        missing="give them as they were said.",
        sentence="They are sealed. Those who may read restricted evidence open them, and that is logged.",
        rows=4,
    )
    language = forms.CharField(
        label="Language in which it was said",
        max_length=60,
        error_messages={"required": "Language: name it."},
    )
    translation_by = forms.CharField(
        label="Translated by",
        max_length=120,
        required=False,
        help_text="A service or a function, not a person's name.",
    )
    mode = forms.ChoiceField(
        label="What is applied",
        choices=RabatAssessment.InMode.choices,
        initial=Mode.ART20,
        widget=forms.RadioSelect,
        error_messages={
            "required": "What is applied: choose one.",
            "invalid_choice": "What is applied: choose one.",
        },
    )
    grounds = _several("Grounds", Ground)
    harm_sought = _several("Harm sought", HarmSought)
    exceptions = _several("It may be, instead", SpeechException)
    attests_competence = forms.BooleanField(
        label="I attest that I am competent in the language and the local context", required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, asked in GATES.items():
            wrong = f"{asked} Choose yes, no or not known."
            self.fields[f"gate_{name}"] = forms.ChoiceField(
                label=asked,
                choices=list(GATE_ANSWERS.items()),
                widget=forms.RadioSelect,
                error_messages={"required": wrong, "invalid_choice": wrong},
            )
        for factor in FACTORS:
            self.fields[factor.name] = _score(factor)
            why = words(f"{factor.label}: why", missing="", rows=2)
            why.error_messages["required"] = f"{factor.label}: say why in a sentence or two."
            self.fields[f"{factor.name}_text"] = why
        gates = tuple(f"gate_{name}" for name in GATES)
        groups: Groups = [
            ("The expression", "", ("content_extract", "language", "translation_by", "mode")),
            (
                "The gates",
                "Article 20(2) asks for all three. Without them, use the factors by analogy.",
                (gates[0], "grounds", gates[1], gates[2], "harm_sought"),
            ),
            *((one.label, one.ask, (one.name, f"{one.name}_text")) for one in FACTORS),
            (
                "Exceptions",
                "Each speaks against a purpose to incite.",
                ("exceptions", "attests_competence"),
            ),
        ]
        self.groups = groups

    def worksheet(self) -> dict[str, Any]:
        """Return the fields as the action takes them."""
        given = self.cleaned_data
        kept = (
            *("content_extract", "language", "translation_by", "mode", "grounds", "harm_sought"),
            *("exceptions", "attests_competence"),
        )
        return {name: given[name] for name in kept} | {
            "gates": "".join(given[f"gate_{name}"] for name in GATES),
            "scores": {one.name: given[one.name] for one in FACTORS},
            "texts": {one.name: given[f"{one.name}_text"] for one in FACTORS},
        }


class ConfirmationForm(Form):
    """Whether another assessor stands behind a worksheet."""

    agrees = forms.TypedChoiceField(
        label="Do you reach the same outcome?",
        choices=[("yes", "Yes, I stand behind it"), ("no", "No, I dissent")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Do you reach the same outcome? Choose yes or no.",
            "invalid_choice": "Do you reach the same outcome? Choose yes or no.",
        },
    )
    dissent = forms.CharField(
        label="What you see otherwise",
        strip=False,
        required=False,
        max_length=5000,
        widget=forms.Textarea({"rows": 4}),
        help_text="It is kept word by word, also when you agree on the whole (D4).",
    )
    attests_competence = forms.BooleanField(
        label="I attest that I am competent in the language and the local context", required=False
    )
