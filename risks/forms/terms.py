"""Forms about what partners agreed to."""

from typing import Any

from django import forms

from hrdd.forms import Form
from risks.forms.shapes import GroupedForm, Groups, day, words
from risks.models import PolicyVersion


class TermsForm(GroupedForm):
    """A version of one of our policies, or an outside code, from a day to a day."""

    groups: Groups = (
        (
            "What was agreed",
            "Either a version of one of our policies, or an outside code with its version.",
            ("policy_version", "code_name", "code_version"),
        ),
        (
            "Since when",
            "An earlier version of the same policy ends the day before.",
            ("agreed_from", "agreed_until"),
        ),
        ("Where it is written", "", ("source",)),
    )
    policy_version = forms.ModelChoiceField(
        PolicyVersion.objects.none(),
        label="Our policy",
        required=False,
        empty_label="None of ours",
        error_messages={"invalid_choice": "Our policy: choose a version that is or was in force."},
    )
    code_name = forms.CharField(label="Outside code", max_length=200, required=False)
    code_version = forms.CharField(label="Its version", max_length=60, required=False)
    agreed_from = day("Agreed from")
    agreed_until = day("Agreed until", "Leave empty while it stands.", required=False)
    source = forms.CharField(
        label="Source", help_text="Such as the contract and its clause.", max_length=500, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy_version"].queryset = PolicyVersion.objects.that_stood()  # type: ignore[attr-defined]


class EndTermsForm(Form):
    """The last day on which terms stand, and why."""

    on = day("Last day")
    reasons = words(
        "Reasons", missing="say why, in at least 50 characters.", sentence="At least 50 characters."
    )
