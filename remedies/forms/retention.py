"""What a hold asks for; shape only."""

from django import forms

from hrdd.forms import Form
from remedies.forms.case_work import SAY_WHY


class HoldForm(Form):
    """Why something is held, or held no longer."""

    reasons = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="At least 50 characters. They outlive the case: write nothing of what was told, and no name.",
        error_messages={"required": SAY_WHY},
    )
