"""Forms of what would be found under other numbers, or at another level of a risk; nothing is saved."""

from typing import Any

from django import forms

from hrdd.forms import Form
from risks.forms.shapes import GroupedForm
from risks.rules.method import Method, MethodError, configured

CLASSES = range(6)
LEVELS = [
    ("", "Choose"),
    ("0", "0 closed"),
    ("1", "1 minor"),
    ("2", "2 moderate"),
    ("3", "3 serious"),
    ("4", "4 severe"),
    ("5", "5 critical"),
]


class OtherLevelForm(Form):
    """Another level of one risk."""

    level = forms.ChoiceField(
        label="If its severity were",
        choices=LEVELS,
        error_messages={
            "required": "If its severity were: choose a level.",
            "invalid_choice": "If its severity were: choose a level of the list.",
        },
    )


class OtherMethodForm(GroupedForm):
    """Other intervals, class by class; a class that is left empty keeps its days."""

    near_days = forms.IntegerField(
        label="Days before an end date",
        required=False,
        min_value=1,
        help_text="How long before its end a measure is looked at.",
        error_messages={
            "invalid": "Days before an end date: write a whole number.",
            "min_value": "Days before an end date: one day or more.",
        },
    )

    def __init__(self, *args: Any, now: Method, given: dict[str, Any], **kwargs: Any) -> None:
        """Offer the numbers that hold.

        Args:
            now: the method that holds.
            given: what its installation configured, which stays unless it is changed here.
        """
        super().__init__(*args, **kwargs)
        self.given = given
        for intrusion in CLASSES:
            row = ", ".join(str(days) for days in now.review_intervals[intrusion])
            self.fields[f"review_{intrusion}"] = forms.CharField(
                label=f"Class I{intrusion}: days between reviews at L1 to L5",
                required=False,
                max_length=40,
                help_text=f"Now {row}.",
            )
            if (oldest := now.rejustification_days[intrusion]) is not None:
                self.fields[f"oldest_{intrusion}"] = forms.IntegerField(
                    label=f"Class I{intrusion}: days to a new justification",
                    required=False,
                    min_value=1,
                    help_text=f"Now {oldest}.",
                    error_messages={
                        "invalid": f"Class I{intrusion}: write a whole number of days.",
                        "min_value": f"Class I{intrusion}: one day or more.",
                    },
                )
        self.fields["near_days"].help_text = f"Now {now.near_days}."
        self.groups = (
            (
                "Days between reviews",
                "They may be shortened, never lengthened beyond the defaults (method 5.2).",
                tuple(f"review_{one}" for one in CLASSES),
            ),
            (
                "Other numbers",
                "",
                (*(name for name in self.fields if name.startswith("oldest_")), "near_days"),
            ),
        )

    def clean(self) -> dict[str, Any]:
        """Read the numbers as a method, by the rules that the installation's own file is read by."""
        given = super().clean() or {}
        changes: dict[str, Any] = {"review_intervals": dict(self.given.get("review_intervals", {}))}
        changes["rejustification_days"] = dict(self.given.get("rejustification_days", {}))
        for intrusion in CLASSES:
            if said := given.get(f"review_{intrusion}"):
                changes["review_intervals"][f"I{intrusion}"] = self._row(intrusion, said)
            if days := given.get(f"oldest_{intrusion}"):
                changes["rejustification_days"][f"I{intrusion}"] = days
        if given.get("near_days"):
            changes["near_days"] = given["near_days"]
        if not self.errors:
            try:
                given["method"] = configured(self.given | changes)
            except MethodError as error:
                self.add_error(None, str(error))
        return given

    def _row(self, intrusion: int, said: str) -> list[int]:
        parts = said.replace(",", " ").split()
        if len(parts) != 5 or not all(
            part.isascii() and part.isdecimal() and len(part) < 6 for part in parts
        ):  # L1 to L5
            self.add_error(
                f"review_{intrusion}",
                f"Class I{intrusion}: write five whole numbers of days, for L1 to L5, such as 45, 45, 30, 21, 14.",
            )
            return []
        return [int(part) for part in parts]
