"""Forms of the desk of cases; shape only."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django import forms

from hrdd.forms import Form
from hrdd.governance.models import User
from remedies.forms.intake import Words
from remedies.rules.case import TYPE_WORDS, CaseState, CaseType
from remedies.rules.case_workflow import Automation, Finding, OnMeasure, Refusal
from remedies.rules.remedy import RemedyKind, RootCause, Scope, SideEffect
from remedies.rules.submission import LONGEST_TOLD

PURPOSES = [
    ("danger", "Somebody is in danger"),
    ("screening", "Find out whether we can take it on"),
    ("investigating", "Look into it"),
    ("deciding", "Decide it"),
    ("answering", "Answer the person"),
]
REFUSAL_LABELS = {
    Refusal.NOT_OURS: "Not about us or anybody we work with",
    Refusal.SAME_DECIDED: "The same matter was decided, and nothing is new",
    Refusal.TOO_LATE: "A complaint more than six months after the person was told",
    Refusal.NO_FACTS: "We asked for what is missing and heard nothing",
    Refusal.NO_CONCERN: "There is no concern in it",
}
FINDING_LABELS = {
    Finding.UPHELD: "Upheld",
    Finding.PARTLY_UPHELD: "Upheld in part",
    Finding.NOT_UPHELD: "Not upheld",
    Finding.UNABLE_TO_DETERMINE: "Could not be determined",
}
SHORTEST_REASONS = "The person reads it. At least 50 characters, in their language."


def choice(label: str, choices: Any, sentence: str = "", **options: Any) -> forms.ChoiceField:
    """Return a field of a closed list."""
    return forms.ChoiceField(label=label, choices=choices, help_text=sentence, **options)


def told_words(label: str, sentence: str, *, rows: int = 8) -> Words:
    """Return a field of words that are sealed, and that fit what is sealed."""
    return Words(
        label=label,
        help_text=sentence,
        most_bytes=LONGEST_TOLD - 2_000,
        widget=forms.Textarea({"rows": rows, "dir": "auto", "autocomplete": "off"}),
        error_messages={"required": f"{label}: write it first."},
    )


class CaseFilter(Form):
    """What the list shows; a value that it does not know is left out."""

    show = forms.ChoiceField(
        choices=[
            ("", "All that go on"),
            ("mine", "Needs me"),
            ("late", "Late"),
            ("danger", "Danger or retaliation"),
            ("ended", "Closed or withdrawn"),
        ],
        required=False,
    )
    type = forms.ChoiceField(
        label="About",
        choices=[("", "Anything"), *((str(k), v) for k, v in TYPE_WORDS.items())],
        required=False,
    )
    state = forms.ChoiceField(
        choices=[("", "Any"), *((str(one), one.replace("_", " ").capitalize()) for one in CaseState)],
        required=False,
    )

    def chosen(self) -> dict[str, str]:
        """Return the filters that make sense, by name."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def querystring(self) -> str:
        """Return them as they stand in an address."""
        return urlencode(self.chosen())


class VaultForm(Form):
    """The passphrase of a vault."""

    passphrase = forms.CharField(
        label="Vault passphrase",
        max_length=400,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text="Not the password of your account.",
        error_messages={"required": "Vault passphrase: type it first."},
    )


class ReadForm(Form):
    """Why somebody reads; it stands in the read log."""

    purpose = choice("Why do you read it?", [("", "Choose"), *PURPOSES])


class NothingForm(Form):
    """A step that asks for nothing but to be taken."""


class AnswerForm(Form):
    """What the person is told."""

    text = told_words("What the person reads", "Plain words, in the language that they wrote in.")


class AcknowledgeForm(AnswerForm):
    """The first answer, and the statement of whoever takes the case."""

    attested = forms.BooleanField(
        label="I do not report into the unit complained of (SD3)",
        error_messages={
            "required": "State that you do not report into the unit complained of, or bar yourself from the case."
        },
    )


