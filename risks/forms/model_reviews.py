"""Forms of a business-model review, one a step."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from hrdd.forms import Form
from risks.forms.shapes import LONGEST, GroupedForm, words
from risks.models import ModelReview, Risk
from risks.rules.model_review import Conclusion
from risks.rules.words import Vulnerability, labels

METRIC_ROWS = 4
METRIC_PARTS = {"name": "What is measured", "baseline": "Value today", "target": "Target", "unit": "Unit"}


class ScopeForm(GroupedForm):
    """What is looked at, and whom it affects."""

    groups = (
        ("What is looked at", "", ("scope", "risks")),
        ("Whom it affects", "", ("affected_groups", "vulnerabilities")),
        (
            "For the record",
            "Shown beside the review. It weighs nothing: harm to people is not offset by what a driver earns.",
            ("revenue_share_pct",),
        ),
    )
    scope = words("Scope", missing="say what of the business model is looked at, and over which time.")
    risks = forms.MultipleChoiceField(
        label="Open risks that carry the driver",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Open risks: choose at least one that carries the driver."},
    )
    affected_groups = words(
        "Groups affected", missing="say which groups of people.", sentence="Groups, never names of people."
    )
    vulnerabilities = forms.MultipleChoiceField(
        label="Of heightened vulnerability",
        choices=labels(Vulnerability),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    revenue_share_pct = forms.DecimalField(
        label="Share of revenue in per cent", min_value=0, max_value=100, decimal_places=2, required=False
    )

    def __init__(self, *args: Any, offered: Iterable[Risk], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {str(risk.pk): risk for risk in offered}
        self.fields["risks"].choices = [  # type: ignore[attr-defined]
            (pk, f"{risk.title} (level {risk.level})") for pk, risk in self.offered.items()
        ]

    def clean_risks(self) -> list[Risk]:
        return [self.offered[pk] for pk in self.cleaned_data["risks"]]


class EvidenceForm(Form):
    """On what the review rests."""

    evidence = words("Evidence", missing="say on what the review rests.", rows=6)
    internal_research = words(
        "What the company's own research found",
        missing="say what it found, or in a sentence that there is none.",
        rows=5,
        sentence="Experiments, audits, memos of staff. If there is none, say so in a sentence.",
    )


class ConsultForm(Form):
    """Who was heard."""

    consulted = words(
        "Who was consulted, and what they said",
        missing="",
        rows=5,
        sentence="Groups, never names of people.",
        required=False,
    )
    why_not_consulted = words("Or why nobody could be", missing="", required=False)


class ConcludeForm(GroupedForm):
    """The conclusion with what it rests on."""

    groups = (
        ("Alternatives", "", ("design_alternatives",)),
        (
            "Misuse and incentives",
            "People misuse what invites misuse. Examine what the design rewards.",
            ("incentives_examined", "user_misuse_only"),
        ),
        ("Conclusion", "", ("conclusion", "conclusion_reasons")),
        *(
            (
                f"Metric {row}",
                "By which the board will see whether it works." if row == 1 else "",
                tuple(f"{part}_{row}" for part in (*METRIC_PARTS, "due")),
            )
            for row in range(1, METRIC_ROWS + 1)
        ),
        (
            "Published once the board signs",
            "The public reads the driver, the conclusion and these words. Name no person and no partner.",
            ("changes_made", "trade_secret_reasons"),
        ),
    )
    design_alternatives = words(
        "Design alternatives weighed",
        missing="weigh at least two, one a line.",
        rows=4,
        sentence="One a line, at least two.",
    )
    incentives_examined = words(
        "Incentives of the design that were examined, and what was found", missing="", required=False
    )
    user_misuse_only = forms.BooleanField(
        label="The conclusion is that only misuse by users does the harm", required=False
    )
    conclusion = forms.ChoiceField(
        choices=labels(Conclusion),
        widget=forms.RadioSelect,
        error_messages={"required": "Conclusion: choose one of the six."},
    )
    conclusion_reasons = words(
        "Reasons", missing="say why, in 50 characters or more.", rows=5, sentence="At least 50 characters."
    )
    changes_made = words("Changes made or decided", missing="", rows=4, required=False)
    trade_secret_reasons = words(
        "Why something is left out",
        missing="",
        sentence="Only for a trade secret proper. The reason is published in its place.",
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in range(1, METRIC_ROWS + 1):
            for part, label in METRIC_PARTS.items():
                self.fields[f"{part}_{row}"] = forms.CharField(
                    label=f"{label} ({row})", max_length=200, required=False
                )
            self.fields[f"due_{row}"] = forms.DateField(
                label=f"Target reached by ({row})",
                widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
                required=False,
                error_messages={"invalid": "Write the day as year-month-day, such as 2026-11-24."},
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        kept = {name: given.get(name) for _, _, names in self.groups for name in names if name[-2] != "_"}
        rows = [
            {part: given.get(f"{part}_{row}", "").strip() for part in METRIC_PARTS}
            | {"due": due.isoformat() if (due := given.get(f"due_{row}")) else ""}
            for row in range(1, METRIC_ROWS + 1)
        ]
        lines = given.get("design_alternatives", "").splitlines()
        return kept | {
            "design_alternatives": [one.strip() for one in lines if one.strip()],
            "metrics": [row for row in rows if any(row.values())],
        }


def concluded_before(review: ModelReview) -> dict[str, Any]:
    """Return what a review that was sent back had concluded, as the form starts with it."""
    kept = ("incentives_examined", "user_misuse_only", "conclusion", "conclusion_reasons")
    found: dict[str, Any] = {
        name: getattr(review, name) for name in (*kept, "changes_made", "trade_secret_reasons")
    }
    found["design_alternatives"] = "\n".join(review.design_alternatives)
    for row, metric in enumerate(review.metrics[:METRIC_ROWS], start=1):
        found |= {f"{part}_{row}": metric[part] for part in (*METRIC_PARTS, "due")}
    return found


class ReadingForm(Form):
    """What a metric showed."""

    metric = forms.TypedChoiceField(coerce=int)
    value = forms.CharField(max_length=200, error_messages={"required": "Value: write what was read."})
    read_on = forms.DateField(
        label="Read on",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "Read on: give the day.",
            "invalid": "Read on: write the day as year-month-day, such as 2026-11-24.",
        },
    )

    def __init__(self, *args: Any, metrics: Sequence[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["metric"].choices = [  # type: ignore[attr-defined]
            (number, f"{one['name']} ({one['unit']})") for number, one in enumerate(metrics)
        ]


class OutcomeForm(Form):
    """What changed for people."""

    outcome = forms.CharField(
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 5}),
        help_text="At least 50 characters: what changed for the people affected, measured against the targets.",
        error_messages={"required": "Outcome: say what changed for people."},
    )
