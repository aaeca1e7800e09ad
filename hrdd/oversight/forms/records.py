"""What is typed about oversight."""

from datetime import date
from typing import Any

from django import forms

from hrdd.forms import Form
from hrdd.governance.models import Mandate, User
from hrdd.governance.rules import CALLED
from hrdd.oversight.rules.meetings import BODIES, LADDER_ROLES
from risks.models import Risk
from risks.queries.register import by_salience
from risks.rules.countries import country_names

LONGEST = 5000
RISKS_OFFERED = 200


def _words(
    label: str,
    told: str = "",
    *,
    rows: int = 4,
    required: bool = True,
    missing: str = "write at least a line.",
) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=told,
        required=required,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": rows}),
        error_messages={"required": f"{label}: {missing}"},
    )


def _line(label: str, told: str = "", *, most: int = 160, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=told,
        required=required,
        max_length=most,
    )


def _choice(label: str, choices: Any, told: str = "", *, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        help_text=told,
        required=required,
    )


def _day(label: str, told: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=told,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )


def _count(label: str, told: str = "", *, least: int = 0, most: int = 10**12) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=told,
        min_value=least,
        max_value=most,
        error_messages=dict.fromkeys(("required", "invalid"), f"{label}: write a whole number."),
    )


def _part(label: str, told: str = "", *, least: float = 0) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        help_text=told,
        min_value=least,
        max_digits=6,
        decimal_places=2,
        error_messages={"invalid": f"{label}: write a number such as 1.5."},
    )


class MandateForm(Form):
    """Who answers for what, with which authority, budget and time."""

    person = forms.ModelChoiceField(
        User.objects.none(),
        empty_label="Choose",
    )
    role = _choice("Role", [(str(one), said) for one, said in CALLED.items()], "One that this person holds.")
    function = _line("Answers for", "Such as: content policy, market of a country, sales of a product.")
    authority = _words(
        "May decide alone", "One thing a line. Who answers and may decide nothing, answers for nothing."
    )
    reports_to = _line("Reports to", "An office, not a name.")
    budget_eur_year = _count("Budget, euros a year")
    fte = _part("Full-time people", least=0.01)
    starts_on = _day("From")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = User.objects.filter(is_active=True).order_by("display_name")  # type: ignore[attr-defined]

    @staticmethod
    def of(mandate: Mandate) -> dict[str, Any]:
        """Return what the form of a superseding mandate begins with."""
        return {
            "person": mandate.person_id,
            "role": mandate.role,
            "function": mandate.function,
            "authority": "\n".join(mandate.authority),
            "reports_to": mandate.reports_to,
            "budget_eur_year": mandate.budget_eur_year,
            "fte": mandate.fte,
        }


class EndMandateForm(Form):
    """From when nobody answers by this mandate, and why."""

    ended_on = _day("Ends on")
    reasons = _words("Reasons", "At least 50 characters.")


class MeetingForm(Form):
    """A meeting that was held."""

    held_on = _day("Held on")
    body = _choice("Who met", list(BODIES.items()))
    attendees = _words("Attendees", "One a line, by office below executives. This stays inside.")
    rights_items = _words(
        "Agenda: items about human rights",
        "One a line. A quarter in which the board had none shows red (G3).",
        required=False,
    )
    other_items = _words("Agenda: other items", "One a line.", required=False, rows=2)
    decisions = _words("Decisions", "One a line: what, who does it, by when.", required=False)


class CorrectMeetingForm(MeetingForm):
    """The same, and what was wrong."""

    correction_reasons = _words(
        "What was wrong",
        "At least 50 characters. The earlier record stays.",
        missing="say it in at least 50 characters.",
    )


class EscalationForm(Form):
    """Something that leadership must answer."""

    to_role = _choice("Before whom", [(str(one), said) for one, said in LADDER_ROLES.items()])
    subject = _line("What", most=200)
    risk = forms.ModelChoiceField(
        Risk.objects.none(), label="About which risk", required=False, empty_label="None"
    )
    reason = _words("Why", "At least 50 characters. Nothing that tells who complained.")
    due_on = _day("Answer by")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_risks = by_salience(Risk.objects.filter(closed_on__isnull=True))
        shown = list(open_risks.values_list("pk", flat=True)[:RISKS_OFFERED])
        self.fields["risk"].queryset = by_salience(Risk.objects.filter(pk__in=shown)).only("pk", "title")  # type: ignore[attr-defined]


class AnswerForm(Form):
    """What leadership answers."""

    answer = _words("Answer", "At least 50 characters: what happens now, who does it, or why nothing does.")


class TrainingForm(Form):
    """How many had a training of those who are due it."""

    audience = _line("Audience and training", "Such as: moderators, trauma-aware interviewing.", most=120)
    due_n = _count("Due, people", least=1, most=10**8)
    done_n = _count("Had it, people", most=10**8)
    due_on = _day("Due on", "The last day for everybody who is due it.")
    as_of = _day("As of")
    owner_role = _choice(
        "Who is reminded",
        [("", "Nobody"), *((str(one), said) for one, said in CALLED.items())],
        required=False,
    )


class IncentiveForm(Form):
    """Whether an executive's pay depends on a goal about rights."""

    role = _line("Executive role", "The office, no name and no amount.", most=120)
    linked_to_rights_kpi = forms.BooleanField(
        label="Pay depends on a goal about human rights", required=False
    )
    goal = _line("Which goal", most=300, required=False)
    holds_from = _day("Holds from")


class StaffingForm(Form):
    """People who moderate and work on rights, against users."""

    language = _line("Language", most=40)
    country = _choice(
        "Country", lambda: [("", "Choose"), *sorted(country_names().items(), key=lambda pair: pair[1])]
    )
    moderators_fte = _part("Moderators, full-time")
    rights_fte = _part("Rights staff, full-time")
    users = _count("Users a month", least=1)
    as_of = _day("As of")


def today_as(*names: str, today: date) -> dict[str, date]:
    """Return a day as what fields begin with."""
    return dict.fromkeys(names, today)