class AdmitForm(AnswerForm):
    """What the case is about, and how grave it looks now."""

    kind = choice(
        "What it is about",
        [("", "Choose"), *((str(k), v) for k, v in TYPE_WORDS.items() if k != CaseType.UNSORTED)],
    )
    severity = forms.TypedChoiceField(
        label="How grave it looks now",
        choices=[("", "Not known yet"), *((level, f"Level {level}") for level in range(5, 0, -1))],
        coerce=int,
        empty_value=None,
        required=False,
        help_text="The gravest anchor that fits who is most exposed. It sets the clock of a remedy.",
    )
    field_order = ("kind", "severity", "text")

    def clean_kind(self) -> CaseType:
        return CaseType(self.cleaned_data["kind"])


class RefuseForm(Form):
    """Why a case is not taken on."""

    refusal = choice(
        "Reason",
        [("", "Choose"), *((str(k), v) for k, v in REFUSAL_LABELS.items())],
        "The person reads it in their language, with the way to appeal.",
    )
    informed_on = forms.DateField(
        label="If too late: when were they told of the decision?",
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "When they were told: a day such as 2026-11-25."},
    )
    text = told_words("What we tell them beside it", SHORTEST_REASONS)

    def clean_refusal(self) -> Refusal:
        return Refusal(self.cleaned_data["refusal"])


class DraftForm(Form):
    """The finding that is proposed, and the evidence summary for the person."""

    finding = choice("Proposed finding", [("", "Choose"), *((str(k), v) for k, v in FINDING_LABELS.items())])
    summary = told_words(
        "Evidence summary for the person",
        SHORTEST_REASONS + " They have 14 days to comment (C2). Name nobody who could be hurt by it.",
    )

    def clean_finding(self) -> Finding:
        return Finding(self.cleaned_data["finding"])


class DecideForm(Form):
    """What was decided, why, and whether a machine took part."""

    finding = choice("Finding", [("", "Choose"), *((str(k), v) for k, v in FINDING_LABELS.items())])
    automated = choice(
        "How the decision came about",
        [
            ("", "Choose"),
            (str(Automation.NOT_AUTOMATED), "People alone"),
            (str(Automation.PARTIALLY), "A person, with the help of a machine"),
            (str(Automation.FULLY), "A machine alone (refused: C6)"),
        ],
    )
    reasons = told_words("Reasons", SHORTEST_REASONS + " How to appeal is added.")

    def clean_finding(self) -> Finding:
        return Finding(self.cleaned_data["finding"])

    def clean_automated(self) -> Automation:
        return Automation(self.cleaned_data["automated"])


class AssignForm(Form):
    """Who gets the case, and as what."""

    who = choice(
        "Who, and as what", [], "Whoever has an open role on the case, no conflict, and a confirmed key."
    )
    attested = forms.BooleanField(
        label="They stated that they do not report into the unit complained of (SD3)",
        error_messages={"required": "Ask them first: nobody handles a case about those they answer to."},
    )

    def __init__(self, *args: Any, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].choices = [("", "Choose"), *people]  # type: ignore[attr-defined]


