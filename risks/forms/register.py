"""Forms about views of the register."""

from typing import Any

from django import forms

from hrdd.forms import Form


class SavedViewForm(Form):
    """A name for filters and order, and who sees it."""

    name = forms.CharField(
        label="Name",
        max_length=80,
        help_text="What the view lists, in a few words. Name no person: a shared view is read by the whole desk.",
        error_messages={
            "required": "Name: give the view a name.",
            "max_length": "Name: keep it under 80 characters.",
        },
    )
    shared = forms.BooleanField(label="Share it with everybody on the desk", required=False)

    def __init__(self, *args: Any, shares: bool, **rest: Any) -> None:
        super().__init__(*args, **rest)
        if not shares:
            self.fields["shared"].widget = forms.HiddenInput()
            self.fields["shared"].disabled = True

    def clean_name(self) -> str:
        """Return the name without blanks too many."""
        return " ".join(str(self.cleaned_data["name"]).split())


class ConfirmForm(Form):
    """Nothing to fill in: the button confirms."""
