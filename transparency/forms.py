"""One form per action; shape only, no rule."""

from django import forms


class DraftReportForm(forms.Form):
    """A period and a title."""

    title = forms.CharField(max_length=200, help_text="For example: Human rights report 2021.")
    begin = forms.DateField(label="First day", widget=forms.DateInput(attrs={"type": "date"}))
    end = forms.DateField(label="Last day", widget=forms.DateInput(attrs={"type": "date"}))
