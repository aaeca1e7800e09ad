"""Forms about partners, leverage and exit."""

from typing import Any

from django import forms

from risks.models import LeverageAction, Relationship, Risk
from risks.models.partners import COMPARISONS, EXIT_KINDS, TRIGGERS, WHY_NOT_CONSULTED
from risks.rules.countries import country_names
from risks.rules.severity import BANDS

LEVELS = [(number, f"{number} {band}") for number, band in BANDS.items()]
HEADS = ("scale", "scope", "irremediability")
ROWS_OF_GROUPS, ROWS_OF_SOURCES = 3, 4


def _text(label: str, help_text: str = "", *, rows: int = 3, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def _day(label: str, help_text: str = "", *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def _country(label: str) -> forms.ChoiceField:
    choices = [("", "not on record"), *sorted(country_names().items(), key=lambda pair: pair[1])]
    return forms.ChoiceField(label=label, choices=choices, required=False)


class RelationshipForm(forms.Form):
    """A relationship, and its partner where the name is new."""

    name = forms.CharField(label="Partner", max_length=200)
    partner_country = _country("Country of the partner")
    about = _text("About the partner", "Ownership, sanctions, what it is known for.", required=False)
    naming_endangers = _text(
        "Would naming it in public endanger somebody?",
        "Say whom and why; leave empty if not.",
        required=False,
    )
    kind = forms.ChoiceField(label="Kind of relationship", choices=Relationship.Kind.choices)
    supplied = _text("What is supplied, by whom, for what use")
    country = _country("Country where it takes effect")
    code_of_conduct = forms.CharField(
        label="Code of conduct or terms agreed, with version", max_length=200, required=False
    )
    started_on = _day("Began on", required=False)
    contract_end = _day("Contract ends on", required=False)
    crucial = forms.BooleanField(label="The relationship is crucial", required=False)
    crucial_essential = _text(
        "What essential thing it provides", "Revenue is no reason.", rows=2, required=False
    )
    crucial_no_alternative = _text("Why no reasonable alternative exists", rows=2, required=False)


class TieRiskForm(forms.Form):
    """A harm tied to a relationship."""

    risk = forms.ModelChoiceField(queryset=Risk.objects.exclude(status=Risk.Status.CLOSED).order_by("title"))
    known_since = _day("Known since", "The clock starts on this day.")
    how_known = _text("How it became known")
    own_contribution = forms.BooleanField(
        label="The company itself contributes", help_text="Then stop the own part first.", required=False
    )
    zero_tolerance_breach = _text(
        "Breach for which there is no time to change", "Leave empty if there is none.", rows=2, required=False
    )


class LeverageForm(forms.Form):
    """An attempt to change what the partner does."""

    kind = forms.ChoiceField(choices=LeverageAction.Kind.choices)
    rung = forms.TypedChoiceField(label="Rung", coerce=int, choices=LeverageAction.Rung.choices)
    requested_change = _text("Change asked for", "What exactly shall be different, and for whom.")
    started_on = _day("Began on")
    deadline = _day("Change expected by")
    collaborators = _text("Together with", rows=2, required=False)


class EffectForm(forms.Form):
    """What an action changed."""

    effect = forms.TypedChoiceField(
        coerce=int, choices=LeverageAction.Effect.choices, widget=forms.RadioSelect
    )
    indicator = forms.CharField(label="What was measured", max_length=200, required=False)
    baseline = forms.CharField(label="Value before", max_length=60, required=False)
    measured = forms.CharField(label="Value now", max_length=60, required=False)
    evidence = _text("Evidence", required=False)
    self_report_only = forms.BooleanField(label="Only the partner's own word", required=False)
    next_step = _text("Next step", rows=2, required=False)


class ExtendTimeForm(forms.Form):
    """The one extension."""

    reasons = _text(
        "Reasons", "At least 50 characters: what changed, measured, and why more time will do the rest."
    )


class ConsiderExitForm(forms.Form):
    """Why leaving comes into question."""

    trigger = forms.ChoiceField(choices=TRIGGERS)
    trigger_reasons = _text("In words", required=False)


class ImpactAssessmentForm(forms.Form):
    """Whom leaving would harm."""

    consulted = _text("Who was consulted, and what they said", "Groups, not names of people.", required=False)
    why_not_consulted = forms.ChoiceField(
        label="Or why nobody could be",
        choices=[("", "somebody was"), *WHY_NOT_CONSULTED],
        required=False,
    )
    alternatives = _text(
        "Alternatives weighed", "One a line, at least two: phased exit, conditions, transfer …"
    )
    mitigation = _text("How the harm of leaving would be softened")
    comparison = forms.ChoiceField(
        label="Leaving against staying",
        choices=[("", "choose"), *COMPARISONS],
    )
    comparison_reasons = _text("Why", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in range(1, ROWS_OF_GROUPS + 1):
            self.fields[f"group_{row}"] = forms.CharField(
                label=f"Group {row} affected by leaving", max_length=200, required=row == 1
            )
            for head in HEADS:
                self.fields[f"{head}_{row}"] = forms.TypedChoiceField(
                    label=f"{head.capitalize()} for group {row}",
                    coerce=int,
                    empty_value=None,
                    choices=[("", "unknown"), *LEVELS],
                    required=False,
                )
        for row in range(1, ROWS_OF_SOURCES + 1):
            self.fields[f"source_{row}"] = forms.CharField(
                label=f"Source {row}", max_length=300, required=row == 1
            )
            self.fields[f"outside_{row}"] = forms.BooleanField(
                label=f"Source {row} stands outside the company", required=False
            )

    @property
    def fieldsets(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """Return the fields in their groups, as the page shows them."""
        groups = [
            (
                f"Group {row}",
                "Who would be harmed by leaving, and how gravely (1 to 5)." if row == 1 else "",
                [self[name] for name in (f"group_{row}", *(f"{head}_{row}" for head in HEADS))],
            )
            for row in range(1, ROWS_OF_GROUPS + 1)
        ]
        sources = [
            self[name]
            for row in range(1, ROWS_OF_SOURCES + 1)
            for name in (f"source_{row}", f"outside_{row}")
        ]
        rest = [self[name] for name in ("alternatives", "mitigation", "comparison", "comparison_reasons")]
        return [
            *groups,
            ("Sources", "At least two, one of them outside the company.", sources),
            ("Consultation", "UNGP 18(b)", [self["consulted"], self["why_not_consulted"]]),
            ("Weighing", "", rest),
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        groups = [
            {"group": given[f"group_{row}"], **{head: given.get(f"{head}_{row}") for head in HEADS}}
            for row in range(1, ROWS_OF_GROUPS + 1)
            if given.get(f"group_{row}")
        ]
        sources = [
            {"source": given[f"source_{row}"], "outside": given.get(f"outside_{row}", False)}
            for row in range(1, ROWS_OF_SOURCES + 1)
            if given.get(f"source_{row}")
        ]
        return {
            "groups": groups,
            "sources": sources,
            "consulted": given.get("consulted", ""),
            "why_not_consulted": given.get("why_not_consulted", ""),
            "alternatives": [one for one in given.get("alternatives", "").splitlines() if one.strip()],
            "mitigation": given.get("mitigation", ""),
            "comparison": given.get("comparison", ""),
            "comparison_reasons": given.get("comparison_reasons", ""),
        }


class ProposeExitForm(forms.Form):
    """What is proposed."""

    kind = forms.ChoiceField(label="What to do", choices=EXIT_KINDS)
    reasons = _text(
        "Reasons", "At least 50 characters. What the partner earns us is no reason against leaving."
    )
    notice_days = forms.IntegerField(label="Days of notice", min_value=0, max_value=3650, required=False)
    data_and_access_plan = _text(
        "Data, access and evidence",
        "What is returned, erased, kept as evidence; how users move on.",
        required=False,
    )
    conditions = _text("Conditions of staying", "Only to remain: what must be done, by whom.", required=False)
    consequences_accepted = _text(
        "Consequences accepted", "Only to remain: reputational, financial, legal.", rows=2, required=False
    )


class ExitReviewForm(forms.Form):
    """What was found afterwards."""

    found = _text("What was found for the people affected")
    evidence = _text("Evidence")
    next_due = _day("Look again by", required=False)
