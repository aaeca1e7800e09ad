"""What is said of a pattern."""

from django import forms

from hrdd.forms import Form
from risks.models import ModelReview


class ConclusionForm(Form):
    """What lies behind upheld cases of one root cause, and what changes."""

    conclusion = forms.CharField(
        label="What lies behind it, and what changes",
        help_text="At least 50 characters. Name no case, person or place: whoever reads this may not open cases.",
        widget=forms.Textarea({"rows": 6}),
        max_length=5_000,
        error_messages={"required": "What lies behind it: say it, or why nothing changes."},
    )
    model_review = forms.ModelChoiceField(
        label="Review of the business model that looks into it",
        help_text="Where what earns the money plays a part (GP18). Open one first if there is none.",
        queryset=ModelReview.objects.all(),
        required=False,
        empty_label="None: the business model plays no part",
        error_messages={"invalid_choice": "Review of the business model: choose one from the list."},
    )
