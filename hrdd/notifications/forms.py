"""What is typed about notifications."""

from typing import Any

from django import forms

from hrdd.forms import Form
from hrdd.notifications.models import NotificationSettings
from hrdd.notifications.rules.digest import EVERY_LABELS, Every
from hrdd.notifications.rules.kinds import MAY_BE_MUTED
from hrdd.notifications.rules.webhooks import EVENTS, LONGEST_URL

TEST = "webhook.test"
TOLD = [(kind, event.label) for kind, event in EVENTS.items() if kind != TEST]


class SettingsForm(Form):
    """How somebody hears of what waits for them."""

    every = forms.ChoiceField(
        label="Write to me",
        choices=[(str(one), said) for one, said in EVERY_LABELS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": "Write to me: choose one."},
    )
    email = forms.EmailField(
        label="E-mail",
        help_text="Numbers only: how many things wait, and how many are late. It names no risk, partner or case.",
        required=False,
    )
    muted = forms.MultipleChoiceField(
        label="Not counted in mails",
        help_text="They stand in the inbox all the same. Concerns, and what is raised with you, always count.",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, held: NotificationSettings | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["muted"].choices = list(MAY_BE_MUTED.items())  # type: ignore[attr-defined]
        self.initial = {
            "every": held.every if held else Every.NEVER,
            "email": held.email if held else "",
            "muted": held.muted if held else [],
        }


class PutOffForm(Form):
    """Until which day something is put off."""

    until = forms.DateField(
        label="Until",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Until: write the day as 2026-12-31."},
    )


class EndpointForm(Form):
    """A program that is told of what is published."""

    about = forms.CharField(
        label="Whose program it is",
        max_length=120,
        error_messages={"required": "Whose program it is: name it."},
    )
    url = forms.CharField(
        label="Address",
        help_text="It begins with https:// and takes a POST. Addresses inside this network are refused.",
        max_length=LONGEST_URL,
        error_messages={"required": "Address: say where messages go."},
    )
    events = forms.MultipleChoiceField(
        label="Told of",
        choices=TOLD,
        widget=forms.CheckboxSelectMultiple,
    )
