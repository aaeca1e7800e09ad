"""What somebody told us by telephone, on paper or through another, as staff type it in."""

from dataclasses import replace
from typing import Any

from django import forms

from hrdd.forms import Form
from hrdd.tongues import languages
from remedies.forms.intake import DetailsForm, WhatForm, submission_of
from remedies.rules.case import Channel
from remedies.rules.submission import Submission

CHANNELS = {
    Channel.PHONE: "By telephone",
    Channel.POSTAL: "On paper",
    Channel.IN_PERSON_PARTNER_NGO: "In person, or through an organisation",
    Channel.UNION: "Through a union",
    Channel.MESSAGING: "By a messenger",
    Channel.E_MAIL: "By e-mail",
    Channel.TRUSTED_FLAGGER: "From a trusted flagger",
}
LABELS = {
    "channel": "How it reached us",
    "language": "Language of our answers",
    "type": "What it is about",
    "what": "What happened, in their own words",
    "threat_to_life": "A life or the safety of somebody is in danger",
    "where": "Where",
    "when": "When",
    "wish": "What would help",
    "region": "Part of the world",
    "on_behalf_of": "They speak for somebody else",
    "about_handlers": "It is about those who handle concerns here",
    "identity_mode": "How they want to be known",
    "contact": "How to reach them",
}
SAID_TO_WHO_WRITES = ("type", "what", "identity_mode")  # what is missing is told to staff in other words
HELPS = {
    "what": "Read it back to them before you send it.",
    "about_handlers": "Then only two custodians together open it, not you.",
    "contact": "Locked apart from the rest. Not with “anonymous”.",
}


class AssistedForm(WhatForm, DetailsForm, Form):
    """The form of `/raise/`, with the way in which it reached us."""

    channel = forms.ChoiceField(
        choices=[("", "Choose"), *((str(one), label) for one, label in CHANNELS.items())],
        error_messages={"required": "How it reached us: choose one from the list."},
    )
    language = forms.ChoiceField(choices=list(languages().items()))
    field_order = tuple(LABELS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].widget = forms.Textarea({"rows": 8, "dir": "auto", "autocomplete": "off"})
        for name, label in LABELS.items():
            self.fields[name].label = label
            self.fields[name].help_text = HELPS.get(name, "")
            self.fields[name].widget.attrs["autocomplete"] = "off"
            if name in SAID_TO_WHO_WRITES:
                del self.fields[name].error_messages["required"]

    def submission(self) -> Submission:
        """Return the concern that a valid form makes."""
        made = submission_of(self, self, language=self.cleaned_data["language"])
        return replace(made, channel=Channel(self.cleaned_data["channel"]))
