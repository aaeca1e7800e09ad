"""What is typed about the audit."""

from django import forms

from hrdd.forms import Form


class AuditFilter(Form):
    """Words and a day to look for in the audit log; all of them may be left out."""

    actor = forms.CharField(label="Who", max_length=120, required=False)
    action = forms.CharField(label="What", max_length=80, required=False)
    subject = forms.CharField(label="About", max_length=200, required=False)
    kind = forms.ChoiceField(
        label="Kind", choices=[("", "All acts"), ("reads", "Reads and exports only")], required=False
    )
    day = forms.DateField(label="Day (UTC)", required=False, widget=forms.DateInput(attrs={"type": "date"}))
