"""Forms about exit: considered, assessed, proposed, reviewed."""

from typing import Any

from django import forms

from risks.forms.partner_fields import text
from risks.forms.shapes import day
from risks.models.exits import COMPARISONS, EXIT_KINDS, TRIGGERS, WHY_NOT_CONSULTED
from risks.rules.severity import BANDS

LEVELS = [(number, f"{number} {band}") for number, band in BANDS.items()]
HEADS = ("scale", "scope", "irremediability")
ROWS_OF_GROUPS, ROWS_OF_SOURCES = 3, 4


class ConsiderExitForm(forms.Form):
    """Why leaving comes into question."""

    trigger = forms.ChoiceField(choices=TRIGGERS)
    trigger_reasons = text("In words", required=False)


class ImpactAssessmentForm(forms.Form):
    """Whom leaving would harm."""

    consulted = text("Who was consulted, and what they said", "Groups, not names of people.", required=False)
    why_not_consulted = forms.ChoiceField(
        label="Or why nobody could be",
        choices=[("", "somebody was"), *WHY_NOT_CONSULTED],
        required=False,
    )
    alternatives = text(
        "Alternatives weighed", "One a line, at least two: phased exit, conditions, transfer …"
    )
    mitigation = text("How the harm of leaving would be softened")
    comparison = forms.ChoiceField(
        label="Leaving against staying",
        choices=[("", "choose"), *COMPARISONS],
    )
    comparison_reasons = text("Why", required=False)

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
    reasons = text(
        "Reasons", "At least 50 characters. What the partner earns us is no reason against leaving."
    )
    notice_days = forms.IntegerField(label="Days of notice", min_value=0, max_value=3650, required=False)
    data_and_access_plan = text(
        "Data, access and evidence",
        "What is returned, erased, kept as evidence; how users move on.",
        required=False,
    )
    conditions = text("Conditions of staying", "Only to remain: what must be done, by whom.", required=False)
    consequences_accepted = text(
        "Consequences accepted", "Only to remain: reputational, financial, legal.", rows=2, required=False
    )


class ExitReviewForm(forms.Form):
    """What was found afterwards."""

    found = text("What was found for the people affected")
    evidence = text("Evidence")
    next_due = day("Look again by", required=False)
