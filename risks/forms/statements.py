"""Forms of statements of reasons (DSA 17)."""

from typing import Any

from django import forms

from risks.forms.shapes import FilterForm, GroupedForm, Groups, day, words
from risks.models.statements import CATEGORIES, GROUNDS
from risks.rules.ladder import LADDER
from risks.rules.statement import Told
from risks.rules.statement_actions import MOST_AT_ONCE
from risks.rules.statement_schema import values_of

SOURCES = list(values_of("source_type").items())
CONTENT_TYPES = list(values_of("content_type").items())
LONGEST_ACTIONS = 300_000
OWED = "say it for the person affected, without naming anybody."


class StatementForm(GroupedForm):
    """What a statement needs and the measure does not hold; the rest comes out of the measure."""

    groups: Groups = (
        ("Why", "The person affected reads this. Name nobody.", ("facts", "explanation")),
        ("What it concerns", "", ("category", "content_types", "content_type_other", "content_date")),
        ("How it came to us", "", ("source_type",)),
    )

    facts = words("Facts", missing=OWED, sentence="What happened, and in which circumstances.")
    explanation = words("Explanation", missing=OWED, sentence="Why the rule or the law forbids it.")
    category = forms.ChoiceField(choices=[("", "Choose"), *CATEGORIES])
    content_types = forms.MultipleChoiceField(
        label="Content", choices=CONTENT_TYPES, widget=forms.CheckboxSelectMultiple
    )
    content_type_other = forms.CharField(
        label="Other content, in words",
        help_text="Where the content is none of these, such as a whole account.",
        max_length=500,
        required=False,
    )
    content_date = day("Posted on", "For an account: the day it was made.")
    source_type = forms.ChoiceField(label="Source", choices=[("", "Choose"), *SOURCES])

    def told(self) -> Told:
        """Return what was added."""
        given = {name: self.cleaned_data[name] for name in Told.__dataclass_fields__}
        return Told(**given)


class CorrectionForm(StatementForm):
    """The same, with why the last one is replaced."""

    groups = (*StatementForm.groups, ("The correction", "", ("correction_reasons",)))
    correction_reasons = words("Why it is corrected", missing="say what was wrong with the last one.")


class ActionsForm(StatementForm):
    """What is the same for every action of a rule, and the actions."""

    groups: Groups = (
        StatementForm.groups[0],
        ("What it concerns", "", ("category", "content_types", "content_type_other")),
        StatementForm.groups[2],
        ("The actions", "Each burdens somebody who is owed a statement of their own.", ("actions",)),
        ("Corrections", "Only where an action was told before.", ("correction_reasons",)),
    )
    content_date = None  # type: ignore[assignment]  # so Django takes the field out: each action has its own day
    actions = forms.CharField(
        label="Actions",
        max_length=LONGEST_ACTIONS,
        widget=forms.Textarea({"rows": 8, "spellcheck": "false"}),
        help_text="One a line: its reference, the day of the decision and the day of the content, with commas between, "
        "such as a-17,2026-03-01,2026-02-27. The reference is a pseudonymous key, never a name, and leaves nowhere. "
        f"At most {MOST_AT_ONCE} at once.",
        error_messages={
            "required": "Actions: list one or more, each on a line.",
            "max_length": f"Actions: take at most {MOST_AT_ONCE} at once.",
        },
    )
    correction_reasons = words(
        "Why they are corrected", missing="say what was wrong with what they were told.", required=False
    )

    def told(self) -> Told:
        """Return what was added, without the day of the content."""
        given = self.cleaned_data | {"content_date": None}
        return Told(**{name: given[name] for name in Told.__dataclass_fields__})


class StatementFilter(FilterForm):
    """Words, ground, category, kind of measure and the days of issue."""

    q = forms.CharField(
        label="Words", max_length=200, required=False, widget=forms.TextInput({"type": "search"})
    )
    ground = forms.ChoiceField(choices=[("", "Any"), *GROUNDS], required=False)
    category = forms.ChoiceField(choices=[("", "Any"), *CATEGORIES], required=False)
    kind = forms.ChoiceField(
        label="Measure",
        choices=[("", "Any"), *((code, rung.label) for code, rung in LADDER.items())],
        required=False,
    )
    first = day("Issued from", required=False)
    last = day("Issued until", required=False)

    def filters(self) -> dict[str, Any]:
        """Return what was chosen, by the names of the query."""
        given: dict[str, Any] = dict(self.chosen())
        return {"words" if name == "q" else name: value for name, value in given.items()}
