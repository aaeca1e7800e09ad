"""Forms about outside experts: share a record, end a share, give an opinion."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from hrdd.forms import Form
from hrdd.governance.models import User
from risks.forms.shapes import day, words
from risks.models import Evidence
from risks.rules.expert_extract import ONLY_EXPERTS


class ShareForm(Form):
    """With whom, what is asked, and for how long."""

    expert = forms.ModelChoiceField(
        label="Expert",
        queryset=User.objects.none(),
        empty_label="Choose an expert",
        error_messages={"required": ONLY_EXPERTS, "invalid_choice": ONLY_EXPERTS},
    )
    question = words(
        "Question",
        missing="say what you want to know of them.",
        sentence="What you want to know. Write of groups, never of a person.",
        rows=4,
    )
    starts_on = day("From", "The first day. Today if left empty.", required=False)
    until = day("Until", "The last day. The expert reads nothing afterwards.")

    def __init__(self, *args: Any, experts: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expert"].queryset = experts  # type: ignore[attr-defined]


class ShareRiskForm(ShareForm):
    """Which public evidence they read, too."""

    evidence = forms.ModelMultipleChoiceField(
        label="Public evidence to show",
        help_text="Internal and restricted evidence is never shown to an outside expert.",
        queryset=Evidence.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Evidence: experts read public evidence of this risk only."},
    )

    def __init__(self, *args: Any, evidence: QuerySet[Evidence], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["evidence"].queryset = evidence  # type: ignore[attr-defined]
        self.fields["evidence"].initial = list(evidence)
        if not evidence:
            self.fields["evidence"].help_text = "No public evidence is on record for this risk."


class ConfirmForm(Form):
    """Nothing to fill in: the button confirms."""


class OpinionForm(Form):
    """What the expert thinks."""

    opinion = words(
        "Your opinion",
        missing="answer in at least 50 characters.",
        sentence="At least 50 characters. It cannot be changed later; add another one instead. Write of groups, "
        "never of a person.",
        rows=8,
    )
