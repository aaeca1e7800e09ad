"""Forms of what a case touches, of the watch after closing, and of custodians; shape only."""

from typing import Any

from django import forms

from hrdd.forms import Form
from remedies.forms.desk import SHORTEST_REASONS, CloseForm, choice, told_words
from remedies.rules.case_workflow import Proceeding, Reopening
from remedies.rules.remedy import Part, RoleTaken
from remedies.rules.retaliation import Word

LARGEST_FILE = 16 * 1024
NAMES_NOBODY = (
    "At least 50 characters. They stand in the audit log: name nobody, and say nothing of what was told."
)
SAY_WHY = "Reasons: say why, in at least 50 characters."


def _said(word: str) -> str:
    return word.replace("_", " ").capitalize()


class ReopenForm(Form):
    """Why a closed case is opened again."""

    reason = choice(
        "Reason",
        [
            ("", "Choose"),
            (str(Reopening.NEW_FACTS), "New facts"),
            (str(Reopening.NON_DELIVERY), "What was promised did not come"),
            (str(Reopening.RETALIATION), "The person is punished for speaking"),
        ],
    )
    text = told_words("What the person reads", "Plain words, in the language that they wrote in.")

    def clean_reason(self) -> Reopening:
        return Reopening(self.cleaned_data["reason"])


class MeasureForm(Form):
    """Which measure a case is about."""

    measure = forms.IntegerField(
        label="Number of the measure",
        min_value=1,
        max_value=2**62,
        help_text="It stands in the address of its page. Whoever re-assesses it learns that a case asks, nothing else.",
        error_messages={"required": "Number of the measure: type it first."},
    )


class PartForm(Form):
    """What the company had to do with a harm."""

    part = choice("The company", [("", "Choose"), *((str(one), _said(one)) for one in Part if one)])
    role_taken = choice(
        "If directly linked: what it does towards a remedy",
        [("", "It owes the remedy itself"), *((str(one), _said(one)) for one in RoleTaken if one)],
        "UNGP 22: whoever is only linked to a harm need not repair it, and says what it does instead (M3).",
        required=False,
    )

    def clean_part(self) -> Part:
        return Part(self.cleaned_data["part"])

    def clean_role_taken(self) -> RoleTaken:
        return RoleTaken(self.cleaned_data["role_taken"])


class ProceedingForm(Form):
    """Where else a matter is pending."""

    kind = choice("Where", [("", "Choose"), *((str(one), _said(one)) for one in Proceeding)])

    def clean_kind(self) -> Proceeding:
        return Proceeding(self.cleaned_data["kind"])


class LessonForm(CloseForm):
    """What a case that was upheld or withdrawn teaches."""


class WordForm(Form):
    """What was learned of a person after a case was closed."""

    word = choice(
        "Was anybody punished for it?",
        [
            ("", "Choose"),
            (str(Word.NO), "No"),
            (str(Word.UNSURE), "They are not sure"),
            (str(Word.YES), "Yes"),
            (str(Word.NOT_REACHED), "Nobody could be reached safely"),
        ],
        "Only what they told you. Never ask by e-mail: the question alone can give them away.",
    )

    def clean_word(self) -> Word:
        return Word(self.cleaned_data["word"])


class FoundForm(Form):
    """What was found on a report of retaliation."""

    detriment = forms.BooleanField(
        label="Something to their disadvantage followed",
        required=False,
    )
    other_grounds = forms.BooleanField(
        label="The acting side showed that it had other grounds",
        required=False,
        help_text="It is for them to show, not for the person (WB Dir 21(5)). In doubt, leave it.",
    )
    text = told_words("What the person reads", SHORTEST_REASONS)


class AskIdentityForm(Form):
    """Why somebody must know who wrote."""

    reasons = forms.CharField(
        label="Reasons",
        widget=forms.Textarea({"rows": 4}),
        max_length=2000,
        help_text=NAMES_NOBODY,
        error_messages={"required": SAY_WHY},
    )
    telling_endangers = forms.BooleanField(
        label="To tell the person that it was opened would endanger somebody",
        required=False,
        help_text="Else they are told, behind their receipt, when you read it (SD8).",
    )


class CustodianForm(Form):
    """A custodian's answer; granting takes their own file and its passphrase, refusing takes neither."""

    reasons = forms.CharField(
        label="Reasons",
        widget=forms.Textarea({"rows": 4}),
        max_length=2000,
        help_text=NAMES_NOBODY,
        error_messages={"required": SAY_WHY},
    )
    file = forms.FileField(
        label="To grant: your custodian file",
        required=False,
        widget=forms.FileInput({"accept": ".json"}),
        help_text="It is read in memory for this one answer and kept nowhere.",
    )
    passphrase = forms.CharField(
        label="To grant: its passphrase",
        required=False,
        strip=False,
        max_length=400,
        widget=forms.PasswordInput({"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("file", "passphrase"):
            self.fields[name].needed_later = True  # type: ignore[attr-defined]  # to grant, not to refuse

    def clean_file(self) -> bytes:
        """Return what is in the file, if it is as small as a custodian's."""
        found: Any = self.cleaned_data["file"]
        if not found:
            return b""
        if found.size > LARGEST_FILE:
            raise forms.ValidationError(
                "File: a custodian's file is smaller. Choose the one of your ceremony."
            )
        return bytes(found.read())
