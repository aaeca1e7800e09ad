"""Forms about a risk: its steps, its owner, its plans and their tests, its evidence."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet

from hrdd.forms import Form
from hrdd.governance.models import User
from hrdd.governance.queries import people_of_the_desk
from risks.forms.shapes import day, words
from risks.models import Evidence, MitigationPlan, Risk


class PersonField(forms.ChoiceField):
    """Somebody who works on the desk; cleans to the person, or to None for nobody."""

    def __init__(self, *, label: str, nobody: str, **kwargs: Any) -> None:
        def choices() -> list[tuple[str, str]]:
            return [("", nobody), *((one.username, one.display_name) for one in people_of_the_desk())]

        super().__init__(label=label, choices=choices, **kwargs)

    def clean(self, value: Any) -> User | None:
        """Return the person."""
        name = super().clean(value)
        return User.objects.get(username=name) if name else None


class ChosenRiskForm(Form):
    """Which risk something is about: a few are offered, and any of `among` is taken."""

    look_for = forms.CharField(
        label="Look for risks by their words",
        help_text="The gravest are offered; “Look” lists others. Nothing is recorded by it.",
        max_length=200,
        required=False,
    )
    risk = forms.ModelChoiceField(
        Risk.objects.none(),
        empty_label="Choose",
        error_messages={"required": "Risk: choose one."},
    )

    def __init__(self, *args: Any, among: QuerySet[Risk], offered: Iterable[Risk], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["risk"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # declared above
        field.queryset = among
        field.widget.choices = [("", "Choose"), *((risk.pk, str(risk)) for risk in offered)]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given.pop("look_for", None)
        return given


class ReasonsForm(Form):
    """Why a step is taken."""

    reasons = words(
        "Reasons", missing="say why, in at least 50 characters.", sentence="At least 50 characters."
    )


class OwnerForm(Form):
    """Who answers for a risk."""

    owner = PersonField(label="Owner", nobody="Nobody", required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_seen(self) -> str | None:
        """Return the owner whom they saw, or None where the page did not say."""
        return self.cleaned_data["seen"] if "seen" in self.data else None

    def see_again(self, owner: User | None) -> None:
        """Keep what was chosen, and note whom a page shows now that says what changed."""
        self.data = dict(self.data.items()) | {"seen": owner.username if owner else ""}


class PlanForm(Form):
    """What will be done, by whom and by when."""

    kind = forms.ChoiceField(label="Kind of plan", choices=MitigationPlan.Kind.choices)
    actions = words("What will be done", missing="say what will change, in at least 50 characters.", rows=5)
    target = words(
        "By what people affected would notice that it works", missing="name something that can be observed."
    )
    owner = PersonField(label="Who does it", nobody="Choose a person")
    due = day("By when")


class PlanDecisionForm(ReasonsForm):
    """Approve or refuse a plan."""

    decision = forms.ChoiceField(
        choices=[("approve", "Approve"), ("refuse", "Refuse")],
        widget=forms.RadioSelect,
        error_messages={"required": "Decision: choose approve or refuse."},
    )
    field_order = ("decision", "reasons")


class ControlTestForm(Form):
    """Whether a plan works for the people affected."""

    works = forms.TypedChoiceField(
        label="Does it work?",
        choices=[("yes", "Yes, it works"), ("no", "No, it does not")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Does it work: choose yes or no."},
    )
    test_result = words(
        "What was tested and found",
        missing="say it in at least 50 characters.",
        sentence="At least 50 characters.",
    )


class EvidenceForm(Form):
    """One piece of evidence."""

    title = forms.CharField(label="What it is", max_length=200)
    kind = forms.ChoiceField(label="Kind", choices=Evidence.Kind.choices)
    says = words(
        "What it shows",
        missing="say it in a sentence.",
        sentence="In words that identify nobody. Where the source itself is kept goes below.",
    )
    reference = forms.CharField(label="Where it is kept", max_length=500, required=False)
    dated = day("Its day", required=False)
    outside_company = forms.BooleanField(label="It comes from outside the company", required=False)
    from_affected = forms.BooleanField(
        label="It comes from people affected, or those who speak for them", required=False
    )
    disclosure = forms.ChoiceField(
        label="Who may read it",
        choices=Evidence.Disclosure.choices,
        initial=Evidence.Disclosure.INTERNAL,
        help_text="Testimony is restricted.",
    )
