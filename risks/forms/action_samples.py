"""Forms of a sample of what a rule did."""

from django import forms

from hrdd.forms import Form
from risks.forms.shapes import day, words
from risks.rules.action_sample import LEAST_SAMPLED, VERDICTS

LONGEST_REFERENCES = 2_000_000


def _count(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=2_000_000_000,
        error_messages={
            "required": f"{label}: write a number; 0 is one.",
            "invalid": f"{label}: write a whole number.",
            "min_value": f"{label}: 0 or more.",
        },
    )


class DrawSampleForm(Form):
    """A period, the keys of every action in it, and how many to draw."""

    period_from = day("Period from")
    period_to = day("Period to", "The last day counted.")
    references = forms.CharField(
        label="References",
        max_length=LONGEST_REFERENCES,
        widget=forms.Textarea({"rows": 8, "spellcheck": "false"}),
        help_text="The pseudonymous key of each action that the rule took in the period, one a line. Never a name. "
        "Only what is drawn is kept.",
        error_messages={
            "required": "References: give the key of each item action, one a line.",
            "max_length": "References: keep to two million characters; take a shorter period.",
        },
    )
    size = forms.IntegerField(
        label="How many to draw",
        min_value=1,
        initial=LEAST_SAMPLED,
        help_text="At least 50, or all where there are fewer.",
        error_messages={
            "invalid": "How many to draw: write a whole number.",
            "min_value": "How many to draw: one or more.",
        },
    )


class ReviewActionForm(Form):
    """What a person found about one action."""

    verdict = forms.ChoiceField(
        label="Was the rule right?",
        choices=[(str(code), label) for code, label in VERDICTS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": "Was the rule right? Choose correct, incorrect or unclear."},
    )
    note = words(
        "Note",
        missing="",
        rows=2,
        sentence="Needed unless it is correct: what is wrong or unclear. No name.",
        required=False,
    )


class CloseSampleForm(Form):
    """The appeals of the period, and what the sample says."""

    appeals_lodged = _count("Appeals lodged")
    appeals_decided = _count("Appeals decided")
    appeals_upheld = _count("Appeals upheld")
    conclusion = words(
        "Conclusion",
        missing="write at least 50 characters.",
        sentence="What the sample and the appeals say about the rule. At least 50 characters.",
    )
