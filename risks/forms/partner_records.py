"""Forms about lists, owners and contacts of a partner."""

from typing import Any

from django import forms

from hrdd.forms import Form
from risks.forms.shapes import choice, day, words
from risks.models import PartnerNote

WRONG_SHARES = ("invalid", "min_value", "max_value", "max_digits", "max_decimal_places")
SHARE = "Share in percent: a number above 0 and up to 100, with at most two decimals."
STANDINGS = [("", "Choose"), *PartnerNote.Standing.choices]


def _line(label: str, sentence: str = "", *, longest: int = 200, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=sentence,
        max_length=longest,
        required=required,
        error_messages={
            "required": f"{label}: fill it in.",
            "max_length": f"{label}: keep it to {longest} characters.",
        },
    )


class _NoteForm(Form):
    source = _line("Source", "Where it is written, with a link where there is one.", longest=500)
    noted_on = day("Looked up on")
    says = words("What else is known", missing="", required=False)

    def __init__(self, *args: Any, note: PartnerNote | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if note is not None:
            self.initial = {name: getattr(note, name) for name in self.fields if name != "noted_on"}


class SanctionsForm(_NoteForm):
    """Whether a partner is on a list."""

    subject = _line("List", "Such as the EU consolidated list of financial sanctions, or the US Entity List.")
    standing = choice("Standing", STANDINGS)
    since = day("Listed, or taken off, on", required=False)
    field_order = ("subject", "standing", "since", "source", "noted_on", "says")


class OwnershipForm(_NoteForm):
    """Who owns a partner."""

    subject = _line("Owner", "A company, a State body or a person of a public register.")
    share = forms.DecimalField(
        label="Share in percent",
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        required=False,
        help_text="Leave empty where it is not known.",
        error_messages=dict.fromkeys(WRONG_SHARES, SHARE),
    )
    since = day("Owner since", required=False)
    field_order = ("subject", "share", "since", "source", "noted_on", "says")


NOTE_FORMS: dict[str, type[_NoteForm]] = {"sanctions": SanctionsForm, "ownership": OwnershipForm}


class ContactForm(Form):
    """Whom to reach at a partner."""

    role = _line(
        "Role", "In the clear, such as “head of compliance”. It says nothing of who they are.", longest=120
    )
    name = _line("Name", "Sealed.", required=False)
    email = forms.EmailField(
        label="E-mail",
        help_text="Sealed.",
        required=False,
        error_messages={"invalid": "E-mail: an address such as office@example.org."},
    )
    phone = _line("Telephone", "Sealed.", longest=60, required=False)
