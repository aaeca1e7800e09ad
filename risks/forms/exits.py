"""Forms about exit: considered, proposed, carried out in stages, stayed, reviewed, told."""

from typing import Any

from django import forms

from hrdd.forms import Form
from hrdd.governance.models import User
from risks.forms.shapes import FilterForm, GroupedForm, choice, day, words
from risks.models import ExitReview, RelationshipRisk
from risks.models.exits import EXIT_KINDS, TRIGGERS
from risks.rules.exit import ExitState
from risks.rules.exit_execution import DUTIES
from risks.rules.measure_workflow import STOP_DAYS
from risks.rules.words import said

YES_OR_NO = {"yes": True, "no": False}


class ExitFilter(FilterForm):
    """Where a decision stands."""

    state = forms.ChoiceField(
        choices=[("", "Any"), *((str(one), said(one)) for one in ExitState)], required=False
    )
    kind = forms.ChoiceField(label="Decision", choices=[("", "Any"), *EXIT_KINDS], required=False)


def _revenue_field() -> forms.ChoiceField:
    return choice(
        "Does a reason rest on what the partner earns us?",
        [("no", "No"), ("yes", "Yes")],
        "X8: revenue is no admissible reason against exit. The answer is kept with the decision.",
        widget=forms.RadioSelect,
    )


class ConsiderExitForm(Form):
    """Why leaving comes into question."""

    trigger = choice("What raises the question", TRIGGERS)
    trigger_reasons = words("In words", missing="", required=False)


class ProposeExitForm(GroupedForm):
    """What is proposed."""

    groups = (
        ("The decision", "", ("kind", "reasons")),
        (
            "Money is no reason",
            "Severity decides. Revenue only helps to judge whether a relationship is crucial, and never alone.",
            ("rests_on_revenue", "money_words_explained"),
        ),
        (
            "To leave or suspend",
            "Needed wherever people lose something by the decision.",
            ("notice_days", "data_and_access_plan"),
        ),
        (
            "To remain",
            "Staying runs out: a senior decides on it again, on evidence, and accepts the consequences by name.",
            ("conditions", "consequences_accepted"),
        ),
    )
    kind = choice("What to do", [("", "Choose"), *EXIT_KINDS])
    reasons = words("Reasons", missing="say why.", rows=5, sentence="At least 50 characters.")
    rests_on_revenue = _revenue_field()
    money_words_explained = words(
        "Why money is mentioned",
        missing="",
        rows=2,
        sentence="Only if the reasons speak of money: what it does there, if it does not weigh against leaving.",
        required=False,
    )
    notice_days = forms.IntegerField(
        label="Days of notice",
        min_value=0,
        max_value=3650,
        required=False,
    )
    data_and_access_plan = words(
        "Data, access and evidence",
        missing="",
        sentence="What is returned, erased, kept as evidence; how users move on.",
        required=False,
    )
    conditions = words(
        "Conditions of staying", missing="", sentence="What must be done, and by whom.", required=False
    )
    consequences_accepted = words(
        "Consequences accepted",
        missing="",
        sentence="Reputational, financial, legal.",
        rows=2,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Return what is proposed, with the answer on revenue as yes, no or None."""
        given = super().clean() or {}
        return {**given, "rests_on_revenue": YES_OR_NO.get(given.get("rests_on_revenue", ""))}


class StageForm(Form):
    """One stage of carrying out."""

    what = words("What happens in this stage", missing="say what happens.", rows=2)
    begins_on = day("Begins on")


class DutyForm(Form):
    """What is owed to people in a stage."""

    kind = choice("Duty", [("", "Choose"), *((str(kind), label) for kind, label in DUTIES.items())])
    what = words("What it means here", missing="say what is done for whom.", rows=2)
    owner = forms.ModelChoiceField(
        User.objects.filter(is_active=True).order_by("display_name"),
        label="Who sees to it",
        empty_label="Choose",
        error_messages={"required": "Who sees to it: choose somebody."},
    )
    due = day("Due by")


class DutyDoneForm(Form):
    """That a duty was done, and the proof."""

    done_on = day("Done on")
    proof = words(
        "Proof",
        missing="say what was done and where it can be checked.",
        sentence="What was done, for how many, and where it can be checked. Name nobody at risk.",
    )


class ExitReviewForm(Form):
    """What was found while staying, or afterwards."""

    kind = choice("What this is", [("", "Choose"), *ExitReview.Kind.choices])
    found = words("What was found for the people affected", missing="say what was found.")
    evidence = words("Evidence", missing="say on what it rests.")


class StayAgainForm(Form):
    """Why staying is still right, for a senior to accept."""

    why = words("Why staying is still right", missing="say why.", sentence="At least 50 characters.", rows=5)
    consequences = words(
        "Consequences to accept", missing="name them.", sentence="Reputational, financial, legal."
    )
    rests_on_revenue = _revenue_field()

    def clean(self) -> dict[str, Any]:
        """Return the answers, that on revenue as yes, no or None."""
        given = super().clean() or {}
        return {**given, "rests_on_revenue": YES_OR_NO.get(given.get("rests_on_revenue", ""))}


class EmergencyStopForm(Form):
    """What is suspended at once, and why it cannot wait."""

    tied = forms.ModelChoiceField(
        RelationshipRisk.objects.none(),
        label="Harm that puts life in danger",
        empty_label=None,
        error_messages={"required": "Harm that puts life in danger: choose one."},
    )
    what = forms.CharField(
        label="What is suspended",
        max_length=300,
        help_text="The service or access, without a name at risk.",
        error_messages={"required": "What is suspended: say which service or access."},
    )
    reasons = words("Why it cannot wait", missing="say why.", sentence="At least 50 characters.")
    ground = words(
        "Rule, clause or law relied on",
        missing="name it.",
        rows=2,
        sentence="Published terms, the contract, or a law.",
    )
    days = forms.IntegerField(
        label="For how many days",
        min_value=1,
        max_value=STOP_DAYS,
        initial=STOP_DAYS,
        help_text=f"{STOP_DAYS} at most; a senior may renew it once.",
        error_messages={
            "required": f"For how many days: write 1 to {STOP_DAYS}.",
            "invalid": f"For how many days: write 1 to {STOP_DAYS}.",
            "max_value": f"For how many days: an emergency stop of a partner lasts {STOP_DAYS} days at most (X6).",
            "min_value": f"For how many days: write 1 to {STOP_DAYS}.",
        },
    )

    def __init__(self, *args: Any, relationship: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if relationship is None:
            del self.fields["tied"], self.fields["what"]
            return
        tied = self.fields["tied"]
        assert isinstance(tied, forms.ModelChoiceField)  # noqa: S101
        tied.queryset = RelationshipRisk.objects.filter(relationship=relationship).select_related(
            "risk", "relationship__partner"
        )
        tied.label_from_instance = lambda obj: str(obj.risk)  # type: ignore[method-assign]


class NarrativeForm(Form):
    """What the public would read."""

    text = words(
        "Narrative",
        missing="say what the public would read.",
        rows=8,
        sentence="What was decided, why, and what it means to people; nobody named, nobody recognised.",
    )
