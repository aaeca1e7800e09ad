"""Forms about how the company is involved in a harm."""

from typing import Any

from django import forms

from hrdd.forms import Form
from risks.forms.shapes import FilterForm, GroupedForm, words
from risks.models import Evidence, Involvement, Relationship, Risk
from risks.rules.involvement import ALONE, CONTRIBUTIONS, FACTORS, LINK, QUESTIONS, Answer, Mode, OmissionKind
from risks.rules.words import labels, said

ANSWERS = [(Answer.YES, "Yes"), (Answer.NO, "No"), (Answer.UNKNOWN, "Not known")]


def _answer(label: str, sentence: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        help_text=sentence,
        choices=ANSWERS,
        initial=Answer.UNKNOWN,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), f"{label} Choose yes, no or not known."),
    )


def _day(label: str, sentence: str, *, required: bool) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=sentence,
        required=required,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": f"{label}: give the day.",
            "invalid": f"{label}: write the day as year-month-day, such as 2026-11-24.",
        },
    )


class InvolvementFilter(FilterForm):
    """What to show, and which tie."""

    show = forms.ChoiceField(
        choices=[
            ("", "Everything"),
            ("proposed", "Open proposals"),
            ("standing", "Findings that stand"),
            ("not_stopped", "Own part not stopped in time"),
            ("facts_overdue", "Fact-finding overdue"),
            ("drifting", "Linked, and nothing changed"),
            ("claimed", "Claims of others"),
            ("over", "Superseded, refused, withdrawn"),
        ],
        required=False,
    )
    tie = forms.ChoiceField(
        label="Involvement",
        choices=[("", "Any"), *((value, label) for value, label in Involvement.Tie.choices if value)],
        required=False,
    )


class ProposeInvolvementForm(GroupedForm):
    """The decision tree, question by question, and what it rests on."""

    groups = (
        ("1. The company alone", "A yes here ends the tree: the company causes the harm.", (ALONE.name,)),
        (
            "2. Its own contribution",
            "Asked where the company alone is not enough. A yes to any of the three: the company contributes.",
            tuple(one.name for one in CONTRIBUTIONS),
        ),
        (
            "3. A link",
            "Asked where it does not contribute either. A yes: it is directly linked. A no: no link is found.",
            (LINK.name,),
        ),
        (
            "Through whom, or through what",
            "A link needs one of the two; a contribution may have one.",
            ("relationship", "product"),
        ),
        ("Act or omission", "Not acting is conduct too.", ("mode", "omission_kinds", "knew_since")),
        (
            "What weighs",
            "Say why for each yes and no. An honest not known is better than a hopeful no.",
            tuple(name for factor in FACTORS for name in (factor, f"{factor}_text")),
        ),
        ("What it rests on", "", ("evidence", "reasoning", "counsel_heard")),
    )
    relationship = forms.ModelChoiceField(
        queryset=Relationship.objects.none(),
        required=False,
        empty_label="None, or not through a relationship",
        help_text="Only those to which this risk is tied.",
        error_messages={"invalid_choice": "Relationship: choose one to which this risk is tied."},
    )
    product = forms.CharField(
        label="Product, service or operation",
        max_length=200,
        required=False,
        help_text="If it goes through one.",
        error_messages={"max_length": "Product, service or operation: keep it under 200 characters."},
    )
    mode = forms.ChoiceField(
        label="What the company did or failed to do",
        choices=[("", "Neither: no conduct of its own"), *labels(Mode)],
        required=False,
        error_messages={"invalid_choice": "Act or omission: choose one from the list."},
    )
    omission_kinds = forms.MultipleChoiceField(
        label="Kinds of omission",
        choices=labels(OmissionKind),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Kinds of omission: choose from the list."},
    )
    knew_since = _day("Knew since", "The first day on which anybody in the company knew.", required=False)
    evidence = forms.ModelMultipleChoiceField(
        queryset=Evidence.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages=dict.fromkeys(
            ("invalid_choice", "invalid_pk_value"), "Evidence: choose what is on record for this risk."
        )
        | {"required": "Evidence: choose at least one piece. I2: an allegation is not a finding."},
    )
    reasoning = words(
        "Reasoning", missing="write at least 50 characters.", rows=5, sentence="At least 50 characters."
    )
    counsel_heard = words(
        "What legal counsel said",
        missing="",
        sentence="Counsel is heard and does not decide; legal risk alone keeps no finding back (UNGP 21(b)).",
        required=False,
    )

    def __init__(self, *args: Any, risk: Risk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in QUESTIONS:
            self.fields[one.name] = _answer(one.text, one.plainly)
        for factor, question in FACTORS.items():
            self.fields[factor] = _answer(question)
            self.fields[f"{factor}_text"] = words(f"{said(factor)}: why", missing="", rows=2, required=False)
        tied = Relationship.objects.filter(risks__risk=risk).select_related("partner")
        self.fields["relationship"].queryset = tied  # type: ignore[attr-defined]
        self.fields["evidence"].queryset = risk.evidence.all()  # type: ignore[attr-defined]
        if not risk.evidence.exists():
            missing = "None is on record for this risk. Record it on the page of the risk: nothing is found without."
            self.fields["evidence"].help_text = missing

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        answers = {one.name: given.pop(one.name, Answer.UNKNOWN) for one in QUESTIONS}
        factors = {
            factor: {
                "answer": given.pop(factor, Answer.UNKNOWN),
                "text": given.pop(f"{factor}_text", "").strip(),
            }
            for factor in FACTORS
        }
        return given | {
            "answers": answers,
            "factors": factors,
            "evidence": list(given.get("evidence") or ()),
        }


class ChallengeForm(Form):
    """Why a finding is held to be wrong."""

    reasons = words(
        "Reasons",
        missing="write at least 50 characters.",
        rows=5,
        sentence="At least 50 characters: which answer is wrong, and what shows it. Name no person at risk.",
    )


class StopOwnPartForm(Form):
    """That the company's own part stopped."""

    stopped_on = _day("Stopped on", "", required=True)
    how = words(
        "How it stopped",
        missing="write at least 50 characters.",
        rows=4,
        sentence="At least 50 characters: what no longer happens, since when, and how that was checked.",
    )