class BarForm(Form):
    """Who has a conflict of interest."""

    whom = choice("Who has a conflict", [], "From now on they cannot open, read or be assigned the case.")

    def __init__(self, *args: Any, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["whom"].choices = [("", "Choose"), *people]  # type: ignore[attr-defined]


class AppealForm(Form):
    """What was found on appeal, and why."""

    finding = choice(
        "Finding on appeal",
        [("", "Choose"), *((str(k), v) for k, v in FINDING_LABELS.items())],
        "It never leaves the person worse off than before.",
    )
    on_measure = choice(
        "If the case is about a measure",
        [
            ("", "It is about none"),
            (str(OnMeasure.UNDONE), "The measure is undone; the next sweep carries it out"),
            (str(OnMeasure.STAYS), "The measure stays"),
        ],
        "A machine carries out what you decide here, and no more.",
        required=False,
    )
    reasons = told_words("Reasons", SHORTEST_REASONS)

    def clean_finding(self) -> Finding:
        return Finding(self.cleaned_data["finding"])

    def clean_on_measure(self) -> OnMeasure:
        return OnMeasure(self.cleaned_data["on_measure"])


class OfferForm(Form):
    """How to make it good."""

    kinds = forms.MultipleChoiceField(
        choices=[(str(one), one.words) for one in RemedyKind],
        widget=forms.CheckboxSelectMultiple,
        help_text="Chosen with the person; not only money (M1).",
    )
    scope = choice("For whom", [("", "Choose"), *((str(one), one.capitalize()) for one in Scope)])
    due = forms.DateField(
        label="Delivered by",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    amount = forms.DecimalField(
        label="Amount of financial compensation",
        required=False,
        max_digits=15,
        decimal_places=3,
        error_messages={"invalid": "Amount: a number such as 1500.50."},
    )
    currency = forms.CharField(
        label="Currency", required=False, max_length=3, help_text="Its code in ISO 4217, such as EUR or KES."
    )
    share_pct = forms.IntegerField(
        label="Share of the company in percent",
        required=False,
        help_text="Only where the company contributed; record its part first.",
    )
    area = choice(
        "If systemic: what changes",
        [
            ("", "Nothing for everybody"),
            *((str(r), r.replace("_", " ").capitalize()) for r in RootCause if r),
        ],
        required=False,
    )
    owner = choice(
        "If systemic: who owns it",
        [],
        "They see the area and the day on their desk, never the case (M4).",
        required=False,
    )
    text = told_words(
        "What the person reads",
        SHORTEST_REASONS + " It never asks them to waive a court or to keep silent (M2); that is added.",
    )

    def __init__(self, *args: Any, options: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [("", "Nobody"), *options]  # type: ignore[attr-defined]

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()

    def clean_area(self) -> RootCause:
        return RootCause(self.cleaned_data["area"])

    def clean_owner(self) -> User | None:
        return (
            User.objects.filter(pk=self.cleaned_data["owner"]).first() if self.cleaned_data["owner"] else None
        )

    def clean_kinds(self) -> list[RemedyKind]:
        return [RemedyKind(one) for one in self.cleaned_data["kinds"]]

    def clean_scope(self) -> Scope:
        return Scope(self.cleaned_data["scope"])


class RemedyForm(Form):
    """Which of the remedies of a case."""

    remedy = choice("Remedy", [])

    def __init__(self, *args: Any, options: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remedy"].choices = [("", "Choose"), *options]  # type: ignore[attr-defined]


def _side_effects(label: str) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=[(str(one), one.capitalize()) for one in SideEffect],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="M6: for restitution, each of them belongs in one of the two lists.",
    )


class DeliverForm(RemedyForm):
    """What shows that a remedy was delivered."""

    restored = _side_effects("If a measure is undone: given back, or never taken")
    not_restorable = _side_effects("If a measure is undone: cannot be given back")
    evidence = told_words("Evidence, as the person reads it", SHORTEST_REASONS)
    field_order = ("remedy", "restored", "not_restorable", "evidence")

    def clean_restored(self) -> list[SideEffect]:
        return [SideEffect(one) for one in self.cleaned_data["restored"]]

    def clean_not_restorable(self) -> list[SideEffect]:
        return [SideEffect(one) for one in self.cleaned_data["not_restorable"]]


class VerifyForm(RemedyForm):
    """How somebody else checked that a remedy reached the person."""

    how = told_words("How you checked it, as the person reads it", SHORTEST_REASONS)


class CloseForm(Form):
    """What is learned from a case that was upheld."""

    root_cause = forms.ChoiceField(
        label="Root cause",
        choices=[
            ("", "None, or as it was linked before"),
            *((str(r), r.replace("_", " ").capitalize()) for r in RootCause if r),
        ],
        required=False,
        help_text="An upheld case needs it, and its risk (GP29).",
    )
    risk = forms.IntegerField(
        label="Number of the risk that it belongs to",
        min_value=1,
        max_value=2**62,
        required=False,
        help_text="It stands in the address of the risk. None yet? Record it first. Empty: as linked before.",
    )

    def clean_root_cause(self) -> RootCause:
        return RootCause(self.cleaned_data["root_cause"])
