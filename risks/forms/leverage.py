"""Forms about leverage: attempts, measurements, more time, plans, and what partners undertake."""

from typing import Any

from django import forms
from django.db.models import Max

from hrdd.forms import Form
from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from risks.forms.shapes import FilterForm, GroupedForm, choice, day, words
from risks.models import (
    EffectMeasurement,
    Evidence,
    LeverageAction,
    LeveragePlan,
    Measure,
    Milestone,
    RelationshipRisk,
)
from risks.rules.leverage import CLOCK_STATUSES

RUNGS = [*LeverageAction.Rung.choices, (6, "6 Exit impact assessment"), (7, "7 End the relationship")]
REASONS = "say it in at least 50 characters, so that others can follow it."


def line(label: str, length: int, sentence: str = "", *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=sentence,
        max_length=length,
        required=required,
        error_messages={"max_length": f"{label}: keep it under {length} characters."},
    )


def reasons_field(label: str = "Reasons", sentence: str = "At least 50 characters.") -> forms.CharField:
    return words(label, missing=REASONS, sentence=sentence)


class LeverageForm(GroupedForm):
    """An attempt to change what the partner does."""

    groups = (
        ("What is asked", "", ("kind", "rung", "skip_reasons", "requested_change", "started_on", "deadline")),
        (
            "How the change will be seen",
            "An effect of 2 or more counts only when this indicator moved (UNGP 20).",
            ("indicator", "unit", "baseline", "target", "source"),
        ),
        (
            "With others",
            "Joint action keeps within competition law: no exchange of prices, each company decides alone.",
            ("collaborators", "body", "competition_note"),
        ),
        ("Means", "", ("measure", "cost_eur")),
    )
    kind = choice("Kind", LeverageAction.Kind.choices)
    rung = forms.TypedChoiceField(
        label="Rung of the ladder",
        coerce=int,
        choices=RUNGS,
        help_text="One rung at a time, upward; level 5 and zero-tolerance breaches may skip, with reasons.",
    )
    skip_reasons = words("Why rungs are skipped", missing="", rows=2, required=False)
    requested_change = words("Change asked for", missing="say what exactly shall be different, and for whom.")
    started_on = day("Began on")
    deadline = day("Change expected by")
    indicator = line("Indicator", 200, "Such as: share of requests with a court order.")
    unit = line("Unit", 40)
    baseline = line("Value before", 60)
    target = line("Target", 60)
    source = line("Where the value comes from", 200)
    collaborators = words("Together with", missing="", rows=2, required=False)
    body = line("Body", 200, "The coalition, industry body or forum.")
    competition_note = words("Competition law", missing="", rows=2, required=False)
    measure = forms.ModelChoiceField(
        label="Measure that suspends",
        queryset=Measure.objects.none(),
        empty_label="None",
        required=False,
        help_text="For rung 5: a suspension is proposed and decided as a measure.",
        error_messages={"invalid_choice": "Measure: choose one that answers this risk."},
    )
    cost_eur = forms.DecimalField(
        label="Cost in euro",
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
        error_messages={"invalid": "Cost: a number.", "min_value": "Cost: a number of 0 or more."},
    )

    def __init__(self, *args: Any, tied: RelationshipRisk, **more: Any) -> None:
        super().__init__(*args, **more)
        used = tied.actions.aggregate(most=Max("rung"))["most"]
        self.initial.setdefault("rung", 0 if used is None else min(used + 1, LeverageAction.Rung.LIMIT))
        self.fields["measure"].queryset = tied.risk.measures.order_by("-starts_on", "-pk")  # type: ignore[attr-defined]


