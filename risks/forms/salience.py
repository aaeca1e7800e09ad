"""Forms about risks and their severity."""

from collections.abc import Mapping
from typing import Any

from django import forms

from risks.forms.shapes import GroupedForm, words
from risks.rules.salience import State
from risks.rules.severity import ANCHORS, BANDS, GRAVEST_HARMS

UNKNOWN = "unknown"
HEADS: Mapping[str, tuple[str, str]] = {
    "scale": ("Scale: how grave", "The worst credible outcome for the most exposed people."),
    "scope": (
        "Scope: how many",
        "The higher of the two readings; the share counts for a group of ten or more.",
    ),
    "irremediability": (
        "Irremediability: how hard to put right",
        "Back to the situation before, or its equivalent.",
    ),
}
STATES = {
    State.POTENTIAL: "It could happen",
    State.ACTUAL_UNREMEDIED: "It happened and is not yet put right",
    State.ACTUAL_REMEDIED: "It happened and was put right",
}
LIKELIHOODS = [
    ("", "None: it has happened"),
    *(
        (str(number), f"{number} {said}")
        for number, said in enumerate(("remote", "unlikely", "possible", "likely", "imminent"), start=1)
    ),
    (UNKNOWN, "Not known: counts as imminent for severe harm, else as possible"),
]


def _head(name: str) -> forms.TypedChoiceField:
    label = name.capitalize()
    wrong = f"{label}: choose 5 to 1, or that it is not known."
    return forms.TypedChoiceField(
        label=label,
        choices=[
            *((str(level), f"{level}: {ANCHORS[name][level]}") for level in sorted(BANDS, reverse=True)),
            (UNKNOWN, "Not known: counts as 4 until somebody finds out"),
        ],
        coerce=lambda value: None if value == UNKNOWN else int(value),
        widget=forms.RadioSelect,
        error_messages={"required": wrong, "invalid_choice": wrong},
    )


class SeverityForm(GroupedForm):
    """A judgement of severity: three heads with their reasons, and how it stands."""

    groups = (
        *((legend, sentence, (head, f"{head}_rationale")) for head, (legend, sentence) in HEADS.items()),
        (
            "Whether and how soon",
            "What has happened has no likelihood. Likelihood orders risks of the same severity; it never lowers one.",
            ("state_of_harm", "likelihood", "delay_makes_irremediable", "heightened_vulnerability"),
        ),
        (
            "The gravest kinds of harm",
            "These have scale 5, unless a reviewer records why that outcome is not credible.",
            ("harm_type", "floor_reason"),
        ),
        ("Who was heard", "", ("consulted",)),
    )
    scale = _head("scale")
    scale_rationale = words("Why this scale", missing="say why in a sentence or two.")
    scope = _head("scope")
    scope_rationale = words("Why this scope", missing="say why in a sentence or two.")
    irremediability = _head("irremediability")
    irremediability_rationale = words("Why this irremediability", missing="say why in a sentence or two.")
    state_of_harm = forms.ChoiceField(
        label="State of harm",
        choices=[(str(state), said) for state, said in STATES.items()],
        widget=forms.RadioSelect,
        error_messages={
            "required": "State of harm: choose whether it could happen, happened, or was put right.",
            "invalid_choice": "State of harm: choose one of the three.",
        },
    )
    likelihood = forms.ChoiceField(
        choices=LIKELIHOODS,
        required=False,
        error_messages={"invalid_choice": "Likelihood: choose 1 to 5, not known, or none."},
    )
    delay_makes_irremediable = forms.BooleanField(
        label="Waiting would make the harm irremediable", required=False
    )
    heightened_vulnerability = forms.BooleanField(
        label="People of heightened vulnerability are affected", required=False
    )
    harm_type = forms.ChoiceField(
        label="Kind of harm",
        choices=[
            ("", "None of these"),
            *((harm, harm.replace("_", " ").capitalize()) for harm in sorted(GRAVEST_HARMS)),
        ],
        required=False,
        error_messages={"invalid_choice": "Kind of harm: choose one of the list, or none of these."},
    )
    floor_reason = words(
        "Why that outcome is not credible",
        missing="",
        sentence="For a reviewer, with a scale under 5.",
        required=False,
    )
    consulted = words(
        "Who was consulted, or why nobody could be",
        missing="name them as a group, or give the reason.",
        sentence="UNGP 18(b). Groups and organisations, never the name of a person at risk.",
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        said = given.get("likelihood", "")
        number = int(said) if said.isdecimal() else None
        return given | {"likelihood": number, "likelihood_unknown": said == UNKNOWN}
