"""What a concern is made of, page by page; shape only."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from remedies.forms.words import IDENTITIES, REGIONS, TYPES
from remedies.rules.case import CaseType, IdentityMode, Region
from remedies.rules.submission import LONGEST_CONTACT, LONGEST_TOLD, Submission

SHORT = 300


class Words(forms.CharField):
    """A text of a person, with the line breaks of one kind, and no longer than can be sealed."""

    def __init__(self, *, most_bytes: int = SHORT * 4, **options: Any) -> None:
        super().__init__(**options)
        self.most_bytes = most_bytes

    def clean(self, value: Any) -> str:
        """Return the text.

        Raises:
            ValidationError: it is missing or too long.
        """
        said = str(super().clean(value)).replace("\r\n", "\n").replace("\r", "\n")
        if len(said.encode("utf-8", "replace")) > self.most_bytes:
            raise forms.ValidationError(
                _(
                    "This is too long to be locked in one piece. Shorten it, and send the rest as a further message."
                )
            )
        return said


class WhatForm(forms.Form):
    """What happened, in the person's own words."""

    type = forms.ChoiceField(
        choices=[(str(word), label) for word, label in TYPES],
        error_messages={"required": _("Choose what comes closest. You may choose the last one.")},
    )
    what = Words(
        most_bytes=LONGEST_TOLD,
        error_messages={"required": _("Tell us what happened. One sentence is enough.")},
    )
    threat_to_life = forms.BooleanField(required=False)


class DetailsForm(forms.Form):
    """What else helps, all of it optional, and how the person wants to be known."""

    where = Words(required=False, max_length=SHORT)
    when = Words(required=False, max_length=SHORT)
    wish = Words(required=False, most_bytes=4 * SHORT, max_length=4 * SHORT)
    region = forms.ChoiceField(choices=[(str(word), label) for word, label in REGIONS], required=False)
    on_behalf_of = forms.BooleanField(required=False)
    about_handlers = forms.BooleanField(required=False)
    identity_mode = forms.ChoiceField(
        choices=[(str(word), label) for word, label in IDENTITIES],
        error_messages={"required": _("Choose how you want to be known.")},
        initial=str(IdentityMode.ANONYMOUS),
    )
    contact = Words(required=False, most_bytes=LONGEST_CONTACT)

    def clean(self) -> dict[str, Any]:
        """Return the answers.

        Raises:
            ValidationError: a contact that the choice does not allow, or that it needs.
        """
        said: dict[str, Any] = super().clean() or {}
        anonymous = said.get("identity_mode") == IdentityMode.ANONYMOUS
        if anonymous and said.get("contact"):
            self.add_error(
                "contact",
                _("You chose to stay anonymous. Leave this empty, or choose confidential or open."),
            )
        if said.get("identity_mode") and not anonymous and "contact" in said and not said["contact"]:
            self.add_error("contact", _("Tell us how to reach you, or choose to stay anonymous."))
        return said


class FurtherForm(forms.Form):
    """A further message of somebody who came back."""

    text = Words(most_bytes=LONGEST_TOLD, error_messages={"required": _("Write your message first.")})


MARKS = [("", "-"), *((str(mark), str(mark)) for mark in range(1, 6))]


class RatingForm(forms.Form):
    """What somebody thinks of how we treated them; each may be left out."""

    satisfaction = forms.TypedChoiceField(
        label=_("How satisfied are you with how we handled it?"),
        choices=MARKS,
        coerce=int,
        empty_value=None,
        required=False,
    )
    fairness = forms.TypedChoiceField(
        label=_("Were you treated fairly?"), choices=MARKS, coerce=int, empty_value=None, required=False
    )
    safety = forms.TypedChoiceField(
        label=_("Did it feel safe to tell us?"), choices=MARKS, coerce=int, empty_value=None, required=False
    )


def submission_of(what: WhatForm, details: DetailsForm, *, language: str) -> Submission:
    """Return the concern that two valid forms make."""
    first, more = what.cleaned_data, details.cleaned_data
    return Submission(
        type=CaseType(first["type"]),
        what=first["what"],
        threat_to_life=first["threat_to_life"],
        language=language,
        where=more["where"],
        when=more["when"],
        wish=more["wish"],
        region=Region(more["region"]),
        on_behalf_of=more["on_behalf_of"],
        about_handlers=more["about_handlers"],
        identity_mode=IdentityMode(more["identity_mode"]),
        contact=more["contact"],
    )
