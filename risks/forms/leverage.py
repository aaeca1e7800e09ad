"""Forms about leverage: an attempt, what it changed, and the one extension."""

from django import forms

from risks.forms.partner_fields import text
from risks.forms.shapes import day
from risks.models import LeverageAction


class LeverageForm(forms.Form):
    """An attempt to change what the partner does."""

    kind = forms.ChoiceField(choices=LeverageAction.Kind.choices)
    rung = forms.TypedChoiceField(label="Rung", coerce=int, choices=LeverageAction.Rung.choices)
    requested_change = text("Change asked for", "What exactly shall be different, and for whom.")
    started_on = day("Began on")
    deadline = day("Change expected by")
    collaborators = text("Together with", rows=2, required=False)


class EffectForm(forms.Form):
    """What an action changed."""

    effect = forms.TypedChoiceField(
        coerce=int, choices=LeverageAction.Effect.choices, widget=forms.RadioSelect
    )
    indicator = forms.CharField(label="What was measured", max_length=200, required=False)
    baseline = forms.CharField(label="Value before", max_length=60, required=False)
    measured = forms.CharField(label="Value now", max_length=60, required=False)
    evidence = text("Evidence", required=False)
    self_report_only = forms.BooleanField(label="Only the partner's own word", required=False)
    next_step = text("Next step", rows=2, required=False)


class ExtendTimeForm(forms.Form):
    """The one extension."""

    reasons = text(
        "Reasons", "At least 50 characters: what changed, measured, and why more time will do the rest."
    )