class EffectForm(Form):
    """What an action changed, on a day."""

    effect = forms.TypedChoiceField(
        coerce=int,
        choices=LeverageAction.Effect.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Effect: choose one.", "invalid_choice": "Effect: choose one."},
    )
    measured_on = day("Measured on", "Today if left empty.", required=False)
    indicator = line("Indicator", 200)
    unit = line("Unit", 40)
    baseline = line("Value before", 60)
    measured = line("Value now", 60)
    source = line("Where the value comes from", 200)
    evidence = words(
        "Evidence", missing="", sentence="What shows it, other than the partner's own word.", required=False
    )
    pieces = forms.ModelMultipleChoiceField(
        label="Evidence on record",
        queryset=Evidence.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    self_report_only = forms.BooleanField(label="Only the partner's own word", required=False)
    next_step = words("Next step", missing="", rows=2, required=False)

    def __init__(self, *args: Any, action: LeverageAction, restricted: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in ("indicator", "unit", "baseline", "source"):
            self.initial.setdefault(name, getattr(action, name))
        known = action.tied.risk.evidence.order_by("pk")
        if not restricted:
            known = known.exclude(disclosure=Evidence.Disclosure.RESTRICTED)
        self.fields["pieces"].queryset = known  # type: ignore[attr-defined]
        if not known.exists():
            del self.fields["pieces"]


class CorrectionForm(EffectForm):
    """A measurement that replaces a wrong one, which stays on record."""

    correction_reasons = reasons_field("Why the earlier measurement was wrong")

    def __init__(self, *args: Any, corrects: EffectMeasurement, **more: Any) -> None:
        names = ("effect", "indicator", "unit", "baseline", "measured", "source", "evidence", "measured_on")
        super().__init__(*args, initial={name: getattr(corrects, name) for name in names}, **more)


class ExtendTimeForm(Form):
    """The one extension."""

    reasons = reasons_field(
        sentence="At least 50 characters: what changed, measured, and why more time will do the rest."
    )


class RestartForm(Form):
    """A relapse: the clock starts anew."""

    known_on = day("Known again since", "The clock starts anew on this day.")
    reasons = reasons_field("What was seen", "At least 50 characters: what goes on again, and how you know.")


class PlanReasonsForm(Form):
    """Why a step is taken."""

    reasons = reasons_field()


class OpenPlanForm(Form):
    """A plan for leverage begins: who, and what next."""

    owner = forms.ModelChoiceField(
        queryset=User.objects.filter(is_active=True),
        empty_label="Choose",
        error_messages={
            "required": "Owner: choose who answers for it.",
            "invalid_choice": "Owner: choose one.",
        },
    )
    next_step = words("Next step", missing="say what happens next.", rows=2)
    next_step_due = day("By")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        people = User.objects.filter(is_active=True)
        able = [one.pk for one in people if one.may(Permission.LOG_LEVERAGE)]
        self.fields["owner"].queryset = people.filter(pk__in=able).order_by("display_name")  # type: ignore[attr-defined]


class PlanForm(OpenPlanForm):
    """What leverage there is, what lacks, how it can be increased, and what happens next."""

    field_order = ("kinds", "has", "lacks", "increase", "owner", "next_step", "next_step_due")
    kinds = forms.MultipleChoiceField(
        label="Kinds of leverage at hand",
        choices=LeverageAction.Kind.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": "Kinds: choose those of the list."},
    )
    has = words("What leverage there is", missing="", required=False, sentence="If there is none, say so.")
    lacks = words("What lacks", missing="", required=False)
    increase = words(
        "How it can be increased",
        missing="",
        required=False,
        sentence="Capacity, incentives, others who join, a term in the next contract (UNGP 19).",
    )


class CorrectivePlanForm(Form):
    """What the partner undertook."""

    agreed = words("What was agreed", missing="say what the partner undertook to put right, and for whom.")
    agreed_on = day("Agreed on")


class MilestoneForm(Form):
    """One promise."""

    what = words(
        "What will have happened", missing="say what somebody else could see once it is done.", rows=2
    )
    due = day("By")


class VerificationForm(Form):
    """How a promise was verified."""

    verification = choice("Verified", Milestone.Verification.choices)
    verified_on = day("Verified on")
    how = words("What was seen", missing="say what was verified, and by whom.")


class ClockFilter(FilterForm):
    """What the list of clocks is filtered by."""

    status = choice("Status", [("", "Any"), *CLOCK_STATUSES.items()], required=False)
    level = choice(
        "Severity", [("", "Any"), *((str(one), f"Level {one}") for one in range(5, 0, -1))], required=False
    )
    show = choice(
        "Show",
        [("", "All that run"), ("pressing", "Where somebody must act"), ("drift", "In drift")],
        required=False,
    )


PLAN_PARTS = ("kinds", "has", "lacks", "increase", "next_step", "next_step_due")


def plan_initial(plan: LeveragePlan) -> dict[str, Any]:
    """Return what the form of a plan begins with."""
    return {name: getattr(plan, name) for name in PLAN_PARTS} | {"owner": plan.owner_id}
