"""Forms about severity."""

from typing import Any

from django import forms

from risks.rules.salience import State
from risks.rules.severity import ANCHORS, BANDS, GRAVEST_HARMS

HEADS = {
    "scale": "How grave the harm is",
    "scope": "How many people, or which share of a group",
    "irremediability": "How hard it is to put right",
}
LIKELIHOODS = ((1, "1 remote"), (2, "2 unlikely"), (3, "3 possible"), (4, "4 likely"), (5, "5 imminent"))


def _why(label: str, *, required: bool = True, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        help_text=help_text,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SeverityForm(forms.Form):
    """A judgement of severity; the action holds the rules."""

    state_of_harm = forms.ChoiceField(
        label="State of the harm",
        choices=[(str(state), str(state).replace("_", " ").capitalize()) for state in State],
        widget=forms.RadioSelect,
    )
    likelihood = forms.ChoiceField(
        label="Likelihood",
        help_text="Of a potential harm only: an actual harm has none.",
        choices=[("", "none: the harm is actual"), ("unknown", "unknown"), *LIKELIHOODS],
        required=False,
    )
    likelihood_said = _why("Why this likelihood", required=False)
    delay_makes_irremediable = forms.BooleanField(label="Waiting would make it irremediable", required=False)
    heightened_vulnerability = forms.BooleanField(
        label="People of heightened vulnerability are affected", required=False
    )
    harm_type = forms.ChoiceField(
        label="One of the gravest harms",
        help_text="Each has scale 5.",
        choices=[("", "none of these"), *((one, one.replace("_", " ")) for one in sorted(GRAVEST_HARMS))],
        required=False,
    )
    floor_reason = _why(
        "Why that outcome is not credible",
        required=False,
        help_text="Only a reviewer, and only for a lower scale.",
    )
    consulted = _why("Who was consulted, or why nobody", help_text="UNGP 18(b). Groups, not names of people.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for head, label in HEADS.items():
            levels = [
                (str(level), f"{level} {BANDS[level]}: {ANCHORS[head][level]}")
                for level in sorted(BANDS, reverse=True)
            ]
            self.fields[head] = forms.ChoiceField(
                label=label,
                choices=[*levels, ("unknown", "Unknown: counts as 4 until somebody finds out")],
                widget=forms.RadioSelect,
            )
            self.fields[f"{head}_rationale"] = _why("Why")

    @property
    def fieldsets(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """Return the fields in their groups, as the page shows them."""
        heads = [
            (head.capitalize(), "The first that fits, from 5 down.", [self[head], self[f"{head}_rationale"]])
            for head in HEADS
        ]
        likely = ("state_of_harm", "likelihood", "likelihood_said")
        order = ("delay_makes_irremediable", "heightened_vulnerability", "harm_type", "floor_reason")
        return [
            *heads,
            ("Likelihood", "It orders equals; it never outweighs severity.", [self[name] for name in likely]),
            ("What else counts", "", [self[name] for name in order]),
            ("Consultation", "", [self["consulted"]]),
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for head in HEADS:
            said = given.get(head, "")
            given[head] = int(said) if said.isdigit() else None
        said = given.get("likelihood", "")
        given["likelihood"] = int(said) if said.isdigit() else None
        given["likelihood_unknown"] = said == "unknown"
        return given
